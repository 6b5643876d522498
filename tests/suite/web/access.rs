//! Who may call what: every route, every role.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::app::{Rule, routes};
use llmage_admin::web::access::Access;
use llmage_admin::web::bearer::is_api;

use crate::app::{TestApp, Visitor, failure};

/// The routes that people use.
fn pages() -> Vec<Rule> {
    routes().into_iter().filter(|rule| !is_api(rule.path)).collect()
}

/// Sends the emptiest request to a route.
async fn status(visitor: &Visitor<'_>, rule: &Rule) -> StatusCode {
    let path = rule.path.replace("{id}", "f1");
    let body = (rule.method == Method::POST).then(Vec::new);
    visitor.send(rule.method.clone(), &path, body).await.status
}

#[actix_web::test]
async fn each_route_opens_to_its_least_role_and_no_lower_one() {
    // These end the session with which the others are tried.
    let ends = |rule: &&Rule| matches!(rule.path, "/logout" | "/account/sessions");
    for role in Role::ALL {
        let app = TestApp::new();
        app.given(&failure("f1"));
        let visitor = app.signed_in(role).await;
        let rules = pages();
        for rule in rules.iter().filter(|rule| !ends(rule)).chain(rules.iter().filter(ends)) {
            let status = status(&visitor, rule).await;
            // That one asks for no role, but for a token, or whether the connection is from this machine.
            let allowed = rule.access.admits(Grant::Role(role)) && rule.path != "/metrics";
            assert_eq!(status != StatusCode::FORBIDDEN, allowed, "{rule:?} as {role} gave {status}");
            assert!(!status.is_server_error(), "{rule:?} as {role} gave {status}");
            let is_signed_in = visitor.get("/account").await.status == StatusCode::OK;
            assert!(is_signed_in || ends(&rule), "{rule:?} signed {role} out");
        }
    }
}

#[actix_web::test]
async fn who_is_not_signed_in_is_sent_to_the_login_with_the_way_back() {
    let app = TestApp::new();
    let visitor = app.visitor();
    let is_open = |rule: &&Rule| matches!(rule.access, Access::Public | Access::Watching);
    for rule in pages().iter().filter(|rule| !is_open(rule)) {
        // A form would be lost on the way to the login, so it gets the login as its answer.
        let is_form = rule.method == Method::POST;
        let expected = if is_form { StatusCode::UNAUTHORIZED } else { StatusCode::SEE_OTHER };
        assert_eq!(status(&visitor, rule).await, expected, "{rule:?}");
    }
    let answer = visitor.get("/failed-accounting?llmid=a%26b").await;
    assert_eq!(answer.location(), "/login?next=%2Ffailed-accounting%3Fllmid%3Da%2526b");
}

#[actix_web::test]
async fn the_role_is_judged_before_the_form() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let answer = viewer.post("/failed-accounting/f1/handle", &[("resolution", "nonsense")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.has("main h1"), "{}", answer.body);
    assert!(app.record("f1").is_open());
}

#[actix_web::test]
async fn a_viewer_sees_no_way_to_change_anything() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let list = viewer.get("/failed-accounting").await;
    assert!(!list.has("a[href='/failed-accounting/new']"), "{}", list.body);
    let page = viewer.get("/failed-accounting/f1").await;
    let actions = page.attributes("main form[method=post]", "action");
    assert!(actions.is_empty(), "{actions:?}");
    assert!(!page.body.contains("/failed-accounting/f1/edit"), "{}", page.body);
}

#[actix_web::test]
async fn a_change_from_another_site_or_from_nowhere_is_refused() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let fields = [("resolution", "written_off")];
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for headers in [
        vec![],
        vec![pair("sec-fetch-site", "cross-site")],
        vec![pair("sec-fetch-site", "same-site")],
        vec![pair("origin", "https://evil.example"), pair("host", "127.0.0.1:8080")],
        vec![pair("origin", "null"), pair("host", "127.0.0.1:8080")],
        vec![pair("sec-fetch-site", "cross-site"), pair("origin", "http://127.0.0.1:8080")],
    ] {
        operator.headers.replace(Some(headers.clone()));
        let answer = operator.post("/failed-accounting/f1/handle", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(app.record("f1").is_open());
    }
    operator.headers.replace(Some(vec![pair("origin", "http://127.0.0.1:8080")]));
    let answer = operator.post("/failed-accounting/f1/handle", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(!app.record("f1").is_open());
}

#[actix_web::test]
async fn with_a_public_url_only_that_origin_counts() {
    let app = TestApp::with(&["--public-url", "https://admin.example.com/"]);
    app.given(&failure("f1"));
    let visitor = app.visitor();
    let fields = [("username", "x"), ("password", "y")];
    let from = |origin: &str| {
        let pairs = [("origin", origin), ("host", "127.0.0.1:8080")];
        Some(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    };
    visitor.headers.replace(from("http://127.0.0.1:8080"));
    assert_eq!(visitor.post("/login", &fields).await.status, StatusCode::FORBIDDEN);
    visitor.headers.replace(from("https://admin.example.com"));
    assert_eq!(visitor.post("/login", &fields).await.status, StatusCode::UNAUTHORIZED);
}
