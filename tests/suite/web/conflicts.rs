//! A form that meets what somebody else changed: what only one touched is kept, the rest is asked; nothing typed is lost.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store as audit;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;

use crate::app::{Answer, TestApp, Visitor, failure, money, usage};
use crate::support::rows::run;

/// What the form of a page remembers of what its reader saw.
fn seen(page: &Answer) -> String {
    page.attribute("input[name=seen]", "value")
}

async fn edit_page(visitor: &Visitor<'_>) -> String {
    seen(&visitor.get("/failed-accounting/f1/edit").await)
}

/// The fields of an edit form of failure f1 as it was given, some of them typed over.
fn edited<'a>(seen: &'a str, typed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let was = [
        ("amount", "1.20000"),
        ("cost", "0.90000"),
        ("handled", "0"),
        ("resolution", ""),
        ("handled_note", ""),
    ];
    let kept = was.into_iter().filter(|(name, _)| !typed.iter().any(|(other, _)| other == name));
    kept.chain([("seen", seen)]).chain(typed.iter().copied()).collect()
}

fn events(app: &TestApp) -> usize {
    app.database.run_here(|connection| audit::timeline(connection, FAILED_ACCOUNTING, "f1")).unwrap().len()
}

#[actix_web::test]
async fn who_changes_the_note_does_not_undo_the_amount_of_another() {
    let app = TestApp::new();
    app.given(&FailedRecord { amount: Some(money("1.2")), cost: Some(money("0.9")), ..failure("f1") });
    let (ann, bea) = (app.signed_in(Role::Operator).await, app.signed_in(Role::Admin).await);
    let saw = edit_page(&ann).await;
    bea.submit("/failed-accounting/f1", &[("amount", "77.7"), ("handled", "0")]).await;
    let saved =
        ann.submit("/failed-accounting/f1", &edited(&saw, &[("handled_note", "asked the customer")])).await;
    let record = app.record("f1");
    assert_eq!(record.amount, Some(money("77.7")), "it was undone");
    assert_eq!(record.handled_note.as_deref(), Some("asked the customer"));
    let told = saved.text("[role=status]");
    assert!(told.contains("77.7") && told.contains("Amount"), "{told}");
    assert_eq!(events(&app), 2);
}

#[actix_web::test]
async fn only_what_both_changed_is_asked_and_each_answer_is_taken() {
    for (take, amount) in [("now", "77.7"), ("mine", "5")] {
        let app = TestApp::new();
        app.given(&FailedRecord { id: "f1".to_owned(), ..failure("f1") });
        let (ann, bea) = (app.signed_in(Role::Operator).await, app.signed_in(Role::Admin).await);
        let saw = edit_page(&ann).await;
        bea.submit("/failed-accounting/f1", &[("amount", "77.7"), ("cost", "3"), ("handled", "0")]).await;
        let typed = edited(&saw, &[("amount", "5"), ("handled_note", "mine")]);
        let asked = ann.post("/failed-accounting/f1", &typed).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-amount"], "{}", asked.body);
        let clash = asked.text("fieldset.clash");
        for part in ["1.20000", "77.70000", "5"] {
            assert!(clash.contains(part), "{part} in {clash}");
        }
        assert!(asked.text("#taken").contains("3.00000"), "{}", asked.body);
        assert_eq!(asked.attribute("#amount", "value"), "5", "what was typed is kept");
        assert_eq!(asked.attribute("#cost", "value"), "3.00000");
        assert_eq!(asked.texts("#handled_note"), ["mine"]);
        assert_eq!(app.record("f1").amount, Some(money("77.7")), "nothing is saved yet");
        let saw = seen(&asked);
        let answer = [
            ("seen", saw.as_str()),
            ("take-amount", take),
            ("amount", "5"),
            ("cost", "3.00000"),
            ("handled", "0"),
            ("resolution", ""),
            ("handled_note", "mine"),
        ];
        ann.submit("/failed-accounting/f1", &answer).await;
        let record = app.record("f1");
        assert_eq!(record.amount, Some(money(amount)));
        assert_eq!((record.cost, record.handled_note.as_deref()), (Some(money("3")), Some("mine")));
        run(&app.database, "DELETE FROM llmusage_accounting_failed");
    }
}

