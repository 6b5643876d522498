//! The history: archived usages as a list, one by one, as CSV and JSON; read-only, but for an admin's way back.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, day, money, usage};
use crate::support::rows::run;
use crate::web::archive::given_run;

/// Two runs: u1 and u2 were archived by the first, u3 by the second; u4 is live.
fn given(app: &TestApp) {
    for (id, date, amount) in [
        ("u1", "2026-05-18", "1.00001"),
        ("u2", "2026-05-19", "2"),
        ("u3", "2026-05-20", "3"),
        ("u4", "2026-05-22", "4"),
    ] {
        app.given_usage(&Usage {
            accounting_status: Some("accounted".to_owned()),
            use_date: Some(day(date)),
            use_time: Some(day(date).and_hms_opt(8, 0, 0).unwrap()),
            amount: Some(money(amount)),
            taskid: Some(format!("task-{id}")),
            ..usage(id)
        });
    }
    given_run(app, "2026-05-20");
    app.clock.advance(chrono::TimeDelta::minutes(5));
    crate::web::archive::given_run_at(app, "2026-05-21", app.clock.now());
}

#[actix_web::test]
async fn the_history_is_listed_filtered_and_paged_like_usages() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let ids = |page: &crate::app::Answer| page.attributes("table#usages tbody tr[data-id]", "data-id");
    let page = viewer.get("/history").await;
    assert_eq!(ids(&page), ["u3", "u2", "u1"]);
    assert_eq!(page.money_line(), ["3", "6.00001", "2.70000"]);
    assert_eq!(page.attribute("table#usages tbody tr a.id", "href"), "/history/u3");
    assert!(!page.has("a[href='/usages/new']") && !page.has(".tabs"));
    let first = viewer.get("/history?page_size=2").await;
    let second = viewer.get(&first.attribute("a[rel=next]", "href")).await;
    assert_eq!((ids(&first), ids(&second)), (vec!["u3".to_owned(), "u2".to_owned()], vec!["u1".to_owned()]));
    assert!(second.attribute("a[rel=prev]", "href").starts_with("/history?"));
    for (query, found) in [
        ("start_date=2026-05-19&end_date=2026-05-19", vec!["u2"]),
        ("taskid=task-u1", vec!["u1"]),
        ("id=u4", vec![]),
        ("backup_time=2026-05-22%2012:00:00", vec!["u2", "u1"]),
        ("llmid=m-kimi-k3&sort=use_time", vec!["u1", "u2", "u3"]),
    ] {
        assert_eq!(ids(&viewer.get(&format!("/history?{query}")).await), found, "{query}");
    }
    let wrong = viewer.get("/history?start_date=x").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ids(&viewer.get("/usages").await), ["u4"]);
}

#[actix_web::test]
async fn the_csv_of_the_history_has_the_columns_of_its_table() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/history?id=u1").await;
    let csv = viewer.get(&page.attribute(".pager a", "href")).await;
    let lines: Vec<&str> = csv.body.lines().collect();
    assert!(lines[0].contains("accounting_status,backup_time,llm_name"), "{}", lines[0]);
    assert!(lines[1].starts_with("u1,m-kimi-k3,2026-05-18,2026-05-18 08:00:00.000,"), "{}", lines[1]);
    assert!(
        lines[1].contains(",1.00001,0.90000,org-b,org-a,accounted,2026-05-22 12:00:00.000,"),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 2);
    let name = csv.headers.get("content-disposition").unwrap().to_str().unwrap().to_owned();
    assert!(name.contains("history_"), "{name}");
}

