//! The face of errors for programs: `application/problem+json` (RFC 9457).

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{error, locale, once, request};
use crate::base::clock::TIME_FORMAT;
use crate::error::Error;

pub(super) const CONTENT_TYPE: &str = "application/problem+json";

/// How a program shall say who it is.
pub(super) const CHALLENGE: &str = "Bearer realm=\"llmage-admin\"";

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    request_id: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, Vec<String>>,
    /// Where the record changed since it was read: as it was expected, and as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    present: Option<&'a RawValue>,
    /// Who made the last change that its timeline has, and when; the platform changes rows without an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<String>,
    /// What the conflict is about, such as the state that stands in the way.
    #[serde(flatten)]
    facts: BTreeMap<&'static str, &'a str>,
}

pub(super) fn body(request: &HttpRequest, status: StatusCode, error: Option<&Error>) -> String {
    let language = request::language_of(request);
    let errors = match error {
        Some(Error::Invalid(errors)) => locale::errors_in_words(language, errors),
        _ => BTreeMap::new(),
    };
    let (expected, present, changed) = match error {
        Some(Error::Stale { expected, present, changed }) => {
            (Some(&**expected), Some(&**present), changed.as_ref())
        }
        _ => (None, None, None),
    };
    let facts = match error {
        Some(Error::Conflict(message)) => {
            message.arguments.iter().map(|(name, fact)| (*name, fact.as_str())).collect()
        }
        _ => BTreeMap::new(),
    };
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: detail(request, status, error),
        request_id: request::id_of(request),
        errors: errors.into_iter().map(|(field, message)| (field, vec![message])).collect(),
        expected,
        present,
        changed_by: changed.map(|(by, _)| by.as_str()),
        changed_at: changed.map(|(_, at)| at.format(TIME_FORMAT).to_string()),
        facts,
    };
    // Text and numbers only: there is nothing that JSON could not hold.
    serde_json::to_string(&problem).unwrap_or_default()
}

/// What happened, without advice that is for people at a browser.
fn detail(request: &HttpRequest, status: StatusCode, error: Option<&Error>) -> String {
    let language = request::language_of(request);
    match status {
        StatusCode::UNAUTHORIZED => locale::text(language, "problem-401"),
        StatusCode::SERVICE_UNAVAILABLE if matches!(error, Some(Error::Unknown(_))) => {
            let has_key = request.headers().contains_key(once::KEY);
            locale::text(language, if has_key { "problem-unknown-outcome" } else { "problem-unknown-no-key" })
        }
        StatusCode::SERVICE_UNAVAILABLE
            if matches!(error, Some(Error::Unavailable(_) | Error::Transient(_))) =>
        {
            locale::text(language, "problem-503")
        }
        StatusCode::NOT_FOUND => locale::text(language, "problem-404"),
        StatusCode::PAYLOAD_TOO_LARGE => locale::text(language, "problem-413"),
        _ => error::explanation(language, status, error),
    }
}
