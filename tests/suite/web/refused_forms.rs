//! A form that is refused because the record's state changed meanwhile, or because the record is gone, comes back with
//! what was typed, the reason, and the record to act on.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;

use crate::app::{Answer, TestApp, Visitor, failure, usage};
use crate::support::rows::run;

/// What the handle form of f1 remembers of the record.
async fn seen(visitor: &Visitor<'_>, path: &str) -> String {
    visitor.get(path).await.attribute("form input[name=seen]", "value")
}

fn handling(seen: &str) -> [(&str, &str); 3] {
    [("resolution", "charged_manually"), ("handled_note", "invoice 4711"), ("seen", seen)]
}

/// The status of a refusal, and whether the page says why and holds what was typed.
fn keeps(answer: &Answer, status: StatusCode, typed: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.has("main [role=alert]"), "{}", answer.body);
    let kept = answer.texts("main textarea");
    for text in typed {
        assert!(kept.iter().any(|value| value == text), "{text} in {kept:?}: {}", answer.body);
    }
}

/// A failure of a usage that can be retried, and two people.
async fn with_two(app: &TestApp) -> (Visitor<'_>, Visitor<'_>) {
    app.given_usage(&usage("usage-f1"));
    app.given(&failure("f1"));
    (app.signed_in(Role::Operator).await, app.signed_in(Role::Admin).await)
}

#[actix_web::test]
async fn a_retry_that_began_meanwhile_refuses_the_forms_and_keeps_what_was_typed() {
    let app = TestApp::new();
    let (ann, bea) = with_two(&app).await;
    let saw = seen(&ann, "/failed-accounting/f1").await;
    bea.submit("/failed-accounting/f1/retry", &[]).await;
    let handled = ann.post("/failed-accounting/f1/handle", &handling(&saw)).await;
    keeps(&handled, StatusCode::CONFLICT, &["invoice 4711"]);
    assert!(handled.text("#typed").contains("Charged manually"), "{}", handled.body);
    assert!(
        !handled.has("noscript meta") && !handled.has("[data-live]"),
        "a page that reloads loses the note"
    );
    let edit = [&handling(&saw)[..], &[("handled", "1"), ("amount", "5")]].concat();
    let edited = ann.post("/failed-accounting/f1", &edit).await;
    keeps(&edited, StatusCode::CONFLICT, &["invoice 4711"]);
    assert_eq!(edited.attribute("#amount", "value"), "5");
    assert!(app.record("f1").is_retrying());
}

#[actix_web::test]
async fn a_record_that_is_gone_gives_back_what_was_typed() {
    let app = TestApp::new();
    let (mut ann, bea) = with_two(&app).await;
    let saw = seen(&ann, "/failed-accounting/f1").await;
    let delete = seen(&bea, "/failed-accounting/f1/delete").await;
    bea.submit("/failed-accounting/f1/delete", &[("seen", &delete)]).await;
    for language in ["en", "zh-CN"] {
        ann.language = language.to_owned();
        for path in ["/failed-accounting/f1/handle", "/failed-accounting/f1"] {
            let refused = ann.post(path, &handling(&saw)).await;
            keeps(&refused, StatusCode::NOT_FOUND, &["invoice 4711"]);
            assert!(refused.has("main a[href='/failed-accounting']"));
        }
    }
    let reopened = ann.post("/failed-accounting/f1/reopen", &[("note", "was not paid")]).await;
    keeps(&reopened, StatusCode::NOT_FOUND, &["was not paid"]);
}

#[actix_web::test]
async fn a_reopening_whose_usage_is_accounted_meanwhile_keeps_its_note() {
    let app = TestApp::new();
    let (ann, bea) = with_two(&app).await;
    bea.submit("/failed-accounting/f1/handle", &[("resolution", "written_off")]).await;
    let saw = seen(&ann, "/failed-accounting/f1").await;
    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted'");
    let fields = [("note", "was not paid"), ("seen", saw.as_str())];
    let refused = ann.post("/failed-accounting/f1/reopen", &fields).await;
    keeps(&refused, StatusCode::CONFLICT, &["was not paid"]);
    assert!(!app.record("f1").is_open());
}

#[actix_web::test]
async fn money_moved_on_another_failure_refuses_the_form_which_comes_back_filled() {
    let app = TestApp::new();
    let (ann, _) = with_two(&app).await;
    app.given(&FailedRecord {
        llmusageid: Some("usage-f1".to_owned()),
        handled: Some("1".to_owned()),
        resolution: Some("charged_manually".to_owned()),
        ..failure("f0")
    });
    let saw = seen(&ann, "/failed-accounting/f1").await;
    let refused = ann.post("/failed-accounting/f1/handle", &handling(&saw)).await;
    keeps(&refused, StatusCode::CONFLICT, &["invoice 4711"]);
    assert_eq!(refused.attributes("#resolution option", "value"), ["", "duplicate"], "what is possible now");
    assert!(refused.text("#typed").contains("Charged manually"), "{}", refused.body);
    assert!(refused.has("[role=alert] a[href='/failed-accounting/f0']"), "{}", refused.body);
    assert!(!refused.text("#typed").contains("invoice 4711"), "the form itself holds it");
    let page = ann.get("/failed-accounting/f1").await;
    assert_eq!(page.attribute("#resolution option[selected]", "value"), "duplicate", "one way is left");
}

