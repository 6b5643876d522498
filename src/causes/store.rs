//! What is kept of a cause: what it says, and what people noted about it.
//!
//! A cause is kept when the first of its failures is written or sorted, and stays when the last one is gone.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::cause::Cause;
use super::family::Family;
use super::outcome;
use super::template::VERSION;
use crate::db::schema::cause::{self, dsl};
use crate::db::{DbBackend, DbConnection, dialect};
use crate::error::{Error, Result};

/// The most causes that are listed: a thousand split ones are not read by anybody.
const LISTED: i64 = 1_000;

/// The most keys that are asked for in one statement.
const AT_ONCE: usize = 1_000;

/// A cause as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cause, check_for_backend(DbBackend))]
pub struct KnownCause {
    pub cause_key: String,
    /// Empty for failures without a reason.
    pub title: String,
    pub family: String,
    pub template: String,
    pub note: Option<String>,
    pub owner: Option<String>,
    pub known_at: Option<NaiveDateTime>,
    pub known_by: Option<String>,
    pub closed_at: Option<NaiveDateTime>,
    pub closed_by: Option<String>,
    pub revision: i32,
}

/// What a cause is called, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseName {
    pub title: String,
    pub family: Family,
}

impl KnownCause {
    /// Where it belongs.
    pub fn family(&self) -> Family {
        Family::parse(&self.family)
    }

    /// Whether nobody knows after its failures whether the customer was charged.
    pub fn is_outcome_unknown(&self) -> bool {
        outcome::is_unknown(&self.template, self.family())
    }
}

/// Keeps a cause that is not there yet.
pub fn keep(connection: &mut DbConnection, cause: &Cause) -> QueryResult<()> {
    let family = cause.family.as_str();
    dialect::insert_cause_unless_known(
        connection,
        [&cause.key, &cause.title, family, &cause.template],
        VERSION,
    )
}

/// The cause of that key.
///
/// # Errors
/// [`Error::NotFound`] when no failure ever had it.
pub fn find(connection: &mut DbConnection, key: &str) -> Result<KnownCause> {
    lookup(connection, key)?.ok_or(Error::NotFound)
}

pub fn lookup(connection: &mut DbConnection, key: &str) -> Result<Option<KnownCause>> {
    let found = cause::table.filter(dsl::cause_key.eq(key.to_owned())).select(KnownCause::as_select());
    Ok(found.first(connection).optional()?)
}

/// The causes of those keys.
pub fn of_keys(connection: &mut DbConnection, keys: Vec<String>) -> Result<Vec<KnownCause>> {
    let mut known = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let query = cause::table.filter(dsl::cause_key.eq_any(some.to_vec()));
        known.extend(query.select(KnownCause::as_select()).load::<KnownCause>(connection)?);
    }
    Ok(known)
}

/// All causes that are kept, at most 1,000.
pub fn list(connection: &mut DbConnection) -> Result<Vec<KnownCause>> {
    let all = cause::table.order(dsl::cause_key).limit(LISTED);
    Ok(all.select(KnownCause::as_select()).load(connection)?)
}

/// What every cause is called, and its family, by its key: for a file of all rows.
pub fn names(connection: &mut DbConnection) -> Result<HashMap<String, CauseName>> {
    let all = cause::table.select((dsl::cause_key, dsl::title, dsl::family));
    let rows: Vec<(String, String, String)> = all.load(connection)?;
    let named = |(key, title, family): (String, String, String)| {
        (key, CauseName { title, family: Family::parse(&family) })
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Writes what people noted, unless somebody else was faster; the revision is the new one.
pub fn save(connection: &mut DbConnection, before: &KnownCause, after: &KnownCause) -> Result<bool> {
    let row = cause::table
        .filter(dsl::cause_key.eq(before.cause_key.clone()))
        .filter(dsl::revision.eq(before.revision));
    let changes = (
        dsl::note.eq(after.note.clone()),
        dsl::owner.eq(after.owner.clone()),
        dsl::known_at.eq(after.known_at),
        dsl::known_by.eq(after.known_by.clone()),
        dsl::closed_at.eq(after.closed_at),
        dsl::closed_by.eq(after.closed_by.clone()),
        dsl::revision.eq(after.revision),
    );
    Ok(diesel::update(row).set(changes).execute(connection)? == 1)
}
