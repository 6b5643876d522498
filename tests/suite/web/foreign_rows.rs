//! Rows as only other programs write them: every page, list, download, job and batch on them, to the last row.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::archive::left::{self, Left, Reason};
use llmage_admin::archive::mover::Mover;
use llmage_admin::archive::preview::preview;
use llmage_admin::causes::sorting;
use llmage_admin::check::runner;
use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::watcher::Watcher;

use crate::app::{Answer, TestApp, Visitor, money};
use crate::support::database::engine;
use crate::web::api::admin;

pub fn script() -> &'static str {
    match engine() {
        Engine::Sqlite => include_str!("foreign/sqlite.sql"),
        Engine::Mysql => include_str!("foreign/mysql.sql"),
        Engine::Postgres => include_str!("foreign/postgres.sql"),
    }
}

pub fn adopted() -> TestApp {
    let app = TestApp::adopting(script());
    sorting::sort_all(&app.database).unwrap();
    app
}

pub async fn shown(visitor: &Visitor<'_>, path: &str) -> Answer {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer
}

/// The ids of all rows of a list, page by page along that link, from that page on; and the last page.
async fn walked(visitor: &Visitor<'_>, from: &str, link: &str) -> (Vec<String>, String) {
    let (mut path, mut rows) = (from.to_owned(), Vec::new());
    loop {
        let (mut ids, next) = shown(visitor, &path).await.ids_and_link(link);
        if link.contains("prev") {
            ids.reverse();
        }
        rows.extend(ids);
        assert!(rows.len() < 1_000, "a walk without an end at {path}");
        match next {
            Some(next) => path = next,
            None => return (rows, path),
        }
    }
}

