//! SQLite: rows whose id is NULL, which a `TEXT PRIMARY KEY` permits, and one whose id is no byte at all.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::archive::mover::Mover;
use llmage_admin::causes::sorting;
use llmage_admin::check::runner;
use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::list::outlined;
use llmage_admin::failed_accounting::watcher::Watcher;

use crate::app::{TestApp, Visitor};
use crate::support::database::engine;
use crate::support::rows::run;
use crate::web::api::{Programs, admin, texts as texts_of};
use crate::web::foreign_rows::{adopted, script, shown, texts};

/// The platform's own history.
pub const HISTORY: &str = "CREATE TABLE llmusage_history (id TEXT, llmid TEXT, use_date TEXT, use_time TEXT, userid TEXT, \
    usages TEXT, ioinfo TEXT, transno TEXT, responsed_seconds real, finish_seconds real, status TEXT, taskid TEXT, \
    amount real, cost real, userorgid TEXT, ownerid TEXT, accounting_status TEXT, backup_time TEXT, PRIMARY KEY (id));";

/// Failures and usages without an id, between others that have one.
fn given(app: &TestApp) {
    let failure = |place: usize| {
        let time = format!("2026-05-20 10:00:{:02}", place % 3);
        format!(
            "INSERT INTO llmusage_accounting_failed (id, llmusageid, userorgid, use_date, amount, cost, failed_reason, \
             failed_time, handled) VALUES ({}, 'u-{place}', 'o-1', '2026-05-20', 1.5, 0.5, 'no id', '{time}', '{}'); \
             INSERT INTO llmusage (id, use_date, use_time, amount, cost, accounting_status) \
             VALUES ({}, '2026-05-20', '{time}', 1.5, 0.5, '{}');",
            if place.is_multiple_of(3) { "NULL".to_owned() } else { format!("'n-{place}'") },
            place % 2,
            if place.is_multiple_of(4) { "NULL".to_owned() } else { format!("'u-{place}'") },
            if place.is_multiple_of(2) { "failed" } else { "accounted" },
        )
    };
    run(&app.database, &(0..12).map(failure).collect::<String>());
}

fn lines(body: &str) -> usize {
    csv::Reader::from_reader(body.as_bytes()).records().map(Result::unwrap).count()
}

/// How many rows there are along that link, and the last page.
async fn walked(viewer: &Visitor<'_>, from: &str, link: &str) -> (usize, String) {
    let (mut path, mut rows) = (from.to_owned(), 0);
    loop {
        let (ids, next) = shown(viewer, &path).await.ids_and_link(link);
        rows += ids.len();
        assert!(rows < 1_000, "a walk without an end at {path}");
        match next {
            Some(next) => path = next,
            None => return (rows, path),
        }
    }
}

