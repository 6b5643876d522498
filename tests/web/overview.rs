//! The front page: ages that add up, charts with tables behind them, what is new since the last visit.

use chrono::TimeDelta;
use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::app::{PASSWORD, TestApp, failure, usage};

#[actix_web::test]
async fn ages_touch_at_midnight_and_add_up_to_what_is_open() {
    let app = TestApp::new();
    let midnight = app.clock.today().and_hms_opt(0, 0, 0).unwrap();
    for (number, days) in [0, 1, 2, 7, 8, 30, 31, 400].into_iter().enumerate() {
        for (letter, time) in [("s", midnight), ("e", midnight + TimeDelta::milliseconds(86_399_999))] {
            let failed_time = Some(time - TimeDelta::days(days));
            app.given(&FailedRecord { failed_time, ..failure(&format!("{letter}{number}")) });
        }
    }
    app.given(&FailedRecord { failed_time: None, ..failure("never") });
    let visitor = app.signed_in(Role::Viewer).await;
    let page = visitor.get("/").await;
    let counts: Vec<String> = page.cards().into_iter().map(|(_, numbers)| numbers[0].clone()).collect();
    assert_eq!(counts[..6], ["17", "4", "4", "4", "5", "0"], "{counts:?}");
}

#[actix_web::test]
async fn the_leakage_of_a_day_is_what_failed_of_what_was_used() {
    let app = TestApp::new();
    let today = app.clock.today();
    for (id, status) in [("u1", "failed"), ("u2", "accounted"), ("u3", "accounted"), ("u4", "created")] {
        app.given_usage(&Usage {
            accounting_status: Some(status.to_owned()),
            use_date: Some(today),
            taskid: None,
            ..usage(id)
        });
    }
    let visitor = app.signed_in(Role::Viewer).await;
    let page = visitor.get("/").await;
    let leakage = page.texts("[aria-labelledby=leakage] .money-line").join(" ");
    assert!(leakage.contains("25.00% of the money") && leakage.contains("25.00% of the usages"), "{leakage}");
    assert!(page.has("svg.leakage-chart[role=img][aria-label] rect title"));
    let today = page.texts("[aria-labelledby=leakage] tbody tr");
    assert_eq!(today.len(), 30);
    assert!(!page.body.contains("style="));
}

#[actix_web::test]
async fn who_signs_in_again_is_told_what_failed_since_the_last_time() {
    let app = TestApp::new();
    app.given(&failure("old"));
    let visitor = app.signed_in(Role::Viewer).await;
    assert!(!visitor.get("/").await.body.contains("Since you last signed in"));
    app.clock.advance(TimeDelta::minutes(40));
    let failed_time = Some(app.clock.now() - TimeDelta::minutes(2));
    app.given(&FailedRecord { failed_time, ..failure("fresh") });
    let again = app.visitor();
    again.post("/login", &[("username", "viewer"), ("password", PASSWORD)]).await;
    let page = again.get("/").await;
    assert!(page.body.contains("Since you last signed in"));
    let cards = page.cards();
    let (link, numbers) =
        cards.iter().find(|(link, _)| link.contains("failed_from=") && link.contains('T')).unwrap();
    assert_eq!(numbers[0], "1", "{link}");
    assert_eq!(&again.get(link).await.money_line(), numbers);
}
