//! Creating, editing and deleting usages, and recording that one could not be accounted.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::{Author, FAILED_ACCOUNTING, Source, USAGE};
use llmage_admin::audit::store::{self as audit, Event};
use llmage_admin::db::Database;
use llmage_admin::failed_accounting::case::Case;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::store as failures;
use llmage_admin::usages::recording::{Recorded, Recording};
use llmage_admin::usages::store;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, failure, money, noon, usage};
use crate::support::rows::run;

fn in_state(id: &str, state: Option<&str>) -> Usage {
    Usage { accounting_status: state.map(str::to_owned), ..usage(id) }
}

fn stored(app: &TestApp, id: &str) -> Option<Usage> {
    app.database.run_here(|connection| store::lookup(connection, id)).unwrap()
}

fn events(app: &TestApp, kind: &str, id: &str) -> Vec<Event> {
    app.database.run_here(|connection| audit::timeline(connection, kind, id)).unwrap()
}

fn failures_of(app: &TestApp, id: &str) -> Vec<FailedRecord> {
    app.database.run_here(|connection| failures::attempts(connection, id)).unwrap()
}

#[actix_web::test]
async fn a_recorded_failure_has_the_values_of_the_usage_and_no_retry_yet() {
    let app = TestApp::new();
    app.given_usage(&in_state("usage-f1", Some("created")));
    app.given(&FailedRecord { handled: Some("1".to_owned()), ..failure("f1") });
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/usages/usage-f1").await;
    let action = page.attribute("form[action$='/fail']", "action");
    let answer = operator.post(&action, &[("reason", "usages is None\r\nsecond line")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(operator.get(answer.location()).await.text("[role=status]").contains("1.20000"));
    let all = failures_of(&app, "usage-f1");
    let new = all.iter().find(|failure| failure.id != "f1").unwrap();
    assert_eq!(stored(&app, "usage-f1").unwrap().accounting_status.as_deref(), Some("failed"));
    assert_eq!((new.amount, new.cost, new.retry_count), (Some(money("1.2")), Some(money("0.9")), Some(0)));
    assert_eq!((new.is_open(), new.failed_time, new.handled_time), (true, Some(noon()), None));
    assert_eq!(new.failed_reason.as_deref(), Some("usages is None\nsecond line"));
    assert_eq!((new.llmid.as_deref(), new.userid.as_deref()), (Some("m-kimi-k3"), Some("u2")));
    assert_eq!(events(&app, USAGE, "usage-f1")[0].action, "record_failure");
    assert_eq!(events(&app, FAILED_ACCOUNTING, &new.id)[0].author, "operator");
}

#[actix_web::test]
async fn what_cannot_be_recorded_is_refused_with_the_reason_and_has_no_form() {
    let app = TestApp::new();
    app.given_usage(&in_state("accounted", Some("accounted")));
    app.given_usage(&in_state("usage-f1", Some("failed")));
    app.given(&failure("f1"));
    app.given_usage(&in_state("empty", Some("failed")));
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, accounting_status) VALUES ('old', 'accounted'), ('odd', 'failed')",
    );
    let operator = app.signed_in(Role::Operator).await;
    for (id, words) in [
        ("accounted", "charged"),
        ("usage-f1", "f1"),
        ("empty", "already failed"),
        ("old", "charged"),
        ("odd", "archived"),
    ] {
        let page = operator.get(&format!("/usages/{id}")).await;
        assert!(!page.has("form[action$='/fail']"), "{id}");
        let refused = operator.post(&format!("/usages/{id}/fail"), &[("reason", "x")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{id}");
        assert!(refused.text("main").contains(words), "{words} in {}", refused.body);
        let before = usize::from(id == "usage-f1");
        assert_eq!(failures_of(&app, id).len(), before, "{id}");
    }
    let unknown = operator.post("/usages/none/fail", &[("reason", "x")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    app.given_usage(&in_state("waits", None));
    let blank = operator.post("/usages/waits/fail", &[("reason", " \r\n ")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(blank.attribute("#reason", "aria-invalid"), "true");
    let done = operator.post("/usages/waits/fail", &[("reason", "x")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "a state that nobody knows can fail: {}", done.body);
}

#[test]
fn of_two_recorders_at_once_one_records() {
    let app = TestApp::new();
    for round in 0..5 {
        let id = format!("u{round}");
        app.given_usage(&in_state(&id, Some("created")));
        let record = |number: usize| {
            let (database, id): (Database, String) = ((*app.database).clone(), id.clone());
            std::thread::spawn(move || {
                let recording =
                    Recording { id: format!("{id}-{number}"), reason: "x".to_owned(), failed_time: noon() };
                let author =
                    Author { name: "test".to_owned(), source: Source::Api, request_id: None, at: noon() };
                database.transaction_here(|connection| {
                    let mut case = Case::of_usage(connection, &id)?;
                    let recorded = case.record(&recording, &author)?;
                    case.save(connection, &author)?;
                    Ok(recorded)
                })
            })
        };
        let all: Vec<_> = (0..4).map(record).collect();
        let ended: Vec<_> = all.into_iter().map(|one| one.join().unwrap().unwrap()).collect();
        let is_done = |recorded: &&Recorded| matches!(recorded, Recorded::Done { .. });
        assert_eq!(ended.iter().filter(is_done).count(), 1, "{ended:?}");
        assert_eq!(failures_of(&app, &id).len(), 1);
    }
}

#[actix_web::test]
async fn a_new_usage_is_what_was_typed_and_a_refused_one_comes_back_filled() {
    let app = TestApp::new();
    app.given_usage(&Usage { taskid: Some("task-1".to_owned()), ..usage("taken") });
    run(&app.database, "INSERT INTO llmusage_history (id, accounting_status) VALUES ('old', 'accounted')");
    let admin = app.signed_in(Role::Admin).await;
    for (name, value) in [
        ("id", ""),
        ("id", "taken"),
        ("id", "old"),
        ("taskid", "task-1"),
        ("amount", "1.000001"),
        ("cost", "-1"),
        ("use_date", "22.5.2026"),
        ("use_time", "noon"),
        ("responsed_seconds", "1e5"),
        ("llmid", "123456789012345678901234567890123"),
    ] {
        let fields = [("id", "new"), ("userid", "u7")];
        let kept = fields.iter().filter(|(key, _)| *key != name).copied();
        let fields: Vec<(&str, &str)> = kept.chain([(name, value)]).collect();
        let refused = admin.post("/usages", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
        assert_eq!(refused.attribute(&format!("#{name}"), "aria-invalid"), "true", "{name}={value}");
        assert_eq!(refused.attribute("#userid", "value"), "u7");
        assert!(stored(&app, "new").is_none());
    }
    let fields = [
        ("id", "new"),
        ("use_time", "2026-05-20 10:11:12"),
        ("amount", "0.00036"),
        ("usages", "{\"a\":1}"),
        ("accounting_status", "created"),
    ];
    let page = admin.submit("/usages", &fields).await;
    assert!(page.text("[role=status]").contains("0.00036"));
    let new = stored(&app, "new").unwrap();
    assert_eq!(
        (new.amount, new.use_date.unwrap().to_string()),
        (Some(money("0.00036")), "2026-05-20".to_owned())
    );
    assert_eq!(events(&app, USAGE, "new")[0].action, "create");
}

#[actix_web::test]
async fn an_edit_of_an_accounted_usage_needs_a_confirmation_keeps_both_versions_and_never_unaccounts() {
    let app = TestApp::new();
    app.given_usage(&in_state("u1", Some("accounted")));
    let admin = app.signed_in(Role::Admin).await;
    let page = admin.get("/usages/u1/edit").await;
    assert!(page.has("input[name=confirm]"));
    let refused = admin.post("/usages/u1", &[("amount", "7")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.text("#confirm-error").is_empty());
    assert_eq!(refused.attribute("#amount", "value"), "7");
    let fields = [("accounting_status", "created"), ("confirm", "1")];
    let refused = admin.post("/usages/u1", &fields).await;
    assert!(!refused.text("#accounting_status-error").is_empty());
    admin.submit("/usages/u1", &[("amount", "7"), ("confirm", "1")]).await;
    let edited = stored(&app, "u1").unwrap();
    assert_eq!(edited, Usage { amount: Some(money("7")), ..in_state("u1", Some("accounted")) });
    let event = &events(&app, USAGE, "u1")[0];
    assert!(event.before_state.as_deref().unwrap().contains("1.20000"), "{event:?}");
    assert!(event.after_state.as_deref().unwrap().contains("7.00000"), "{event:?}");
}

#[actix_web::test]
async fn of_two_people_who_edit_at_once_the_second_sees_both_versions() {
    let app = TestApp::new();
    app.given_usage(&in_state("u1", Some("failed")));
    let admin = app.signed_in(Role::Admin).await;
    let seen = admin.get("/usages/u1/edit").await.attribute("input[name=seen]", "value");
    admin.submit("/usages/u1", &[("amount", "5")]).await;
    let stale = admin.post("/usages/u1", &[("seen", &seen), ("amount", "6"), ("cost", "2")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let told = stale.text("[role=alert]");
    assert!(told.contains("1.20000") && told.contains("5.00000"), "{told}");
    assert_eq!(stale.attribute("#amount", "value"), "6");
    assert_eq!(stored(&app, "u1").unwrap().amount, Some(money("5")));
    let seen = stale.attribute("input[name=seen]", "value");
    admin.submit("/usages/u1", &[("seen", &seen), ("amount", "6"), ("cost", "2")]).await;
    assert_eq!(stored(&app, "u1").unwrap().amount, Some(money("6")));
}

#[actix_web::test]
async fn a_usage_with_an_open_failure_stays_and_one_without_goes_into_the_trail() {
    let app = TestApp::new();
    app.given_usage(&in_state("usage-f1", Some("failed")));
    app.given(&failure("f1"));
    let admin = app.signed_in(Role::Admin).await;
    let page = admin.get("/usages/usage-f1/delete").await;
    assert!(!page.has("main form[method=post]") && page.has("a[href='/failed-accounting/f1']"));
    let refused = admin.post("/usages/usage-f1/delete", &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text("main").contains("f1") && stored(&app, "usage-f1").is_some());
    admin.submit("/failed-accounting/f1/handle", &[("resolution", "duplicate")]).await;
    let page = admin.get("/usages/usage-f1/delete").await;
    let seen = page.attribute("input[name=seen]", "value");
    run(&app.database, "UPDATE llmusage SET cost = 3");
    assert_eq!(admin.post("/usages/usage-f1/delete", &[("seen", &seen)]).await.status, StatusCode::CONFLICT);
    let unseen = admin.post("/usages/usage-f1/delete", &[]).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody saw what would be lost");
    let seen = admin.get("/usages/usage-f1/delete").await.attribute("input[name=seen]", "value");
    admin.submit("/usages/usage-f1/delete", &[("seen", &seen)]).await;
    assert!(stored(&app, "usage-f1").is_none());
    let event = &events(&app, USAGE, "usage-f1")[0];
    assert_eq!(event.action, "delete");
    assert!(event.before_state.as_deref().unwrap().contains("m-kimi-k3"));
    assert_eq!(admin.post("/usages/usage-f1/delete", &[]).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn an_id_that_ends_in_a_blank_confirms_its_deletion_as_it_is() {
    let app = TestApp::new();
    app.given_usage(&in_state("odd ", Some("accounted")));
    let admin = app.signed_in(Role::Admin).await;
    let path = "/usages/odd%20/delete";
    let seen = admin.get(path).await.attribute("input[name=seen]", "value");
    let other = admin.post(path, &[("seen", &seen), ("confirm", "od")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    admin.submit(path, &[("seen", &seen), ("confirm", "odd ")]).await;
    assert!(stored(&app, "odd ").is_none());
}
