//! What was answered to requests that carried an Idempotency-Key; the same request again writes nothing.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::base::form::Message;
use crate::db::dialect::Statement;
use crate::db::schema::idempotency_key as keys;
use crate::db::{DbBackend, DbConnection, is_duplicate};
use crate::error::{Error, Result};

/// An answer is kept for this long.
pub const RETENTION: TimeDelta = TimeDelta::hours(48);

/// The most answers that one step removes.
const MAX_REMOVED: i64 = 5_000;

/// A key as a program sent it, and what it was sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name of the token: keys of two programs are apart.
    pub token: String,
    pub text: String,
    digest: String,
}

impl Key {
    /// A key and the parts of the request that it stands for.
    pub fn new(token: String, text: String, parts: &[&str]) -> Key {
        let mut hasher = Sha256::new();
        for part in parts {
            // With its length, so that no two requests have the same bytes.
            hasher.update(format!("{}:{part}", part.len()));
        }
        let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Key { token, text, digest }
    }
}

/// What was answered to a key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = keys, check_for_backend(DbBackend))]
pub struct Answered {
    token: String,
    key_text: String,
    digest: String,
    pub record_id: String,
    pub answer: String,
    created_at: NaiveDateTime,
}

impl Answered {
    /// Whether it is the answer to that request, not to another one with the same key.
    pub fn is_to(&self, key: &Key) -> bool {
        self.digest == key.digest
    }
}

/// What was answered to that key, if anything.
pub fn lookup(connection: &mut DbConnection, key: &Key) -> Result<Option<Answered>> {
    let row = keys::table.find((key.token.clone(), key.text.clone()));
    // Not `first`: SQLite reads a text with a bound LIMIT anew each time.
    Ok(row.select(Answered::as_select()).get_result(connection).optional()?)
}

/// An answer to keep: to which key, about which record, and when it was given.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    pub key: &'a Key,
    pub record_id: &'a str,
    pub text: &'a str,
    pub at: NaiveDateTime,
}

/// Answers in one statement: SQLite keeps the text of each number.
const TOGETHER: usize = 16;

/// Keeps answers.
///
/// # Errors
/// [`Error::Conflict`] where somebody used one of the keys at the same moment.
pub fn keep(connection: &mut DbConnection, answers: &[Answer<'_>]) -> Result<()> {
    let start =
        "INSERT INTO idempotency_key (token, key_text, digest, record_id, answer, created_at) VALUES ";
    for some in answers.chunks(TOGETHER) {
        let mut statement = Statement::new(connection.engine(), start);
        for (number, Answer { key, record_id, text, at }) in some.iter().enumerate() {
            statement = statement.sql(if number == 0 { "(" } else { ", (" });
            for part in [&key.token, &key.text, &key.digest] {
                statement = statement.words(part.as_str()).sql(", ");
            }
            statement = statement.words(*record_id).sql(", ").words(*text).sql(", ").time(*at).sql(")");
        }
        statement.execute(connection).map_err(|error| match is_duplicate(&error) {
            true => used_meanwhile(),
            false => error.into(),
        })?;
    }
    Ok(())
}

/// The later of two requests with one key that come at the same moment is told to come again.
fn used_meanwhile() -> Error {
    Error::Conflict(Message::new("conflict-key-used").with("state", "answered").with("way_out", "repeat"))
}

/// Whether answers are older than they are kept.
pub fn is_due(connection: &mut DbConnection, now: NaiveDateTime) -> Result<bool> {
    let old = keys::table.filter(keys::created_at.lt(now - RETENTION)).select(keys::key_text);
    Ok(old.first::<String>(connection).optional()?.is_some())
}

/// Removes old answers, some thousand at once; says whether more are left.
pub fn tidy(connection: &mut DbConnection, now: NaiveDateTime) -> Result<bool> {
    // All that were made up to the time of the last one of a stretch go at once.
    let old = keys::table.filter(keys::created_at.lt(now - RETENTION)).order(keys::created_at);
    let end: Option<NaiveDateTime> =
        old.select(keys::created_at).offset(MAX_REMOVED).first(connection).optional()?;
    match end {
        Some(end) => diesel::delete(keys::table.filter(keys::created_at.le(end))).execute(connection)?,
        None => {
            diesel::delete(keys::table.filter(keys::created_at.lt(now - RETENTION))).execute(connection)?
        }
    };
    Ok(end.is_some())
}
