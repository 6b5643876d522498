//! A delivery: how and where an event is told, how far that is, and what came of the last try.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::form::Message;
use crate::base::secrets;
use crate::db::DbBackend;
use crate::db::schema::alert_delivery;

/// The most characters of an answer that are kept.
const MAX_ANSWER: usize = 300;

/// How something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Webhook,
    Mail,
}

impl Channel {
    /// As stored, and as its words `alert-channel-<..>` in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Webhook => "webhook",
            Channel::Mail => "mail",
        }
    }
}

/// Waits for its next try.
pub const WAITING: &str = "waiting";
/// Was taken by the other side.
pub const DELIVERED: &str = "delivered";
/// Is not tried any more.
pub const GIVEN_UP: &str = "given_up";

/// A row of `alert_delivery`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_delivery, check_for_backend(DbBackend))]
pub struct Delivery {
    pub id: String,
    pub event_id: String,
    pub channel: String,
    /// None: the address of the settings.
    pub target: Option<String>,
    pub state: String,
    pub attempts: i32,
    pub most_attempts: i32,
    /// Milliseconds since 1970.
    pub next_at: i64,
    pub tried_at: Option<NaiveDateTime>,
    /// An [`Reply`] as JSON.
    pub answer: Option<String>,
    /// The part of a process that is at a try; none: nobody is.
    pub holder: Option<String>,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The webhook answered with a status, and some text.
    Status { code: u16, text: String },
    /// The mail server took it.
    Taken,
    /// The name leads to an address that is not public.
    Private(String),
    /// There is no address, or no secret: the setting of that name is missing.
    Unset(String),
    /// No answer within that many seconds.
    Silent(u64),
    /// Anything else, as the library says it.
    Error(String),
}

impl Reply {
    /// In words.
    pub fn message(&self) -> Message {
        match self {
            Reply::Status { code, text } if text.is_empty() => {
                Message::new("alert-reply-status").with("code", code)
            }
            Reply::Status { code, text } => {
                Message::new("alert-reply-status-text").with("code", code).with("text", text)
            }
            Reply::Taken => Message::new("alert-reply-taken"),
            Reply::Private(address) => Message::new("alert-reply-private").with("address", address),
            Reply::Unset(setting) => Message::new("alert-reply-unset").with("setting", setting),
            Reply::Silent(seconds) => Message::new("alert-reply-silent").with("seconds", seconds),
            Reply::Error(text) => Message::new("alert-reply-error").with("text", text),
        }
    }

    /// The same without secrets and at a length that can be kept.
    pub fn kept(self) -> Reply {
        let kept = |text: String| -> String {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let line: String = line.chars().filter(|letter| !letter.is_control()).take(MAX_ANSWER).collect();
            secrets::mask(&line).into_owned()
        };
        match self {
            Reply::Status { code, text } => Reply::Status { code, text: kept(text) },
            Reply::Error(text) => Reply::Error(kept(text)),
            other => other,
        }
    }
}

impl Delivery {
    /// What came of the last try, if there was one.
    pub fn reply(&self) -> Option<Reply> {
        serde_json::from_str(self.answer.as_deref()?).ok()
    }

    /// Whether it is tried again.
    pub fn waits(&self) -> bool {
        self.state == WAITING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_an_answer_is_short_masked_and_on_one_line() {
        let reply =
            Reply::Status { code: 500, text: format!("no\r\nkey sk-abcdefghijkl {}", "x".repeat(900)) };
        let Reply::Status { text, .. } = reply.kept() else { panic!("another reply") };
        assert!(text.starts_with("no key sk-*** x") && text.chars().count() <= MAX_ANSWER, "{text}");
    }
}
