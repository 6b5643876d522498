//! Usages through the API: the list, one of them, changes, and saying that one failed.

use llmage_admin::accounts::role::Grant;
use llmage_admin::audit::event::USAGE;
use llmage_admin::audit::store::timeline;
use llmage_admin::usages::usage::Usage;

use super::{Programs, admin, texts};
use crate::app::{TestApp, failure, usage};
use crate::support::rows::run;

const LIST: &str = "/api/v1/usages";

#[actix_web::test]
async fn a_usage_is_created_listed_edited_and_deleted() {
    let app = TestApp::new();
    let admin = admin(&app);
    let body = r#"{"id": "u1", "llmid": "m1", "use_time": "2026-05-01 10:00:00.250", "amount": 0.00036, "cost": null,
        "usages": "{\"prompt_tokens\": 3}", "responsed_seconds": 0.125, "taskid": "t-1"}"#;
    let made = admin.told(("POST", LIST), body, 201).await;
    assert_eq!(
        (made["accounting_status"].as_str(), made["use_date"].as_str()),
        (Some("created"), Some("2026-05-01"))
    );
    let again = admin.told(("POST", LIST), body, 409).await;
    assert_eq!(again["id"], "u1");
    let same_task = r#"{"id": "u2", "taskid": "t-1"}"#;
    assert_eq!(admin.told(("POST", LIST), same_task, 409).await["usage"], "u1");
    // Who may read no usage does not learn which one has a task.
    let refused = Programs::of(&app, Grant::Reporter).told(("POST", LIST), same_task, 409).await;
    assert_eq!((refused["state"].as_str(), refused["taskid"].as_str()), (Some("exists"), Some("t-1")));
    assert!(refused["usage"].is_null() && !refused["detail"].to_string().contains("u1"), "{refused}");
    let page = admin.get(&format!("{LIST}?llmid=m1&accounting_status=created")).await;
    assert_eq!((texts(&page["rows"], "id"), page["total"].as_u64()), (vec!["u1".to_owned()], Some(1)));
    assert_eq!(page["sum_amount"].to_string(), "0.00036");
    assert_eq!(page["rows"][0], made);

    let link = format!("{LIST}/u1");
    let edited = admin
        .told(("PATCH", &link), &format!(r#"{{"cost": 2, "llmid": null, "expect": {made}}}"#), 200)
        .await;
    assert_eq!((edited["cost"].as_f64(), edited["llmid"].as_str()), (Some(2.0), None));
    admin.told(("PATCH", &link), r#"{"cost": 3, "expect": {"llmid": "m1"}}"#, 409).await;
    assert_eq!(
        admin
            .refused(("PATCH", &link), r#"{"cost": -1, "amount": 0.000001, "id": "x", "use_date": 3}"#)
            .await,
        ["amount", "cost", "id", "use_date"]
    );
    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u1'");
    for unconfirmed in [r#"{"amount": 5}"#, r#"{"accounting_status": "failed"}"#] {
        let problem = admin.told(("PATCH", &link), unconfirmed, 409).await;
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("accounted")), "{problem}");
    }
    let leaving = r#"{"accounting_status": "failed", "confirm": true}"#;
    admin.told(("PATCH", &link), leaving, 409).await;
    assert_eq!(admin.refused(("PATCH", &link), r#"{"amount": -5}"#).await, ["amount", "confirm"]);
    admin.told(("PATCH", &link), r#"{"amount": 5, "confirm": true}"#, 200).await;
    assert_eq!(admin.refused(("DELETE", &link), "").await, ["confirm"]);
    assert_eq!(admin.refused(("DELETE", &format!("{link}?confirm=U1")), "").await, ["confirm"]);
    for other in [r#"{"confirm": "u2"}"#, r#"{"confirm": "u1 "}"#, r#"{"confirm": " u1"}"#] {
        assert_eq!(admin.refused(("DELETE", &link), other).await, ["confirm"], "{other}");
    }
    assert_eq!(admin.refused(("DELETE", &format!("{link}?confirm=u1%20")), "").await, ["confirm"]);
    admin.told(("DELETE", &format!("{link}?confirm=u1")), "", 204).await;
    admin.told(("GET", &link), "", 404).await;
    let events = app.database.run_here(|connection| timeline(connection, USAGE, "u1")).unwrap();
    let told: Vec<(&str, &str)> = events.iter().map(|event| (&*event.action, &*event.source)).collect();
    assert_eq!(told, [("delete", "api"), ("edit", "api"), ("edit", "api"), ("create", "api")]);
}

#[actix_web::test]
async fn a_usage_with_an_open_failure_stays_and_an_archived_one_is_only_read() {
    let app = TestApp::new();
    let admin = admin(&app);
    app.given_usage(&usage("usage-f1"));
    app.given(&failure("f1"));
    let problem = admin.told(("DELETE", "/api/v1/usages/usage-f1"), "", 409).await;
    assert_eq!(problem["id"], "f1");
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, accounting_status, backup_time) VALUES ('old', 'accounted', '2026-05-01 00:00:00')",
    );
    let old = admin.get("/api/v1/usages/old").await;
    assert_eq!(
        (old["archived"].as_bool(), old["backup_time"].as_str()),
        (Some(true), Some("2026-05-01 00:00:00.000"))
    );
    admin.told(("PATCH", "/api/v1/usages/old"), r#"{"amount": 1}"#, 409).await;
    admin.told(("DELETE", "/api/v1/usages/old"), "", 409).await;
}

#[actix_web::test]
async fn a_reporter_says_that_a_usage_failed_once() {
    let app = TestApp::new();
    app.given_usage(&Usage { accounting_status: Some("created".to_owned()), ..usage("u1") });
    let reporter = Programs::of(&app, Grant::Reporter);
    let fail = ("POST", "/api/v1/usages/u1/fail");
    let made = reporter
        .told(fail, r#"{"reason": "usages is None", "failed_time": "2026-05-22 11:00:00"}"#, 201)
        .await;
    assert_eq!(
        (made["llmusageid"].as_str(), made["failed_time"].as_str()),
        (Some("u1"), Some("2026-05-22 11:00:00.000"))
    );
    assert_eq!((made["amount"].as_f64(), made["handled"].as_str()), (Some(1.2), Some("0")));
    let twice = reporter.told(fail, r#"{"reason": "usages is None"}"#, 409).await;
    assert_eq!(
        (twice["state"].as_str(), twice["open_failure"].as_str()),
        (Some("failed"), made["id"].as_str())
    );
    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted'");
    assert_eq!(reporter.told(fail, r#"{"reason": "x"}"#, 409).await["state"], "accounted");
    let unknown = reporter.told(("POST", "/api/v1/usages/none/fail"), r#"{"reason": "x"}"#, 404).await;
    assert!(
        unknown["detail"].as_str().is_some_and(|words| words.contains("Nothing has this id")),
        "{unknown}"
    );
    assert_eq!(
        reporter.refused(fail, r#"{"failed_time": "soon", "x": 1}"#).await,
        ["failed_time", "reason", "x"]
    );
    reporter.told(("GET", "/api/v1/usages/u1"), "", 403).await;
    reporter.told(("DELETE", "/api/v1/usages/u1"), "", 403).await;
}
