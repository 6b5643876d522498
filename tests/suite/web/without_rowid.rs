//! SQLite: tables of the platform that number no rows (`WITHOUT ROWID`); a text key holds them, and each row has an id.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::archive::mover::Mover;
use llmage_admin::archive::preview::preview;
use llmage_admin::causes::sorting;
use llmage_admin::check::runner;
use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::watcher::Watcher;

use crate::app::{TestApp, Visitor, day};
use crate::support::database::engine;
use crate::support::rows::run;
use crate::web::api::{admin, texts as texts_of};
use crate::web::foreign_rows::{script, shown, texts};
use crate::web::nameless::HISTORY;

/// The platform's tables with their rows, of odd ids too, those of these names without numbers of rows.
fn tables(without: &[&str]) -> String {
    let lines = format!("{HISTORY}\n{}", script());
    let line = |line: &str| {
        let is_without = without.iter().any(|table| line.starts_with(&format!("CREATE TABLE {table} (")));
        let end = if is_without { "PRIMARY KEY (id)) WITHOUT ROWID;" } else { "PRIMARY KEY (id));" };
        line.replace("PRIMARY KEY (id));", end) + "\n"
    };
    lines.lines().map(line).collect()
}

/// Runs the archive to its end.
async fn archived(person: &Visitor<'_>, app: &TestApp) {
    shown(person, "/archive?cutoff_date=2026-05-22").await;
    let run = person.post("/archive", &[("cutoff_date", "2026-05-22")]).await;
    assert_eq!(run.status, StatusCode::SEE_OTHER, "{}", run.body);
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    while mover.is_due().unwrap() {
        mover.step().unwrap();
    }
    let page = shown(person, "/archive").await;
    assert_eq!(texts(app, "SELECT state AS name FROM archive_run"), ["done"], "{:?}", page.texts("main"));
}

/// The rows of a list page by page: each once, the same on the way back, and as many as its file has.
async fn walked(person: &Visitor<'_>, list: &str) -> Vec<String> {
    let mut path = format!("/{list}&page_size=20").replacen('&', "?", 1);
    let mut forth = Vec::new();
    loop {
        let (ids, next) = shown(person, &path).await.ids_and_link("a[rel=next]");
        forth.extend(ids);
        match next {
            Some(next) => path = next,
            None => break,
        }
    }
    let mut back = Vec::new();
    loop {
        let (ids, previous) = shown(person, &path).await.ids_and_link("a[rel=prev]");
        back.splice(..0, ids);
        match previous {
            Some(previous) => path = previous,
            None => break,
        }
    }
    assert_eq!(back, forth, "{list}");
    let file = list.replacen('&', ".csv?", 1);
    let file = shown(person, &format!("/{file}")).await;
    let file = csv::Reader::from_reader(file.body.as_bytes()).records().map(Result::unwrap).count();
    assert_eq!(forth.len(), file, "{list}");
    assert_eq!(forth.iter().collect::<BTreeSet<_>>().len(), file, "{list}");
    forth
}

