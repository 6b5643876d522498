//! Failures after which nobody knows whether the customer was charged are marked, wherever somebody may retry them.

use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::failed_accounting::failure::FailedRecord;
use serde_json::json;

use crate::app::{TestApp, failure, usage};
use crate::web::api::Programs;

fn given(app: &TestApp, id: &str, reason: &str) {
    let usage_id = format!("u-{id}");
    app.given(&FailedRecord {
        llmusageid: Some(usage_id.clone()),
        failed_reason: Some(reason.to_owned()),
        ..failure(id)
    });
    app.given_usage(&usage(&usage_id));
}

const LOST: &str = "(2013, 'Lost connection to MySQL server during query')";

#[actix_web::test]
async fn what_may_have_been_charged_already_is_marked_before_it_is_retried() {
    let app = TestApp::new();
    given(&app, "f1", LOST);
    given(&app, "f2", "504, message='Gateway Time-out', url='https://a.example.com/x'");
    given(&app, "f3", "(1213, 'Deadlock found when trying to get lock; try restarting transaction')");
    let operator = app.signed_in(Role::Operator).await;
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    for (id, is_unknown) in [("f1", true), ("f2", true), ("f3", false)] {
        let page = operator.get(&format!("/failed-accounting/{id}")).await;
        assert_eq!(page.has("#unknown"), is_unknown, "{id}");
        let cause = app.record(id).cause.unwrap();
        let page = operator.get(&format!("/failed-accounting/causes/{cause}")).await;
        assert_eq!(
            (page.has("#unknown"), page.has("[data-outcome=unknown]")),
            (is_unknown, is_unknown),
            "{id}"
        );
        let told = program.told(("GET", &format!("/api/v1/causes/{cause}")), "", 200).await;
        assert_eq!(told["outcome_unknown"], json!(is_unknown));
    }
    let cards = operator.get("/failed-accounting/causes").await;
    assert_eq!(cards.texts(".cause-card [data-outcome=unknown]").len(), 2);

    let ids = [("action", "retry"), ("id", "f1"), ("id", "f2"), ("id", "f3")];
    let preview = operator.submit("/batches", &ids).await;
    let of = |name: &str| preview.attribute("#tested-unknown", name);
    assert_eq!((of("data-count"), of("data-sum-amount")), ("2".to_owned(), "2.40000".to_owned()));
    assert!(preview.text("#tested .unknown").contains("looks at the ledger"), "{}", preview.body);
    let body = r#"{"action": "retry", "ids": ["f1", "f2", "f3"]}"#;
    let made = program.told(("POST", "/api/v1/batches"), body, 201).await;
    assert_eq!(made["tested"]["outcome_unknown"], json!({"count": 2, "sum_amount": 2.4, "sum_cost": 1.8}));
    let preview = operator.submit("/batches", &[("action", "retry"), ("id", "f3")]).await;
    assert!(!preview.has("#tested-unknown"));
}