#[actix_web::test]
async fn who_decides_about_another_amount_than_was_seen_is_asked() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let (ann, bea) = (app.signed_in(Role::Operator).await, app.signed_in(Role::Admin).await);
    let page = ann.get("/failed-accounting/f1").await;
    let saw = page.attribute("form[action*='/handle'] input[name=seen]", "value");
    bea.submit("/failed-accounting/f1", &[("amount", "77.7"), ("handled", "0")]).await;
    let fields = [("resolution", "written_off"), ("handled_note", "small"), ("seen", saw.as_str())];
    let asked = ann.post("/failed-accounting/f1/handle", &fields).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(app.record("f1").is_open(), "77.70000 was not what was to be written off");
    assert!(asked.text("#taken").contains("77.70000"), "{}", asked.body);
    assert_eq!(asked.attribute("#resolution option[selected]", "value"), "written_off");
    assert_eq!(asked.texts("#handled_note"), ["small"]);
}

#[actix_web::test]
async fn a_note_of_another_stays_where_who_handles_writes_none_and_is_asked_about_else() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let (ann, bea) = (app.signed_in(Role::Operator).await, app.signed_in(Role::Admin).await);
    let page = ann.get("/failed-accounting/f1").await;
    let saw = page.attribute("form[action*='/handle'] input[name=seen]", "value");
    bea.submit("/failed-accounting/f1", &[("handled_note", "theirs"), ("handled", "0")]).await;
    let typed = [("resolution", "written_off"), ("handled_note", "ours"), ("seen", saw.as_str())];
    let asked = ann.post("/failed-accounting/f1/handle", &typed).await;
    assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-handled_note"], "{}", asked.body);
    let blank = [("resolution", "written_off"), ("handled_note", ""), ("seen", saw.as_str())];
    ann.submit("/failed-accounting/f1/handle", &blank).await;
    let record = app.record("f1");
    assert_eq!(record.resolution.as_deref(), Some("written_off"));
    assert_eq!(record.handled_note.as_deref(), Some("theirs"));
}

#[actix_web::test]
async fn the_note_of_a_reopening_that_meets_another_decision_is_kept() {
    let app = TestApp::new();
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        resolution: Some("written_off".to_owned()),
        ..failure("f1")
    });
    let (ann, bea) = (app.signed_in(Role::Operator).await, app.signed_in(Role::Admin).await);
    let saw = seen(&ann.get("/failed-accounting/f1").await);
    bea.submit("/failed-accounting/f1", &[("resolution", "test_traffic"), ("handled", "1")]).await;
    let fields = [("note", "it was charged after all"), ("seen", saw.as_str())];
    let asked = ann.post("/failed-accounting/f1/reopen", &fields).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-handled"], "{}", asked.body);
    assert_eq!(asked.texts("#handled_note"), ["it was charged after all"]);
    assert!(!app.record("f1").is_open());
}

#[actix_web::test]
async fn a_deletion_needs_what_was_seen_and_sees_again_what_changed() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let admin = app.signed_in(Role::Admin).await;
    let saw = seen(&admin.get("/failed-accounting/f1/delete").await);
    let blind = admin.post("/failed-accounting/f1/delete", &[]).await;
    assert_eq!(blind.status, StatusCode::UNPROCESSABLE_ENTITY);
    admin.submit("/failed-accounting/f1", &[("amount", "9"), ("handled", "0")]).await;
    let again = admin.post("/failed-accounting/f1/delete", &[("seen", &saw)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.has("[role=alert]") && again.text("main").contains("9.00000"), "{}", again.body);
    assert_eq!(app.record("f1").amount, Some(money("9")), "it is there");
    let deleted = admin.submit("/failed-accounting/f1/delete", &[("seen", &seen(&again))]).await;
    assert!(deleted.text("[role=status]").contains("9.00000"));
}

