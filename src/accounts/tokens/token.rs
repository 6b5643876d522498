//! A token as a program sends it, and what is kept of it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::form::NewToken;
use crate::accounts::role::{Grant, Role};
use crate::audit::event::Author;
use crate::db::DbBackend;
use crate::db::schema::api_token;

/// What every token begins with, so that people and scanners of secrets recognise one.
pub const PREFIX: &str = "lma_";

/// Letters after the prefix; of an alphabet of 64, so 258 random bits.
const LENGTH: usize = 43;

/// A token of the table; the token itself is known to its owner only.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_token, check_for_backend(DbBackend))]
pub struct Token {
    pub name: String,
    token_hash: String,
    role: String,
    pub created_at: NaiveDateTime,
    pub created_by: String,
    /// The last day on which it holds.
    pub ends_on: Option<NaiveDate>,
    /// To the minute.
    pub last_used_at: Option<NaiveDateTime>,
}

impl Token {
    /// A token that belongs to that secret.
    pub fn new(asked: NewToken, secret: &SecretString, author: &Author) -> Token {
        Token {
            name: asked.name,
            token_hash: hash(secret),
            role: asked.grant.as_str().to_owned(),
            created_at: author.at,
            created_by: author.name.clone(),
            ends_on: asked.ends_on,
            last_used_at: None,
        }
    }

    /// What it may do; an unknown word in the table gives the least.
    pub fn grant(&self) -> Grant {
        self.role.parse().unwrap_or(Grant::Role(Role::Viewer))
    }

    /// Whether it still holds on that day.
    pub fn holds_on(&self, today: NaiveDate) -> bool {
        self.ends_on.is_none_or(|end| today <= end)
    }

    /// Whether this is the token of that secret; takes the same time whatever the answer.
    pub fn is_of(&self, secret: &SecretString) -> bool {
        self.token_hash.as_bytes().ct_eq(hash(secret).as_bytes()).into()
    }
}

/// A new token, to be shown once.
pub fn fresh() -> SecretString {
    format!("{PREFIX}{}", nanoid::nanoid!(LENGTH)).into()
}

/// What is kept of a token. It is random, so that a fast hash cannot be turned back.
pub(super) fn hash(secret: &SecretString) -> String {
    let digest = Sha256::digest(secret.expose_secret());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
