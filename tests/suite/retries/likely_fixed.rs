//! Whether causes are fixed: told while one failure of a model would pass, taken back when it would not, and nothing is retried.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::failed_accounting::causes::fixed;
use llmage_admin::failed_accounting::causes::tester::Tester;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;
use serde_json::json;

use crate::alerts::receiver::{Reaction, Receiver};
use crate::app::{TestApp, failure, usage};
use crate::support::rows::{everything, run as sql};
use crate::web::api::Programs;
use crate::web::testing::of_model;

/// The platform knows the model m-kimi-k3 and not yet m-gone.
const PLATFORM: &str = "CREATE TABLE llm (id VARCHAR(32), name VARCHAR(100), expired_date DATE); \
     CREATE TABLE llm_api_map (id VARCHAR(32), llmid VARCHAR(32), ppid VARCHAR(32), isdefaultcatelog VARCHAR(1)); \
     INSERT INTO llm VALUES ('m-kimi-k3', 'Kimi', NULL); \
     INSERT INTO llm_api_map VALUES ('1', 'm-kimi-k3', 'p-7', '1')";

const MENDED: &str = "INSERT INTO llm VALUES ('m-gone', 'Back', NULL); \
     INSERT INTO llm_api_map VALUES ('2', 'm-gone', 'p-7', '1')";

const NO_PRICE: &str = "llm_charging failed: pricing spec data not found";

/// An app that asks that program for prices.
fn app_asking(url: &str) -> TestApp {
    TestApp::with(&[
        "--price-url",
        url,
        "--price-secret",
        "a secret that signs prices",
        "--price-private",
        "true",
    ])
}

pub fn given(app: &TestApp, id: &str, reason: &str, of: Usage) {
    app.given(&FailedRecord {
        llmusageid: Some(of.id.clone()),
        llmid: of.llmid.clone(),
        failed_reason: Some(reason.to_owned()),
        ..failure(id)
    });
    app.given_usage(&of);
}

/// A whole round of the job.
pub fn round(app: &TestApp) {
    let sources = app.application.given().sources;
    let tester = Tester::new((*app.database).clone(), app.clock.clone(), sources);
    assert!(tester.is_due().unwrap());
    while tester.step().unwrap() {}
    assert!(!tester.is_due().unwrap(), "it rests");
}

/// How many failures would pass, by cause, and of which amount.
fn found(app: &TestApp) -> Vec<(i64, String, usize, bool)> {
    let all = app.database.run_here(fixed::list).unwrap();
    let told = all.into_iter().map(|one| one.found);
    told.map(|found| (found.records, found.amount.to_string(), found.models.len(), found.is_more)).collect()
}

#[actix_web::test]
async fn a_cause_is_likely_fixed_from_when_its_model_is_back_until_it_goes() {
    let app = TestApp::new();
    sql(&app.database, PLATFORM);
    for id in ["1", "2", "3"] {
        given(&app, &format!("f{id}"), "llm not found(m-gone)", of_model(&format!("u{id}"), "m-gone"));
    }
    given(&app, "f4", "llm not found(m-gone)", of_model("u4", "m-none"));
    given(&app, "f5", "llm not found(m-gone)", Usage { usages: None, ..of_model("u5", "m-gone") });
    given(&app, "f6", "accounting failed", usage("u6"));
    let tables = ["llmusage", "llmusage_accounting_failed", "audit_event", "cause", "batch"];
    let before = everything(&app.database, &tables);
    round(&app);
    assert!(found(&app).is_empty());

    sql(&app.database, MENDED);
    round(&app);
    assert_eq!(found(&app), [(3, "3.60000".to_owned(), 1, false)]);
    assert_eq!(everything(&app.database, &tables), before, "nothing else is written, and nothing retried");
    let cause = app.record("f1").cause.unwrap();
    let operator = app.signed_in(Role::Operator).await;
    let cards = operator.get("/failed-accounting/causes").await;
    assert_eq!(cards.attribute(".cause-card .fixed", "data-fixed"), "3");
    assert!(cards.text(".cause-card .fixed").contains("3 records, 3.60000"), "{}", cards.body);
    let page = operator.get(&format!("/failed-accounting/causes/{cause}")).await;
    assert_eq!(page.attribute("#fixed .fixed", "data-fixed-amount"), "3.60000");
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    let told =
        program.told(("GET", &format!("/api/v1/causes/{cause}")), "", 200).await["likely_fixed"].clone();
    let wanted = json!({"records": 3, "sum_amount": 3.6, "sum_cost": 2.7, "more": false, "models": ["m-gone"],
        "since": "2026-05-22 12:00:00.000", "tested_at": "2026-05-22 12:00:00.000"});
    assert_eq!(told, wanted);
    let rows = program.told(("GET", "/api/v1/causes"), "", 200).await;
    let of_cause = rows["rows"].as_array().unwrap().iter().find(|row| row["cause"] == json!(cause)).unwrap();
    assert_eq!(of_cause["likely_fixed"], wanted);

    sql(&app.database, "DELETE FROM llm_api_map WHERE llmid = 'm-gone'");
    round(&app);
    assert!(found(&app).is_empty(), "it turns back");
    let page = operator.get(&format!("/failed-accounting/causes/{cause}")).await;
    assert!(!page.has("#fixed"));
    assert_eq!(everything(&app.database, &tables[..2]), before[..2], "still nothing is retried");
}

