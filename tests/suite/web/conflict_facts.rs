//! When two people meet on a view, a rule, a cause, an account or a token, the later one is told who was faster, when, and
//! what is there now.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::{ALERT_RULE, USER};
use llmage_admin::audit::store::timeline;
use llmage_admin::usages::usage::Usage;

use super::api::admin;
use crate::app::{Answer, PASSWORD, TestApp, Visitor, failure, usage};

const OTHER: &str = "nine blue otters swim";

/// The day on which the clock of these tests stands, as pages write it.
const TODAY: &str = "2026-05-22";

/// The hidden field of a form.
fn hidden(page: &Answer, name: &str) -> String {
    page.attribute(&format!("main input[name={name}]"), "value")
}

/// That a page is a conflict which says who changed the thing, and when.
fn names_who(page: &Answer, who: &str) {
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    let told = page.text(".last-change");
    assert!(told.contains(who) && told.contains(TODAY), "{told}");
}

/// Another administrator than the one that is called `admin`.
async fn bea(app: &TestApp) -> Visitor<'_> {
    app.add_user("bea", Role::Admin);
    let bea = app.visitor();
    bea.submit("/login", &[("username", "bea"), ("password", PASSWORD)]).await;
    bea
}

#[actix_web::test]
async fn of_a_rule_that_another_changed_it_is_told_who_did_and_what_clashes() {
    let app = TestApp::new();
    let (admin, bea) = (app.signed_in(Role::Admin).await, bea(&app).await);
    admin.submit("/alerts", &[("kind", "open_amount"), ("threshold", "10"), ("to_webhook", "")]).await;
    let edit = admin.get("/alerts").await.attribute("a[href$='/edit']", "href");
    let (path, page) = (edit.replace("/edit", ""), admin.get(&edit).await);
    let (saw, version) = (hidden(&page, "saw"), hidden(&page, "version"));
    let confirm = hidden(&admin.get(&format!("{path}/delete")).await, "version");
    bea.submit(&path, &[("threshold", "77"), ("version", &version), ("saw", &saw)]).await;
    let typed = [("threshold", "5"), ("version", version.as_str()), ("saw", saw.as_str())];
    let asked = admin.post(&path, &typed).await;
    names_who(&asked, "bea");
    let clash = asked.text("#take-threshold");
    assert!(clash.contains("10.00000") && clash.contains("77.00000") && clash.contains('5'), "{clash}");
    assert_eq!(asked.attribute("#threshold", "value"), "5");
    // A form that does not say what it saw is asked, too, about all that it would change.
    let blind = admin.post(&path, &[("threshold", "5"), ("version", &version)]).await;
    names_who(&blind, "bea");
    assert_eq!(blind.attributes("fieldset.clash", "id"), ["take-threshold"], "{}", blind.body);
    let kept = admin.post(&format!("{path}/delete"), &[("version", &confirm)]).await;
    names_who(&kept, "bea");
    assert!(kept.text("main").contains("77"), "what is there now: {}", kept.body);
    admin.submit(&format!("{path}/delete"), &[("version", &hidden(&kept, "version"))]).await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let events = app.database.run_here(|connection| timeline(connection, ALERT_RULE, &id)).unwrap();
    assert_eq!(events[0].action, "delete_alert");
}

