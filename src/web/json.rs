//! What programs send and get: JSON bodies and query strings, checked to the last name.
//!
//! Unlike a page, nothing unknown is passed over: a filter with a typing error must not silently do nothing.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::error::Answer;
use super::request;
use crate::base::foreign;
use crate::base::form::{FieldErrors, Fields, Message, refuse_unknown};
use crate::base::object::{Member, Object};
use crate::base::paging::{Cursor, Position};
use crate::error::{Error, Result};

/// The last page that has a number; cursors go on without an end.
pub const LAST_PAGE: u64 = 500;

/// The keys that choose a page.
const PAGE_KEYS: [&str; 3] = ["page", "after", "before"];

/// What every cursor begins with: `{"k":` in its encoding.
pub const CURSOR_PREFIX: &str = "eyJrIjo";

/// The body of a request as it was read: a key for doing something once stands for it.
#[derive(Debug, Clone)]
pub(super) struct Sent(pub web::Bytes);

/// The object of a body.
///
/// # Errors
/// [`Error::UnsupportedMediaType`] for what does not say that it is JSON, [`Error::Malformed`] for what is none.
pub(super) fn body(request: &HttpRequest, body: &web::Bytes, members: &[Member]) -> Result<Object> {
    if body.is_empty() || body.trim_ascii() == b"null" {
        return Err(Error::invalid("body", Message::new("error-required")));
    }
    optional_body(request, body, members)
}

/// As [`body`], where nothing, or `null`, stands for an object without members.
pub(super) fn optional_body(request: &HttpRequest, body: &web::Bytes, members: &[Member]) -> Result<Object> {
    let is_json = request.content_type().eq_ignore_ascii_case("application/json");
    if !body.is_empty() && !is_json {
        return Err(Error::UnsupportedMediaType);
    }
    let is_nothing = body.trim_ascii() == b"null";
    Object::read(if is_nothing { b"" } else { body }, members)
}

/// What is wrong with the names of a query string: unknown ones, and those given twice.
pub fn query_errors(fields: &Fields, known: &[&str]) -> FieldErrors {
    let mut errors = FieldErrors::new();
    refuse_unknown(fields, &[known], &mut errors);
    errors
}

/// As [`query_errors`], for the list of a filter of those keys: each page is chosen by a number or by a cursor.
pub fn list_query_errors(fields: &Fields, keys: &[&str]) -> FieldErrors {
    query_errors(fields, &[keys, &PAGE_KEYS].concat())
}

/// For routes that take no query.
pub(super) fn no_query(request: &HttpRequest) -> Result<()> {
    let errors = query_errors(&request::query_fields(request)?, &[]);
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Which page of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// The page of that number, from 1.
    Page(u64),
    At(Position),
}

impl Place {
    /// The number of the page, where it has one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Place::Page(number) => Some(*number),
            Place::At(_) => None,
        }
    }
}

/// Reads which page of a list of that sort is wanted.
///
/// # Errors
/// [`Error::NotFound`] for a cursor that is cut or made up; other faults go to `errors`.
pub fn place(fields: &Fields, sort: &str, errors: &mut FieldErrors) -> Result<Place> {
    let mut refuse = |name: &str, message| {
        errors.entry(name.to_owned()).or_insert(message);
    };
    let cursors = [("after", Position::After as fn(Cursor) -> Position), ("before", Position::Before)];
    let mut place = Place::Page(1);
    for (name, at) in cursors {
        let Some(text) = fields.text(name) else { continue };
        match Cursor::decode(text, sort) {
            Ok(cursor) => place = Place::At(at(cursor)),
            Err(_) if is_cut(text) => return Err(Error::NotFound),
            Err(_) => refuse(name, Message::new("error-cursor")),
        }
    }
    let given = fields.text("page");
    let is_alone = ["page", "after", "before"].iter().filter(|name| fields.text(name).is_some()).count() <= 1;
    if !is_alone {
        refuse(if given.is_some() { "page" } else { "before" }, Message::new("error-page-and-cursor"));
        return Ok(place);
    }
    let Some(text) = given else { return Ok(place) };
    match text.parse::<u64>() {
        Ok(number) if number >= 1 => {
            if number > LAST_PAGE {
                refuse("page", Message::new("error-page-far").with("limit", LAST_PAGE));
            }
            Ok(Place::Page(number))
        }
        _ => {
            refuse("page", Message::new("error-page-number"));
            Ok(place)
        }
    }
}

/// Whether a text looks like a cursor and is none of any list.
fn is_cut(text: &str) -> bool {
    let is_of_letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    is_of_letters && text.starts_with(CURSOR_PREFIX) && !Cursor::is_any(text)
}

pub fn answer(status: StatusCode, body: &impl Serialize) -> Answer {
    let text = serde_json::to_string(body).map_err(Error::internal)?;
    let text = foreign::shown(&text).into_owned();
    Ok(HttpResponse::build(status).content_type("application/json").body(text))
}

/// What was made, and where it is.
pub fn created(location: &str, body: &impl Serialize) -> Answer {
    let mut response = answer(StatusCode::CREATED, body)?;
    let location = header::HeaderValue::from_str(location).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// Nothing to say but that it is done.
pub fn done() -> Answer {
    Ok(HttpResponse::NoContent().finish())
}
