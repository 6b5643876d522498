//! The front page: ages that add up, charts with tables behind them, what is new since the last visit.

use chrono::TimeDelta;
use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::watcher::Watcher;
use llmage_admin::usages::usage::Usage;

use crate::app::{PASSWORD, TestApp, failure, usage};
use crate::support::rows::run as sql;

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

#[actix_web::test]
async fn who_signs_in_again_is_told_what_others_settled_meanwhile_and_the_lists_say_the_same() {
    let app = TestApp::new();
    for (id, handled) in [("by-form", "0"), ("by-edit", "0"), ("mine", "0"), ("again", "1"), ("retried", "0")]
    {
        let resolution = (handled == "1").then(|| "written_off".to_owned());
        app.given(&FailedRecord { handled: Some(handled.to_owned()), resolution, ..failure(id) });
    }
    app.given_usage(&usage("usage-retried"));
    let admin = app.signed_in(Role::Admin).await;
    admin.submit("/failed-accounting/by-form/handle", &[("resolution", "duplicate")]).await;
    app.clock.advance(TimeDelta::minutes(1));
    let operator = app.signed_in(Role::Operator).await;
    app.clock.advance(TimeDelta::minutes(40));
    admin.submit("/failed-accounting/again/reopen", &[("note", "")]).await;
    let edit = [("amount", "1.2"), ("cost", "0.9"), ("failed_reason", "usages is None"), ("handled", "1")];
    admin.submit("/failed-accounting/by-edit", &[&edit[..], &[("resolution", "duplicate")]].concat()).await;
    operator.submit("/failed-accounting/mine/handle", &[("resolution", "duplicate")]).await;
    operator.submit("/failed-accounting/retried/retry", &[]).await;
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted'");
    Watcher::new((*app.database).clone(), app.clock.clone()).step().unwrap();
    let again = app.visitor();
    again.post("/login", &[("username", "operator"), ("password", PASSWORD)]).await;
    let cards = again.get("/").await.cards();
    for (change, id) in [("accounted", "retried"), ("handled", "by-edit"), ("reopened", "again")] {
        let (link, numbers) =
            cards.iter().find(|(link, _)| link.contains(&format!("changed={change}"))).unwrap();
        let list = again.get(link).await;
        assert_eq!((list.rows(), &list.money_line()), (vec![id.to_owned()], numbers), "{link}");
        assert_eq!(numbers[1], "1.20000");
        assert!(list.text(".chips").contains(change), "{}", list.body);
        let csv = again.get(&link.replace("/failed-accounting?", "/failed-accounting.csv?")).await;
        assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    }
    let wrong = again.get("/failed-accounting?changed=lost").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.has("#changed-error"), "{}", wrong.body);
}
