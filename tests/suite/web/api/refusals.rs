//! Hostile requests: each gets the right refusal as a problem, none a fault of ours.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::{Grant, Role};

use super::{Programs, admin};
use crate::app::{TestApp, failure};
use crate::web::tokens::is_problem;

const LIST: &str = "/api/v1/failed-accounting";

#[actix_web::test]
async fn broken_json_is_400_a_wrong_shape_422_a_wrong_type_415_and_too_much_413() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let admin = admin(&app);
    for path in [LIST, "/api/v1/usages", "/api/v1/failed-accounting/f1/handle", "/api/v1/usages/u1/fail"] {
        for body in ["{", "{\"a\": }", "nope", "\u{feff}{}", &"[".repeat(200_000), "{'a': 1}"] {
            is_problem(&admin.ask("POST", path, body).await, StatusCode::BAD_REQUEST);
        }
        for body in ["[]", "null", "\"x\"", "1e308", "{}", "{\"x\": {\"y\": []}}"] {
            is_problem(&admin.ask("POST", path, body).await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            let answer = admin.0.send_as(Method::POST, path, Some((kind, b"{}".to_vec()))).await;
            is_problem(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let much = format!("{{\"failed_reason\": \"{}\"}}", "x".repeat(1 << 20));
        is_problem(&admin.ask("POST", path, &much).await, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let utf8 = admin
        .0
        .send_as(Method::POST, LIST, Some(("Application/JSON; charset=utf-8", b"\xff".to_vec())))
        .await;
    is_problem(&utf8, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn every_field_that_is_wrong_is_named_at_once() {
    let app = TestApp::new();
    let admin = admin(&app);
    let body = r#"{"llmid": 7, "userid": "abcdefghijklmnopqrstuvwxyz0123456789", "use_date": "2026-02-30", "use_time": 5,
        "amount": "1.2", "cost": 0.000001, "failed_reason": null, "color": "red", "color": "blue"}"#;
    assert_eq!(
        admin.refused(("POST", LIST), body).await,
        ["amount", "color", "cost", "failed_reason", "llmid", "llmusageid", "use_date", "use_time", "userid"]
    );
    for (amount, is_right) in [
        ("1e308", false),
        ("-0", true),
        ("-0.0", true),
        ("-1", false),
        ("0.000001", false),
        ("1e-05", true),
        ("1.00000000", true),
        ("9e10", true),
        ("9.00000001e10", false),
        ("1e-400", false),
        ("0e999999999999999999999", true),
        ("[1]", false),
        ("true", false),
    ] {
        let body = format!(r#"{{"llmusageid": "u", "failed_reason": "x", "amount": {amount}}}"#);
        let answer = admin.ask("POST", LIST, &body).await;
        assert_eq!(answer.status.as_u16(), if is_right { 201 } else { 422 }, "{amount}: {}", answer.body);
    }
}

#[actix_web::test]
async fn the_role_is_judged_before_the_form() {
    let app = TestApp::new();
    let viewer = Programs::of(&app, Grant::Role(Role::Viewer));
    let operator = Programs::of(&app, Grant::Role(Role::Operator));
    is_problem(&viewer.ask("POST", LIST, "{").await, StatusCode::FORBIDDEN);
    is_problem(&operator.ask("DELETE", "/api/v1/failed-accounting/none", "").await, StatusCode::FORBIDDEN);
    is_problem(&operator.ask("POST", "/api/v1/usages", "{").await, StatusCode::FORBIDDEN);
    is_problem(&app.visitor().send(Method::POST, LIST, None).await, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn other_methods_are_refused_with_those_that_are_there() {
    let app = TestApp::new();
    let admin = admin(&app);
    let answer = admin.ask("PUT", "/api/v1/failed-accounting/f1", "{}").await;
    is_problem(&answer, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers.get("allow").unwrap(), "GET, PATCH, DELETE, HEAD");
    let head = admin.ask("HEAD", LIST, "").await;
    assert_eq!(head.status, StatusCode::OK);
}