fn csv_rows(answer: &Answer) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(answer.body.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

fn sum(rows: &[csv::StringRecord], column: usize) -> i128 {
    rows.iter().filter(|row| !row[column].is_empty()).map(|row| money_of(&row[column])).sum()
}

/// Units of a plain decimal, however large.
fn money_of(text: &str) -> i128 {
    text.replace('.', "").parse().unwrap()
}

#[actix_web::test]
async fn every_sort_is_walked_to_its_end_both_ways_and_adds_up_to_its_header() {
    walk_every_sort(&adopted()).await;
}

#[actix_web::test]
async fn times_with_decimals_are_walked_to_their_end_too_zero_ones_among_them() {
    if engine() != Engine::Mysql {
        return;
    }
    let finer = script()
        .replace("failed_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP", "failed_time DATETIME(3) NULL")
        .replace("use_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP", "use_time TIMESTAMP(6) NULL");
    let app = TestApp::adopting(&finer);
    sorting::sort_all(&app.database).unwrap();
    walk_every_sort(&app).await;
}

async fn walk_every_sort(app: &TestApp) {
    let viewer = app.signed_in(Role::Viewer).await;
    for tab in ["handled=", "handled=0", "handled=1"] {
        let all = csv_rows(&shown(&viewer, &format!("/failed-accounting.csv?{tab}")).await);
        let sorts = ["failed_time", "use_time", "amount", "cost"];
        for sort in &sorts[if tab == "handled=" { 0 } else { 2 }..] {
            for sort in [(*sort).to_owned(), format!("-{sort}")] {
                let list = format!("/failed-accounting?{tab}&sort={sort}&page_size=16");
                let page = shown(&viewer, &list).await;
                let [count, amount, cost] = page.money_line();
                let csv =
                    csv_rows(&shown(&viewer, &format!("/failed-accounting.csv?{tab}&sort={sort}")).await);
                assert_eq!(csv.len().to_string(), count, "{list}");
                assert_eq!(csv.len(), all.len(), "{list}");
                assert_eq!(sum(&csv, 7), money_of(&amount), "{list}");
                assert_eq!(sum(&csv, 8), money_of(&cost), "{list}");
                let (mut forth, last) = walked(&viewer, &list, "a[rel=next]").await;
                assert_eq!(forth.len(), csv.len(), "{list}: {forth:?}");
                let distinct: std::collections::HashSet<&String> = forth.iter().collect();
                assert_eq!(distinct.len(), forth.len(), "a row comes twice: {list}");
                let (back, _) = walked(&viewer, &last, "a[rel=prev]").await;
                forth.reverse();
                assert_eq!(back, forth, "{list}");
            }
        }
    }
}

/// Numbers, days and flags as programs of any kind leave them in SQLite.
fn odder() -> String {
    let numbers = [
        "' 12.5 '",
        "'1e5'",
        "'0x10'",
        "'+5'",
        "'.5'",
        "'5.'",
        "'Infinity'",
        "'nan'",
        "'1_000'",
        "-0.0",
        "'1234567890123456789.5'",
        "9223372036854775807",
        "-9223372036854775808",
        "90000000000030.85",
        "1e-7",
        "0.1 + 0.2",
        "4.9e-324",
        "'12.5' || char(10)",
        "x'2031322e35'",
        "'１２'",
    ];
    let days = [
        "'2026-05-20T10:00:00Z'",
        "'2026-05-20 24:00:00'",
        "'2026-13-45'",
        "'-0001-01-01'",
        "'10000-01-01'",
        "1700000000",
        "2460000.5",
        "'2026-05-20 10:00:00.123456789'",
        "'2026-05-20 10:00'",
        "' 2026-05-20'",
        "'20260520'",
        "'2026/05/20'",
        "'now'",
        "'2026-02-29'",
        "char(0)",
        "'2026-05-20 10:00:00+08:00'",
        "-1e300",
        "x''",
        "'9999-12-31 23:59:59'",
        "'1970-01-01 00:00:00'",
    ];
    let flags = ["1", "'1 '", "'true'", "x'31'", "1.0", "'0'", "0", "NULL", "'１'", "'2'"];
    let row = |place: usize| {
        let (number, day, flag) = (numbers[place], days[place], flags[place % flags.len()]);
        format!(
            "INSERT INTO llmusage_accounting_failed (id, llmusageid, llmid, userid, userorgid, use_date, use_time, amount, cost, \
             failed_reason, failed_time, retry_count, handled, handled_time, handled_note) VALUES ('odder-{place}', \
             'odd-u-{place}', {number}, {day}, {flag}, {day}, {day}, {number}, {number}, {number}, {day}, {number}, {flag}, \
             {day}, {number}); \
             INSERT INTO llmusage (id, llmid, use_date, use_time, userid, usages, ioinfo, transno, responsed_seconds, \
             finish_seconds, status, taskid, amount, cost, userorgid, ownerid, accounting_status) VALUES ('odd-u-{place}', \
             {number}, {day}, {day}, {day}, {number}, {number}, {number}, {number}, {number}, {number}, {number}, {number}, \
             {number}, {flag}, {flag}, CASE {place} % 3 WHEN 0 THEN 'failed' WHEN 1 THEN 'accounted' ELSE {number} END);\n"
        )
    };
    (0..numbers.len()).map(row).collect()
}

#[actix_web::test]
async fn odder_cells_are_listed_summed_and_opened() {
    if engine() != Engine::Sqlite {
        return;
    }
    let app = TestApp::adopting(&format!("{}{}", script(), odder()));
    sorting::sort_all(&app.database).unwrap();
    let (person, api) = (app.signed_in(Role::Admin).await, admin(&app));
    let mut faults = Vec::new();
    for place in 0..20 {
        for path in [
            format!("/failed-accounting/odder-{place}"),
            format!("/failed-accounting/odder-{place}/edit"),
            format!("/failed-accounting/odder-{place}/delete"),
            format!("/usages/odd-u-{place}"),
            format!("/api/v1/failed-accounting/odder-{place}"),
            format!("/api/v1/usages/odd-u-{place}"),
        ] {
            let answer = match path.starts_with("/api") {
                true => api.ask("GET", &path, "").await,
                false => person.get(&path).await,
            };
            if answer.status != StatusCode::OK {
                faults.push(format!("{path}: {}", answer.status));
            }
        }
    }
    for path in [
        "/",
        "/failed-accounting/causes",
        "/archive",
        "/check",
        "/usages.csv",
        "/usages",
        "/history",
        "/jobs",
        "/alerts",
        "/failed-accounting?handled=&group=day",
        "/failed-accounting?handled=&group=model,organisation",
        "/failed-accounting?handled=&group=user",
        "/usages?group=day",
        "/usages?group=model,organisation",
        "/failed-accounting.csv?handled=&group=day",
        "/usages.csv?group=day",
        "/failed-accounting?handled=&use_date=none",
        "/failed-accounting?handled=&handled_on=none",
        "/failed-accounting?handled=&q=12.5",
    ] {
        let answer = person.get(path).await;
        if answer.status != StatusCode::OK {
            faults.push(format!("{path}: {}", answer.status));
        }
    }
    for path in [
        "/failed-accounting?handled=&group=model,user&page_size=200",
        "/failed-accounting?handled=&group=organisation",
        "/failed-accounting?handled=&group=day",
        "/usages?group=model,organisation",
    ] {
        let page = person.get(path).await;
        for link in page.attributes("table tbody a[href*='=']", "href") {
            let answer = person.get(&link).await;
            if answer.status != StatusCode::OK || !answer.has("tr[data-id]") {
                faults.push(format!("{path} -> {link}: {}", answer.status));
            }
        }
    }
    let (mut ids, mut next) = (Vec::new(), String::new());
    let page = loop {
        let page = api.get(&format!("/api/v1/usages?page_size=7{next}")).await;
        ids.extend(crate::web::api::texts(&page["rows"], "id"));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&after={cursor}"),
            None => break page,
        }
    };
    let csv = csv_rows(&shown(&person, "/usages.csv").await);
    if ids.len() != csv.len() || ids.len() as u64 != page["total"].as_u64().unwrap() {
        faults.push(format!("usages: {} {} {}", ids.len(), csv.len(), page["total"]));
    }
    let handled = [("resolution", "written_off"), ("handled_note", "seen")];
    for place in 0..20 {
        for (act, fields) in [("handle", &handled[..]), ("retry", &[]), ("reopen", &[])] {
            let done = person.post(&format!("/failed-accounting/odder-{place}/{act}"), fields).await;
            if ![303, 409, 422].contains(&done.status.as_u16()) {
                faults.push(format!("{act} {place}: {}", done.status));
            }
        }
    }
    let order = runner::Order { by: "test", since: None };
    runner::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
    shown(&person, "/check").await;
    walk_every_sort(&app).await;
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Nothing is two stretches of an index: NULL, and empty text. More rows than a file fetches at once.
#[actix_web::test]
async fn files_of_a_filter_for_none_are_in_the_order_of_their_list() {
    let app = TestApp::new();
    let row = |place: usize| {
        format!(
            "INSERT INTO llmusage_accounting_failed (id, userorgid, llmid, amount, cost, failed_reason, handled, use_time) VALUES \
             ('f-{place:03}', {}, {}, {}, {}, 'x', '0', '2026-05-20 10:00:{:02}');",
            if place.is_multiple_of(2) { "NULL" } else { "''" },
            if place.is_multiple_of(3) { "NULL" } else { "''" },
            place * 7 % 130,
            place % 5,
            place % 7,
        )
    };
    crate::support::rows::run(&app.database, &(0..130).map(row).collect::<String>());
    let (viewer, api) = (app.signed_in(Role::Viewer).await, admin(&app));
    for sort in ["amount", "-amount", "cost", "-cost", "use_time", "failed_time"] {
        for filter in ["userorgid=none", "userorgid=none&llmid=none"] {
            let page =
                api.get(&format!("/api/v1/failed-accounting?{filter}&sort={sort}&page_size=200")).await;
            let file =
                csv_rows(&shown(&viewer, &format!("/failed-accounting.csv?{filter}&sort={sort}")).await);
            let file: Vec<&str> = file.iter().map(|row| &row[0]).collect();
            assert_eq!(crate::web::api::texts(&page["rows"], "id"), file, "{filter}&sort={sort}");
        }
    }
}

#[actix_web::test]
async fn every_row_is_opened_and_every_page_and_download_is_there() {
    let app = adopted();
    let admin = app.signed_in(Role::Admin).await;
    let page = shown(&admin, "/failed-accounting?handled=&page_size=200").await;
    let rows = page.attributes("table#failed-accounting tbody tr[data-id]", "data-id");
    let links =
        page.attributes("table#failed-accounting tbody tr[data-id] a[href^='/failed-accounting/']", "href");
    let links: Vec<&String> = links.iter().filter(|link| !link.contains("/causes/")).collect();
    assert!(rows.len() > 40 && links.len() >= rows.len(), "{} rows, {} links", rows.len(), links.len());
    for link in &links {
        shown(&admin, link).await;
        let bare = link.split('?').next().unwrap();
        for more in ["edit", "delete"] {
            shown(&admin, &format!("{bare}/{more}")).await;
        }
    }
    for list in ["/usages", "/usages?accounting_status=accounted", "/usages?sort=use_time", "/history"] {
        let page = shown(&admin, list).await;
        for link in page.attributes("table tbody tr[data-id] a[href^='/usages/']", "href") {
            shown(&admin, &link).await;
        }
    }
    for path in [
        "/",
        "/failed-accounting/causes",
        "/archive",
        "/check",
        "/batches",
        "/audit",
        "/audit.csv",
        "/jobs",
        "/usages.csv",
        "/history.csv",
        "/failed-accounting?handled=&q=bytes",
        "/failed-accounting?handled=&q=%E4%BD%99%E9%A2%9D",
        "/failed-accounting?handled=&start_date=2026-05-01&end_date=2026-05-31",
        "/failed-accounting?handled=&amount_min=0&amount_max=1000&sort=amount",
    ] {
        shown(&admin, path).await;
    }
    let causes = shown(&admin, "/failed-accounting/causes").await;
    for link in causes.attributes("a[href^='/failed-accounting/causes/']", "href") {
        shown(&admin, &link).await;
    }
}

#[actix_web::test]
async fn the_api_gives_every_row_and_the_same_sums() {
    let app = adopted();
    let api = admin(&app);
    let mut next = String::new();
    let (mut rows, mut total) = (Vec::new(), 0);
    loop {
        let page =
            api.get(&format!("/api/v1/failed-accounting?handled=&sort=-amount&page_size=7{next}")).await;
        total = page["total"].as_u64().unwrap().max(total);
        rows.extend(page["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&after={cursor}"),
            None => break,
        }
    }
    assert_eq!(rows.len() as u64, total);
    api.get("/api/v1/usages").await;
    api.get("/api/v1/history").await;
    api.get("/api/v1/causes").await;
    let summary = api.get("/api/v1/summary?handled=").await;
    assert_eq!(summary["count"].as_u64(), Some(total));
    for group in ["by_day", "by_model", "by_organisation", "by_cause"] {
        let counts = summary[group].as_array().unwrap().iter().map(|group| group["count"].as_u64().unwrap());
        assert_eq!(counts.sum::<u64>(), total, "{group}");
    }
}

#[actix_web::test]
async fn every_key_of_a_group_is_a_filter_that_finds_its_rows() {
    let app = adopted();
    let api = admin(&app);
    let summary = api.get("/api/v1/summary?handled=").await;
    for (group, name) in [("by_model", "llmid"), ("by_organisation", "userorgid")] {
        for group in summary[group].as_array().unwrap() {
            let key = group["key"].as_str().unwrap_or("none");
            if key.contains('\u{fffd}') {
                continue;
            }
            let query = llmage_admin::web::links::query(&[(name, key)]);
            let found = api.get(&format!("/api/v1/failed-accounting?handled=&{query}")).await;
            let (total, count) = (found["total"].as_u64().unwrap(), group["count"].as_u64().unwrap());
            // A text and a BLOB of the same bytes are shown alike.
            assert!(
                total == count || engine() == Engine::Sqlite && total > 0,
                "{name}={key:?}: {total} of {count}"
            );
        }
    }
    for name in ["userorgid", "llmid", "userid"] {
        let found = api.get(&format!("/api/v1/failed-accounting?handled=&{name}=none")).await;
        assert_eq!(found["total"].as_u64(), Some(3), "nothing, handled, empty: {name}");
        let usages = api.get(&format!("/api/v1/usages?{name}=none")).await;
        assert_eq!(usages["total"].as_u64(), Some(0));
    }
}

#[actix_web::test]
async fn ids_of_blanks_and_one_that_reads_none_are_filters_of_their_own() {
    let app = TestApp::new();
    for (id, llmid) in [("f1", "  "), ("f2", "none"), ("f3", "=none"), ("f4", "m-1")] {
        let record = crate::app::failure(id);
        app.given(&llmage_admin::failed_accounting::failure::FailedRecord {
            llmid: Some(llmid.to_owned()),
            ..record
        });
    }
    app.given(&llmage_admin::failed_accounting::failure::FailedRecord {
        llmid: None,
        ..crate::app::failure("f5")
    });
    let api = admin(&app);
    for (key, id) in
        [("%20%20", "f1"), ("%3Dnone", "f2"), ("%3D%3Dnone", "f3"), ("m-1", "f4"), ("none", "f5")]
    {
        let found = api.get(&format!("/api/v1/failed-accounting?llmid={key}")).await;
        assert_eq!((found["total"].as_u64(), found["rows"][0]["id"].as_str()), (Some(1), Some(id)), "{key}");
    }
}

#[actix_web::test]
async fn jobs_go_through_all_rows_and_batches_take_them() {
    let app = adopted();
    let admin = app.signed_in(Role::Admin).await;
    Watcher::new((*app.database).clone(), app.clock.clone()).step().unwrap();
    let preview = admin.post("/batches", &[("action", "handle"), ("scope", "filter")]).await;
    assert_eq!(preview.status, StatusCode::SEE_OTHER, "{}", preview.body);
    let page = shown(&admin, preview.location()).await;
    assert!(!page.has("[role=alert]"), "{}", page.text("[role=alert]"));
    let open = shown(&admin, "/failed-accounting").await;
    let ids = open.attributes("tr[data-id] input[name=id]", "value");
    let mut ticked: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    ticked.push(("action", "handle"));
    let preview = admin.post("/batches", &ticked).await;
    assert_eq!(preview.status, StatusCode::SEE_OTHER, "{ticked:?}: {}", preview.texts("main").join(" "));
    let page = shown(&admin, preview.location()).await;
    assert!(!page.body.contains("batch-gone"), "every ticked row is found again");
    runner::check(&app.database, &app.clock, &runner::Order { by: "test", since: None }, &mut |_| Ok(()))
        .unwrap();
    shown(&admin, "/check").await;
    let run = admin.post("/archive", &[("cutoff_date", "2026-05-22")]).await;
    assert_eq!(run.status, StatusCode::SEE_OTHER, "{}", run.body);
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    while mover.is_due().unwrap() {
        mover.step().unwrap();
    }
    shown(&admin, "/archive").await;
    shown(&admin, "/history").await;
}

#[actix_web::test]
async fn ids_longer_than_ours_are_sorted_retried_handled_and_undone() {
    let app = adopted();
    let (id, next, usage) = ("f".repeat(60), "g".repeat(61), "u".repeat(32));
    let alone = "h".repeat(62);
    let insert = format!(
        "INSERT INTO llmusage (id, use_date, amount, cost, accounting_status) \
         VALUES ('{usage}', '2026-05-20', 1.5, 1, 'failed'); \
         INSERT INTO llmusage_accounting_failed (id, llmusageid, failed_reason, amount, handled) \
         VALUES ('{id}', '{usage}', 'password=geheim1234', 1.5, '0'), ('{alone}', NULL, 'x', 1.5, '0')"
    );
    crate::support::rows::run(&app.database, &insert);
    // What comes after the first sorting is noted by its id.
    sorting::sort_all(&app.database).unwrap();
    let watcher = Watcher::new((*app.database).clone(), app.clock.clone());
    watcher.step().unwrap();
    let operator = app.signed_in(Role::Operator).await;
    let mut batches = Vec::new();
    let handling = vec![("resolution", "written_off"), ("note", "seen")];
    for (action, ticked, run) in [("retry", &id, vec![("with_failing", "1")]), ("handle", &alone, handling)] {
        let made = operator.post("/batches", &[("action", action), ("id", ticked)]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{action}: {}", made.body);
        let path = made.location().to_owned();
        operator.submit(&format!("{path}/run"), &run).await;
        if action == "retry" {
            let again = format!(
                "UPDATE llmusage SET accounting_status = 'failed' WHERE id = '{usage}'; \
                 INSERT INTO llmusage_accounting_failed (id, llmusageid, failed_reason, amount, handled, failed_time) \
                 VALUES ('{next}', '{usage}', 'password=geheim1234', 1.5, '0', '2026-05-22 00:00:00')"
            );
            crate::support::rows::run(&app.database, &again);
            sorting::sort_all(&app.database).unwrap();
            watcher.step().unwrap();
        }
        batches.push(path);
    }
    for path in batches {
        shown(&operator, &path).await;
    }
    // The columns that tie a failure to the one before it have room for such ids.
    let tie = format!(
        "UPDATE llmusage_accounting_failed SET supersedes = '{id}', superseded_by = '{next}' WHERE id = '{alone}'"
    );
    crate::support::rows::run(&app.database, &tie);
    assert_eq!(app.record(&alone).retry.supersedes, Some(id.clone()));
    assert_eq!(app.record(&alone).resolution.as_deref(), Some("written_off"));
    shown(&operator, &format!("/failed-accounting/{id}")).await;
}

/// Cells that SQLite alone holds: numbers beyond all money, texts and bytes of any length where a number or a time stands.
#[actix_web::test]
async fn a_place_behind_any_cell_is_taken_back() {
    let app = TestApp::new();
    let long = "\u{4f59}".repeat(2_500);
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let (numbers, times) = match engine() {
        Engine::Sqlite => (
            owned(&["1e308", "-1e308", "9e999", "-9e999", "'n/a'", "''", "x'00ff'", "'1,5'", "NULL"]),
            owned(&[
                &format!("'{long}'"),
                &format!("CAST('{long}' AS BLOB)"),
                "20260520",
                "1e300",
                "''",
                "'2026-5-2'",
                "x'ff'",
                "NULL",
                "'0000-00-00'",
            ]),
        ),
        Engine::Mysql => (owned(&["1e12", "-1e12", "NULL"]), owned(&["NULL", "NULL", "NULL"])),
        Engine::Postgres => {
            (owned(&["'NaN'", "-1e12", "NULL"]), owned(&["'infinity'", "'-infinity'", "NULL"]))
        }
    };
    let mut rows = String::new();
    for (number, (amount, time)) in numbers.iter().zip(&times).enumerate() {
        let id =
            if engine() == Engine::Sqlite { format!("{long}{number}") } else { format!("cell-{number}") };
        for id in [id, format!("short-{number}")] {
            rows.push_str(&format!(
                "INSERT INTO llmusage_accounting_failed \
                 (id, amount, cost, use_time, failed_time, handled, failed_reason) \
                 VALUES ('{id}', {amount}, {amount}, {time}, {time}, '0', 'usages is None');\n"
            ));
        }
    }
    crate::support::rows::run(&app.database, &rows);
    sorting::sort_all(&app.database).unwrap();
    let viewer = app.signed_in(Role::Viewer).await;
    for sort in ["failed_time", "-failed_time", "use_time", "amount", "-amount", "-cost"] {
        let list = format!("/failed-accounting?handled=&sort={sort}&page_size=1");
        let (forth, last) = walked(&viewer, &list, "a[rel=next]").await;
        let distinct: std::collections::HashSet<&String> = forth.iter().collect();
        assert_eq!((forth.len(), distinct.len()), (2 * numbers.len(), 2 * numbers.len()), "{sort}");
        let (back, _) = walked(&viewer, &last, "a[rel=prev]").await;
        assert!(back.iter().eq(forth.iter().rev()), "{sort}");
    }
}

#[actix_web::test]
async fn ids_of_nothing_of_blanks_and_of_lines_are_opened_handled_and_told() {
    let app = TestApp::new();
    let ids: &[&str] = match engine() {
        Engine::Sqlite => &["", " ", "   ", "a\nb", "\n", " x ", "%", "..", "\t"],
        // There ids that differ in blanks at their ends alone are one.
        Engine::Mysql => &[" ", "a\nb", " x ", "%", ".."],
        Engine::Postgres => &["", " ", "a\nb", " x ", "%", ".."],
    };
    let row = |id: &&str| {
        format!(
            "INSERT INTO llmusage_accounting_failed (id, llmid, amount, handled, failed_reason) \
             VALUES ('{id}', '{id}', 1.5, '0', 'x');\n"
        )
    };
    crate::support::rows::run(&app.database, &ids.iter().map(row).collect::<String>());
    sorting::sort_all(&app.database).unwrap();
    let operator = app.signed_in(Role::Operator).await;
    let page = shown(&operator, "/failed-accounting?handled=&page_size=50").await;
    assert_eq!(page.rows().len(), ids.len());
    let groups = shown(&operator, "/failed-accounting?handled=&group=model").await;
    for link in groups.attributes("table tbody a[href*='llmid=']", "href") {
        assert!(!shown(&operator, &link).await.rows().is_empty(), "{link}");
    }
    let mut faults = Vec::new();
    let links =
        page.attributes("table#failed-accounting tbody tr[data-id] a[href^='/failed-accounting/']", "href");
    for link in links.iter().filter(|link| !link.contains("/causes/")) {
        let bare = link.split('?').next().unwrap();
        let opened = operator.get(link).await;
        let closing = [("resolution", "written_off"), ("handled_note", "seen")];
        let done = operator.post(&format!("{bare}/handle"), &closing).await;
        if opened.status != StatusCode::OK || done.status != StatusCode::SEE_OTHER {
            faults.push(format!("{link}: {} {}", opened.status, done.status));
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

#[actix_web::test]
async fn names_that_no_filter_has_are_refused_on_pages_and_downloads() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    for path in [
        "/failed-accounting",
        "/failed-accounting.csv",
        "/failed-accounting/causes",
        "/usages",
        "/usages.csv",
        "/history",
        "/history.csv",
        "/audit",
        "/audit.csv",
        "/batches",
    ] {
        let answer = admin.get(&format!("{path}?orgid=1&llm%3Cid=2")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.body.contains("orgid") && !answer.body.contains("llm<id"), "{path}: {}", answer.body);
        shown(&admin, path).await;
    }
    app.given(&crate::app::failure("f1"));
    let kept = admin.get("/failed-accounting?orgid=1&llmid=m-9").await;
    assert_eq!(kept.attribute("#llmid", "value"), "m-9");
    assert!(kept.text("#orgid-error").contains("orgid"));
}

/// Usages that are shown without a day, and one that has one.
fn usages_without_day() -> (usize, String) {
    let days: &[&str] = match engine() {
        Engine::Sqlite => {
            &["'2026-02-31'", "'2026-00-10'", "'2026-01-05 00:00:00'", "CAST('2026-01-05' AS BLOB)"]
        }
        Engine::Mysql => &["'2026-00-10'", "'2026-02-31'", "'0000-00-00'", "NULL"],
        Engine::Postgres => &["'infinity'", "'-infinity'", "NULL"],
    };
    let row = |id: String, day: &str| {
        format!(
            "INSERT INTO llmusage (id, use_date, status, amount, accounting_status) \
             VALUES ('{id}', {day}, 'SUCCEEDED', 1, 'accounted');\n"
        )
    };
    let rows = days.iter().enumerate().map(|(number, day)| row(format!("odd-{number}"), day));
    (days.len(), rows.chain([row("good".to_owned(), "'2026-01-05'")]).collect())
}

#[actix_web::test]
async fn what_is_shown_without_a_day_stays_and_is_named_by_preview_run_and_check() {
    let (number, rows) = usages_without_day();
    let app = TestApp::new();
    let rows = match engine() {
        Engine::Mysql => format!(
            "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'; {rows} SET SESSION sql_mode = 'STRICT_ALL_TABLES';"
        ),
        Engine::Sqlite | Engine::Postgres => rows,
    };
    crate::support::rows::run(&app.database, &rows);
    let odd: Vec<String> = (0..number).map(|number| format!("odd-{number}")).collect();
    let api = admin(&app);
    for id in &odd {
        let shown = api.get(&format!("/api/v1/usages/{id}")).await;
        assert_eq!(shown["use_date"], serde_json::Value::Null, "{id}");
    }
    let cutoff = crate::app::day("2026-05-22");
    let preview = app.database.run_here(|connection| preview(connection, cutoff, None)).unwrap();
    assert_eq!(preview.goes.rows, 1);
    let named = |stays: &[Left]| {
        let stays = stays.iter().filter(|left| left.reason == Reason::NoDay);
        let mut ids: Vec<String> = stays.flat_map(|left| left.ids.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(named(&preview.stays), odd);
    let admin = app.signed_in(Role::Admin).await;
    let run = admin.post("/archive", &[("cutoff_date", "2026-05-22")]).await;
    assert_eq!(run.status, StatusCode::SEE_OTHER, "{}", run.body);
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    while mover.is_due().unwrap() {
        mover.step().unwrap();
    }
    assert_eq!(texts(&app, "SELECT id AS name FROM llmusage ORDER BY id"), odd);
    let run = texts(&app, "SELECT id AS name FROM archive_run").remove(0);
    let stayed = app.database.run_here(|connection| left::of_run(connection, &run)).unwrap();
    assert_eq!(named(&stayed), odd);
    let order = runner::Order { by: "test", since: None };
    let found = runner::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
    let found = found.into_iter().find(|finding| finding.class == "accounted_without_day").unwrap();
    assert_eq!(found.ids, odd);
}

/// Columns of two decimals or of single precision round in silence.
#[actix_web::test]
async fn money_that_a_column_would_round_is_refused_and_nothing_is_written() {
    let alter = match engine() {
        Engine::Sqlite => return,
        Engine::Mysql => {
            "ALTER TABLE llmusage MODIFY amount DOUBLE(18,2); \
             ALTER TABLE llmusage_accounting_failed MODIFY amount FLOAT;"
        }
        Engine::Postgres => {
            "ALTER TABLE llmusage ALTER amount TYPE NUMERIC(18,2); \
             ALTER TABLE llmusage_accounting_failed ALTER amount TYPE REAL;"
        }
    };
    let app = TestApp::new();
    crate::support::rows::run(&app.database, alter);
    app.given_usage(&crate::app::usage("u1"));
    app.given(&crate::app::failure("f1"));
    let api = admin(&app);
    for (method, path, body) in [
        ("PATCH", "/api/v1/usages/u1", r#"{"amount": 0.00436}"#),
        ("POST", "/api/v1/usages", r#"{"id": "u2", "amount": 0.00436}"#),
        ("PATCH", "/api/v1/failed-accounting/f1", r#"{"amount": 12345.67891}"#),
    ] {
        assert_eq!(api.refused((method, path), body).await, ["amount"], "{method} {path}");
    }
    assert_eq!(api.get("/api/v1/usages/u1").await["amount"], 1.2);
    assert_eq!(api.get("/api/v1/failed-accounting/f1").await["amount"], 1.2);
    api.told(("GET", "/api/v1/usages/u2"), "", 404).await;
    assert_eq!(api.told(("PATCH", "/api/v1/usages/u1"), r#"{"amount": 12.25}"#, 200).await["amount"], 12.25);
}

/// In SQLite alone a cell holds what it likes.
mod bytes {
    use super::*;

    #[actix_web::test]
    async fn an_id_of_bytes_names_its_row_everywhere() {
        if engine() != Engine::Sqlite {
            return;
        }
        let app = adopted();
        let admin = app.signed_in(Role::Admin).await;
        for (path, note) in [
            ("/failed-accounting/caf%E9", "6E6F7465FE"),
            ("/failed-accounting/%00%FF%10%AA%BB", "01"),
            ("/failed-accounting/blob", ""),
        ] {
            let page = shown(&admin, path).await;
            assert!(page.body.contains('\u{fffd}') || path.ends_with("blob"), "{path}");
            let edit = shown(&admin, &format!("{path}/edit")).await;
            let seen = edit.attribute("input[name=seen]", "value");
            let fields = [("seen", seen.as_str()), ("amount", "7.5"), ("cost", "1"), ("handled", "0")];
            let reason = edit.text_as_it_is("textarea[name=failed_reason]");
            let kept = edit.text_as_it_is("textarea[name=handled_note]");
            let more = [
                ("failed_reason", reason.trim_start_matches('\n')),
                ("handled_note", kept.trim_start_matches('\n')),
            ];
            let saved = admin.post(path, &[fields.as_slice(), &more].concat()).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{path}: {}", saved.body);
            let question = "SELECT GROUP_CONCAT(hex(handled_note)) AS name FROM llmusage_accounting_failed \
                            WHERE amount = 7.5";
            let notes = crate::web::foreign_rows::texts(&app, question);
            assert!(notes[0].contains(note), "{notes:?}");
            let handled = admin
                .post(&format!("{path}/handle"), &[("resolution", "written_off"), ("handled_note", "seen")])
                .await;
            assert_eq!(handled.status, StatusCode::SEE_OTHER, "{path}: {}", handled.body);
        }
        let rows = texts(
            &app,
            "SELECT CAST(COUNT(*) AS TEXT) AS name FROM llmusage_accounting_failed \
                                WHERE resolution = 'written_off'",
        );
        assert_eq!(rows, ["3"]);
        let api = crate::web::api::admin(&app);
        let record = api.get("/api/v1/failed-accounting/caf%E9").await;
        assert_eq!(
            (record["id"].as_str(), record["id_hex"].as_str()),
            (Some("caf\u{fffd}"), Some("636166e9"))
        );
        assert_eq!(api.get("/api/v1/failed-accounting/plain").await["id_hex"], serde_json::Value::Null);
        shown(&admin, "/usages/u%E9").await;
    }

    /// What is found of the audit trail.
    fn trail_faults(app: &TestApp) -> Vec<String> {
        let order = runner::Order { by: "test", since: None };
        let found = runner::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
        found.into_iter().filter(|finding| finding.class == "audit_chain").flat_map(|one| one.ids).collect()
    }

    #[actix_web::test]
    async fn acts_on_rows_of_bytes_leave_the_trail_to_everybody() {
        if engine() != Engine::Sqlite {
            return;
        }
        let app = adopted();
        let admin = app.signed_in(Role::Admin).await;
        let close = [("resolution", "written_off"), ("handled_note", "seen")];
        for (path, fields) in [
            ("/failed-accounting/caf%E9/handle", close.as_slice()),
            ("/failed-accounting/%00%FF%10%AA%BB/handle", &close),
            ("/failed-accounting/of-bytes/retry", &[]),
            ("/failed-accounting/blob/handle", &close),
        ] {
            let done = admin.post(path, fields).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.texts("main").join(" "));
        }
        assert!(shown(&admin, "/audit").await.body.contains("caf\u{fffd}"));
        assert!(shown(&admin, "/audit.csv").await.body.contains("caf\u{fffd}"));
        let told = shown(&admin, "/failed-accounting/caf%E9").await;
        assert!(told.texts(".timeline").join(" ").contains("admin"), "the record tells who closed it");
        assert!(trail_faults(&app).is_empty(), "{:?}", trail_faults(&app));
        crate::support::rows::run(
            &app.database,
            "INSERT INTO audit_event (id, happened_at, author, source, action, record_kind, record_id) \
             SELECT MAX(id) + 1, '2026-05-22 12:00:00', CAST(x'ff' AS TEXT), x'fe', 'edit', 'usage', x'00' \
             FROM audit_event;",
        );
        let event = texts(&app, "SELECT CAST(MAX(id) AS TEXT) AS name FROM audit_event");
        let named = trail_faults(&app);
        assert!(!named.is_empty() && named.iter().all(|fault| fault.starts_with(&event[0])), "{named:?}");
        for path in ["/audit", "/audit.csv", "/check"] {
            shown(&admin, path).await;
        }
    }

    /// The platform's SQLite keeps such a text as it is; one that reads its first digits as the number would give the
    /// row other index entries than it has.
    #[actix_web::test]
    async fn a_number_column_with_a_zero_byte_in_its_text_stays_as_it_is_and_the_file_whole() {
        if engine() != Engine::Sqlite {
            return;
        }
        let cells =
            ["'12' || char(0) || '3'", "'0' || char(0)", "'30' || char(0) || '.85'", "char(0) || '12'"];
        let row = |(number, cell): (usize, &&str)| {
            format!(
                "INSERT INTO llmusage_accounting_failed (id, amount, cost, retry_count, failed_reason, handled) \
                 VALUES ('nul-{number}', {cell}, {cell}, {cell}, 'usages is None', '0');\n"
            )
        };
        let rows: String = cells.iter().enumerate().map(row).collect();
        let app = TestApp::adopting(&format!("{}{rows}", script()));
        let bytes = "SELECT typeof(amount) || hex(amount) || typeof(cost) || hex(cost) || hex(retry_count) AS name \
                     FROM llmusage_accounting_failed WHERE id LIKE 'nul-%' ORDER BY id";
        let before = texts(&app, bytes);
        sorting::sort_all(&app.database).unwrap();
        let admin = app.signed_in(Role::Admin).await;
        for id in ["nul-0", "nul-3"] {
            assert_eq!(app.record(id).amount, None);
            let closed = [("resolution", "written_off"), ("handled_note", "seen")];
            let done = admin.post(&format!("/failed-accounting/{id}/handle"), &closed).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{id}: {}", done.body);
        }
        assert!(before.iter().all(|row| row.starts_with("text")), "{before:?}");
        // Acts write the count of retries, as the number that it was shown as.
        let kept = |rows: &[String]| [1, 2].map(|place| rows[place].clone());
        assert_eq!(kept(&texts(&app, bytes)), kept(&before));
        let whole = "SELECT integrity_check AS name FROM pragma_integrity_check";
        assert_eq!(texts(&app, whole), ["ok"]);
        crate::support::rows::run(
            &app.database,
            "DELETE FROM llmusage_accounting_failed WHERE id LIKE 'nul-%';",
        );
        assert_eq!(texts(&app, whole), ["ok"]);
    }

    #[actix_web::test]
    async fn what_is_no_number_counts_as_none() {
        if engine() != Engine::Sqlite {
            return;
        }
        let app = adopted();
        let viewer = app.signed_in(Role::Viewer).await;
        for id in ["num-0", "num-1", "num-2", "num-3", "num-4", "num-5"] {
            assert_eq!(app.record(id).amount, None, "{id}");
            let found = shown(&viewer, &format!("/failed-accounting?handled=&q={id}&amount_min=0")).await;
            assert!(found.rows().is_empty(), "{id}");
        }
        assert_eq!(app.record("num-6").amount, Some(money("12.5")), "a text that is a number is one");
    }
}

pub fn texts(app: &TestApp, question: &str) -> Vec<String> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let question = question.to_owned();
    let rows: Vec<Named> =
        app.database.run_here(|connection| Ok(diesel::sql_query(question).load(connection)?)).unwrap();
    rows.into_iter().map(|row| row.name).collect()
}