#[actix_web::test]
async fn the_edit_of_a_usage_is_merged_too() {
    let app = TestApp::new();
    app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("u1") });
    let admin = app.signed_in(Role::Admin).await;
    let page = admin.get("/usages/u1/edit").await;
    let saw = seen(&page);
    admin.submit("/usages/u1", &[("amount", "5"), ("ioinfo", &"y".repeat(300))]).await;
    let shown = page.attribute("#amount", "value");
    let typed = [("seen", saw.as_str()), ("amount", shown.as_str()), ("cost", "2")];
    let saved = admin.submit("/usages/u1", &typed).await;
    assert!(saved.text("[role=status]").contains("Amount"), "{}", saved.body);
    let usage = app.database.run_here(|connection| usages::lookup(connection, "u1")).unwrap().unwrap();
    assert_eq!((usage.amount, usage.cost), (Some(money("5")), Some(money("2"))));
    let typed = [("seen", saw.as_str()), ("amount", "6"), ("cost", "2")];
    let asked = admin.post("/usages/u1", &typed).await;
    assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-amount"], "{}", asked.body);
    let now = seen(&asked);
    admin
        .submit("/usages/u1", &[("seen", &now), ("take-amount", "now"), ("amount", "6"), ("taskid", "t9")])
        .await;
    let usage = app.database.run_here(|connection| usages::lookup(connection, "u1")).unwrap().unwrap();
    assert_eq!((usage.amount, usage.taskid.as_deref()), (Some(money("5")), Some("t9")));
}

#[actix_web::test]
async fn notes_of_causes_and_views_are_merged_too() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let path = operator.get("/failed-accounting/f1").await.attribute("#cause a", "href");
    let page = operator.get(&path).await;
    let (saw, revision) =
        (page.attribute("input[name=saw]", "value"), page.attribute("input[name=revision]", "value"));
    let first =
        [("note", "read the manual"), ("owner", ""), ("standing", "new"), ("revision", revision.as_str())];
    operator.submit(&path, &first).await;
    let second =
        [("note", ""), ("owner", "Wang"), ("standing", "new"), ("revision", &revision), ("saw", &saw)];
    operator.submit(&path, &second).await;
    let page = operator.get(&path).await;
    assert_eq!(page.texts(".runbook"), ["read the manual"], "the note of another was undone");
    assert!(page.text(".page-head").contains("Wang"));
    let third =
        [("note", "mine"), ("owner", "Wang"), ("standing", "new"), ("revision", &revision), ("saw", &saw)];
    let asked = operator.post(&path, &third).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-note"], "{}", asked.body);
    assert_eq!(asked.texts("#note"), ["mine"]);

    operator.submit("/views", &[("name", "mine"), ("q", "x")]).await;
    let edit = operator.get("/views").await.attribute("#views a[href$='/edit']", "href");
    let page = operator.get(&edit).await;
    let action = page.attribute("main form.panel", "action");
    let (saw, version) =
        (page.attribute("input[name=saw]", "value"), page.attribute("input[name=version]", "value"));
    operator.submit(&action, &[("name", "Kimi"), ("version", &version)]).await;
    let shares = [("name", "mine"), ("shared", "1"), ("version", version.as_str()), ("saw", saw.as_str())];
    operator.submit(&action, &shares).await;
    let page = operator.get(&edit).await;
    assert_eq!(page.attribute("#name", "value"), "Kimi");
    assert!(page.has("input[name=shared][checked]"));
}

#[actix_web::test]
async fn the_questions_are_asked_in_chinese_too() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let mut ann = app.signed_in(Role::Operator).await;
    let saw = edit_page(&ann).await;
    ann.submit("/failed-accounting/f1", &[("amount", "77.7"), ("handled", "0")]).await;
    ann.language = "zh-CN".to_owned();
    let asked = ann.post("/failed-accounting/f1", &edited(&saw, &[("amount", "5")])).await;
    assert!(asked.text("fieldset.clash").contains("保留现在的"), "{}", asked.body);
}

