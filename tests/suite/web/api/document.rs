//! The document names what the server does.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use llmage_admin::app::routes;
use llmage_admin::web::bearer::is_api;

use super::json;
use crate::app::TestApp;

#[actix_web::test]
async fn the_document_has_every_route_of_the_api_and_no_other() {
    let app = TestApp::new();
    let answer = app.visitor().get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK, "anybody may read it");
    let document = json(&answer);
    let told: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let rules = routes();
    let served: BTreeSet<String> = rules
        .iter()
        .filter(|rule| is_api(rule.path))
        .map(|rule| format!("{} {}", rule.method, rule.path))
        .collect();
    assert_eq!(told, served);
    let text = answer.body.as_str();
    for name in text.split("#/components/schemas/").skip(1) {
        let name = name.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "no schema {name}");
    }
}

#[actix_web::test]
async fn every_post_says_that_it_takes_a_key() {
    let app = TestApp::new();
    let document = json(&app.visitor().get("/api/v1/openapi.json").await);
    let paths = document["paths"].as_object().unwrap().values();
    let takes_key = |operation: &serde_json::Value| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|all| {
            all.iter().any(|one| one["name"] == "Idempotency-Key" && one["in"] == "header")
        })
    };
    for (method, operation) in paths.flat_map(|path| path.as_object().unwrap()) {
        assert_eq!(takes_key(operation), method == "post", "{operation}");
    }
}
