//! What was answered to requests that carried an Idempotency-Key; the same request again writes nothing.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::db::schema::idempotency_key as keys;
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

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
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
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

/// Keeps an answer.
///
/// # Errors
/// The unique violation of the database where somebody used the key at the same moment.
pub fn keep(
    connection: &mut DbConnection,
    key: &Key,
    (record_id, answer): (&str, &str),
    now: NaiveDateTime,
) -> QueryResult<()> {
    let answered = Answered {
        token: key.token.clone(),
        key_text: key.text.clone(),
        digest: key.digest.clone(),
        record_id: record_id.to_owned(),
        answer: answer.to_owned(),
        created_at: now,
    };
    diesel::insert_into(keys::table).values(answered).execute(connection).map(drop)
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
