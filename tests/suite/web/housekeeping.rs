//! What the app removes by itself: previews that nobody ran, and alerts of long ago.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use llmage_admin::accounts::role::Role;
use llmage_admin::alerts::{history, tidy as alerts};
use llmage_admin::batches::tidy as previews;

use crate::app::{PASSWORD, TestApp, Visitor, failure};
use crate::support::rows::run as sql;

async fn signed_in_again(app: &TestApp) -> Visitor<'_> {
    let visitor = app.visitor();
    visitor.post("/login", &[("username", "operator"), ("password", PASSWORD)]).await;
    visitor
}

#[actix_web::test]
async fn a_preview_that_nobody_ran_cannot_be_run_after_a_week_and_goes_away() {
    let app = TestApp::new();
    for id in ["f1", "f2", "f3"] {
        app.given(&failure(id));
    }
    let operator = app.signed_in(Role::Operator).await;
    let ran = operator.post("/batches", &[("action", "handle"), ("id", "f1")]).await;
    let left = operator.post("/batches", &[("action", "handle"), ("id", "f2")]).await;
    let late = operator.post("/batches", &[("action", "handle"), ("id", "f3")]).await;
    operator.submit(&format!("{}/run", ran.location()), &[("resolution", "duplicate")]).await;
    let is_due = || app.database.run_here(|it| previews::is_due(it, app.clock.now())).unwrap();
    let step = || app.database.transaction_here(|it| previews::tidy(it, app.clock.now())).unwrap();

    app.clock.advance(TimeDelta::days(7));
    assert!(!is_due() && !step());
    let operator = signed_in_again(&app).await;
    operator.submit(&format!("{}/run", late.location()), &[("resolution", "duplicate")]).await;

    app.clock.advance(TimeDelta::seconds(1));
    assert!(is_due());
    let page = operator.get(left.location()).await;
    assert!(page.text("main").contains("older than 7 days") && !page.has("form[action$='/run']"));
    let refused = operator.post(&format!("{}/run", left.location()), &[("resolution", "duplicate")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text("[role=alert]").contains("older than 7 days"), "{}", refused.body);
    assert!(app.record("f2").is_open());

    while step() {}
    assert_eq!(operator.get(left.location()).await.status, StatusCode::NOT_FOUND);
    for stays in [ran, late] {
        assert!(operator.get(stays.location()).await.has("#report[data-done='1']"));
        assert!(operator.get(&format!("{}.csv", stays.location())).await.body.lines().count() == 2);
    }
    assert!(!is_due());
}

#[actix_web::test]
async fn alerts_are_kept_for_400_days() {
    let app = TestApp::new();
    for (id, at) in [("old", "2025-04-17 11:59:59"), ("kept", "2025-04-17 12:00:00")] {
        sql(
            &app.database,
            &format!(
                "INSERT INTO alert_event (id, rule_id, kind, what, facts, happened_at) \
                 VALUES ('{id}', 'r', 'open_amount', 'fired', '{{}}', '{at}'); \
                 INSERT INTO alert_delivery (id, event_id, channel, state, attempts, most_attempts, next_at) \
                 VALUES ('d-{id}', '{id}', 'mail', 'delivered', 1, 1, 0)"
            ),
        );
    }
    assert!(app.database.run_here(|it| alerts::is_due(it, app.clock.now())).unwrap());
    assert!(!app.database.transaction_here(|it| alerts::tidy(it, app.clock.now())).unwrap());
    let left = app.database.run_here(|it| {
        let events = history::list(it, None, 10)?;
        Ok((
            events.iter().map(|event| event.id.clone()).collect::<Vec<_>>(),
            history::count(it, "delivered")?,
        ))
    });
    assert_eq!(left.unwrap(), (vec!["kept".to_owned()], 1));
    assert!(!app.database.run_here(|it| alerts::is_due(it, app.clock.now())).unwrap());
}
