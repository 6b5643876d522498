//! What the platform's ledger tells of a usage: on the page of a failure, by API, and where somebody asks for a retry.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, failure, usage};
use crate::support::rows::run as sql;
use crate::web::api::Programs;

/// The platform's ledger: it has charged the usage u1 once, and u2 twice.
pub const LEDGER: &str = "CREATE TABLE billing (id BIGINT, usage_id VARCHAR(32), booked TIMESTAMP NULL, amount DECIMAL(18,8)); \
     CREATE INDEX billing_usage ON billing (usage_id); \
     INSERT INTO billing VALUES (4711, 'u1', '2026-05-21 23:59:59', 1.2), (4713, 'u2', '2026-05-22 08:00:01', 0.5), \
     (4712, 'u2', '2026-05-22 08:00:00', 0.12345678)";

pub const ASKING: &str = "--ledger-sql=SELECT usage_id, id, booked, amount FROM billing; ";

/// After it nobody knows whether the customer was charged.
pub const LOST: &str = "504, message='Gateway Time-out', url='https://a.example.com/x'";

pub fn with_ledger() -> TestApp {
    TestApp::beside(LEDGER, &[ASKING]).unwrap()
}

/// A failure of that reason, with its failed usage.
pub fn given(app: &TestApp, id: &str, usage_id: &str, reason: &str) {
    app.given(&FailedRecord {
        llmusageid: Some(usage_id.to_owned()),
        failed_reason: Some(reason.to_owned()),
        ..failure(id)
    });
    app.given_usage(&Usage { ..usage(usage_id) });
}

/// Takes the ledger away, so that the query fails from now on.
pub fn lose(app: &TestApp) {
    sql(&app.database, "ALTER TABLE billing RENAME TO gone");
}

#[test]
fn a_query_that_cannot_be_asked_or_gives_other_columns_is_told_at_the_start() {
    let three = "SELECT usage_id, id, booked FROM billing";
    let five = "SELECT usage_id, id, booked, amount, 1 FROM billing";
    for query in [three, five, "SELECT a, b, c, d FROM nowhere", "DELETE FROM billing", "nonsense"] {
        let refused = TestApp::beside(LEDGER, &[&format!("--ledger-sql={query}")]);
        let refused = refused.err().unwrap_or_else(|| panic!("{query} was taken"));
        assert!(refused.contains("LLMAGE_LEDGER_SQL: "), "{query}: {refused}");
        assert!(refused.contains("it must be a SELECT of usage id, entry id, time and amount"), "{refused}");
    }
    let ending =
        "--ledger-sql=WITH b AS (SELECT * FROM billing) SELECT usage_id, id, booked, amount FROM b -- by day";
    TestApp::beside(LEDGER, &[ending]).unwrap();
}

#[actix_web::test]
async fn the_page_and_the_api_tell_the_entries_or_that_there_is_none() {
    let app = with_ledger();
    for (id, usage_id) in [("f1", "u1"), ("f2", "u2"), ("f3", "u3"), ("f4", "U1")] {
        given(&app, id, usage_id, "usages is None");
    }
    app.given(&FailedRecord { llmusageid: None, ..failure("f5") });
    let viewer = app.signed_in(Role::Viewer).await;
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    for (id, told, entries) in [
        ("f1", "charged", vec!["4711"]),
        ("f2", "charged", vec!["4712", "4713"]),
        ("f3", "no_entry", vec![]),
        // Ids are compared to the letter, whatever the collation.
        ("f4", "no_entry", vec![]),
    ] {
        let path = format!("/failed-accounting/{id}");
        let page = viewer.get(&path).await;
        assert_eq!(page.attribute("#ledger", "data-ledger"), told, "{id}");
        assert_eq!(page.attributes("#ledger [data-entry]", "data-entry"), entries, "{id}");
        let body = program.told(("GET", &format!("/api/v1{path}")), "", 200).await;
        assert_eq!(body["ledger"]["told"], told, "{body}");
        let ids =
            body["ledger"]["entries"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap());
        assert_eq!(ids.collect::<Vec<_>>(), entries, "{body}");
    }
    let page = viewer.get("/failed-accounting/f1").await;
    assert!(page.text("#ledger").contains("the customer was charged"), "{}", page.text("#ledger"));
    assert!(page.text("#ledger").contains("2026-05-21 23:59:59"), "{}", page.text("#ledger"));
    assert!(page.text("#ledger").contains("1.20000"), "{}", page.text("#ledger"));
    let body = program.ask("GET", "/api/v1/failed-accounting/f1", "").await.body;
    assert!(body.contains("\"amount\":1.20000}"), "{body}");
    let body = program.ask("GET", "/api/v1/failed-accounting/f2", "").await.body;
    assert!(body.contains("\"amount\":0.12345678}"), "{body}");
    // Without a usage there is nothing to ask.
    assert!(!viewer.get("/failed-accounting/f5").await.has("#ledger"));
    assert!(program.told(("GET", "/api/v1/failed-accounting/f5"), "", 200).await.get("ledger").is_none());
    let mut chinese = viewer.copy();
    chinese.language = "zh-CN".to_owned();
    let page = chinese.get("/failed-accounting/f2").await;
    assert!(page.text("#ledger").contains("账簿中有 2 笔分录"), "{}", page.text("#ledger"));
}

#[actix_web::test]
async fn what_was_read_is_expected_again_with_the_ledger_in_it() {
    let app = with_ledger();
    given(&app, "f1", "u3", "usages is None");
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let read = program.ask("GET", "/api/v1/failed-accounting/f1", "").await.body;
    let body = format!("{{\"handled_note\": \"looked\", \"expect\": {read}}}");
    program.told(("PATCH", "/api/v1/failed-accounting/f1"), &body, 200).await;
}

#[actix_web::test]
async fn a_ledger_that_cannot_be_asked_says_so_and_never_that_nobody_was_charged() {
    let app = with_ledger();
    given(&app, "f1", "u3", LOST);
    lose(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting/f1").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.attribute("#ledger", "data-ledger"), "not_asked");
    assert!(page.text("#ledger").contains("The ledger could not be asked: "), "{}", page.text("#ledger"));
    assert!(page.text("#ledger").contains("billing"), "{}", page.text("#ledger"));
    assert!(page.has("#unknown"), "{}", page.body);
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    let body = program.told(("GET", "/api/v1/failed-accounting/f1"), "", 200).await;
    assert_eq!(body["ledger"]["told"], "not_asked", "{body}");
    assert!(body["ledger"]["why"].as_str().unwrap().contains("billing"), "{body}");
    assert_eq!(body["ledger"]["entries"], serde_json::json!([]), "{body}");
}

#[actix_web::test]
async fn without_a_ledger_nothing_is_told_of_it() {
    let app = TestApp::new();
    given(&app, "f1", "u1", LOST);
    assert!(!app.signed_in(Role::Viewer).await.get("/failed-accounting/f1").await.has("#ledger"));
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    assert!(program.told(("GET", "/api/v1/failed-accounting/f1"), "", 200).await.get("ledger").is_none());
}