#[actix_web::test]
async fn of_a_cause_that_another_noted_it_is_told_who_did() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let (operator, bea) = (app.signed_in(Role::Operator).await, bea(&app).await);
    let path = operator.get("/failed-accounting/f1").await.attribute("#cause a", "href");
    let page = operator.get(&path).await;
    let (saw, revision) = (hidden(&page, "saw"), hidden(&page, "revision"));
    let form = |note: &'static str| {
        [
            ("note", note),
            ("owner", ""),
            ("standing", "new"),
            ("revision", revision.as_str()),
            ("saw", saw.as_str()),
        ]
    };
    bea.submit(&path, &form("theirs")).await;
    let asked = operator.post(&path, &form("mine")).await;
    names_who(&asked, "bea");
    assert_eq!(asked.attributes("fieldset.clash", "id"), ["take-note"], "{}", asked.body);
    let program = admin(&app);
    let key = path.rsplit('/').next().unwrap();
    let place = ("PATCH", &*format!("/api/v1/causes/{key}"));
    let refused = program.told(place, r#"{"note": "ours", "revision": "0"}"#, 409).await;
    assert_eq!((refused["changed_by"].as_str(), refused["revision"].as_str()), (Some("bea"), Some("1")));
    let edit = ("PATCH", "/api/v1/failed-accounting/f1");
    program.told(edit, r#"{"amount": 3}"#, 200).await;
    // Who only looks at the text with its keys changes nothing.
    assert_eq!(bea.post("/failed-accounting/f1/reason", &[]).await.status, StatusCode::OK);
    let refused = program.told(edit, r#"{"amount": 5, "expect": {"amount": 4}}"#, 409).await;
    assert_eq!(refused["changed_by"].as_str(), Some("admin-token"), "{refused}");
    assert!(refused["changed_at"].as_str().is_some_and(|at| at.starts_with(TODAY)), "{refused}");
}

#[actix_web::test]
async fn of_a_view_that_changed_it_is_told_when_and_what_it_shows_now() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    viewer.submit("/views", &[("name", "Kimi"), ("q", "usages")]).await;
    let edit = viewer.get("/views").await.attribute("#views a[href$='/edit']", "href");
    let page = viewer.get(&edit).await;
    let (action, saw, version) =
        (page.attribute("main form.panel", "action"), hidden(&page, "saw"), hidden(&page, "version"));
    let choice = viewer.get("/views/new?llmid=m").await.attribute("#replace option:not([value=''])", "value");
    viewer.submit(&action, &[("name", "Moon"), ("version", &version), ("saw", &saw)]).await;
    let asked = viewer.post(&action, &[("name", "Sun"), ("version", &version), ("saw", &saw)]).await;
    names_who(&asked, "viewer");
    assert!(asked.text("#take-name").contains("Moon") && asked.has("#name[value=Sun]"), "{}", asked.body);
    let replaced = viewer.post("/views", &[("llmid", "m"), ("replace", &choice)]).await;
    names_who(&replaced, "viewer");
    let now = replaced.text("#present");
    assert!(now.contains("Moon") && now.contains("usages"), "{now}");
    let delete = format!("{action}/delete");
    let kept = viewer.post(&delete, &[("version", &version)]).await;
    names_who(&kept, "viewer");
    assert!(kept.has("#name[value=Moon]"), "what is there now: {}", kept.body);
    viewer.submit(&delete, &[("version", &hidden(&kept, "version"))]).await;
    assert!(!viewer.get("/views").await.has("#views"));
}

#[actix_web::test]
async fn of_an_account_that_another_changed_it_is_told_who_did_and_the_choice_stays() {
    let app = TestApp::new();
    let (admin, bea) = (app.signed_in(Role::Admin).await, bea(&app).await);
    app.add_user("wang", Role::Viewer);
    let page = admin.get("/users/wang").await;
    let (saw, epoch) = (hidden(&page, "saw"), hidden(&page, "epoch"));
    bea.submit("/users/wang", &[("role", "operator"), ("saw", &saw)]).await;
    let asked = admin.post("/users/wang", &[("role", "admin"), ("saw", &saw)]).await;
    names_who(&asked, "bea");
    let clash = asked.text("#take-role");
    assert!(
        clash.contains("viewer") && clash.contains("operator") && clash.contains("administrator"),
        "{clash}"
    );
    assert_eq!(asked.attribute("#role option[selected]", "value"), "admin");
    let role = async || admin.get("/users/wang").await.attribute("#role option[selected]", "value");
    assert_eq!(role().await, "operator", "nothing was changed");
    let saw = hidden(&asked, "saw");
    let kept = admin.submit("/users/wang", &[("role", "admin"), ("take-role", "now"), ("saw", &saw)]).await;
    assert!(kept.text("[role=status]").contains("bea"), "{}", kept.body);
    admin.submit("/users/wang", &[("role", "admin"), ("take-role", "mine"), ("saw", &saw)]).await;
    assert_eq!(role().await, "admin");

    bea.submit("/users/wang/password", &[("new_password", OTHER), ("epoch", &epoch)]).await;
    let late = admin.post("/users/wang/password", &[("new_password", PASSWORD), ("epoch", &epoch)]).await;
    names_who(&late, "bea");
    let user = app.visitor();
    let signs_in =
        async |password| user.post("/login", &[("username", "wang"), ("password", password)]).await;
    assert_eq!(signs_in(OTHER).await.status, StatusCode::SEE_OTHER, "the first one holds");

    bea.submit("/users/wang/disable", &[]).await;
    let again = admin.submit("/users/wang/disable", &[]).await;
    assert!(again.text("[role=status]").contains("bea"), "{}", again.body);
    let events = app.database.run_here(|connection| timeline(connection, USER, "wang")).unwrap();
    assert_eq!(events.iter().filter(|event| event.action == "disable_user").count(), 1);
}

#[actix_web::test]
async fn of_an_account_only_who_did_that_is_named_and_nobody_where_nobody_was_faster() {
    let app = TestApp::new();
    let (admin, bea) = (app.signed_in(Role::Admin).await, bea(&app).await);
    app.add_user("wang", Role::Viewer);
    let saw = hidden(&admin.get("/users/wang").await, "saw");
    bea.submit("/users/wang", &[("role", "operator"), ("saw", &saw)]).await;
    admin.submit("/users/wang/sessions", &[]).await;
    names_who(&bea.post("/users/wang", &[("role", "admin"), ("saw", &saw)]).await, "bea");

    let saw = hidden(&admin.get("/users/wang").await, "saw");
    let same = admin.submit("/users/wang", &[("role", "operator"), ("saw", &saw)]).await;
    let told = same.text("[role=status]");
    assert!(told.contains("Nothing was changed") && !told.contains("bea"), "{told}");

    bea.submit("/users/wang/disable", &[]).await;
    admin.submit("/users/wang/sessions", &[]).await;
    let late = bea.submit("/users/wang/disable", &[]).await.text("[role=status]");
    assert!(late.contains("bea") && !late.contains("admin"), "{late}");
    admin.submit("/users/wang/enable", &[]).await;
    bea.submit("/users/wang/sessions", &[]).await;
    let late = bea.submit("/users/wang/enable", &[]).await.text("[role=status]");
    assert!(late.contains("admin") && !late.contains("bea"), "{late}");
}

#[actix_web::test]
async fn a_role_is_not_given_by_a_form_that_does_not_say_what_it_saw() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    app.add_user("wang", Role::Viewer);
    for blind in
        [&[("role", "admin")][..], &[("role", "admin"), ("saw", "{}")], &[("role", "admin"), ("saw", "x")]]
    {
        let asked = admin.post("/users/wang", blind).await;
        assert_eq!(asked.status, StatusCode::CONFLICT, "{blind:?}");
        assert!(asked.text("main").contains("viewer"), "{}", asked.body);
        assert_eq!(asked.attribute("#role option[selected]", "value"), "admin", "what was chosen is kept");
        let now = admin.get("/users/wang").await;
        assert_eq!(now.attribute("#role option[selected]", "value"), "viewer", "{blind:?}");
    }
    let same = admin.submit("/users/wang", &[("role", "viewer")]).await;
    assert!(same.text("[role=status]").contains("Nothing was changed"), "{}", same.body);
    let saw = hidden(&admin.post("/users/wang", &[("role", "admin")]).await, "saw");
    let chosen = [("role", "admin"), ("take-role", "mine"), ("saw", &*saw)];
    let given = admin.submit("/users/wang", &chosen).await;
    assert_eq!(given.attribute("#role option[selected]", "value"), "admin");
}

