//! What the platform's ledger keeps a batch from: rows that were charged, and rows of which nobody knows it.

use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::store as usages;

use super::ledger::{LOST, given, lose, with_ledger};
use crate::app::{Answer, TestApp, Visitor, failure};
use crate::support::rows::run as sql;
use crate::web::api::Programs;

/// The numbers of a card of a preview.
fn card(page: &Answer, id: &str) -> (String, String) {
    (page.attribute(id, "data-count"), page.attribute(id, "data-sum-amount"))
}

#[actix_web::test]
async fn a_batch_leaves_out_what_may_have_been_charged_unless_that_is_ticked() {
    let lost = with_ledger();
    lose(&lost);
    for (app, is_configured) in [(TestApp::new(), false), (lost, true)] {
        for (id, usage_id, reason) in
            [("f1", "u3", LOST), ("f2", "u4", "usages is None"), ("f3", "u5", LOST), ("f4", "u6", LOST)]
        {
            given(&app, id, usage_id, reason);
        }
        // It would fail again, too.
        sql(&app.database, "UPDATE llmusage SET usages = NULL WHERE id = 'u6'");
        let operator = app.signed_in(Role::Operator).await;
        let ids = [("action", "retry"), ("id", "f1"), ("id", "f2"), ("id", "f3"), ("id", "f4")];
        let preview = operator.submit("/batches", &ids).await;
        assert_eq!(preview.has("#ledger-not-asked"), is_configured, "{}", preview.body);
        assert_eq!(card(&preview, "#tested-unknown"), ("3".to_owned(), "3.60000".to_owned()));
        assert_eq!(card(&preview, "#tested-fail"), ("1".to_owned(), "1.20000".to_owned()));
        let run = preview.attribute("form[action$='/run']", "action");
        let label = |name: &str| preview.attribute("form[action$='/run'] [data-unticked]", name);
        for (name, count) in [
            ("data-unticked", "1"),
            ("data-ticked", "1"),
            ("data-ticked-unknown", "3"),
            ("data-ticked-both", "4"),
        ] {
            assert!(label(name).contains(&format!("etry {count} ")), "{name}: {}", label(name));
        }
        let report = operator.submit(&run, &[]).await;
        assert_eq!(report.attribute("#report", "data-done"), "1", "{}", report.body);
        assert!(
            report.text("main").contains("Nobody knows whether the customer was charged"),
            "{}",
            report.body
        );
        assert!(app.record("f2").is_retrying() && !app.record("f1").is_retrying());

        let program = Programs::of(&app, Grant::Role(Role::Operator));
        let made = program
            .told(("POST", "/api/v1/batches"), r#"{"action": "retry", "ids": ["f1", "f3", "f4"]}"#, 201)
            .await;
        assert_eq!(made["wanted"]["count"], 0, "{made}");
        assert_eq!(made["tested"]["outcome_unknown"]["count"], 3, "{made}");
        let run = format!("/api/v1/batches/{}/run", made["id"].as_str().unwrap());
        let told = program.told(("POST", &run), "", 422).await;
        assert!(told["errors"]["with_unknown"].is_array(), "{told}");
        let told = program.told(("POST", &run), r#"{"with_failing": true}"#, 422).await;
        assert!(told["errors"]["with_unknown"].is_array(), "{told}");
        let ran = program.told(("POST", &run), r#"{"with_unknown": true}"#, 202).await;
        assert_eq!(
            (&ran["tested"]["with_unknown"], &ran["wanted"]["count"]),
            (&true.into(), &2.into()),
            "{ran}"
        );
        assert!(app.record("f1").is_retrying() && app.record("f3").is_retrying());
        assert!(!app.record("f4").is_retrying());
    }
}

#[actix_web::test]
async fn a_batch_never_retries_what_the_ledger_charged_and_names_the_entries() {
    let app = with_ledger();
    for (id, usage_id, reason) in [
        ("f1", "u1", "usages is None"),
        ("f2", "u2", LOST),
        ("f3", "u3", LOST),
        ("f4", "u4", "usages is None"),
    ] {
        given(&app, id, usage_id, reason);
    }
    let operator = app.signed_in(Role::Operator).await;
    let ids = [("action", "retry"), ("id", "f1"), ("id", "f2"), ("id", "f3"), ("id", "f4")];
    let preview = operator.submit("/batches", &ids).await;
    assert_eq!(card(&preview, "#tested-charged"), ("2".to_owned(), "2.40000".to_owned()));
    assert_eq!(preview.attributes("#charged-entries [data-entry]", "data-entry"), ["4711", "4712"]);
    // The ledger says that nobody was charged: nothing is unknown about it.
    assert!(!preview.has("#tested-unknown") && !preview.has("#with_unknown"), "{}", preview.body);
    let run = preview.attribute("form[action$='/run']", "action");
    // One appears between the preview and its run.
    sql(&app.database, "INSERT INTO billing VALUES (4800, 'u4', '2026-05-22 11:00:00', 1.2)");
    let fields = [("with_failing", "1"), ("with_unknown", "1")];
    let report = operator.submit(&run, &fields).await;
    assert_eq!(report.attribute("#report", "data-done"), "1", "{}", report.body);
    assert_eq!(report.attribute("#report", "data-not-done"), "3", "{}", report.body);
    assert!(report.text("main").contains("The ledger holds an entry for its usage"), "{}", report.body);
    let retrying = ["f1", "f2", "f3", "f4"].map(|id| app.record(id).is_retrying());
    assert_eq!(retrying, [false, false, true, false]);
    // Nothing is left of such a batch.
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let made =
        program.told(("POST", "/api/v1/batches"), r#"{"action": "retry", "ids": ["f1", "f2"]}"#, 201).await;
    assert_eq!(made["tested"]["charged"]["count"], 2, "{made}");
    assert_eq!(made["tested"]["entries"][0]["entry"], "4711", "{made}");
    let run = format!("/api/v1/batches/{}/run", made["id"].as_str().unwrap());
    program.told(("POST", &run), r#"{"with_failing": true, "with_unknown": true}"#, 409).await;
}

#[actix_web::test]
async fn corrections_that_are_retried_leave_out_what_was_charged_and_others_correct_it() {
    for (then, corrected) in [(Some("retry"), [false, true]), (None, [true, true])] {
        let app = with_ledger();
        given(&app, "f1", "u1", "usages is None");
        given(&app, "f2", "u3", "usages is None");
        let operator = app.signed_in(Role::Operator).await;
        let ids = [("action", "correct"), ("id", "f1"), ("id", "f2")];
        let batch = operator.submit("/batches", &ids).await;
        let told = batch.attribute("form[action$='/correction']", "action");
        let preview = operator.submit(&told, &[("set_llmid", "m2")]).await;
        assert_eq!(card(&preview, "#tested-charged").0, "1", "{}", preview.body);
        let run = preview.attribute("form[action$='/run']", "action");
        let fields: Vec<(&str, &str)> = then.map(|then| ("then", then)).into_iter().collect();
        operator.submit(&run, &fields).await;
        let of = |id: &str| {
            let found = app.database.run_here(|connection| usages::lookup(connection, id)).unwrap();
            found.unwrap().llmid.as_deref() == Some("m2")
        };
        assert_eq!([of("u1"), of("u3")], corrected, "{then:?}");
        assert_eq!(app.record("f2").is_retrying(), then.is_some());
        assert!(!app.record("f1").is_retrying());
    }
}

#[actix_web::test]
async fn a_tick_stands_for_the_rows_that_the_preview_named_and_for_no_others() {
    let app = with_ledger();
    given(&app, "f1", "u3", LOST);
    given(&app, "f2", "u4", "usages is None");
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let made =
        program.told(("POST", "/api/v1/batches"), r#"{"action": "retry", "ids": ["f1", "f2"]}"#, 201).await;
    assert_eq!(made["tested"]["outcome_unknown"]["count"], 0, "{made}");
    lose(&app);
    let run = format!("/api/v1/batches/{}/run", made["id"].as_str().unwrap());
    program.told(("POST", &run), r#"{"with_unknown": true}"#, 202).await;
    assert!(!app.record("f1").is_retrying(), "nobody looked at it: the ledger held no entry");
    assert!(app.record("f2").is_retrying());
}

/// Two failures that were retried and taken back, the ledger holding no entry: what takes the withdrawal back.
async fn withdrawn<'a>(app: &'a TestApp, [one, other]: [&str; 2]) -> (Visitor<'a>, String) {
    given(app, "f1", "u3", one);
    given(app, "f2", "u4", other);
    let operator = app.signed_in(Role::Operator).await;
    let mut run = String::new();
    for action in ["retry", "withdraw"] {
        let made = operator.submit("/batches", &[("action", action), ("id", "f1"), ("id", "f2")]).await;
        run = made.attribute("form[action$='/run']", "action");
        operator.submit(&run, &[]).await;
        let is_retrying = action == "retry";
        assert_eq!([app.record("f1").is_retrying(), app.record("f2").is_retrying()], [is_retrying; 2]);
    }
    (operator, run.replace("/run", "/undo"))
}

#[actix_web::test]
async fn a_withdrawal_is_not_taken_back_where_the_ledger_does_not_answer_any_more() {
    let app = with_ledger();
    let (operator, undo) = withdrawn(&app, [LOST, "usages is None"]).await;
    lose(&app);
    let undone = operator.submit(&undo, &[]).await;
    assert_eq!(undone.attribute("#report", "data-undone"), "1", "{}", undone.body);
    assert!(!app.record("f1").is_retrying(), "nobody knows whether it was charged meanwhile");
    assert!(app.record("f2").is_retrying());
}

#[actix_web::test]
async fn a_withdrawal_is_not_taken_back_once_the_ledger_holds_an_entry() {
    let app = with_ledger();
    let (operator, undo) = withdrawn(&app, [LOST, LOST]).await;
    sql(&app.database, "INSERT INTO billing VALUES (4802, 'u3', '2026-05-22 11:00:00', 1.2)");
    let undone = operator.submit(&undo, &[]).await;
    assert_eq!(undone.attribute("#report", "data-undone"), "1", "{}", undone.body);
    assert!(!app.record("f1").is_retrying() && app.record("f2").is_retrying());
}

/// A later attempt says nothing of whether the one before it charged.
#[actix_web::test]
async fn an_earlier_attempt_with_an_unknown_outcome_is_not_forgotten_behind_a_later_failure() {
    for (app, is_asked) in [(TestApp::new(), false), (with_ledger(), true)] {
        given(&app, "f1", "u3", "usages is None");
        given(&app, "f2", "u4", "usages is None");
        app.given(&FailedRecord {
            llmusageid: Some("u3".to_owned()),
            failed_reason: Some(LOST.to_owned()),
            failed_time: failure("f1").failed_time.map(|time| time - chrono::Duration::hours(1)),
            handled: Some("1".to_owned()),
            resolution: Some("superseded".to_owned()),
            ..failure("e1")
        });
        let operator = app.signed_in(Role::Operator).await;
        let page = operator.get("/failed-accounting/f1").await;
        assert_eq!(page.has("#unknown_outcome"), !is_asked, "{}", page.body);
        let ids = [("action", "retry"), ("id", "f1"), ("id", "f2")];
        let preview = operator.submit("/batches", &ids).await;
        assert_eq!(preview.has("#tested-unknown"), !is_asked, "{}", preview.body);
        if !is_asked {
            assert_eq!(card(&preview, "#tested-unknown").0, "1");
            let refused = operator.post("/failed-accounting/f1/retry", &[]).await;
            assert!(refused.has("#unknown_outcome[aria-invalid=true]"), "{}", refused.body);
        }
        operator.submit(&preview.attribute("form[action$='/run']", "action"), &[]).await;
        assert_eq!([app.record("f1").is_retrying(), app.record("f2").is_retrying()], [is_asked, true]);
        if !is_asked {
            operator.submit("/failed-accounting/f1/retry", &[("unknown_outcome", "checked")]).await;
            assert!(app.record("f1").is_retrying());
        }
    }
}