#[actix_web::test]
async fn who_acts_on_a_record_whose_place_was_taken_is_led_to_the_newest() {
    let app = TestApp::new();
    let (ann, bea) = with_two(&app).await;
    let saw = seen(&ann, "/failed-accounting/f1").await;
    for reason in ["again", "and again"] {
        let fields = [("llmusageid", "usage-f1"), ("amount", "2"), ("failed_reason", reason)];
        bea.submit("/failed-accounting", &fields).await;
    }
    let page = bea.get("/failed-accounting?llmusageid=usage-f1").await;
    let newest = page.attribute("td a[href^='/failed-accounting/']", "href");
    let newest = newest.split('?').next().unwrap_or_default();
    let typed = handling(&saw);
    let edit = [&typed[..], &[("handled", "1")]].concat();
    for (path, fields) in [
        ("/failed-accounting/f1/handle", &typed[..]),
        ("/failed-accounting/f1/handle", &typed[..2]),
        ("/failed-accounting/f1", &edit),
    ] {
        let refused = ann.post(path, fields).await;
        keeps(&refused, StatusCode::CONFLICT, &["invoice 4711"]);
        assert!(refused.has(&format!("[role=alert] a[href^='{newest}']")), "{newest} in {}", refused.body);
        assert!(!refused.has("fieldset.clash"), "there is nothing to choose");
    }
}

#[actix_web::test]
async fn other_money_for_what_was_decided_meanwhile_is_asked_about() {
    let app = TestApp::new();
    let (ann, bea) = with_two(&app).await;
    let saw = seen(&ann, "/failed-accounting/f1/edit").await;
    bea.submit("/failed-accounting/f1/handle", &handling("")[..2]).await;
    let edit = |seen: &str, others: &[(&'static str, &'static str)]| {
        let fields = [("amount", "12"), ("cost", "0.90000"), ("seen", seen)];
        let fields =
            fields.iter().chain(others).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fields.collect::<Vec<(String, String)>>()
    };
    let send = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        ann.post("/failed-accounting/f1", &fields).await
    };
    let asked = send(edit(&saw, &[("handled", "0"), ("resolution", ""), ("handled_note", "")])).await;
    assert_eq!(asked.status, StatusCode::CONFLICT, "{}", asked.body);
    assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-amount"], "{}", asked.body);
    assert_eq!(app.record("f1").amount, failure("f1").amount);
    let saw = asked.attribute("input[name=seen]", "value");
    let decided = [("handled", "1"), ("resolution", "charged_manually"), ("handled_note", "invoice 4711")];
    for (take, amount) in [("now", "1.20000"), ("mine", "12.00000")] {
        let saved = send(edit(&saw, &[&decided[..], &[("take-amount", take)]].concat())).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        assert_eq!(app.record("f1").amount.map(|money| money.to_string()).as_deref(), Some(amount));
    }
}

#[actix_web::test]
async fn a_record_sent_again_says_what_became_of_it_and_does_not_come_back_from_the_dead() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let id = admin.get("/failed-accounting/new").await.attribute("input[name=id]", "value");
    let fields = [("id", id.as_str()), ("llmusageid", "u9"), ("amount", "10"), ("failed_reason", "by hand")];
    let first = admin.submit("/failed-accounting", &fields).await.text("[role=status]");
    assert!(first.contains("Recorded 1 failure"), "{first}");
    let record = format!("/failed-accounting/{id}");
    admin.submit(&format!("{record}/handle"), &[("resolution", "written_off")]).await;
    let again = admin.submit("/failed-accounting", &fields).await.text("[role=status]");
    assert!(again.contains("Nothing was recorded this time") && again.contains("Handled"), "{again}");
    let saw = seen(&admin, &format!("{record}/delete")).await;
    admin.submit(&format!("{record}/delete"), &[("seen", &saw)]).await;
    let refused = admin.post("/failed-accounting", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.text("[role=alert]").contains("deleted"), "{}", refused.body);
    assert_eq!(refused.attribute("#amount", "value"), "10");
    assert_ne!(refused.attribute("input[name=id]", "value"), id);
    assert_eq!(admin.get(&record).await.status, StatusCode::NOT_FOUND);
}
