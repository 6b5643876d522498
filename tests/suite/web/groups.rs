//! Lists in groups, as pages, CSV and the API show them.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use super::api::admin;
use crate::app::{Answer, TestApp, Visitor, at, day, failure, money, usage};
use crate::support::rows::run;

/// October and November, two organisations and none, one amount of more than a thousand.
fn given(app: &TestApp) {
    run(&app.database, "CREATE TABLE organization (id VARCHAR(32) PRIMARY KEY, orgname VARCHAR(32))");
    run(&app.database, "INSERT INTO organization VALUES ('o1', 'Acme')");
    for (id, organisation, date, amount) in [
        ("f1", Some("o1"), Some("2026-04-30"), "1234.5"),
        ("f2", Some("o1"), Some("2026-05-01"), "1"),
        ("f3", Some("none"), Some("2026-05-02"), "2"),
        ("f4", None, None, "0.00001"),
    ] {
        app.given(&FailedRecord {
            userorgid: organisation.map(str::to_owned),
            use_date: date.map(day),
            amount: Some(money(amount)),
            cost: Some(money("0.5")),
            ..failure(id)
        });
    }
}

/// The rows of a table of groups, cell by cell.
fn table(page: &Answer) -> Vec<String> {
    page.texts("#groups tbody tr")
        .iter()
        .map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

async fn lists_of(viewer: &Visitor<'_>, page: &Answer) -> Vec<String> {
    let mut lists = Vec::new();
    for link in page.attributes("#groups tbody a", "href") {
        let list = viewer.get(&link).await;
        assert_eq!(list.status, StatusCode::OK, "{link}");
        lists.push(list.rows().join(" "));
    }
    lists
}

#[actix_web::test]
async fn groups_show_money_and_share_and_lead_to_their_rows() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting?group=organisation").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        table(&page),
        [
            "Acme o1 2 1,235.50000 1.00000 1,234.50000 99.84 %",
            "none 1 2.00000 0.50000 1.50000 0.16 %",
            "none 1 0.00001 0.50000 -0.49999 0.00 %",
        ]
    );
    assert_eq!(lists_of(&viewer, &page).await, ["f2 f1", "f3", "f4"]);
    assert_eq!(page.attribute("#groups tfoot tr", "data-sum-amount"), "1237.50001");
    assert_eq!(page.money_line(), ["4", "1237.50001", "2.00000"]);

    let page = viewer.get("/failed-accounting?group=month,organisation&start_date=2026-04-30").await;
    assert_eq!(lists_of(&viewer, &page).await, ["f1", "f3", "f2"]);
    let page = viewer.get("/failed-accounting?group=month&group_sort=-count").await;
    assert_eq!(lists_of(&viewer, &page).await, ["f3 f2", "f4", "f1"]);
    let ascending = page.attribute("#groups th[aria-sort=descending] a", "href");
    assert_eq!(lists_of(&viewer, &viewer.get(&ascending).await).await, ["f4", "f1", "f3 f2"]);

    let chosen = page.texts(".group-by a[aria-current]");
    assert_eq!(chosen, ["month", "none"]);
    let wrong = viewer.get("/failed-accounting?group=colour&llmid=m1").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("day, week, month"), "it says what would be right");
}

#[actix_web::test]
async fn csv_and_api_give_the_same_groups() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting?group=organisation").await;
    let csv = viewer.get(&page.attribute("a[href^='/failed-accounting.csv']", "href")).await;
    let disposition = csv.headers.get("content-disposition").unwrap().to_str().unwrap();
    assert!(disposition.contains("failed-accounting_open_by-organisation_"), "{disposition}");
    assert_eq!(
        csv.body.lines().collect::<Vec<_>>(),
        [
            "organisation,organisation_name,count,sum_amount,sum_cost,margin,share",
            "o1,Acme,2,1235.50000,1.00000,1234.50000,99.84",
            "none,,1,2.00000,0.50000,1.50000,0.16",
            ",,1,0.00001,0.50000,-0.49999,0.00",
        ]
    );
    let admin = admin(&app);
    let summary = admin.get("/api/v1/summary?group=month,organisation&end_date=2026-05-01").await;
    let groups: Vec<String> = summary["groups"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        groups,
        [
            r#"{"count":1,"keys":["2026-04","o1"],"margin":1234.0,"names":[null,"Acme"],"sum_amount":1234.5,"sum_cost":0.5}"#,
            r#"{"count":1,"keys":["2026-05","o1"],"margin":0.5,"names":[null,"Acme"],"sum_amount":1.0,"sum_cost":0.5}"#,
        ]
    );
    assert_eq!(admin.refused(("GET", "/api/v1/summary?group=day,day,day"), "").await, ["group"]);
}

