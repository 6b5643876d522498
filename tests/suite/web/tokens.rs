//! Programs: their tokens on the page, what a token opens, and what the API answers when it refuses.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::accounts::tokens::form::NewToken;
use llmage_admin::accounts::tokens::store;
use llmage_admin::accounts::tokens::token::{self, Token};
use llmage_admin::app::routes;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::audit::store::timeline;
use llmage_admin::web::bearer::is_api;
use secrecy::ExposeSecret;

use crate::app::{Answer, TestApp, Visitor, day, noon};

/// Adds a token, named after what it may do, that ends on that day; gives it as it is shown once.
pub fn given_token(app: &TestApp, grant: Grant, ends_on: Option<&str>) -> String {
    let author = Author { name: "test".to_owned(), source: Source::Command, request_id: None, at: noon() };
    let secret = token::fresh();
    let asked = NewToken { name: format!("{}-token", grant.as_str()), grant, ends_on: ends_on.map(day) };
    let token = Token::new(asked, &secret, &author);
    app.database
        .transaction_here(|connection| store::insert(connection, &token, &author))
        .expect("it goes in");
    secret.expose_secret().to_owned()
}

/// A program that brings this in its Authorization header.
pub fn program<'a>(app: &'a TestApp, authorization: &str) -> Visitor<'a> {
    let visitor = app.visitor();
    visitor.headers.replace(Some(vec![("authorization".to_owned(), authorization.to_owned())]));
    visitor
}

pub fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

pub fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name).unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("text")
}

pub fn is_problem(answer: &Answer, status: StatusCode) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(header(answer, "content-type"), "application/problem+json");
    let problem = json(answer);
    assert_eq!(problem["status"], status.as_u16());
    assert_eq!(problem["request_id"], header(answer, "x-request-id"));
    for field in ["type", "title", "detail"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
    }
}

#[actix_web::test]
async fn a_token_is_shown_once_kept_as_a_hash_and_opens_the_api_until_it_is_revoked() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let page = admin.submit("/tokens", &[("name", "platform"), ("role", "reporter")]).await;
    let secret = page.text("#fresh-token code");
    assert!(secret.starts_with("lma_") && secret.len() > 40, "{secret}");
    let again = admin.get("/tokens").await;
    assert!(!again.body.contains(&secret), "shown twice");
    assert_eq!(again.attributes("#tokens tr[data-id]", "data-id"), ["platform"]);
    let kept = app.database.run_here(|connection| store::find(connection, "platform")).unwrap();
    assert!(!format!("{kept:?}").contains(&secret), "{kept:?}");

    let reporter = program(&app, &format!("Bearer {secret}"));
    let answer = reporter.get("/api/v1/token").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        (json(&answer)["name"].as_str(), json(&answer)["role"].as_str()),
        (Some("platform"), Some("reporter"))
    );
    assert!(!admin.get("/tokens").await.text("#tokens tbody tr").contains("never"));

    let gone = admin.submit("/tokens/platform/revoke", &[]).await;
    assert!(gone.text("[role=status]").contains("platform"), "{}", gone.body);
    is_problem(&reporter.get("/api/v1/token").await, StatusCode::UNAUTHORIZED);
    let events = app.database.run_here(|connection| timeline(connection, "token", "platform")).unwrap();
    let actions: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["revoke_token", "create_token"]);
    assert!(!format!("{events:?}").contains(&secret));
}

#[actix_web::test]
async fn a_token_holds_until_the_end_of_its_last_day() {
    for (ends_on, status) in [
        (Some("2026-05-22"), StatusCode::OK),
        (Some("2026-05-21"), StatusCode::UNAUTHORIZED),
        (None, StatusCode::OK),
    ] {
        let app = TestApp::new();
        let secret = given_token(&app, Grant::Reporter, ends_on);
        let answer = program(&app, &format!("Bearer {secret}")).get("/api/v1/token").await;
        assert_eq!(answer.status, status, "{ends_on:?}");
    }
}

