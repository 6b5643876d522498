//! Asking for a retry, watching it settle, taking it back; and why one is refused.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::{FAILED_ACCOUNTING, USAGE};
use llmage_admin::audit::store as audit;
use llmage_admin::base::clock::Clock;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::watcher::{AUTHOR, Watcher};
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;

use super::failed_accounting_changes::{form, typed};
use crate::app::{TestApp, at, failure, noon, usage};
use crate::support::rows::run;

/// An app with failure f1 and its live usage in that accounting state.
fn given(state: &str) -> TestApp {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given_usage(&Usage { accounting_status: Some(state.to_owned()), ..usage("usage-f1") });
    app
}

fn state_of(app: &TestApp, id: &str) -> Option<String> {
    app.database.run_here(|connection| usages::lookup(connection, id)).unwrap().unwrap().accounting_status
}

fn set_state(app: &TestApp, state: &str) {
    run(&app.database, &format!("UPDATE llmusage SET accounting_status = '{state}' WHERE id = 'usage-f1'"));
}

fn watcher(app: &TestApp) -> Watcher {
    Watcher::new(
        (*app.database).clone(),
        Clock::stopped(chrono_tz::Tz::Asia__Shanghai, at("2026-05-22 12:00:09")),
    )
}

fn actions(app: &TestApp, kind: &str, id: &str) -> Vec<(String, String, String)> {
    let events = app.database.run_here(|connection| audit::timeline(connection, kind, id)).unwrap();
    events.into_iter().map(|event| (event.action, event.author, event.source)).collect()
}

fn event(action: &str, author: &str, source: &str) -> (String, String, String) {
    (action.to_owned(), author.to_owned(), source.to_owned())
}

#[actix_web::test]
async fn a_retry_is_closed_as_accounted_only_once_the_usage_is() {
    let app = given("failed");
    app.given(&FailedRecord { llmusageid: Some("usage-f1".to_owned()), ..failure("f0") });
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1?llmid=m-kimi-k3").await;
    let asked = operator.submit(&page.attribute("form[action*='/retry']", "action"), &[]).await;
    assert!(asked.text("[role=status]").contains("1.20000"), "{}", asked.body);
    assert!(asked.has(".state-retrying") && asked.body.contains("operator"));
    assert!(!asked.has("form[action*='/retry']") && !asked.has("form[action*='/handle']"));
    assert_eq!(state_of(&app, "usage-f1").as_deref(), Some("created"));
    assert!(app.record("f1").is_open());
    assert_eq!(actions(&app, USAGE, "usage-f1"), [event("retry", "operator", "page")]);

    let watcher = watcher(&app);
    assert_eq!(watcher.step().unwrap(), 0, "the platform has not taken it");
    assert!(app.record("f1").is_retrying());
    set_state(&app, "accounted");
    assert_eq!(watcher.step().unwrap(), 1);
    assert!(!watcher.is_due().unwrap());
    let other = app.record("f0");
    assert_eq!(
        (other.resolution.as_deref(), other.retry.superseded_by.as_deref()),
        (Some("superseded"), Some("f1")),
        "its money is that of the one that was retried"
    );
    assert_eq!(actions(&app, FAILED_ACCOUNTING, "f0"), [event("supersede", "operator", "page")]);
    let record = app.record("f1");
    assert_eq!((record.handled.as_deref(), record.resolution.as_deref()), (Some("1"), Some("accounted")));
    assert_eq!(
        (record.handled_time, record.retry.retry_requested_at),
        (Some(at("2026-05-22 12:00:09")), None)
    );
    assert_eq!(actions(&app, FAILED_ACCOUNTING, "f1")[0], event("retry_accounted", AUTHOR, "job"));
    let page = operator.get("/failed-accounting/f1").await;
    let timeline = page.text(".timeline");
    assert!(timeline.contains("2026-05-22 12:00:09.000") && timeline.contains("1.20000"), "{timeline}");
    assert!(!page.has("form[action*='/retry']") && !page.has("form[action*='/reopen']"));
}