#[actix_web::test]
async fn an_archived_usage_is_shown_and_every_write_is_refused_with_the_reason() {
    let app = TestApp::new();
    given(&app);
    let admin = app.signed_in(Role::Admin).await;
    let page = admin.get("/history/u1").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("2026-05-22 12:00:00") && page.has("a[href='/history/restore?id=u1']"));
    assert!(page.has("nav a[href='/history'][aria-current]"), "{}", page.body);
    let refused = admin.post("/history/u1", &[("amount", "0")]).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers.get("allow").unwrap(), "GET, HEAD");
    assert!(refused.body.contains("The history is read-only"), "{}", refused.body);
    for method in [Method::DELETE, Method::PUT, Method::PATCH] {
        assert_eq!(admin.send(method, "/history/u1", None).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(admin.get("/history/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.get("/history/u4").await.location(), "/usages/u4", "it is live");
}

#[actix_web::test]
async fn one_box_finds_a_usage_wherever_it_is() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    for path in ["/usages", "/history"] {
        assert!(viewer.get(path).await.has("form[action='/usages/find'] input[name=q]"));
    }
    for (sought, place) in
        [("u4", "/usages/u4"), ("u1", "/history/u1"), ("task-u2", "/history/u2"), (" task-u4 ", "/usages/u4")]
    {
        let query = llmage_admin::web::links::query(&[("q", sought)]);
        assert_eq!(viewer.get(&format!("/usages/find?{query}")).await.location(), place);
    }
    let none = viewer.get("/usages/find?q=%3Cb%3E").await;
    assert!(viewer.get(none.location()).await.text(".flash").contains("id or task <b>"));
    assert_eq!(viewer.get("/usages/find?q=").await.location(), "/usages");
}

#[actix_web::test]
async fn an_admin_brings_named_usages_back_and_the_trail_says_so() {
    let app = TestApp::new();
    given(&app);
    let admin = app.signed_in(Role::Admin).await;
    let form = admin.get("/history/restore").await;
    assert!(form.has("form[method=get] textarea[name=id]"));
    let asked = admin.get("/history/restore?id=u1%0D%0Au2,u1").await;
    assert!(
        asked.text("main form[method=post] button").contains("Bring back 2 usages, 3.00001"),
        "{}",
        asked.body
    );
    let ids = asked.attribute("main form[method=post] input[name=id]", "value");
    let done = admin.submit("/history/restore", &[("id", &ids)]).await;
    assert!(done.text("[role=status]").contains("Brought back 2 usages, 3.00001"));
    assert_eq!(done.attributes("table#usages tbody tr[data-id]", "data-id"), ["u4", "u2", "u1"]);
    assert_eq!(admin.get("/history").await.money_line()[0], "1");
    let back = admin.get("/usages/u1").await;
    assert!(back.text(".timeline li:first-child").contains("admin brought this back"), "{}", back.body);
    for (ids, part) in
        [("u3 nobody", "nobody is not in the history"), ("", "at least one"), ("u4", "u4 is live already")]
    {
        let refused = admin.post("/history/restore", &[("id", ids)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(part), "{ids}: {}", refused.body);
    }
    assert_eq!(admin.get("/history").await.money_line()[0], "1", "all or none");
}

#[actix_web::test]
async fn what_the_platform_would_charge_beside_a_charge_by_hand_stays_in_the_history() {
    let app = TestApp::new();
    crate::support::rows::run(
        &app.database,
        "INSERT INTO llmusage_history (id, status, accounting_status, amount) VALUES ('u1', 'SUCCEEDED', 'created', 2); \
         INSERT INTO llmusage_accounting_failed (id, llmusageid, handled, resolution) VALUES \
         ('f1', 'u1', '1', 'charged_manually')",
    );
    let admin = app.signed_in(Role::Admin).await;
    let refused = admin.post("/history/restore", &[("id", "u1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("its failure f1 is closed with money moved by hand"), "{}", refused.body);
    assert_eq!(admin.get("/history").await.money_line()[0], "1", "it is there still");
    crate::support::rows::run(&app.database, "UPDATE llmusage_history SET accounting_status = 'failed'");
    assert_eq!(admin.post("/history/restore", &[("id", "u1")]).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_program_reads_the_history_and_asks_for_a_run() {
    let app = TestApp::new();
    given(&app);
    let admin = crate::web::api::admin(&app);
    let page = admin.get("/api/v1/history?page_size=1").await;
    assert_eq!((page["total"].as_i64(), page["sum_amount"].as_f64()), (Some(3), Some(6.00001)));
    assert_eq!(page["rows"][0]["id"], "u3");
    let ask = ("POST", "/api/v1/archive");
    let dry = admin.told(ask, r#"{"cutoff_date": "2026-05-22", "dry_run": true}"#, 200).await;
    assert_eq!((dry["moves"]["count"].as_i64(), dry["run"].as_str()), (Some(0), None));
    for wrong in [r#"{"cutoff_date": "2026-05-23"}"#, "{}", r#"{"cutoff_date": 5}"#] {
        assert_eq!(admin.refused(ask, wrong).await, ["cutoff_date"], "{wrong}");
    }
    let run = admin.told(ask, r#"{"cutoff_date": "2026-05-22"}"#, 202).await;
    assert_eq!(run["state"], "waiting");
    admin.told(ask, r#"{"cutoff_date": "2026-05-22"}"#, 409).await;
}

/// So many accounted ones, newest first, and the oldest of all, which is not.
fn given_many_accounted(app: &TestApp, count: usize) {
    let values: Vec<String> = (0..count)
        .map(|number| {
            let second = number % 86_400;
            let time = format!("2026-05-20 {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
            format!("('h{number}', '{time}', 0.5, 0.25, 'accounted', '2026-05-21 02:30:00')")
        })
        .collect();
    let columns = "id, use_time, amount, cost, accounting_status, backup_time";
    for some in values.chunks(1_000) {
        run(&app.database, &format!("INSERT INTO llmusage_history ({columns}) VALUES {}", some.join(", ")));
    }
    run(
        &app.database,
        &format!(
            "INSERT INTO llmusage_history ({columns}) \
             VALUES ('odd', '2026-01-01 08:00:00', 7.5, 3, 'failed', '2026-05-21 02:30:00')"
        ),
    );
}

#[actix_web::test]
async fn by_accounting_state_the_history_is_searched_a_bounded_stretch_at_a_time() {
    let app = TestApp::new();
    given_many_accounted(&app, 20_010);
    let viewer = app.signed_in(Role::Viewer).await;
    let ids = |page: &crate::app::Answer| page.attributes("table#usages tbody tr[data-id]", "data-id");
    let page = viewer.get("/history?accounting_status=failed").await;
    assert_eq!((ids(&page), page.money_line()), (vec![], ["", "", ""].map(str::to_owned)));
    assert!(page.text("#money-line").contains("Not counted"), "{}", page.text("#money-line"));
    assert!(page.text(".chips").contains("Accounting: failed"), "{}", page.text(".chips"));
    assert!(page.text(".empty h2").contains("Nothing found so far"));
    let next = viewer.get(&page.attribute(".searched a[rel=next]", "href")).await;
    assert_eq!(ids(&next), ["odd"], "{}", next.body);
    assert!(!next.has(".searched"), "all was searched");
    let exact = viewer.get(&page.attribute("#money-line a", "href")).await;
    assert_eq!(exact.money_line(), ["1", "7.50000", "3.00000"]);
    let csv = viewer.get(&page.attribute(".pager a", "href")).await;
    assert_eq!((csv.body.lines().count(), csv.body.contains("\r\nodd,")), (2, true), "a download has all");
    let oldest = viewer.get("/history?accounting_status=failed&sort=use_time").await;
    assert_eq!(ids(&oldest), ["odd"]);
    let none = viewer.get("/history?accounting_status=none&id=odd").await;
    assert_eq!(none.money_line(), ["0", "0.00000", "0.00000"], "one row is looked at at once");
}