#[actix_web::test]
async fn without_a_token_that_holds_the_api_says_how_to_bring_one() {
    let app = TestApp::new();
    let secret = given_token(&app, Grant::Role(Role::Viewer), None);
    for authorization in
        ["", "Bearer", "Bearer ", "Bearer lma_wrong", &format!("Basic {secret}"), &secret, "Bearer é"]
    {
        let answer = program(&app, authorization).get("/api/v1/token").await;
        is_problem(&answer, StatusCode::UNAUTHORIZED);
        assert!(answer.headers.get("www-authenticate").unwrap().to_str().unwrap().starts_with("Bearer"));
    }
    assert_eq!(program(&app, &format!("bearer {secret}")).get("/api/v1/token").await.status, StatusCode::OK);
    let admin = app.signed_in(Role::Admin).await;
    is_problem(&admin.get("/api/v1/token").await, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn a_token_opens_no_page() {
    let app = TestApp::new();
    let secret = given_token(&app, Grant::Role(Role::Admin), None);
    let answer = program(&app, &format!("Bearer {secret}")).get("/failed-accounting").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn each_route_of_the_api_opens_to_what_its_rule_says() {
    for grant in Grant::ALL {
        let app = TestApp::new();
        let program = program(&app, &format!("Bearer {}", given_token(&app, grant, None)));
        for rule in routes().iter().filter(|rule| is_api(rule.path)) {
            let body = (rule.method != Method::GET).then(Vec::new);
            let answer = program.send(rule.method.clone(), &rule.path.replace("{id}", "f1"), body).await;
            let allowed = rule.access.admits(grant);
            assert_eq!(answer.status != StatusCode::FORBIDDEN, allowed, "{rule:?} as {grant:?}");
            assert!(!answer.status.is_server_error(), "{rule:?} as {grant:?}: {}", answer.body);
        }
    }
}

#[actix_web::test]
async fn what_the_api_refuses_it_refuses_as_a_problem() {
    let app = TestApp::new();
    let secret = given_token(&app, Grant::Role(Role::Viewer), None);
    let viewer = program(&app, &format!("Bearer {secret}"));
    is_problem(&viewer.get("/api/v1/nowhere").await, StatusCode::NOT_FOUND);
    is_problem(&viewer.get("/api").await, StatusCode::NOT_FOUND);
    let wrong = viewer.send(Method::DELETE, "/api/v1/token", None).await;
    is_problem(&wrong, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.headers.get("allow").unwrap(), "GET, HEAD");
}

#[actix_web::test]
async fn a_refused_token_form_comes_back_filled() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    for (name, role, ends_on, field) in [
        ("", "viewer", "", "name"),
        ("two words", "viewer", "", "name"),
        ("a", "root", "", "role"),
        ("a", "viewer", "2026-05-21", "ends_on"),
        ("a", "viewer", "soon", "ends_on"),
    ] {
        let answer = admin.post("/tokens", &[("name", name), ("role", role), ("ends_on", ends_on)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(answer.attribute(&format!("#{field}"), "aria-invalid"), "true");
        assert!(!answer.text(&format!("#{field}-error")).is_empty());
        assert_eq!(answer.attribute("#name", "value"), name);
    }
    admin.submit("/tokens", &[("name", "a"), ("role", "viewer")]).await;
    let twice = admin.post("/tokens", &[("name", "a"), ("role", "viewer")]).await;
    assert_eq!(twice.attribute("#name", "aria-invalid"), "true");
    assert_eq!(admin.post("/tokens/nobody/revoke", &[]).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_name_is_that_of_a_user_or_of_a_token() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    app.add_user("li.wei", Role::Operator);
    admin.submit("/tokens", &[("name", "platform"), ("role", "reporter")]).await;
    for name in ["li.wei", "Li.Wei"] {
        let refused = admin.post("/tokens", &[("name", name), ("role", "reporter")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(
            refused.text("#name-error").contains("A user has this name"),
            "{}",
            refused.text("#name-error")
        );
    }
    for name in ["platform", "PLATFORM"] {
        let fields = [("name", name), ("role", "viewer"), ("password", "nine blue otters swim")];
        let refused = admin.post("/users", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(
            refused.text("#name-error").contains("A token has this name"),
            "{}",
            refused.text("#name-error")
        );
    }
    // Neither of the app itself, in whatever letters.
    for name in ["llmage-admin", "System", "job", "ｊｏｂ", "ｌi.wei"] {
        let refused = admin.post("/tokens", &[("name", name), ("role", "reporter")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
}
