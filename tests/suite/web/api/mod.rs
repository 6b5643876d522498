//! The JSON API as programs use it.

mod batches;
mod document;
mod failures;
mod killed;
mod once;
mod recording;
mod refusals;
mod summary;
mod usages;

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::{Grant, Role};
use serde_json::Value;

use crate::app::{Answer, TestApp, Visitor};
use crate::web::tokens::{given_token, json, program};

/// Programs with a token of each role, by that name.
pub struct Programs<'a>(Visitor<'a>);

pub fn admin(app: &TestApp) -> Programs<'_> {
    Programs::of(app, Grant::Role(Role::Admin))
}

impl<'a> Programs<'a> {
    pub fn of(app: &'a TestApp, grant: Grant) -> Programs<'a> {
        let secret = given_token(app, grant, None);
        Programs(program(app, &format!("Bearer {secret}")))
    }

    pub async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let body = (!body.is_empty()).then(|| ("application/json", body.as_bytes().to_vec()));
        self.0.send_as(Method::from_bytes(method.as_bytes()).unwrap(), path, body).await
    }

    /// As [`Programs::ask`], with an Idempotency-Key.
    pub async fn ask_with_key(&self, path: &str, body: &str, key: &str) -> Answer {
        let program = self.0.copy();
        let mut headers = program.headers.take().expect("a token");
        headers.push(("idempotency-key".to_owned(), key.to_owned()));
        program.headers.replace(Some(headers));
        program.send_as(Method::POST, path, Some(("application/json", body.as_bytes().to_vec()))).await
    }

    /// What is answered with that status, which it must have.
    pub async fn told(&self, (method, path): (&str, &str), body: &str, status: u16) -> Value {
        let answer = self.ask(method, path, body).await;
        assert_eq!(
            answer.status,
            StatusCode::from_u16(status).unwrap(),
            "{method} {path} {body}: {}",
            answer.body
        );
        let told = if answer.body.is_empty() { Value::Null } else { json(&answer) };
        // Whoever is refused for what is there is told what is there.
        assert!(
            status != 409
                || ["state", "expected"].iter().any(|fact| told[fact].is_string() || told[fact].is_object()),
            "{method} {path} {body}: {told}"
        );
        told
    }

    pub async fn get(&self, path: &str) -> Value {
        self.told(("GET", path), "", 200).await
    }

    /// The names of the fields that are refused.
    pub async fn refused(&self, (method, path): (&str, &str), body: &str) -> Vec<String> {
        let problem = self.told((method, path), body, 422).await;
        problem["errors"].as_object().expect("all that is wrong").keys().cloned().collect()
    }
}

/// A list of values as texts.
pub fn texts(rows: &Value, field: &str) -> Vec<String> {
    let rows = rows.as_array().expect("a list");
    rows.iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
}