#[actix_web::test]
async fn one_press_leads_to_a_preview_that_tries_a_few_first() {
    let app = TestApp::new();
    sql(&app.database, PLATFORM);
    sql(&app.database, MENDED);
    for id in ["1", "2", "3"] {
        given(&app, &format!("f{id}"), "llm not found(m-gone)", of_model(&format!("u{id}"), "m-gone"));
    }
    given(&app, "f4", "llm not found(m-gone)", of_model("u4", "m-none"));
    round(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let cause = app.record("f1").cause.unwrap();
    let path = format!("/failed-accounting/causes/{cause}");
    let seen = viewer.get(&path).await;
    assert!(seen.has("#fixed") && !seen.has("#fixed form"), "a viewer sees it, and can do nothing");
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get(&path).await;
    let names = page.attributes("#fixed form [name]", "name");
    let values = page.attributes("#fixed form [name]", "value");
    let fields: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
    let preview = operator.submit(&page.attribute("#fixed form", "action"), &fields).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    assert_eq!(preview.attribute("#tested-pass", "data-count"), "3", "of the one model only");
    assert_eq!(preview.attribute("#canary_size", "value"), "5");
    let wrong = operator.post("/batches", &[&fields[..], &[("canary_size", "many")]].concat()).await;
    assert!(wrong.status.is_redirection() || wrong.status == StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!app.record("f1").is_retrying());
}

#[actix_web::test]
async fn the_price_of_one_failure_of_each_model_is_asked() {
    let prices =
        Receiver::new(&[Reaction::Says(|request| match request.json()["usage"]["llmid"].as_str() {
            Some("m-kimi-k3") => r#"{"amount": 1.2, "cost": 0.9}"#.to_owned(),
            _ => r#"{"reason": "no price"}"#.to_owned(),
        })]);
    let app = app_asking(&prices.url());
    for id in 0..305 {
        given(&app, &format!("f{id}"), NO_PRICE, usage(&format!("u{id}")));
    }
    for id in 0..3 {
        given(&app, &format!("g{id}"), NO_PRICE, of_model(&format!("v{id}"), "m-none"));
    }
    // What lost the connection may have been charged: nobody is asked.
    given(&app, "h1", "(2013, 'Lost connection to MySQL server during query')", usage("w1"));
    round(&app);
    assert_eq!(found(&app), [(300, "360.00000".to_owned(), 1, true)]);
    assert_eq!(prices.received().len(), 2, "one of each model");
}

#[test]
fn counts_that_were_mended_one_by_one_are_found_among_others() {
    let app = TestApp::new();
    sql(&app.database, PLATFORM);
    for id in 0..6 {
        let usages = (id == 2).then(|| "{\"tokens\": 7}".to_owned());
        given(&app, &format!("f{id}"), "usages is None", Usage { usages, ..usage(&format!("u{id}")) });
    }
    round(&app);
    assert_eq!(found(&app), [(1, "1.20000".to_owned(), 1, false)]);
    sql(&app.database, "DELETE FROM llmusage_accounting_failed");
    round(&app);
    assert!(found(&app).is_empty());
}

#[test]
fn an_answer_that_tells_nothing_leaves_what_was_found() {
    let price = Reaction::Says(|_| r#"{"amount": 1.2, "cost": 0.9}"#.to_owned());
    let refusal = Reaction::Says(|_| r#"{"reason": "no price"}"#.to_owned());
    let prices = Receiver::new(&[price, Reaction::Status(503), Reaction::Status(200), refusal]);
    let app = app_asking(&prices.url());
    given(&app, "f1", NO_PRICE, usage("u1"));
    round(&app);
    let all = |app: &TestApp| app.database.run_here(fixed::list).unwrap();
    let before = all(&app);
    assert_eq!(before.len(), 1);
    for _ in 0..2 {
        round(&app);
        assert_eq!(all(&app), before);
    }
    round(&app);
    assert!(all(&app).is_empty(), "it was told that there is no price");
    assert_eq!(prices.received().len(), 4);
}

#[actix_web::test]
async fn what_was_settled_since_is_not_likely_fixed() {
    let app = TestApp::new();
    sql(&app.database, PLATFORM);
    sql(&app.database, MENDED);
    given(&app, "f1", "llm not found(m-gone)", of_model("u1", "m-gone"));
    let cause = app.record("f1").cause.unwrap();
    round(&app);
    assert_eq!(app.database.run_here(fixed::total).unwrap().records, 1);
    sql(&app.database, "DELETE FROM llmusage_accounting_failed");
    assert_eq!(app.database.run_here(fixed::total).unwrap(), fixed::Total::default());
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    let told = program.told(("GET", &format!("/api/v1/causes/{cause}")), "", 200).await;
    assert_eq!(told["likely_fixed"], json!(null));
    round(&app);
    assert!(found(&app).is_empty());
    let tester = Tester::new((*app.database).clone(), app.clock.clone(), app.application.given().sources);
    assert!(!tester.is_due().unwrap(), "nothing is open or noted");
}