#[actix_web::test]
async fn a_record_sent_again_is_one_record_and_with_another_content_it_is_refused_with_both() {
    let app = TestApp::new();
    let operator = app.signed_in(Role::Operator).await;
    let id = operator.get("/failed-accounting/new").await.attribute("input[name=id]", "value");
    let fields = |amount: &'static str| {
        [
            ("id", id.clone()),
            ("llmusageid", "usage-9".to_owned()),
            ("use_time", "2026-05-21 23:59:58.250".to_owned()),
            ("amount", amount.to_owned()),
            ("failed_reason", "noticed by hand".to_owned()),
        ]
    };
    let send = async |amount: &'static str| {
        let fields = fields(amount);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        operator.post("/failed-accounting", &fields).await
    };
    let first = send("10").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let again = send("10").await;
    assert_eq!((again.status, again.location()), (first.status, first.location()));
    let told = operator.get(again.location()).await.text("[role=status]");
    assert!(told.contains("10.00000"), "{told}");
    let other = send("25.5").await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    let alert = other.text("[role=alert]");
    assert!(alert.contains("10.00000") && alert.contains("25.50000"), "{alert}");
    assert!(other.has(&format!("[role=alert] a[href='/failed-accounting/{id}']")));
    assert_eq!(other.attribute("#amount", "value"), "25.5");
    assert_ne!(other.attribute("input[name=id]", "value"), id, "whoever means another failure may record it");
    assert_eq!(app.record(&id).amount, Some(money("10")));
}

#[actix_web::test]
async fn the_retry_says_what_the_usage_is_worth_and_never_the_edited_figure() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("usage-f1") });
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1", &[("amount", "77.7"), ("handled", "0")]).await;
    let page = operator.get("/failed-accounting/f1").await;
    let form = page.text("form[action*='/retry']");
    assert!(form.contains("1.20000") && form.contains("prices it anew"), "{form}");
    assert!(!page.text("form[action*='/retry'] button").contains("77.7"), "{form}");
    assert!(page.text("#other-money").contains("77.70000"), "both are shown");
    let asked = operator.submit("/failed-accounting/f1/retry", &[]).await;
    let told = asked.text("[role=status]");
    assert!(told.contains("1.20000") && !told.contains("77.7"), "{told}");
    run(&app.database, "UPDATE llmusage SET amount = NULL, accounting_status = 'failed'");
    run(&app.database, "UPDATE llmusage_accounting_failed SET retry_requested_at = NULL");
    let page = operator.get("/failed-accounting/f1").await;
    assert!(page.text("form[action*='/retry']").contains("none"), "{}", page.body);
}

#[actix_web::test]
async fn what_waits_for_an_outcome_refreshes_by_itself_until_it_is_told_not_to() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("usage-f1") });
    let operator = app.signed_in(Role::Operator).await;
    let refreshes = |page: &Answer| page.body.contains("http-equiv=\"refresh\"");
    assert!(!refreshes(&operator.get("/failed-accounting/f1").await), "there is something to type");
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    let ticks = operator.get("/failed-accounting?retrying=1").await;
    assert!(!refreshes(&ticks) && ticks.has("[data-live]"), "with ticks only a script does: {}", ticks.body);
    assert!(ticks.body.contains("Refresh it now"));
    let viewer = app.signed_in(Role::Viewer).await;
    for (who, path) in [(&operator, "/failed-accounting/f1"), (&viewer, "/failed-accounting?retrying=1")] {
        let page = who.get(path).await;
        assert!(refreshes(&page) && page.has("[data-live]"), "{path}: {}", page.body);
        let stop = page.attribute(".keeps-fresh a", "href");
        let still = who.get(&stop).await;
        assert_eq!(still.status, StatusCode::OK, "{stop}");
        assert!(!refreshes(&still) && !still.has("[data-live]"), "{stop}");
        let on = still.attribute(".keeps-fresh a", "href");
        assert!(refreshes(&who.get(&on).await), "{on}");
    }
    assert!(!refreshes(&operator.get("/failed-accounting").await), "the open tab promises nothing");
}