#[actix_web::test]
async fn a_retry_that_fails_with_a_new_row_is_followed_by_it_and_counts_on() {
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    run(&app.database, "UPDATE llmusage_accounting_failed SET retry_count = 3");
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    // The platform's clock may be some minutes behind ours.
    run(
        &app.database,
        "INSERT INTO llmusage_accounting_failed (id, llmusageid, amount, failed_reason, failed_time, retry_count, handled) \
         VALUES ('f2', 'usage-f1', 1.2, 'accounting failed', '2026-05-22 11:55:00', 0, '0')",
    );
    set_state(&app, "failed");
    assert_eq!(watcher(&app).step().unwrap(), 1);
    let (old, new) = (app.record("f1"), app.record("f2"));
    assert_eq!((old.is_open(), old.resolution.as_deref()), (false, Some("superseded")));
    assert_eq!(old.retry.superseded_by.as_deref(), Some("f2"));
    assert_eq!(
        (new.is_open(), new.retry_count, new.retry.supersedes.as_deref()),
        (true, Some(4), Some("f1"))
    );
    let page = operator.get("/failed-accounting/f1").await;
    assert!(page.has("dd a[href='/failed-accounting/f2']"), "{}", page.body);
    let page = operator.get("/failed-accounting/f2").await;
    assert!(page.has("dd a[href='/failed-accounting/f1']") && page.has("form[action*='/retry']"));
}

#[actix_web::test]
async fn a_retry_that_fails_without_a_new_row_is_open_again_after_a_second_look() {
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    set_state(&app, "failed");
    let watcher = watcher(&app);
    assert_eq!(watcher.step().unwrap(), 0, "the platform may be about to write the row");
    assert_eq!(watcher.step().unwrap(), 1);
    let record = app.record("f1");
    assert_eq!((record.is_open(), record.is_retrying(), record.retry_count), (true, false, Some(1)));
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    assert!(app.record("f1").is_retrying(), "it can be asked for again");
}

#[actix_web::test]
async fn a_usage_that_was_changed_or_went_away_is_reported_and_left_as_it_is() {
    for change in [
        "UPDATE llmusage SET accounting_status = 'frozen'",
        "UPDATE llmusage SET accounting_status = NULL",
        "DELETE FROM llmusage",
        "INSERT INTO llmusage_history (id, accounting_status) VALUES ('usage-f1', 'created'); DELETE FROM llmusage",
    ] {
        let app = given("failed");
        let operator = app.signed_in(Role::Operator).await;
        operator.submit("/failed-accounting/f1/retry", &[]).await;
        run(&app.database, change);
        assert_eq!(watcher(&app).step().unwrap(), 1, "{change}");
        let record = app.record("f1");
        assert_eq!(
            (record.is_open(), record.is_retrying(), record.retry_count),
            (true, false, Some(1)),
            "{change}"
        );
        assert_eq!(actions(&app, FAILED_ACCOUNTING, "f1")[0].0, "retry_ended");
    }
}

#[actix_web::test]
async fn a_usage_that_was_accounted_and_archived_at_once_counts_as_accounted() {
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, accounting_status) VALUES ('usage-f1', 'accounted'); DELETE FROM llmusage",
    );
    watcher(&app).step().unwrap();
    assert_eq!(app.record("f1").resolution.as_deref(), Some("accounted"));
}

