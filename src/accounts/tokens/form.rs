//! What people type about a token: its name, what it may do, its last day.

use chrono::NaiveDate;

use crate::accounts::form::name_fault;
use crate::accounts::role::Grant;
use crate::base::form::{Fields, Message, Reader};
use crate::error::{Error, Result};

/// A token that shall be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub name: String,
    pub grant: Grant,
    pub ends_on: Option<NaiveDate>,
}

/// Reads `name`, `role` and `ends_on`; the last day may not be over.
pub fn new_token(fields: &Fields, today: NaiveDate) -> Result<NewToken> {
    let mut read = Reader::new(fields);
    let name = fields.text("name").unwrap_or_default();
    if name.is_empty() {
        read.refuse("name", Message::new("error-required"));
    } else if let Some(fault) = name_fault(name) {
        read.refuse("name", fault);
    }
    let grant = fields.text("role").and_then(|text| text.parse::<Grant>().ok());
    if grant.is_none() {
        read.refuse("role", Message::new("error-token-role"));
    }
    let ends_on = read.date("ends_on");
    if ends_on.is_some_and(|end| end < today) {
        read.refuse("ends_on", Message::new("error-token-ended"));
    }
    match grant {
        Some(grant) if read.errors.is_empty() => Ok(NewToken { name: name.to_owned(), grant, ends_on }),
        _ => Err(Error::Invalid(read.errors)),
    }
}
