//! Whether a changing request comes from a page of ours, so that other sites cannot act for a visitor.
//!
//! Browsers say it in Sec-Fetch-Site, older ones in Origin; a request with neither is refused.

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};

use super::state::AppState;

/// Whether the request comes from this origin.
pub fn is_own(headers: &HeaderMap, state: &AppState) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = value("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = value(ORIGIN.as_str()) else { return false };
    let is_host = || {
        let host = value(HOST.as_str()).unwrap_or_default();
        origin.split_once("://").is_some_and(|(_, asked)| asked == host)
    };
    origin == state.origin || (!state.origin_is_set && is_host())
}