#[actix_web::test]
async fn a_retry_that_cannot_work_is_refused_with_the_reason_and_has_no_button() {
    let nothing = "";
    for (state, then, words) in [
        ("accounted", nothing, "charged"),
        ("created", nothing, "already"),
        ("frozen", nothing, "not in the state"),
        ("failed", "DELETE FROM llmusage", "neither live nor"),
        (
            "failed",
            "INSERT INTO llmusage_history (id, accounting_status) VALUES ('usage-f1', 'failed'); DELETE FROM llmusage",
            "in the history",
        ),
        ("failed", "UPDATE llmusage_accounting_failed SET handled = '1'", "handled"),
        ("failed", "UPDATE llmusage_accounting_failed SET llmusageid = NULL", "names no usage"),
    ] {
        let app = given(state);
        if !then.is_empty() {
            run(&app.database, then);
        }
        let operator = app.signed_in(Role::Operator).await;
        let before = app.record("f1");
        let page = operator.get("/failed-accounting/f1").await;
        assert!(!page.has("form[action*='/retry']"), "{state} {then}");
        let refused = operator.post("/failed-accounting/f1/retry", &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{state} {then}");
        assert!(refused.body.contains(words), "{words} in {}", refused.body);
        assert_eq!(app.record("f1"), before);
        assert!(actions(&app, FAILED_ACCOUNTING, "f1").is_empty());
        assert!(refused.text("[role=alert]").contains("Nothing was changed"), "{}", refused.body);
        assert!(refused.has("#record"), "the record as it is now, with what leads out");
        if before.is_open() {
            assert!(page.body.contains(words), "{words} in {}", page.body);
        }
        assert!(!page.body.contains("Nothing was changed"), "nobody tried to: {}", page.body);
    }
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    assert_eq!(operator.post("/failed-accounting/none/retry", &[]).await.status, StatusCode::NOT_FOUND);
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    assert_eq!(operator.post("/failed-accounting/f1/retry", &[]).await.status, StatusCode::CONFLICT);
}

#[actix_web::test]
async fn while_a_retry_is_under_way_the_record_is_not_handled_but_the_retry_can_be_taken_back() {
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    let handled = operator.post("/failed-accounting/f1/handle", &[("resolution", "written_off")]).await;
    assert_eq!(handled.status, StatusCode::CONFLICT);
    let edited =
        operator.post("/failed-accounting/f1", &[("handled", "1"), ("resolution", "duplicate")]).await;
    assert_eq!(edited.status, StatusCode::CONFLICT);
    let fields = form(&operator.get("/failed-accounting/f1/edit").await, "/failed-accounting/f1");
    for (name, value) in [("amount", "77"), ("cost", "0"), ("failed_reason", "another")] {
        let edited = operator.post("/failed-accounting/f1", &typed(&fields, &[(name, value)])).await;
        assert_eq!(edited.status, StatusCode::CONFLICT, "{name}");
        assert!(edited.body.contains(value), "what was typed stays: {name}");
    }
    operator
        .submit("/failed-accounting/f1", &typed(&fields, &[("handled_note", "asked the supplier")]))
        .await;
    assert_eq!(app.record("f1").handled_note.as_deref(), Some("asked the supplier"), "notes may be edited");
    operator.submit("/failed-accounting/f1/withdraw", &[]).await;
    assert_eq!(state_of(&app, "usage-f1").as_deref(), Some("failed"));
    assert!(!app.record("f1").is_retrying());
    assert_eq!(operator.post("/failed-accounting/f1/withdraw", &[]).await.status, StatusCode::CONFLICT);
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    set_state(&app, "accounted");
    let late = operator.post("/failed-accounting/f1/withdraw", &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text("[role=alert]").contains("the platform has taken it"), "{}", late.body);
    assert_eq!(state_of(&app, "usage-f1").as_deref(), Some("accounted"));
}

#[actix_web::test]
async fn the_tab_of_retries_lists_counts_and_adds_up_exactly_them() {
    let app = given("failed");
    app.given(&failure("f2"));
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        retry: llmage_admin::failed_accounting::retry::Retry {
            retry_requested_at: Some(noon()),
            ..Default::default()
        },
        ..failure("f3")
    });
    let operator = app.signed_in(Role::Operator).await;
    let none = operator.get("/failed-accounting?retrying=1").await;
    assert!(none.rows().is_empty() && none.has(".empty"));
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    for (query, rows) in [
        ("retrying=1", vec!["f1"]),
        ("retrying=1&handled=", vec!["f1"]),
        ("retrying=1&handled=1", vec![]),
        ("", vec!["f2", "f1"]),
    ] {
        let list = operator.get(&format!("/failed-accounting?{query}")).await;
        assert_eq!(list.rows(), rows, "{query}");
        assert_eq!(list.money_line()[0], rows.len().to_string(), "{query}");
    }
    let tab = operator.get("/failed-accounting?retrying=1").await;
    assert_eq!(tab.money_line(), ["1", "1.20000", "0.90000"]);
    assert_eq!(tab.texts("nav.tabs a[aria-current=page]"), ["Retrying 1"]);
    assert_eq!(tab.text("tr[data-id=f1] .state-retrying"), "Retrying");
    let csv = operator.get("/failed-accounting.csv?retrying=1").await;
    assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    let wrong = operator.get("/failed-accounting?retrying=x").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn a_retry_that_nobody_takes_is_stuck_and_says_what_to_look_at() {
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    let asked = |time: &str| {
        run(&app.database, &format!("UPDATE llmusage_accounting_failed SET retry_requested_at = '{time}'"));
    };
    asked("2026-05-22 11:45:01");
    assert!(!operator.get("/failed-accounting/f1").await.has(".state-stuck"));
    asked("2026-05-22 11:44:59");
    let page = operator.get("/failed-accounting/f1").await;
    assert!(page.has(".state-stuck") && page.body.contains("SUCCEEDED"), "{}", page.body);
    assert!(operator.get("/failed-accounting").await.has("tr[data-id=f1] .state-stuck"));
    let link = operator.get("/").await.attribute("[data-count] a[href*=retry_before]", "href");
    assert_eq!(operator.get(&link).await.rows(), ["f1"], "{link}");
}

