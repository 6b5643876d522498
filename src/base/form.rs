//! What people type, checked: values kept as typed, one message per field, nothing thrown away.
//!
//! Messages are catalogue keys with arguments, so that the same check speaks both languages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

pub use crate::base::moment::{YEARS, is_of_zone, parse_date, parse_time, time_message};
use crate::base::money::{Money, MoneyError};

/// The most characters of an id that a filter takes: an address has no room for more.
pub const LONGEST_KEY: usize = 1_000;

/// The value of a filter for rows that have no such id.
pub const NONE: &str = "none";

/// How a filter names an id: one that reads like [`NONE`] has a `=` before it.
pub fn key_of(id: &str) -> Cow<'_, str> {
    if id.trim_start_matches('=') == NONE { format!("={id}").into() } else { id.into() }
}

/// The id that a filter names; see [`key_of`].
pub fn id_of(key: &str) -> &str {
    key.strip_prefix('=').filter(|id| id.trim_start_matches('=') == NONE).unwrap_or(key)
}

/// A message for people: the key in the catalogue and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    pub key: &'static str,
    pub arguments: BTreeMap<&'static str, String>,
}

impl Message {
    /// A message without arguments.
    pub fn new(key: &'static str) -> Message {
        Message { key, arguments: BTreeMap::new() }
    }

    /// The same message with one more argument.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Message {
        self.arguments.insert(name, value.to_string());
        self
    }
}

/// Messages by field name; empty when all is well.
pub type FieldErrors = BTreeMap<String, Message>;

/// The pairs of a form or query string as they came, decoded; blank values count as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Takes decoded pairs in their order.
    pub fn new(pairs: Vec<(String, String)>) -> Fields {
        Fields(pairs)
    }

    /// The last value of that name, as typed, be it blank.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The trimmed value of that name, unless blank.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Every value of that name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same with one value for that name.
    pub fn with(&self, name: &str, value: impl ToString) -> Fields {
        let others = self.0.iter().filter(|(key, _)| key != name).cloned();
        Fields(others.chain([(name.to_owned(), value.to_string())]).collect())
    }

    /// All pairs in their order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// What is said of a name that does not exist: a filter with a typing error must not silently do nothing.
pub const UNKNOWN: &str = "error-json-unknown";

/// What is said of a name that is given twice: one value would silently do nothing.
pub const TWICE: &str = "error-json-twice";

/// Refuses every name that is none of these, and each that is given twice.
pub fn refuse_unknown(fields: &Fields, known: &[&[&str]], errors: &mut FieldErrors) {
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in fields.pairs() {
        if !known.iter().any(|names| names.contains(&name.as_str())) {
            errors.insert(name.clone(), Message::new(UNKNOWN));
        } else if seen.contains(&name.as_str()) {
            errors.insert(name.clone(), Message::new(TWICE));
        }
        seen.push(name);
    }
}

/// Reads typed values out of [`Fields`] and collects what is wrong with them.
#[derive(Debug)]
pub struct Reader<'a> {
    pub fields: &'a Fields,
    /// What was found wrong so far.
    pub errors: FieldErrors,
}

impl<'a> Reader<'a> {
    /// Starts reading, nothing wrong yet.
    pub fn new(fields: &'a Fields) -> Reader<'a> {
        Reader { fields, errors: FieldErrors::new() }
    }

    /// Notes what is wrong with a field; the first message stays.
    pub fn refuse(&mut self, name: &str, message: Message) {
        self.errors.entry(name.to_owned()).or_insert(message);
    }

    /// One line without control characters, at most `limit` characters; blank is none.
    pub fn line(&mut self, name: &str, limit: usize) -> Option<String> {
        let text = self.fields.text(name)?;
        match check_line(text, limit) {
            Ok(()) => Some(text.to_owned()),
            Err(message) => {
                self.refuse(name, message);
                None
            }
        }
    }

    /// An id of at most 32 characters; blank is none.
    pub fn id(&mut self, name: &str) -> Option<String> {
        self.line(name, 32)
    }

    /// An id as a row has it, for a filter: of any length and with any characters, also of blanks alone. Nothing is none.
    pub fn key(&mut self, name: &str) -> Option<String> {
        let text = self.fields.raw(name).filter(|text| !text.is_empty())?;
        if text.contains('\0') {
            self.refuse(name, Message::new("error-control-characters"));
            return None;
        }
        if text.chars().count() > LONGEST_KEY {
            self.refuse(name, Message::new("error-too-long").with("limit", LONGEST_KEY));
            return None;
        }
        Some(text.to_owned())
    }

    /// Text of several lines, at most `limit` characters, line ends as `\n`; blank is none.
    pub fn paragraphs(&mut self, name: &str, limit: usize) -> Option<String> {
        let text = self.fields.raw(name)?.replace("\r\n", "\n");
        if text.trim().is_empty() {
            return None;
        }
        if text.contains('\0') {
            self.refuse(name, Message::new("error-control-characters"));
        } else if text.chars().count() > limit {
            self.refuse(name, Message::new("error-too-long").with("limit", limit));
        }
        Some(text)
    }

    /// Money that may be entered, also as pages write it; blank is none.
    pub fn money(&mut self, name: &str) -> Option<Money> {
        let parsed = Money::typed(self.fields.text(name)?);
        self.keep(name, parsed.map_err(money_message))
    }

    /// A date `YYYY-MM-DD`; blank is none.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let parsed = parse_date(self.fields.text(name)?);
        self.keep(name, parsed.ok_or_else(|| Message::new("error-date")))
    }

    /// A time `YYYY-MM-DD HH:MM[:SS[.mmm]]`, also with `T` between; blank is none.
    pub fn time(&mut self, name: &str) -> Option<NaiveDateTime> {
        let text = self.fields.text(name)?;
        self.keep(name, parse_time(text).ok_or_else(|| time_message(text)))
    }

    /// A time, or a date for its first moment; blank is none.
    pub fn moment(&mut self, name: &str) -> Option<NaiveDateTime> {
        let text = self.fields.text(name)?;
        let parsed = parse_date(text).map(NaiveDateTime::from).or_else(|| parse_time(text));
        self.keep(name, parsed.ok_or_else(|| time_message(text)))
    }

    fn keep<T>(&mut self, name: &str, parsed: Result<T, Message>) -> Option<T> {
        parsed.map_err(|message| self.refuse(name, message)).ok()
    }
}

fn check_line(text: &str, limit: usize) -> Result<(), Message> {
    if text.chars().any(char::is_control) {
        return Err(Message::new("error-control-characters"));
    }
    if text.chars().count() > limit {
        return Err(Message::new("error-too-long").with("limit", limit));
    }
    Ok(())
}

/// What is wrong with an entered amount, in words.
pub fn money_message(error: MoneyError) -> Message {
    Message::new(match error {
        MoneyError::NotANumber => "error-money",
        MoneyError::TooPrecise => "error-money-decimals",
        MoneyError::Negative => "error-money-negative",
        MoneyError::TooLarge => "error-money-large",
        MoneyError::NotExact => "error-money-inexact",
    })
}
