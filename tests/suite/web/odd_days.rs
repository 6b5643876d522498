//! Days and times that foreign rows hold in another way: each row is found, counted and exported as the day that it shows,
//! and what shows none is `none` everywhere.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::archive::left::Reason;
use llmage_admin::archive::preview::preview;
use llmage_admin::check::runner;
use llmage_admin::db::Engine;

use crate::app::{TestApp, Visitor, failure, usage};
use crate::support::database::engine;
use crate::support::rows::run;
use crate::web::api::admin;

/// Days as foreign programs write them; the first is one, and the others are none.
fn days() -> Vec<&'static str> {
    match engine() {
        Engine::Sqlite => vec![
            "'2026-05-20'",
            "' 2026-05-20'",
            "'2026-05-20 '",
            "'2026-5-2'",
            "'2026-05-20 10:00:00'",
            "'2026-05-20T00:00:00Z'",
            "'2026-05-32'",
            "'abc'",
            "''",
            "20260520",
            "x'323032362d30352d3230'",
            "NULL",
        ],
        Engine::Mysql => {
            vec!["'2026-05-20'", "'2026-05-00'", "'2026-00-00'", "'0000-00-00'", "'2026-02-31'", "NULL"]
        }
        Engine::Postgres => {
            vec!["'2026-05-20'", "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'12000-05-20'", "NULL"]
        }
    }
}

/// Times likewise.
fn times() -> Vec<&'static str> {
    match engine() {
        Engine::Sqlite => vec![
            "'2026-05-20 10:00:00.500'",
            "' 2026-05-20 10:00:00'",
            "'2026-05-20 10:00:00Z'",
            "'2026-05-20T10:00:00+08:00'",
            "'2026-05-20 10:00:00 '",
            "'2026-05-20'",
            "'2026-05-20 10:00:61'",
            "'2460000.5'",
            "''",
            "20260520",
            "NULL",
        ],
        Engine::Mysql => vec!["'2026-05-20 10:00:00'", "'0000-00-00 00:00:00'", "NULL"],
        Engine::Postgres => {
            vec!["'2026-05-20 10:00:00.500'", "'infinity'", "'-infinity'", "'12000-05-20 00:00:00'", "NULL"]
        }
    }
}

fn given(app: &TestApp) {
    let mut rows = match engine() {
        Engine::Mysql => "SET SESSION sql_mode = 'ALLOW_INVALID_DATES';".to_owned(),
        Engine::Sqlite | Engine::Postgres => String::new(),
    };
    for (number, (day, time)) in
        days().iter().flat_map(|day| times().into_iter().map(move |time| (day, time))).enumerate()
    {
        let handled = number % 2;
        rows += &format!(
            "INSERT INTO llmusage_accounting_failed (id, userorgid, use_date, use_time, amount, cost, failed_time, handled, \
             handled_time, resolution) VALUES ('f{number}', 'o{}', {day}, {time}, 1.5, 0.5, {time}, '{handled}', {time}, \
             {}); INSERT INTO llmusage (id, use_date, use_time, amount, cost, accounting_status) \
             VALUES ('u{number}', {day}, {time}, 1.5, 0.5, 'accounted');",
            number % 3,
            if handled == 1 { "'written_off'" } else { "NULL" },
        );
    }
    if engine() == Engine::Mysql {
        rows += "SET SESSION sql_mode = 'STRICT_TRANS_TABLES'";
    }
    run(&app.database, &rows);
}

/// Of each row of the groups of a list: what it says, how many it says, and how many the list has that it leads to.
async fn groups(viewer: &Visitor<'_>, path: &str) -> Vec<(String, String, [String; 3])> {
    let page = viewer.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    let links = page.attributes("#groups tbody tr a", "href");
    let rows = page.texts("#groups tbody tr");
    assert!(!rows.is_empty() && rows.len() == links.len(), "{path}: {rows:?} {links:?}");
    let mut all = Vec::new();
    for (row, link) in rows.into_iter().zip(links) {
        let words: Vec<&str> = row.split_whitespace().collect();
        let count = words[words.len() - 6].to_owned();
        let list = viewer.get(&link).await;
        assert_eq!(list.status, StatusCode::OK, "{link}");
        let csv = viewer.get(&link.replacen('?', ".csv?", 1)).await;
        let lines = csv::Reader::from_reader(csv.body.as_bytes()).records().count();
        assert_eq!(lines.to_string(), count, "the download of {link}");
        all.push((words.join(" "), count, list.money_line()));
    }
    all
}

