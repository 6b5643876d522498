//! One log line for each request, and the headers that every response carries.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::bearer;
use super::request::{self, RequestId};
use super::state::AppState;

/// No inline script or style, nothing from elsewhere, never in a frame.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Gives the request its id, and says in one line how it went.
pub async fn requests(
    service_request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let id = nanoid::nanoid!(12);
    service_request.extensions_mut().insert(RequestId(id.clone()));
    let method = service_request.method().clone();
    let response = next.call(service_request).await?.map_into_boxed_body();
    let caller = bearer::caller_of(response.request()).map(|caller| caller.name);
    let user = caller.ok().or_else(|| request::visitor_of(response.request()).map(|visitor| visitor.name));
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    if let Some(state) = response.request().app_data::<web::Data<AppState>>() {
        // Not a route for each method that somebody thought of: what is told to Prometheus stays bounded.
        let is_route = response.status() != StatusCode::METHOD_NOT_ALLOWED;
        let counted = if is_route { route.as_str() } else { "-" };
        state.meter.note(method.as_str(), counted, response.status().as_u16(), started.elapsed());
    }
    tracing::info!(
        request_id = id,
        user = user.as_deref().unwrap_or("-"),
        %method,
        route,
        status = response.status().as_u16(),
        milliseconds = started.elapsed().as_micros() as f64 / 1000.0,
        "request"
    );
    Ok(response)
}

/// Adds the headers that protect every response.
pub async fn headers(
    service_request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_static = service_request.path().starts_with("/static/");
    let is_https = service_request.app_data::<web::Data<AppState>>().is_some_and(|state| state.is_https);
    let id = request::id_of(service_request.request());
    let mut response = next.call(service_request).await?.map_into_boxed_body();
    let is_found = response.status().is_success() || response.status().is_redirection();
    let headers = response.headers_mut();
    set(headers, header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(headers, HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // Static files carry their version in the address; pages hold people's money.
    let cache = if is_static && is_found { "public, max-age=31536000, immutable" } else { "no-store" };
    set(headers, header::CACHE_CONTROL, cache);
    if is_https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
