//! What programs send: a JSON object, checked field by field against the members that it may have.
//!
//! It becomes the same [`Fields`] that people's forms are, so that every check of meaning is made in one place. All that
//! is wrong is told, not only the first; numbers keep their digits.

mod pairs;

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

pub use self::pairs::Pairs;
use super::form::{FieldErrors, Fields, Message, money_message, parse_date, parse_time, time_message};
use super::money::Money;
use crate::error::{Error, Result};

/// What a member holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line of at most so many characters.
    Line(usize),
    /// Text of several lines, at most so many characters.
    Text(usize),
    /// `YYYY-MM-DD`.
    Date,
    /// The same, of a day that must not lie ahead; the check of meaning says so, this is for the document.
    PastDate,
    /// `YYYY-MM-DD HH:MM:SS.mmm`, the fraction and the seconds may lack.
    Time,
    /// A number of at most 5 decimals, from 0.
    Money,
    /// A number of seconds, from 0.
    Seconds,
    /// A whole number from 0, or its text as a form has it.
    Count,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A list of texts, kept as its JSON.
    Texts,
    /// An object of any members.
    Json,
    /// An object of its own with these members, kept as it came.
    Record(&'static [&'static str]),
}

/// A member that an object may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether it must be there; the check of meaning says so, this is for the document.
    pub required: bool,
    /// Whether `null` may stand for nothing.
    pub nullable: bool,
}

impl Member {
    /// A member that may lack or be `null`.
    pub const fn new(name: &'static str, kind: Kind) -> Member {
        Member { name, kind, required: false, nullable: true }
    }

    /// The same, to be there and to hold something.
    pub const fn required(self) -> Member {
        Member { required: true, nullable: false, ..self }
    }

    /// The same, not to be `null` where it is there.
    pub const fn filled(self) -> Member {
        Member { nullable: false, ..self }
    }
}

/// An object as it came, and what is wrong with its shape.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// The members as a form would bring them.
    pub fields: Fields,
    pub errors: FieldErrors,
    records: BTreeMap<&'static str, Box<RawValue>>,
}

impl Object {
    /// Reads a body; an empty one is an object without members.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no JSON; what is wrong with its members stands in [`Object::errors`].
    pub fn read(body: &[u8], members: &[Member]) -> Result<Object> {
        let text = std::str::from_utf8(body).map_err(|_| broken())?;
        if text.is_empty() {
            return Ok(Object::default());
        }
        serde_json::from_str::<IgnoredAny>(text).map_err(|_| broken())?;
        if !text.trim_start().starts_with('{') {
            return Err(Error::invalid("body", Message::new("error-json-object")));
        }
        let Pairs(pairs) = serde_json::from_str(text).map_err(|_| broken())?;
        let mut object = Object::default();
        let mut fields = Vec::new();
        let mut seen = Vec::new();
        for (name, value) in pairs {
            if seen.contains(&name) {
                object.errors.insert(name, Message::new("error-json-twice"));
                continue;
            }
            seen.push(name.clone());
            let Some(member) = members.iter().find(|member| member.name == name) else {
                object.errors.insert(name, Message::new("error-json-unknown"));
                continue;
            };
            match object.take(member, value) {
                Ok(text) => fields.extend(text.map(|text| (name, text))),
                Err(message) => {
                    object.errors.insert(name, message);
                }
            }
        }
        object.fields = Fields::new(fields);
        Ok(object)
    }

    /// The member of that name as it came, where it is an object of its own.
    pub fn record(&self, name: &str) -> Option<&RawValue> {
        self.records.get(name).map(Box::as_ref)
    }

    /// What was read from the fields, unless something is wrong with it or with the shape: then all of that.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn checked<T>(&self, read: std::result::Result<T, FieldErrors>) -> Result<T> {
        match read {
            Ok(value) if self.errors.is_empty() => Ok(value),
            Ok(_) => Err(Error::Invalid(self.errors.clone())),
            Err(mut errors) => {
                errors.extend(self.errors.clone());
                Err(Error::Invalid(errors))
            }
        }
    }

    fn take(
        &mut self,
        member: &Member,
        value: Box<RawValue>,
    ) -> std::result::Result<Option<String>, Message> {
        let raw = value.get();
        if raw == "null" {
            return if member.nullable {
                Ok(Some(String::new()))
            } else {
                Err(Message::new("error-required"))
            };
        }
        match member.kind {
            Kind::Line(_) | Kind::Text(_) => text(raw).map(Some),
            Kind::Texts => match serde_json::from_str::<Vec<String>>(raw) {
                Ok(_) => Ok(Some(raw.to_owned())),
                Err(_) => Err(Message::new("error-json-texts")),
            },
            Kind::Json if raw.starts_with('{') => Ok(Some(raw.to_owned())),
            Kind::Date | Kind::PastDate => {
                text(raw).and_then(|text| known(parse_date(&text).is_some(), text, "error-date")).map(Some)
            }
            Kind::Time => {
                let text = text(raw)?;
                if parse_time(&text).is_some() { Ok(Some(text)) } else { Err(time_message(&text)) }
            }
            Kind::OneOf(words) => {
                let text = text(raw)?;
                let choices = words.join(", ");
                let is_known = words.contains(&text.as_str());
                if is_known {
                    Ok(Some(text))
                } else {
                    Err(Message::new("error-json-choice").with("choices", choices))
                }
            }
            Kind::Count if !raw.starts_with('"') => match raw.parse::<u64>() {
                Ok(count) => Ok(Some(count.to_string())),
                Err(_) => Err(Message::new("error-json-count")),
            },
            Kind::Count => text(raw).map(Some),
            Kind::Money if is_number(raw) => {
                Money::from_json(raw).map(|money| Some(money.to_string())).map_err(money_message)
            }
            Kind::Seconds if is_number(raw) => {
                let seconds = raw.parse::<f64>().map_err(|_| Message::new("error-seconds"))?;
                // Adding nothing makes minus zero plain.
                Ok(Some((seconds + 0.0).to_string()))
            }
            Kind::Money | Kind::Seconds => Err(Message::new("error-json-number")),
            Kind::Flag => match raw {
                "true" => Ok(Some("1".to_owned())),
                "false" => Ok(Some("0".to_owned())),
                _ => Err(Message::new("error-json-truth")),
            },
            Kind::Record(_) if raw.starts_with('{') => {
                self.records.insert(member.name, value);
                Ok(None)
            }
            Kind::Json | Kind::Record(_) => Err(Message::new("error-json-object")),
        }
    }
}

fn broken() -> Error {
    Error::Malformed(Message::new("error-json-broken"))
}

fn is_number(raw: &str) -> bool {
    raw.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn text(raw: &str) -> std::result::Result<String, Message> {
    serde_json::from_str(raw).map_err(|_| Message::new("error-json-text"))
}

fn known(is_known: bool, text: String, message: &'static str) -> std::result::Result<String, Message> {
    if is_known { Ok(text) } else { Err(Message::new(message)) }
}

#[cfg(test)]
mod tests;