#[actix_web::test]
async fn rows_without_an_id_are_shown_counted_and_named_and_stop_nothing() {
    if engine() != Engine::Sqlite {
        return;
    }
    let app = adopted();
    given(&app);
    sorting::sort_all(&app.database).unwrap();
    Watcher::new((*app.database).clone(), app.clock.clone()).step().unwrap();
    run(
        &app.database,
        "UPDATE llmusage_accounting_failed SET failed_reason = 'no id at all' WHERE id IS NULL",
    );
    sorting::sort_all(&app.database).unwrap();
    let person = app.signed_in(Role::Admin).await;
    for list in [
        "handled=&userorgid=o-1",
        "handled=&userorgid=o-1&sort=failed_time",
        "handled=&start_date=2026-05-20&q=id",
        "handled=&sort=amount",
        "handled=",
    ] {
        let page = shown(&person, &format!("/failed-accounting?{list}&page_size=20")).await;
        let count = page.money_line()[0].clone();
        let csv = shown(&person, &format!("/failed-accounting.csv?{list}")).await;
        assert_eq!(lines(&csv.body).to_string(), count, "{list}");
        assert_eq!(
            walked(&person, &format!("/failed-accounting?{list}&page_size=20"), "a[rel=next]")
                .await
                .0
                .to_string(),
            count,
            "{list}"
        );
    }
    for path in [
        "/",
        "/failed-accounting?handled=&group=day,organisation",
        "/failed-accounting/causes",
        "/usages?start_date=2026-05-20",
        "/usages.csv",
        "/archive",
        "/jobs",
        "/search?q=n-1",
    ] {
        shown(&person, path).await;
    }
    let api = admin(&app);
    assert_eq!(
        api.get("/api/v1/failed-accounting?handled=&userorgid=o-1").await["rows"].as_array().unwrap().len(),
        12
    );
    assert_eq!(api.get("/api/v1/usages?start_date=2026-05-20").await["success"], true);
    let preview =
        person.post("/batches", &[("action", "handle"), ("scope", "filter"), ("userorgid", "o-1")]).await;
    assert_eq!(preview.status, StatusCode::SEE_OTHER, "{}", preview.body);
    shown(&person, preview.location()).await;
    let run = [("resolution", "written_off"), ("note", "seen")];
    person.submit(&format!("{}/run", preview.location()), &run).await;
    shown(&person, preview.location()).await;
    let kept = texts(
        &app,
        "SELECT CAST(COUNT(*) AS TEXT) AS name FROM llmusage_accounting_failed WHERE id IS NULL AND handled = '0'",
    );
    assert_eq!(kept, ["2"], "what has no id is touched by nothing");
    let order = runner::Order { by: "test", since: None };
    let found = runner::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
    for (class, table) in
        [("failures_without_id", "llmusage_accounting_failed"), ("usages_without_id", "llmusage")]
    {
        let rows = texts(
            &app,
            &format!("SELECT 'rowid ' || rowid AS name FROM {table} WHERE id IS NULL ORDER BY rowid"),
        );
        let named: Vec<String> =
            found.iter().filter(|one| one.class == class).flat_map(|one| one.ids.clone()).collect();
        assert_eq!(named, rows, "{class}");
    }
    shown(&person, "/check").await;
    let run = person.post("/archive", &[("cutoff_date", "2026-05-22")]).await;
    assert_eq!(run.status, StatusCode::SEE_OTHER, "{}", run.body);
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    while mover.is_due().unwrap() {
        mover.step().unwrap();
    }
    shown(&person, "/archive").await;
    shown(&person, "/history").await;
    assert_eq!(person.get("/failed-accounting/%00").await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn an_id_of_no_byte_is_opened_handled_and_exported() {
    if engine() != Engine::Sqlite {
        return;
    }
    let app = adopted();
    run(
        &app.database,
        "DELETE FROM llmusage_accounting_failed WHERE id = ''; INSERT INTO llmusage (id, use_date, amount, cost, accounting_status) \
         VALUES (x'', '2026-05-20', 1.5, 1, 'failed'); INSERT INTO llmusage_accounting_failed (id, llmusageid, amount, cost, \
         failed_reason, failed_time, userorgid, handled) VALUES (x'', x'', 1.5, 1, 'of no byte', '2026-05-20 10:00:00', 'o-empty', '0')",
    );
    sorting::sort_all(&app.database).unwrap();
    let person = app.signed_in(Role::Admin).await;
    let list = shown(&person, "/failed-accounting?userorgid=o-empty").await;
    let links =
        list.attributes("table#failed-accounting tbody tr[data-id] a[href^='/failed-accounting/']", "href");
    let link = links.iter().find(|link| !link.contains("/causes/")).unwrap();
    let page = shown(&person, link).await;
    assert!(page.body.contains("of no byte"), "{link}");
    assert_eq!(lines(&shown(&person, "/failed-accounting.csv?userorgid=o-empty").await.body), 1);
    let rows = admin(&app).get("/api/v1/failed-accounting?userorgid=o-empty").await;
    assert_eq!((rows["rows"][0]["id"].as_str(), rows["rows"][0]["id_hex"].as_str()), (Some(""), Some("")));
    let bare = link.split('?').next().unwrap();
    for more in ["/edit", "/delete"] {
        shown(&person, &format!("{bare}{more}")).await;
    }
    let usage =
        shown(&person, "/usages?start_date=2026-05-20&end_date=2026-05-20&accounting_status=failed").await;
    for link in usage.attributes("table tbody tr[data-id] a[href^='/usages/']", "href") {
        shown(&person, &link).await;
    }
    let done = person
        .post(&format!("{bare}/handle"), &[("resolution", "written_off"), ("handled_note", "seen")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.texts("main").join(" "));
    let handled = texts(
        &app,
        "SELECT typeof(id) AS name FROM llmusage_accounting_failed WHERE resolution = 'written_off'",
    );
    assert_eq!(handled, ["blob"]);
}

/// Rows of one moment, five of six without an id; `userid` tells them apart.
fn alike(app: &TestApp, number: usize) {
    let row = |place: usize| {
        let id = |stem: &str| match place % 6 {
            0 => format!("'{stem}-{place}'"),
            _ => "NULL".to_owned(),
        };
        let (time, amount) = match place % 16 {
            15 => ("NULL", "NULL"),
            14 => ("20260520", "'n/a'"),
            _ => ("'2026-05-20 10:00:00'", "2.5"),
        };
        let state = if place.is_multiple_of(2) { "failed" } else { "accounted" };
        let columns = "id, llmid, userid, use_date, use_time, amount, cost";
        let model = if place % 4 < 2 { "NULL" } else { "''" };
        let values =
            |stem: &str| format!("{}, {model}, 'w-{place}', '2026-05-20', {time}, {amount}, 0.5", id(stem));
        format!(
            "INSERT INTO llmusage_accounting_failed ({columns}, llmusageid, userorgid, failed_reason, failed_time, handled) \
             VALUES ({}, 'u-{place}', 'o-1', 'of one moment', {time}, '{}'); \
             INSERT INTO llmusage ({columns}, accounting_status) VALUES ({}, '{state}'); \
             INSERT INTO llmusage_history ({columns}, accounting_status) VALUES ({}, 'accounted');",
            values("n"),
            u8::from(place.is_multiple_of(5)),
            values("u"),
            values("h"),
        )
    };
    run(&app.database, &(0..number).map(row).collect::<String>());
}

/// Those of them that a program is given, place by place.
async fn told(api: &Programs<'_>, list: &str) -> Vec<String> {
    let (mut rows, mut next) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{list}{next}")).await;
        rows.extend(texts_of(&page["rows"], "userid"));
        assert!(rows.len() < 1_000, "a walk without an end at {list}");
        match page["next"].as_str() {
            Some(cursor) => next = format!("&after={cursor}"),
            None => return rows,
        }
    }
}

async fn filed(viewer: &Visitor<'_>, list: &str) -> Vec<String> {
    let body = shown(viewer, list).await.body;
    let mut reader = csv::Reader::from_reader(body.as_bytes());
    let place = reader.headers().unwrap().iter().position(|name| name == "userid").unwrap();
    reader.records().map(|row| row.unwrap()[place].to_owned()).collect()
}

#[actix_web::test]
async fn rows_of_one_moment_without_ids_come_once_along_every_sort_both_ways() {
    if engine() != Engine::Sqlite {
        return;
    }
    let app = TestApp::adopting(&format!("{}{HISTORY}", script()));
    // Of one value more than a file fetches at once are without an id.
    let number = 72;
    alike(&app, number);
    sorting::sort_all(&app.database).unwrap();
    let (person, api) = (app.signed_in(Role::Admin).await, admin(&app));
    let each: Vec<String> = {
        let mut each: Vec<String> = (0..number).map(|place| format!("w-{place}")).collect();
        each.sort();
        each
    };
    // The jobs' walk of what is open.
    let (mut open, mut place) = (0, None);
    loop {
        let (rows, last) =
            app.database.run_here(|connection| outlined::open(connection, place.as_ref(), 7)).unwrap();
        open += rows.len();
        assert!(open < 1_000, "a walk without an end");
        match last {
            Some(_) => place = last,
            None => break,
        }
    }
    let counted =
        "SELECT CAST(COUNT(*) AS TEXT) AS name FROM llmusage_accounting_failed WHERE handled IS NOT '1'";
    assert_eq!(texts(&app, counted), [open.to_string()]);
    let sorts = ["", "failed_time", "use_time", "-use_time", "amount", "-amount", "cost", "-cost"];
    let of_failures = sorts.iter().flat_map(|sort| {
        ["userorgid=o-1&handled=", "userorgid=o-1&start_date=2026-05-01&handled=", "q=moment&handled="]
            .map(|filter| ("failed-accounting", format!("{filter}&sort={sort}")))
    });
    let of_usages = ["use_time", "-use_time"].into_iter().flat_map(|sort| {
        ["usages", "history"]
            .map(|list| (list, format!("sort={sort}&start_date=2026-05-20&end_date=2026-05-20")))
    });
    // None is two stretches of an index, which a file merges.
    let of_none = ["", "-amount"]
        .map(|sort| ("failed-accounting", format!("llmid=none&userorgid=o-1&handled=&sort={sort}")));
    for (list, query) in of_failures.chain(of_usages).chain(of_none) {
        let ours = |rows: Vec<String>| {
            let mut rows: Vec<String> = rows.into_iter().filter(|user| user.starts_with("w-")).collect();
            rows.sort();
            rows
        };
        let paged = told(&api, &format!("/api/v1/{list}?{query}&page_size=13")).await;
        let file = filed(&person, &format!("/{list}.csv?{query}")).await;
        assert_eq!(paged, file, "{list}?{query}: pages and file are in one order");
        assert_eq!(ours(paged.clone()), each, "{list}?{query}");
        // The pages are walked as the programs' are: one filter along each sort, and a search.
        let is_searched = query.starts_with("q=") && !query.ends_with("=-amount");
        let is_dated = list == "failed-accounting" && query.contains("start_date");
        if is_searched || is_dated || query.starts_with("llmid") {
            continue;
        }
        let first = format!("/{list}?{query}&page_size=20");
        let (forth, last) = walked(&person, &first, "a[rel=next]").await;
        assert_eq!(forth, paged.len(), "{list}?{query}");
        assert_eq!(walked(&person, &last, "a[rel=prev]").await.0, paged.len(), "{list}?{query}");
    }
}