#[actix_web::test]
async fn a_new_failure_takes_the_place_of_all_open_ones_of_before_its_retry() {
    let app = given("failed");
    let of_usage = |id: &str| FailedRecord { llmusageid: Some("usage-f1".to_owned()), ..failure(id) };
    app.given(&FailedRecord { retry_count: Some(5), ..of_usage("f0") });
    let handled = FailedRecord {
        handled: Some("1".to_owned()),
        resolution: Some("duplicate".to_owned()),
        ..of_usage("h")
    };
    app.given(&handled);
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    app.given(&FailedRecord { failed_time: Some(noon()), ..of_usage("f2") });
    set_state(&app, "failed");
    assert_eq!(watcher(&app).step().unwrap(), 1);
    for (id, by, told) in [
        ("f1", "f2", event("retry_superseded", AUTHOR, "job")),
        ("f0", "f1", event("supersede", "operator", "page")),
    ] {
        let old = app.record(id);
        assert_eq!((old.is_open(), old.resolution.as_deref()), (false, Some("superseded")), "{id}");
        assert_eq!(old.retry.superseded_by.as_deref(), Some(by), "{id}");
        assert_eq!(actions(&app, FAILED_ACCOUNTING, id)[0], told);
    }
    let new = app.record("f2");
    assert_eq!(
        (new.is_open(), new.retry_count, new.retry.supersedes.as_deref()),
        (true, Some(6), Some("f1"))
    );
    assert_eq!(app.record("h").resolution, handled.resolution, "what a person closed stays closed as that");
    let page = operator.get("/failed-accounting/f2").await;
    let before = page.attributes(".facts.money a.id", "href");
    assert_eq!(before, ["/failed-accounting/f1"], "it names whose place it took");
    let page = operator.get("/failed-accounting/f1").await;
    assert_eq!(
        page.attributes(".facts.money a.id", "href"),
        ["/failed-accounting/f0", "/failed-accounting/f2"]
    );
}

#[actix_web::test]
async fn an_old_failure_that_is_brought_in_meanwhile_is_not_the_outcome() {
    let app = given("failed");
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    let of_usage = |id: &str| FailedRecord { llmusageid: Some("usage-f1".to_owned()), ..failure(id) };
    app.given(&FailedRecord { failed_time: Some(at("2026-05-20 10:00:00")), ..of_usage("old") });
    let watcher = watcher(&app);
    assert_eq!(watcher.step().unwrap(), 0);
    assert!(app.record("f1").is_retrying());
    app.given(&FailedRecord { failed_time: Some(at("2026-05-22 12:00:03")), ..of_usage("new") });
    set_state(&app, "failed");
    assert_eq!(watcher.step().unwrap(), 1);
    assert_eq!(app.record("f1").retry.superseded_by.as_deref(), Some("new"));
    assert!(app.record("old").is_open() && app.record("new").is_open());
}

#[actix_web::test]
async fn of_a_handle_and_a_retry_at_the_same_moment_one_is_done_and_the_other_refused() {
    let app = TestApp::new();
    let operator = app.signed_in(Role::Operator).await;
    for number in 0..60 {
        let (id, usage_id) = (format!("f{number}"), format!("usage-f{number}"));
        app.given(&FailedRecord { llmusageid: Some(usage_id.clone()), ..failure(&id) });
        app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage(&usage_id) });
        let (handle, retry) =
            (format!("/failed-accounting/{id}/handle"), format!("/failed-accounting/{id}/retry"));
        let form = [("resolution", "charged_manually"), ("handled_note", "invoice 4711")];
        let (handled, retried) =
            futures_util::future::join(operator.post(&handle, &form), operator.post(&retry, &[])).await;
        let mut answers = [handled.status.as_u16(), retried.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409], "{id}");
        let (record, state) = (app.record(&id), state_of(&app, &usage_id));
        match handled.status {
            StatusCode::SEE_OTHER => {
                assert_eq!(record.resolution.as_deref(), Some("charged_manually"), "{id}");
                assert_eq!(
                    (record.handled_note.as_deref(), state.as_deref()),
                    (Some("invoice 4711"), Some("failed"))
                );
            }
            _ => assert!(record.is_retrying() && state.as_deref() == Some("created"), "{id}"),
        }
    }
}