#[actix_web::test]
async fn of_a_token_that_another_revoked_it_is_told_who_did() {
    let app = TestApp::new();
    let (admin, bea) = (app.signed_in(Role::Admin).await, bea(&app).await);
    admin.submit("/tokens", &[("name", "platform"), ("role", "reporter")]).await;
    bea.submit("/tokens/platform/revoke", &[]).await;
    let late = admin.submit("/tokens/platform/revoke", &[]).await;
    let told = late.text("[role=status]");
    assert!(told.contains("bea") && told.contains(TODAY), "{told}");
}

#[actix_web::test]
async fn a_usage_that_changed_is_not_deleted_and_the_page_says_what_changed() {
    let app = TestApp::new();
    app.given_usage(&Usage { accounting_status: Some("accounted".to_owned()), ..usage("u1") });
    let (admin, bea) = (app.signed_in(Role::Admin).await, bea(&app).await);
    let seen = hidden(&admin.get("/usages/u1/delete").await, "seen");
    bea.submit("/usages/u1", &[("amount", "77"), ("confirm", "1")]).await;
    let kept = admin.post("/usages/u1/delete", &[("seen", &seen), ("confirm", "u1")]).await;
    names_who(&kept, "bea");
    let taken = kept.text("#taken");
    assert!(taken.contains("1.20000") && taken.contains("77.00000"), "{taken}");
    assert_eq!(kept.attribute("#confirm", "value"), "u1", "what was typed is kept");
    let seen = hidden(&kept, "seen");
    admin.submit("/usages/u1/delete", &[("seen", &seen), ("confirm", "u1")]).await;
    assert_eq!(admin.get("/usages/u1").await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_page_that_refuses_links_to_what_is_in_the_way() {
    let app = TestApp::new();
    app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("usage-f1") });
    app.given(&failure("f1"));
    let admin = app.signed_in(Role::Admin).await;
    let refused = admin.post("/usages/usage-f1/fail", &[("reason", "x")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.has("[role=alert] a[href='/failed-accounting/f1']"), "{}", refused.body);
    assert!(refused.has("[role=alert] a[href='/usages/usage-f1']"), "{}", refused.body);
}
