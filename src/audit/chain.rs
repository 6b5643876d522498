//! The chain of hashes: each event carries one over itself and the event before it.
//!
//! A changed or missing event breaks the chain at the next one; missing last ones break it at its end.

use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

pub use super::checking::{check, check_since};
use super::hash::{self, Seal};
use super::key;
use super::store::Event;
use crate::db::dialect::{self, Statement};
use crate::db::lock_order::{self, Lock};
use crate::db::schema::{audit_chain, audit_event};
use crate::db::{DbConnection, memory, witness};
use crate::error::{Error, Result};

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub id: i64,
    pub hash: String,
    /// The last event from before the chain.
    pub(super) began_after: i64,
}

impl Head {
    /// Whether the last event was made with a key.
    pub fn is_keyed(&self) -> bool {
        Seal::of(&self.hash) == Seal::Keyed
    }

    /// What an event is called by whoever keeps it elsewhere.
    pub fn mark(&self) -> Mark {
        Mark { id: self.id, hash: self.hash.clone() }
    }
}

/// An event as somebody kept it outside the database: `ID:HASH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub id: i64,
    /// Empty where no event was chained yet.
    pub hash: String,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.hash)
    }
}

impl FromStr for Mark {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Mark, String> {
        let wrong = || "must be ID:HASH, as `llmage-admin audit head` prints it".to_owned();
        let (id, hash) = text.trim().split_once(':').ok_or_else(wrong)?;
        let id = id.parse().map_err(|_| wrong())?;
        let is_hash = hash.len() == 64 && hash.chars().all(|letter| letter.is_ascii_alphanumeric());
        // Before the first event there is no hash.
        if is_hash || (hash.is_empty() && id == 0) {
            Ok(Mark { id, hash: hash.to_owned() })
        } else {
            Err(wrong())
        }
    }
}

/// The end of the chain as it is stored, while nobody else can add an event.
#[derive(Debug, Clone)]
pub(super) struct Locked {
    pub head: Head,
    pub key_mark: Option<String>,
    /// The highest id in the table: more than the end where somebody else added a row.
    pub highest: i64,
    /// Whether others are kept away; a transaction that only reads cannot do that.
    pub is_held: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    last_id: i64,
    #[diesel(sql_type = Text)]
    last_hash: String,
    #[diesel(sql_type = BigInt)]
    began_after: i64,
    #[diesel(sql_type = Nullable<Text>)]
    key_mark: Option<String>,
    #[diesel(sql_type = BigInt)]
    highest: i64,
}

/// The end of the chain, where there is one; nobody else adds an event until the transaction ends.
pub(super) fn lock(connection: &mut DbConnection) -> Result<Option<Locked>> {
    let engine = connection.engine();
    lock_order::note(engine, Lock::Trail, &[]);
    load(connection, dialect::for_update(engine))
}

/// As [`lock`], without keeping others away.
pub(super) fn peek(connection: &mut DbConnection) -> Result<Option<Locked>> {
    load(connection, "")
}

fn load(connection: &mut DbConnection, lock: &str) -> Result<Option<Locked>> {
    let question = "SELECT last_id, last_hash, began_after, key_mark, \
                    (SELECT COALESCE(MAX(id), 0) FROM audit_event) AS highest FROM audit_chain WHERE id = 1";
    let rows: Vec<Row> = Statement::new(connection.engine(), question).sql(lock).load(connection)?;
    Ok(rows.into_iter().next().map(|row| Locked {
        head: Head { id: row.last_id, hash: row.last_hash, began_after: row.began_after },
        key_mark: row.key_mark,
        highest: row.highest,
        is_held: !lock.is_empty(),
    }))
}

/// Makes an event the end of the chain.
pub(super) fn append(connection: &mut DbConnection, head: &Head, begins_anew: bool) -> Result<()> {
    let end = Statement::new(connection.engine(), "UPDATE audit_chain SET last_id = ")
        .number(head.id)
        .sql(", last_hash = ")
        .text(head.hash.as_str());
    let mark = key::mark();
    let end = match &mark {
        Some(mark) => end.sql(", key_mark = ").text(mark.as_str()),
        None => end,
    };
    end.sql(" WHERE id = 1").execute(connection)?;
    // Whoever finds this event later knows that the transaction was committed.
    let (id, hash) = (head.id, head.hash.clone());
    memory::learn((id, hash.clone()), begins_anew);
    witness::leave(move |connection| holds(connection, id, &hash));
    Ok(())
}

/// Whether the trail has that event. Waits for whoever is adding one, whose commit may be under way.
fn holds(connection: &mut DbConnection, id: i64, hash: &str) -> Result<bool> {
    lock(connection)?;
    let kept = audit_event::table.find(id).select(audit_event::hash);
    Ok(kept.first::<Option<String>>(connection).optional()?.flatten().as_deref() == Some(hash))
}

/// The hash of an event at the end of the chain.
pub(super) fn hash(head: &Head, event: &Event) -> Result<String> {
    hash::of(Seal::present(), head.began_after, &head.hash, event)
}

/// The end of the chain as it stands.
///
/// # Errors
/// [`Error::NotFound`] where it is missing.
pub fn head(connection: &mut DbConnection) -> Result<Head> {
    stored(connection)?.map(|end| end.head).ok_or(Error::NotFound)
}

pub(super) struct End {
    pub head: Head,
    key_mark: Option<String>,
}

pub(super) fn stored(connection: &mut DbConnection) -> Result<Option<End>> {
    let columns =
        (audit_chain::last_id, audit_chain::last_hash, audit_chain::began_after, audit_chain::key_mark);
    let row: Option<(i64, String, i64, Option<String>)> =
        audit_chain::table.find(1).select(columns).first(connection).optional()?;
    Ok(row.map(|(id, hash, began_after, key_mark)| End { head: Head { id, hash, began_after }, key_mark }))
}

/// Refuses a process that has no key, or another one, where the trail was written with one.
///
/// # Errors
/// [`Error::Unavailable`] with one line that names the setting.
pub fn check_key(connection: &mut DbConnection) -> Result<()> {
    // The check finds a missing end.
    let Some(end) = stored(connection)? else { return Ok(()) };
    match (end.key_mark, key::mark()) {
        (Some(_), None) => Err(hash::key_missing()),
        (Some(kept), Some(given)) if kept != given => Err(Error::Unavailable(
            "LLMAGE_AUDIT_KEY: another key than the one with which the audit trail was written".to_owned(),
        )),
        _ if end.head.is_keyed() && !key::is_given() => Err(hash::key_missing()),
        _ => Ok(()),
    }
}
