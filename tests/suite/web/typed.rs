//! What a person typed survives a session that ended, and a role that changed; and nothing sends itself.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use llmage_admin::accounts::role::Role;
use llmage_admin::base::language::Language;

use crate::app::{Answer, PASSWORD, TestApp, Visitor, failure};

const NOTE: &str = "checked with finance, ticket 4711";
const HANDLE: [(&str, &str); 3] = [("seen", ""), ("resolution", "written_off"), ("handled_note", NOTE)];

/// Sends the handle form after the session has ended.
async fn sent_too_late(visitor: &Visitor<'_>) -> Answer {
    visitor.headers.replace(Some(vec![
        ("sec-fetch-site".to_owned(), "same-origin".to_owned()),
        ("referer".to_owned(), "http://127.0.0.1:8080/failed-accounting/f1?q=x".to_owned()),
    ]));
    visitor.app.clock.advance(TimeDelta::hours(3));
    let answer = visitor.post("/failed-accounting/f1/handle", &HANDLE).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer
}

/// Signs in by the form of that page.
async fn sign_in(visitor: &Visitor<'_>, page: &Answer, name: &str, password: &str) -> Answer {
    let hidden = |name: &str| page.attribute(&format!("main input[name={name}]"), "value");
    let (next, typed) = (hidden("next"), hidden("typed"));
    let fields = [("username", name), ("password", password), ("next", &next), ("typed", &typed)];
    visitor.post("/login", &fields).await
}

#[actix_web::test]
async fn what_was_typed_comes_back_after_signing_in_and_sends_nothing_by_itself() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let mut operator = app.signed_in(Role::Operator).await;
    for tag in Language::ALL.map(Language::tag) {
        operator.language = tag.to_owned();
        let refused = sent_too_late(&operator).await;
        assert!(!refused.body.contains("4711"), "sealed: {}", refused.body);
        let wrong = sign_in(&operator, &refused, "operator", "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        let shown = sign_in(&operator, &wrong, "operator", PASSWORD).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        assert_eq!(shown.text("#typed textarea[name=handled_note]"), NOTE);
        assert_eq!(shown.attribute("#typed input[name=resolution]", "value"), "written_off");
        assert_eq!(shown.attribute("#typed", "action"), "/failed-accounting/f1/handle");
        assert!(shown.has("a[href='/failed-accounting/f1?q=x']") && shown.has("header form.language"));
        assert!(app.record("f1").is_open(), "nothing sends itself");
    }
    assert_eq!(operator.post("/failed-accounting/f1/handle", &HANDLE).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.record("f1").handled_note.as_deref(), Some(NOTE));
}

#[actix_web::test]
async fn another_user_and_one_who_comes_too_late_get_an_empty_form() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.add_user("sofia", Role::Operator);
    let operator = app.signed_in(Role::Operator).await;
    let refused = sent_too_late(&operator).await;
    let other = sign_in(&app.visitor(), &refused, "sofia", PASSWORD).await;
    assert_eq!((other.status, other.location()), (StatusCode::SEE_OTHER, "/failed-accounting/f1?q=x"));
    app.clock.advance(TimeDelta::minutes(31));
    let late = sign_in(&operator, &refused, "operator", PASSWORD).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER, "{}", late.body);
}

#[actix_web::test]
async fn passwords_are_never_kept_and_a_stranger_s_form_is_not_either() {
    let app = TestApp::new();
    let viewer = app.signed_in(Role::Viewer).await;
    app.clock.advance(TimeDelta::hours(3));
    let fields = [("current_password", PASSWORD), ("new_password", "six brown bears sing")];
    assert!(!viewer.post("/account", &fields).await.has("input[name=typed]"));
    let stranger = app.visitor().post("/failed-accounting/f1/handle", &HANDLE).await;
    assert!(stranger.status == StatusCode::UNAUTHORIZED && !stranger.has("input[name=typed]"));
}

#[actix_web::test]
async fn who_signed_out_in_another_tab_keeps_what_was_typed_in_this_one() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/logout", &[]).await;
    let refused = operator.post("/failed-accounting/f1/handle", &HANDLE).await;
    let shown = sign_in(&operator, &refused, "operator", PASSWORD).await;
    assert_eq!(shown.text("#typed textarea[name=handled_note]"), NOTE);
}

#[actix_web::test]
async fn a_refusal_shows_what_was_typed() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let refused = viewer.post("/failed-accounting/f1/handle", &HANDLE).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.texts("#typed textarea"), ["Written off", NOTE]);
}

#[actix_web::test]
async fn with_nothing_ticked_the_same_list_says_so_at_its_bar() {
    let app = TestApp::new();
    for id in ["f1", "f2", "f3"] {
        app.given(&failure(id));
    }
    let operator = app.signed_in(Role::Operator).await;
    let first = operator.get("/failed-accounting?page_size=1&sort=amount&q=usages").await;
    let second = operator.get(&first.attribute("a[rel=next]", "href")).await;
    let hidden: Vec<(String, String)> = second
        .attributes("form[data-ticks] > input[type=hidden]", "name")
        .into_iter()
        .zip(second.attributes("form[data-ticks] > input[type=hidden]", "value"))
        .collect();
    let fields: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain([("action", "handle")])
        .collect();
    let refused = operator.post("/batches", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.rows(), second.rows(), "the same filter, order and place");
    assert!(refused.text(".actions [role=alert]").starts_with("Nothing is selected"), "{}", refused.body);
}

#[actix_web::test]
async fn whoever_works_through_a_list_goes_on_to_the_next_record() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given(&failure("f2"));
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f2").await;
    let next = page.attribute("button[name=then]", "value");
    let fields = [("resolution", "written_off"), ("handled_note", ""), ("then", next.as_str())];
    let answer = operator.post("/failed-accounting/f2/handle", &fields).await;
    assert_eq!(answer.location(), page.attribute("a[rel=next]", "href"));
    let elsewhere = [("resolution", "written_off"), ("then", "//evil.example/")];
    let answer = operator.post("/failed-accounting/f1/handle", &elsewhere).await;
    assert!(
        answer.location().starts_with('/') && !answer.location().starts_with("//"),
        "{}",
        answer.location()
    );
}

#[actix_web::test]
async fn the_app_s_own_names_are_told_in_words() {
    use llmage_admin::web::author::in_words;
    let zh = |name| in_words(Language::of_tag("zh-CN").unwrap(), name);
    assert_eq!(zh("retry watcher"), "重试跟踪任务");
    assert_eq!(zh("command line: root"), "命令行：root");
    assert_eq!(zh("li.wei"), "li.wei");
}
