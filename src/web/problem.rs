//! The face of errors for programs: `application/problem+json` (RFC 9457).

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::locale::{self, Language};
use super::{error, request};
use crate::error::Error;

pub(super) const CONTENT_TYPE: &str = "application/problem+json";

/// How a program shall say who it is.
pub(super) const CHALLENGE: &str = "Bearer realm=\"llmage-admin\"";

#[derive(Serialize)]
struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    request_id: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, Vec<String>>,
}

/// The body for an error of that status.
pub(super) fn body(request: &HttpRequest, status: StatusCode, error: Option<&Error>) -> String {
    let language = request::language_of(request);
    let errors = match error {
        Some(Error::Invalid(errors)) => locale::errors_in_words(language, errors),
        _ => BTreeMap::new(),
    };
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: detail(language, status, error),
        request_id: request::id_of(request),
        errors: errors.into_iter().map(|(field, message)| (field, vec![message])).collect(),
    };
    // Text and numbers only: there is nothing that JSON could not hold.
    serde_json::to_string(&problem).unwrap_or_default()
}

/// What happened, without advice that is for people at a browser.
fn detail(language: Language, status: StatusCode, error: Option<&Error>) -> String {
    match status {
        StatusCode::UNAUTHORIZED => locale::text(language, "problem-401"),
        StatusCode::PAYLOAD_TOO_LARGE => locale::text(language, "problem-413"),
        _ => error::explanation(language, status, error),
    }
}
