//! What can go wrong, by meaning. No HTTP here: `web::error` decides which face an error gets.

use std::fmt;

use chrono::NaiveDateTime;
use serde_json::value::RawValue;

use crate::base::form::{FieldErrors, Message};
use crate::base::secrets;

/// The result of everything that may fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure, by what it means to the one who asked.
#[derive(Debug)]
pub enum Error {
    /// The record, page or thing does not exist.
    NotFound,
    /// Nobody is signed in.
    Unauthenticated,
    /// Somebody is signed in, but the role is too low.
    Forbidden,
    /// The request came from another site, or does not say where it came from.
    CrossSite,
    /// The route exists, but not for this method.
    MethodNotAllowed,
    /// What may be read and never changed; the message says why.
    ReadOnly(Message),
    /// The request cannot be read at all: broken encoding, wrong shape.
    Malformed(Message),
    /// The body is larger than may be sent.
    TooLarge,
    /// The body came too slowly.
    TooSlow,
    /// The body is of a kind that is not understood here.
    UnsupportedMediaType,
    /// Fields with wrong values, each with its message.
    Invalid(FieldErrors),
    /// Not possible in the present state; the message says which.
    Conflict(Message),
    /// The record is not as the one who asks last read it: the fields that differ, as JSON objects.
    Stale {
        expected: Box<RawValue>,
        present: Box<RawValue>,
        /// Who changed it last, and when, where somebody looked that up.
        changed: Option<(String, NaiveDateTime)>,
    },
    /// Too many tries; may be tried again after that many seconds.
    TooManyRequests(u64),
    /// Too much of that kind is under way; the message says what. Worth trying again after so many seconds.
    Busy { message: Message, seconds: u64 },
    /// The database is away, locked or full; nothing was done.
    Unavailable(String),
    /// Another program held a record for too long; nothing was done.
    Held,
    /// The connection broke at the commit, and nothing tells whether it was written.
    Unknown(String),
    /// The database asked to try the whole transaction again; nothing was done.
    Transient(String),
    /// A trigger or a constraint of the platform's refused it; nothing was done. What the database said, unmasked.
    Refused(String),
    /// The database could not do a statement: a fault of ours, unless a rule of the platform's is behind it. The text is for
    /// the log, never for a page.
    Fault(String),
    /// A fault of ours. The text is for the log, never for a page.
    Internal(String),
}

impl Error {
    /// What a database refused at a column, told at the field that was sent for it.
    pub fn at_field(self, column: &str, field: &str) -> Error {
        let Error::Invalid(mut errors) = self else { return self };
        if let Some(message) = errors.remove(column) {
            errors.insert(field.to_owned(), message);
        }
        Error::Invalid(errors)
    }

    /// One field with a wrong value.
    pub fn invalid(field: &str, message: Message) -> Error {
        Error::Invalid(FieldErrors::from([(field.to_owned(), message)]))
    }

    /// A fault of ours, from any error.
    pub fn internal(error: impl fmt::Display) -> Error {
        Error::Internal(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotFound => write!(f, "not found"),
            Error::Unauthenticated => write!(f, "not signed in"),
            Error::Forbidden => write!(f, "role too low"),
            Error::CrossSite => write!(f, "request from another site"),
            Error::MethodNotAllowed => write!(f, "method not allowed"),
            Error::ReadOnly(message) => write!(f, "read-only: {}", message.key),
            Error::Malformed(message) => write!(f, "malformed request: {}", message.key),
            Error::TooLarge => write!(f, "body too large"),
            Error::TooSlow => write!(f, "body too slow"),
            Error::UnsupportedMediaType => write!(f, "unsupported media type"),
            Error::Invalid(errors) => {
                let fields: Vec<&str> = errors.keys().map(String::as_str).collect();
                write!(f, "invalid fields: {}", fields.join(", "))
            }
            Error::Conflict(message) => write!(f, "conflict: {}", message.key),
            Error::Stale { .. } => write!(f, "conflict: changed meanwhile"),
            Error::TooManyRequests(seconds) => write!(f, "too many requests, again in {seconds} s"),
            Error::Busy { message, .. } => write!(f, "busy: {}", message.key),
            Error::Unavailable(reason) | Error::Transient(reason) => {
                write!(f, "database unavailable: {reason}")
            }
            Error::Held => write!(f, "another program holds this record; nothing was changed"),
            Error::Unknown(reason) => write!(f, "it may have been written, or not: {reason}"),
            Error::Refused(said) => {
                write!(f, "the database refused it, nothing was changed: {}", quoted(said))
            }
            Error::Fault(reason) | Error::Internal(reason) => write!(f, "{reason}"),
        }
    }
}

impl std::error::Error for Error {}

/// The most letters of what a database said that are repeated.
const QUOTED: usize = 300;

/// What a database said as people may see it: masked, on one line, not too long.
pub fn quoted(said: &str) -> String {
    let line = secrets::mask(said).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(QUOTED).collect()
}