#[actix_web::test]
async fn every_group_row_leads_to_a_list_of_as_many() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let whole = days().len() * times().len();
    for by in ["day", "week", "month", "month,organisation", "decided", "decided,day"] {
        let mut sum = 0;
        for (row, count, list) in groups(&viewer, &format!("/failed-accounting?handled=&group={by}")).await {
            assert_eq!(count, list[0], "{by}: {row}");
            sum += count.parse::<usize>().unwrap();
        }
        assert_eq!(sum, whole, "{by}");
    }
    for by in ["day", "week", "month", "month,organisation"] {
        let mut sum = 0;
        for (row, count, list) in groups(&viewer, &format!("/usages?group={by}")).await {
            assert_eq!(count, list[0], "{by}: {row}");
            sum += count.parse::<usize>().unwrap();
        }
        assert_eq!(sum, whole, "usages {by}");
    }
}

#[actix_web::test]
async fn a_row_is_of_the_day_that_it_shows_for_lists_sums_and_the_archive() {
    let app = TestApp::new();
    given(&app);
    let (days, times) = (days().len() as u64, times().len() as u64);
    let api = admin(&app);
    for (query, count) in [
        ("start_date=2026-05-01&end_date=2026-05-31", times),
        ("start_date=2026-05-20&end_date=2026-05-20", times),
        ("start_date=2026-01-01", times),
        ("end_date=2026-12-31", times),
        ("use_date=none", (days - 1) * times),
        ("start_date=2026-05-01&end_date=2026-06-30&userorgid=o1", times / 3),
    ] {
        let found = api.get(&format!("/api/v1/failed-accounting?handled=&page_size=200&{query}")).await;
        let counted = found["total"].as_u64().unwrap();
        assert!(counted == count || query.contains("userorgid"), "{query}: {counted} for {count}");
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(rows.len() as u64, counted, "{query}");
        let is_none = query.ends_with("none");
        assert!(rows.iter().all(|row| row["use_date"].is_null() == is_none), "{query}: {rows:?}");
        let summary = api.get(&format!("/api/v1/summary?handled=&{query}")).await;
        assert_eq!(summary["count"].as_u64(), Some(counted), "{query}");
        if !query.contains("userorgid") {
            let usages = api.get(&format!("/api/v1/usages?{query}")).await;
            assert_eq!(usages["total"].as_u64(), Some(count), "usages: {query}");
        }
    }
    let cutoff = "2026-06-01".parse().unwrap();
    let preview = app.database.run_here(|connection| preview(connection, cutoff, None)).unwrap();
    let stays: u64 = preview
        .stays
        .iter()
        .filter(|left| left.reason == Reason::NoDay)
        .map(|left| left.sums.rows as u64)
        .sum();
    assert_eq!((preview.goes.rows as u64, stays), (times, (days - 1) * times));
    let order = runner::Order { by: "test", since: None };
    let found = runner::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
    let noted = |class: &str| {
        found.iter().filter(|finding| finding.class == class).map(|finding| finding.count).sum::<u64>()
    };
    // All but those whose cells are a day or nothing, and times or nothing.
    let sound = 4;
    assert_eq!(noted("foreign_cells_of_failures"), days * times - sound);
    assert_eq!(noted("foreign_cells_of_usages"), days * times - sound);
}

/// A time with a zone of its own is of another clock than all others: it is refused, and says why.
#[actix_web::test]
async fn times_with_a_zone_are_refused_in_clear_words_on_every_way_in() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given_usage(&usage("u1"));
    let operator = app.signed_in(Role::Admin).await;
    let api = admin(&app);
    for time in [
        "2026-05-20T10:00:00Z",
        "2026-05-20 10:00:00+08:00",
        "2026-05-20 10:00:00.5 -0300",
        "2026-05-20 10:00 UTC",
    ] {
        let form = operator
            .post("/failed-accounting", &[("use_time", time), ("failed_reason", "x"), ("amount", "1")])
            .await;
        assert_eq!(form.status, StatusCode::UNPROCESSABLE_ENTITY, "{time}");
        assert!(
            form.text("#use_time-error").contains("without Z or an offset"),
            "{time}: {}",
            form.text("#use_time-error")
        );
        let body = format!(r#"{{"use_time": "{time}", "failed_reason": "x", "amount": 1}}"#);
        let answer = api.ask("POST", "/api/v1/failed-accounting", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{time}: {}", answer.body);
        assert!(answer.body.contains("without Z or an offset"), "{time}: {}", answer.body);
    }
}