#[actix_web::test]
async fn tables_that_number_no_rows_are_listed_changed_archived_and_restored() {
    if engine() != Engine::Sqlite {
        return;
    }
    let all = ["llmusage", "llmusage_accounting_failed", "llmusage_history"];
    let app = TestApp::adopting(&tables(&all));
    let numbered = texts(&app, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr");
    assert!(all.iter().all(|table| numbered.iter().any(|name| name == table)), "{numbered:?}");
    sorting::sort_all(&app.database).unwrap();
    let (person, api) = (app.signed_in(Role::Admin).await, admin(&app));
    let count = |table: &str| texts(&app, &format!("SELECT CAST(COUNT(*) AS TEXT) AS name FROM {table}"));
    for list in [
        "failed-accounting&handled=",
        "failed-accounting&handled=&sort=-failed_time",
        "failed-accounting&handled=&sort=use_time",
        "failed-accounting&handled=&sort=-amount",
        "failed-accounting&handled=&sort=cost",
    ] {
        let rows = walked(&person, list).await.len().to_string();
        assert_eq!([rows], *count("llmusage_accounting_failed"), "{list}");
    }
    let found = walked(&person, "failed-accounting&handled=&q=usages").await.len();
    assert!(found > 20, "{found}");
    let usages = walked(&person, "usages&sort=-use_time").await.len().to_string();
    assert_eq!([usages], *count("llmusage"));
    let told = api.get("/api/v1/failed-accounting?handled=&sort=amount&page_size=200").await;
    assert_eq!([texts_of(&told["rows"], "id").len().to_string()], *count("llmusage_accounting_failed"));
    for path in ["/", "/failed-accounting/causes", "/usages?group=day", "/search?q=us-1", "/jobs"] {
        shown(&person, path).await;
    }
    // What no row of such a table can be, as anybody may send it.
    let nameless = [("action", "handle"), ("id", "\u{FFFD}\u{E01EE}5")];
    let none = person.post("/batches", &nameless).await;
    assert!(none.status != StatusCode::INTERNAL_SERVER_ERROR, "{}", none.body);

    let asked = person.post("/failed-accounting/plain/retry", &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.texts("main").join(" "));
    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'us-1'");
    Watcher::new((*app.database).clone(), app.clock.clone()).step().unwrap();
    let closed = "SELECT resolution AS name FROM llmusage_accounting_failed WHERE id = 'plain'";
    assert_eq!(texts(&app, closed), ["accounted"]);

    let preview_of = [("action", "handle"), ("scope", "filter"), ("userorgid", "org-a")];
    let batch = person.post("/batches", &preview_of).await;
    assert_eq!(batch.status, StatusCode::SEE_OTHER, "{:?}", batch.texts("main").join(" "));
    shown(&person, batch.location()).await;
    let fields = [("resolution", "written_off"), ("note", "seen")];
    let done = person.submit(&format!("{}/run", batch.location()), &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.texts("[role=alert], main"));
    let written = "SELECT DISTINCT typeof(id) AS name FROM llmusage_accounting_failed WHERE resolution = 'written_off' ORDER BY 1";
    assert_eq!(texts(&app, written), ["blob", "text"]);

    let dry = app.database.run_here(|connection| preview(connection, day("2026-05-22"), None)).unwrap();
    archived(&person, &app).await;
    let mut kept =
        texts(&app, "SELECT id AS name FROM llmusage_history WHERE typeof(id) = 'text' ORDER BY id");
    assert_eq!(kept, ["us-1", "us-accounted", "us-old"]);
    assert_eq!(count("llmusage_history"), [dry.goes.rows.to_string()]);
    assert_eq!(walked(&person, "history&sort=use_time").await.len() as i64, dry.goes.rows);
    let back = person.submit("/history/restore", &[("id", "us-1 us-old")]).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.body);
    kept.retain(|id| id == "us-accounted");
    assert_eq!(texts(&app, "SELECT id AS name FROM llmusage_history WHERE typeof(id) = 'text'"), kept);
    let order = runner::Order { by: "test", since: None };
    let found = runner::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
    assert!(found.iter().filter(|one| one.class.ends_with("without_id")).all(|one| one.count == 0));
    shown(&person, "/check").await;
}

/// As many as several transactions of a run take, of one day; some of their ids are bytes.
#[actix_web::test]
async fn a_run_walks_through_many_usages_of_one_day_by_their_ids() {
    if engine() != Engine::Sqlite {
        return;
    }
    for without in [&["llmusage", "llmusage_history"][..], &["llmusage"], &["llmusage_history"], &[]] {
        let app = TestApp::adopting(&tables(without));
        run(
            &app.database,
            "INSERT INTO llmusage (id, use_date, amount, cost, accounting_status) WITH RECURSIVE place (n) AS \
             (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n < 499) \
             SELECT CASE n % 3 WHEN 0 THEN CAST('w-' || n AS BLOB) WHEN 1 THEN CAST('w-' || n || x'ff' AS TEXT) ELSE 'w-' || n END, \
             '2026-05-10', 1.5, 0.5, 'accounted' FROM place",
        );
        // A row without an id stays, whichever kind of table the history is.
        let nameless = "INSERT INTO llmusage (use_date, amount, cost, accounting_status) VALUES ('2026-05-10', 1, 1, 'accounted')";
        let expected = if without.contains(&"llmusage") {
            0
        } else {
            run(&app.database, nameless);
            1
        };
        let person = app.signed_in(Role::Admin).await;
        archived(&person, &app).await;
        let left = "SELECT CAST(COUNT(*) AS TEXT) AS name FROM llmusage WHERE use_date = '2026-05-10'";
        assert_eq!(texts(&app, left), [expected.to_string()], "{without:?}");
        let kept =
            "SELECT CAST(COUNT(*) AS TEXT) AS name FROM llmusage_history WHERE use_date = '2026-05-10'";
        assert_eq!(texts(&app, kept), ["500"], "{without:?}");
    }
}
