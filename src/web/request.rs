//! What a request tells: its id, who asks, in which language, and the fields it carries. Handlers get it by
//! [`super::extract`].

use std::net::{IpAddr, SocketAddr};

use actix_session::SessionExt;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, web};

use super::bearer;
use super::links;
use super::locale::Language;
use super::session::Visitor;
use super::state::AppState;
use crate::audit::event::{Author, Source};
use crate::base::foreign;
use crate::base::form::{Fields, Message};
use crate::error::{Error, Result};

/// The most bytes that a form may have.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The id of a request, in its log line, its audit events and on error pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

pub(super) fn id_of(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// Who asks, where the route's guard has found somebody.
pub(super) fn visitor_of(request: &HttpRequest) -> Option<Visitor> {
    request.extensions().get::<Visitor>().cloned()
}

/// The language of the account, else of the browser.
pub(super) fn language_of(request: &HttpRequest) -> Language {
    let chosen = visitor_of(request).and_then(|visitor| visitor.language);
    chosen.as_deref().and_then(Language::of_tag).unwrap_or_else(|| {
        let header = request.headers().get(header::ACCEPT_LANGUAGE);
        Language::negotiate(header.and_then(|value| value.to_str().ok()).unwrap_or_default())
    })
}

/// The author of what this request changes.
pub(super) fn author_of(request: &HttpRequest, state: &AppState) -> Result<Author> {
    let (name, source) = match bearer::caller_of(request) {
        Ok(caller) => (caller.name, Source::Api),
        Err(_) => (visitor_of(request).ok_or(Error::Unauthenticated)?.name, Source::Page),
    };
    Ok(Author { name, source, request_id: Some(id_of(request)), at: state.clock.now() })
}

/// The fields of the query string.
///
/// # Errors
/// [`Error::Malformed`] when it is not UTF-8; an id may be any bytes.
pub(super) fn query_fields(request: &HttpRequest) -> Result<Fields> {
    links::pairs_of_address(request.query_string()).map(Fields::new).ok_or_else(not_utf8)
}

/// The kind of content in which browsers send forms without files.
pub(super) const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// The fields of a posted form.
///
/// # Errors
/// [`Error::UnsupportedMediaType`] when it is no form, [`Error::Malformed`] when it is not UTF-8.
pub(super) fn form_fields(request: &HttpRequest, body: &web::Bytes) -> Result<Fields> {
    if !body.is_empty() && request.content_type() != FORM_TYPE {
        return Err(Error::UnsupportedMediaType);
    }
    let body = std::str::from_utf8(body).map_err(|_| not_utf8())?;
    links::pairs(body).map(Fields::new).ok_or_else(not_utf8)
}

/// What is said of a form that is no text.
pub(super) fn not_utf8() -> Error {
    Error::Malformed(Message::new("error-not-utf8"))
}

pub(super) fn session_of(request: &HttpRequest) -> actix_session::Session {
    request.get_session()
}

/// The id in the path, decoded; of bytes that are no text, as [`foreign`] carries them.
pub(super) fn id_in_path(request: &HttpRequest) -> Result<String> {
    // Of the address as it was sent: actix decodes what is UTF-8 and replaces what is not.
    let pattern = request.match_pattern().ok_or(Error::NotFound)?;
    let part =
        pattern.split('/').enumerate().find_map(|(place, part)| Some((place, part.split_once("{id}")?)));
    let (place, (before, after)) = part.ok_or(Error::NotFound)?;
    let segment = request.uri().path().split('/').nth(place).ok_or(Error::NotFound)?;
    let id = segment.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    let encoded = id.ok_or(Error::NotFound)?;
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(encoded).collect();
    Ok(links::of_segment(foreign::text_of(&bytes)))
}

/// The address that the visitor comes from; behind proxies of ours, what the first of them saw.
pub(super) fn address_of(request: &HttpRequest, state: &AppState) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let Some(place) = state.proxies.checked_sub(1) else { return peer };
    let headers = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = headers.flat_map(|value| value.split(',')).map(str::trim).collect();
    chain.iter().rev().nth(place).and_then(|text| address_in(text)).or(peer)
}

/// The address in an entry of `X-Forwarded-For`: some proxies add the port, brackets, or quotes.
fn address_in(entry: &str) -> Option<IpAddr> {
    let text = entry.trim_matches('"');
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    // One host has one name, also where IPv6 carries its IPv4 address.
    text.parse().ok().or_else(bare).or_else(with_port).map(|found: IpAddr| found.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_with_its_port_and_without() {
        for (entry, address) in [
            ("203.0.113.5", Some("203.0.113.5")),
            ("203.0.113.5:52100", Some("203.0.113.5")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("\"[2001:db8::7]:443\"", Some("2001:db8::7")),
            ("::ffff:203.0.113.5", Some("203.0.113.5")),
            ("unknown", None),
            ("203.0.113.5:", None),
            ("203.0.113.5:99999", None),
            ("", None),
        ] {
            assert_eq!(address_in(entry).map(|found| found.to_string()).as_deref(), address, "{entry}");
        }
    }
}
