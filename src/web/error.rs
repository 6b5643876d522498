//! The faces of errors: status, page, and the layer that gives one to whatever went wrong.
//!
//! Handlers answer `Err(WebError)`; unknown routes, wrong methods and bad bodies pass the same layer.

use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use super::body::Bounds;
use super::locale::Language;
use super::typed::{self, TypedView};
use super::{bearer, links, locale, page, problem, request};
use crate::base::form::Message;
use crate::error::{Error, quoted};

/// An error on its way to a page.
#[derive(Debug)]
pub struct WebError(pub Error);

/// What a page handler answers.
pub type Answer = std::result::Result<HttpResponse, WebError>;

impl From<Error> for WebError {
    fn from(error: Error) -> WebError {
        WebError(error)
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match &self.0 {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Forbidden | Error::CrossSite => StatusCode::FORBIDDEN,
            Error::MethodNotAllowed | Error::ReadOnly(_) => StatusCode::METHOD_NOT_ALLOWED,
            Error::Malformed(_) => StatusCode::BAD_REQUEST,
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Error::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict(_) | Error::Stale { .. } | Error::Refused(_) => StatusCode::CONFLICT,
            Error::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::Busy { .. }
            | Error::Unavailable(_)
            | Error::Transient(_)
            | Error::Unknown(_)
            | Error::Held => StatusCode::SERVICE_UNAVAILABLE,
            Error::Fault(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        let retry = match &self.0 {
            Error::TooManyRequests(seconds) | Error::Busy { seconds, .. } => Some(*seconds),
            Error::Unavailable(_) | Error::Transient(_) | Error::Unknown(_) | Error::Held => Some(5),
            _ => None,
        };
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}

#[derive(Serialize)]
struct ErrorPage {
    status: u16,
    title: String,
    explanation: String,
    /// Fields with their messages, where the fault is in what was sent.
    fields: Vec<(String, String)>,
    /// Whether the state of a record stands in the way, which pages say of it at other times, too.
    is_by_state: bool,
    /// The failure that stands in the way: its page and its id.
    record: Option<(String, String)>,
    /// The usage that stands in the way, likewise.
    usage: Option<(String, String)>,
    /// The page that the refused form was on.
    back: Option<String>,
    /// Whether that is the form itself, not the record that it was about.
    is_form: bool,
    /// Where to try again what the database did not answer.
    again: Option<String>,
    typed: Vec<TypedView>,
}

/// Gives each error response its page.
pub async fn layer(
    service_request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(service_request).await?.map_into_boxed_body();
    let status = response.status();
    let Some(error) = response.response().error() else { return Ok(response) };
    let fault = error.as_error::<WebError>();
    if status.is_server_error() {
        tracing::error!(request_id = request::id_of(response.request()), %error, "request failed");
    }
    let is_api = bearer::is_api(response.request().path());
    let (kind, body) = if is_api {
        (problem::CONTENT_TYPE, problem::body(response.request(), status, fault.map(|fault| &fault.0)))
    } else {
        ("text/html; charset=utf-8", error_page(response.request(), status, fault.map(|fault| &fault.0)))
    };
    let allow = allowed_methods(response.request()).filter(|_| status == StatusCode::METHOD_NOT_ALLOWED);
    let (request, mut inner) = response.into_parts();
    let headers = inner.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    if is_api && status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static(problem::CHALLENGE));
    }
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, allow);
    }
    Ok(ServiceResponse::new(request, inner.set_body(BoxBody::new(body))))
}

/// The methods of the route that a request has found.
fn allowed_methods(request: &HttpRequest) -> Option<header::HeaderValue> {
    let (pattern, state) = (request.match_pattern()?, page::state_of(request).ok()?);
    let routes = state.permissions.iter().filter(|route| route.path == pattern);
    let methods: Vec<&str> = routes.map(|route| route.method.as_str()).collect();
    let head = if methods.contains(&"GET") { Some("HEAD") } else { None };
    let all: Vec<&str> = methods.into_iter().chain(head).collect();
    header::HeaderValue::from_str(&all.join(", ")).ok()
}

/// What happened, in words for the one who asked.
pub(super) fn explanation(language: Language, status: StatusCode, error: Option<&Error>) -> String {
    match error {
        Some(Error::Conflict(message) | Error::Malformed(message) | Error::ReadOnly(message)) => {
            locale::words(language, message)
        }
        Some(Error::Busy { message, .. }) => locale::words(language, message),
        Some(Error::Stale { .. }) => locale::text(language, "problem-stale"),
        Some(Error::Unknown(_)) => locale::text(language, "error-page-unknown-outcome"),
        Some(Error::CrossSite) => locale::text(language, "error-page-cross-site"),
        Some(Error::Held) => locale::text(language, "error-page-held"),
        Some(Error::Refused(said)) => {
            locale::words(language, &Message::new("error-page-refused").with("said", quoted(said)))
        }
        Some(Error::TooManyRequests(seconds)) => {
            locale::words(language, &Message::new("error-page-throttled").with("seconds", seconds))
        }
        _ => locale::text(language, words_of(status).1),
    }
}