#[actix_web::test]
async fn what_another_failure_of_the_usage_decided_is_told_with_a_link_and_the_way_out() {
    let app = given("failed");
    let of_usage = |id: &str| FailedRecord { llmusageid: Some("usage-f1".to_owned()), ..failure(id) };
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        resolution: Some("charged_manually".to_owned()),
        handled_by: Some("li".to_owned()),
        ..of_usage("f0")
    });
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1").await;
    assert!(
        !page.has("form[action*='/retry']") && page.has("#actions ~ p a[href='/failed-accounting/f0']"),
        "{}",
        page.body
    );
    assert!(page.text("#attempts ~ *").contains("li"), "who closed it: {}", page.text("#attempts ~ *"));
    let refused = operator.post("/failed-accounting/f1/retry", &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.has("main a[href='/failed-accounting/f0']"), "{}", refused.body);
    let refused = operator.post("/failed-accounting/f1/handle", &[("resolution", "written_off")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    // The way out: the other one is opened again, behind this one.
    operator.submit("/failed-accounting/f0/reopen", &[("note", "not charged after all")]).await;
    let other = app.record("f0");
    assert_eq!(
        (other.resolution.as_deref(), other.retry.superseded_by.as_deref()),
        (Some("superseded"), Some("f1"))
    );
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    assert!(app.record("f1").is_retrying());
}

#[actix_web::test]
async fn what_was_charged_by_hand_and_by_the_platform_ends_by_a_settlement_with_a_note() {
    let app = given("accounted");
    run(
        &app.database,
        "UPDATE llmusage_accounting_failed SET handled = '1', resolution = 'charged_manually', handled_note = 'invoice 1'",
    );
    let operator = app.signed_in(Role::Operator).await;
    assert_eq!(operator.post("/failed-accounting/f1/reopen", &[]).await.status, StatusCode::CONFLICT);
    let page = operator.get("/failed-accounting/f1").await;
    let settle = page.attribute("form[action*='/settle']", "action");
    let refused = operator.post(&settle, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.text("#note-error").is_empty());
    operator.submit(&settle, &[("note", "invoice 1 is cancelled")]).await;
    let record = app.record("f1");
    assert_eq!(
        (record.resolution.as_deref(), record.handled_note.as_deref()),
        (Some("accounted"), Some("invoice 1 is cancelled"))
    );
    assert_eq!(actions(&app, FAILED_ACCOUNTING, "f1")[0], event("settle", "operator", "page"));
    assert!(!operator.get("/failed-accounting/f1").await.has("form[action*='/settle']"));
}

#[actix_web::test]
async fn a_failure_is_not_deleted_unseen_nor_while_it_is_retried_and_what_it_superseded_opens_again() {
    let app = given("failed");
    let of_usage = |id: &str| FailedRecord { llmusageid: Some("usage-f1".to_owned()), ..failure(id) };
    app.given(&of_usage("f0"));
    let admin = app.signed_in(Role::Admin).await;
    admin.submit("/failed-accounting/f1/retry", &[]).await;
    let seen = |page: &crate::app::Answer| page.attribute("input[name=seen]", "value");
    let page = admin.get("/failed-accounting/f1/delete").await;
    let refused = admin.post("/failed-accounting/f1/delete", &[("seen", &seen(&page))]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    admin.submit("/failed-accounting/f1/withdraw", &[]).await;
    let unseen = admin.post("/failed-accounting/f1/delete", &[]).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.record("f1").is_open());
    let page = admin.get("/failed-accounting/f1/delete").await;
    let deleted = admin.post("/failed-accounting/f1/delete", &[("seen", &seen(&page))]).await;
    assert_eq!(deleted.status, StatusCode::SEE_OTHER);
    let heir = app.record("f0");
    assert!(heir.is_open() && heir.retry.superseded_by.is_none(), "{heir:?}");
}

#[actix_web::test]
async fn the_state_of_a_usage_changes_only_by_the_acts_of_its_failures() {
    let app = given("failed");
    let admin = app.signed_in(Role::Admin).await;
    let edited = |state: &'static str| {
        let admin = &admin;
        async move { admin.post("/usages/usage-f1", &[("accounting_status", state)]).await }
    };
    for state in ["created", "accounted"] {
        let refused = edited(state).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{state}");
        assert!(!refused.text("#accounting_status-error").is_empty(), "{state}");
    }
    admin.submit("/failed-accounting/f1/retry", &[]).await;
    for state in ["failed", "frozen", "accounted"] {
        assert_eq!(edited(state).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{state}");
    }
    assert_eq!(state_of(&app, "usage-f1").as_deref(), Some("created"));
    admin.submit("/failed-accounting/f1/withdraw", &[]).await;
    admin.submit("/failed-accounting/f1/handle", &[("resolution", "charged_manually")]).await;
    run(&app.database, "UPDATE llmusage SET accounting_status = 'created', status = 'FAILED'");
    let refused = admin.post("/usages/usage-f1", &[("status", "SUCCEEDED")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the platform would charge it, too");
}