#[actix_web::test]
async fn usages_and_history_are_grouped_like_failures() {
    let app = TestApp::new();
    for (id, model, date, amount) in [
        ("u1", Some("m1"), Some("2026-04-30"), "1234.5"),
        ("u2", Some("m1"), Some("2026-05-03"), "1"),
        ("u3", Some("M1"), Some("2026-05-04"), "2"),
        ("u4", None, None, "3"),
    ] {
        let amount = Some(money(amount));
        let of_id = Usage { llmid: model.map(str::to_owned), use_date: date.map(day), amount, ..usage(id) };
        app.given_usage(&of_id);
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/usages?group=model").await;
    let shown: Vec<String> =
        table(&page).iter().map(|row| row.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(shown, ["m1 2 1,235.50000", "none 1 3.00000", "M1 1 2.00000"]);
    assert_eq!(page.money_line()[..2], ["4", "1240.50000"]);
    for (query, lists) in [
        ("group=model", vec!["u2 u1", "u4", "u3"]),
        ("group=week", vec!["u4", "u2 u1", "u3"]),
        ("group=month,model&end_date=2026-05-31", vec!["u1", "u3", "u2"]),
    ] {
        let page = viewer.get(&format!("/usages?{query}")).await;
        let mut found = Vec::new();
        for link in page.attributes("#groups tbody a", "href") {
            found.push(viewer.get(&link).await.attributes("#usages tbody tr", "data-id").join(" "));
        }
        assert_eq!(
            found.iter().map(|list| sorted(list)).collect::<Vec<_>>(),
            lists.iter().map(|list| sorted(list)).collect::<Vec<_>>(),
            "{query}"
        );
        let csv = viewer.get(&format!("/usages.csv?{query}")).await;
        assert_eq!(csv.body.lines().count(), lists.len() + 1, "{query}");
    }
    let history = viewer.get("/history?group=day").await;
    assert_eq!(history.status, StatusCode::OK);
    for wrong in ["/usages?group=cause", "/history?group=handled_by"] {
        assert_eq!(viewer.get(wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

fn sorted(ids: &str) -> Vec<&str> {
    let mut ids: Vec<&str> = ids.split(' ').collect();
    ids.sort_unstable();
    ids
}

/// A failure that was closed as that, by that one, then.
fn decided(id: &str, resolution: &str, by: Option<&str>, when: Option<&str>) -> FailedRecord {
    FailedRecord {
        handled: Some("1".to_owned()),
        handled_time: when.map(at),
        handled_note: Some(format!("note of {id}")),
        resolution: Some(resolution.to_owned()),
        handled_by: by.map(str::to_owned),
        amount: Some(money("1000.5")),
        ..failure(id)
    }
}

#[actix_web::test]
async fn decisions_stand_by_month_resolution_and_person_and_lead_to_their_records() {
    let app = TestApp::new();
    app.given(&decided("f1", "written_off", Some("li.wei"), Some("2026-04-30 23:59:59")));
    app.given(&decided("f2", "written_off", Some("li.wei"), Some("2026-05-01 00:00:00")));
    app.given(&decided("f3", "written_off", Some("li.wei"), Some("2026-05-02 08:00:00")));
    app.given(&decided("f4", "duplicate", Some("ann"), Some("2026-05-03 08:00:00")));
    app.given(&decided("f5", "other", None, None));
    app.given(&decided("f6", "superseded", Some("li.wei"), Some("2026-05-03 08:00:00")));
    app.given(&FailedRecord { handled_time: Some(at("2026-05-03 08:00:00")), ..failure("open") });
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/decisions").await;
    assert_eq!(page.status, StatusCode::OK);
    let rows = table(&page);
    assert_eq!(rows.len(), 3, "what has no day is in no stretch of days: {rows:?}");
    assert!(rows[0].starts_with("2026-04 Written off li.wei 1 1,000.50000"), "{rows:?}");
    assert_eq!(lists_of(&viewer, &page).await, ["f1", "f4", "f3 f2"]);
    let may =
        viewer.get("/decisions?handled_from=2026-05-01&handled_to=2026-05-31&resolution=written_off").await;
    assert_eq!(lists_of(&viewer, &may).await, ["f3 f2"]);
    let all = viewer.get("/failed-accounting?handled=1&group=decided").await;
    assert_eq!(lists_of(&viewer, &all).await, ["f5", "f1", "f4 f3 f2"]);
    let wrong = viewer.get("/decisions?handled_from=2026-05-02&handled_to=2026-05-01").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let list = viewer.get("/failed-accounting?handled=1&handled_by=ann").await;
    let told = list.text("tr[data-id=f4] .decided");
    assert!(
        told.contains("ann") && told.contains("2026-05-03 08:00:00") && told.contains("note of f4"),
        "{told}"
    );
    let csv = viewer.get("/failed-accounting.csv?handled=1&handled_by=ann").await;
    assert!(csv.body.lines().nth(1).unwrap().ends_with(",999.60000"), "the margin comes last: {}", csv.body);
}

#[actix_web::test]
async fn an_exact_count_that_was_asked_for_stays_asked_for_in_other_orders_and_in_the_lists_of_groups() {
    let app = TestApp::new();
    given(&app);
    app.given(&decided("d1", "written_off", Some("retry watcher"), Some("2026-05-02 08:00:00")));
    app.given_usage(&usage("u1"));
    let viewer = app.signed_in(Role::Viewer).await;
    for (address, chosen) in [
        ("/failed-accounting?group=organisation", true),
        ("/usages?group=model", true),
        ("/decisions?handled_from=2026-01-01", false),
    ] {
        let page = viewer.get(&format!("{address}&exact=1")).await;
        let mut links = page.attributes("#groups a", "href");
        links.extend(page.attributes(".group-by a", "href"));
        assert!(links.len() > 6 && chosen == page.has(".group-by a"), "{links:?}");
        assert!(links.iter().all(|link| link.contains("exact=1")), "{links:?}");
        for link in page.attributes("#groups a", "href") {
            assert_eq!(viewer.get(&link).await.status, StatusCode::OK, "{link}");
        }
    }
}

#[actix_web::test]
async fn the_app_s_own_jobs_have_names_in_groups_lists_and_chips() {
    let app = TestApp::new();
    app.given(&decided("f1", "accounted", Some("retry watcher"), Some("2026-05-02 08:00:00")));
    app.given(&decided("f2", "written_off", Some("command line: root"), Some("2026-05-02 08:00:00")));
    let mut viewer = app.signed_in(Role::Viewer).await;
    viewer.language = "zh-CN".to_owned();
    let page = viewer.get("/failed-accounting?handled=1&group=handled_by").await;
    let labels: Vec<String> = page.texts("#groups tbody a");
    assert_eq!(labels, ["命令行：root", "重试跟踪任务"]);
    let list = viewer.get(&page.attributes("#groups tbody a", "href")[1]).await;
    assert_eq!(list.rows(), ["f1"]);
    assert!(list.text(".decided").starts_with("重试跟踪任务"), "{}", list.body);
    assert!(list.text(".chips").contains("处理人：重试跟踪任务"), "{}", list.body);
    app.given_usage(&usage("usage-f2"));
    let usage = viewer.get("/usages/usage-f2").await;
    assert!(usage.body.contains("命令行：root"), "{}", usage.body);
}

/// So many digits of a number, as rows.
const DIGITS: &str = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL \
                      SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";

#[actix_web::test]
async fn more_groups_than_can_be_held_are_refused_in_words() {
    let app = TestApp::new();
    let number = "CAST(100000 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS CHAR(6))";
    let day = match app.database.engine() {
        Engine::Sqlite => "'2026-05-1' || a.n",
        _ => "CAST(CONCAT('2026-05-1', a.n) AS DATE)",
    };
    let digits = ["a", "b", "c", "d", "e"].map(|name| format!("{DIGITS} {name}")).join(", ");
    run(
        &app.database,
        &format!(
            "INSERT INTO llmusage_history (id, userid, llmid, use_date) \
             SELECT {number}, {number}, SUBSTR({number}, 1, 5), {day} FROM {digits}"
        ),
    );
    run(&app.database, "INSERT INTO llmusage_history (id) VALUES ('one more')");
    let viewer = app.signed_in(Role::Viewer).await;
    let many = viewer.get("/history?group=user&exact=1").await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(many.text("[role=alert]").contains("More than 100,000 groups"), "{}", many.body);
    assert!(many.has("#usages tbody tr"), "the rows are there");
    let file = viewer.get("/history.csv?group=user").await;
    assert_eq!(file.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", file.body);
    // Of each model and day there is a row, and the month is one.
    let whole = viewer.get("/history?group=month,model&exact=1").await;
    assert_eq!((whole.status, &*whole.money_line()[0]), (StatusCode::OK, "100001"));
}