fn error_page(request: &HttpRequest, status: StatusCode, error: Option<&Error>) -> String {
    let language = request::language_of(request);
    let bounds = request.app_data::<Bounds>().filter(|_| status == StatusCode::PAYLOAD_TOO_LARGE);
    let explanation = match bounds {
        Some(bounds) => {
            let message = Message::new("error-page-413-file").with("limit", bounds.mebibytes());
            locale::words(language, &message)
        }
        None => explanation(language, status, error),
    };
    let fields = match error {
        Some(Error::Invalid(errors)) => locale::errors_in_words(language, errors).into_iter().collect(),
        _ => Vec::new(),
    };
    let page = ErrorPage {
        status: status.as_u16(),
        title: match error {
            Some(Error::Held) => locale::text(language, "error-page-held-title"),
            Some(Error::Refused(_)) => locale::text(language, "error-page-refused-title"),
            Some(Error::Busy { .. }) => locale::text(language, "error-page-busy"),
            _ => locale::text(language, words_of(status).0),
        },
        explanation,
        fields,
        is_by_state: matches!(error, Some(Error::Conflict(message)) if message.arguments.contains_key("state")),
        record: in_the_way(error, "record", "/failed-accounting"),
        usage: in_the_way(error, "usage", "/usages"),
        is_form: bounds.is_some(),
        back: page_of_form(request).or_else(|| bounds.map(|_| request.path().to_owned())),
        typed: typed::brought(request, language),
        again: (status == StatusCode::SERVICE_UNAVAILABLE).then(|| tried_again_at(request)),
    };
    page::render_text(request, "errors/error.html", &page).unwrap_or_else(|error| {
        tracing::error!(%error, "the error page itself failed");
        page.title
    })
}

/// The record of a conflict that it calls by that name: its page in that folder, and its id.
fn in_the_way(error: Option<&Error>, name: &str, folder: &str) -> Option<(String, String)> {
    let Some(Error::Conflict(message)) = error else { return None };
    message.arguments.get(name).map(|id| (format!("{folder}/{}", links::segment(id)), id.clone()))
}

/// The page itself; for a form, the page that it was on.
fn tried_again_at(request: &HttpRequest) -> String {
    if request.method() == Method::POST {
        return page_of_form(request).unwrap_or_else(|| "/".to_owned());
    }
    // A path may begin with two slashes, which would name a host.
    let place = request.uri().path_and_query().map_or("/", |place| place.as_str());
    format!("/{}", place.trim_start_matches('/'))
}

/// `/things/{id}` for a form that was posted to `/things/{id}/action`.
fn page_of_form(request: &HttpRequest) -> Option<String> {
    let (page, _) = request.path().rsplit_once('/').filter(|_| request.method() == Method::POST)?;
    let query = request.query_string();
    (page.matches('/').count() == 2).then(|| links::with_query(page, query))
}

fn words_of(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => ("error-page-400", "error-page-400-text"),
        StatusCode::UNAUTHORIZED => ("error-page-401", "error-page-401-text"),
        StatusCode::FORBIDDEN => ("error-page-403", "error-page-403-text"),
        StatusCode::NOT_FOUND => ("error-page-404", "error-page-404-text"),
        StatusCode::METHOD_NOT_ALLOWED => ("error-page-405", "error-page-405-text"),
        StatusCode::REQUEST_TIMEOUT => ("error-page-408", "error-page-408-text"),
        StatusCode::CONFLICT => ("error-page-409", "error-page-409-text"),
        StatusCode::PAYLOAD_TOO_LARGE => ("error-page-413", "error-page-413-text"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("error-page-415", "error-page-415-text"),
        StatusCode::UNPROCESSABLE_ENTITY => ("error-page-422", "error-page-422-text"),
        StatusCode::TOO_MANY_REQUESTS => ("error-page-429", "error-page-429-text"),
        StatusCode::SERVICE_UNAVAILABLE => ("error-page-503", "error-page-503-text"),
        status if status.is_client_error() => ("error-page-400", "error-page-400-text"),
        _ => ("error-page-500", "error-page-500-text"),
    }
}

/// For paths that no route has.
pub async fn no_such_route() -> Answer {
    Err(Error::NotFound.into())
}

/// For routes that exist, but not for this method.
pub async fn no_such_method() -> Answer {
    Err(Error::MethodNotAllowed.into())
}
