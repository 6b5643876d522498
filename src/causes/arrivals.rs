//! The failures that the platform wrote since everything was sorted once: noted while they are sorted, for those who look
//! whether they repeat an earlier one, and kept as new for as long as they are there.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::db::schema::failure_arrival::{self, dsl};
use crate::db::schema::{llmusage_accounting_failed as failed, new_failure};
use crate::db::values::TolerantText;
use crate::db::{Database, DbConnection, dialect};
use crate::error::Result;

/// Ids in one statement.
const IDS: usize = 500;

/// Notes that these are new.
pub fn note(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    forget(connection, ids)?;
    for id in ids {
        diesel::insert_into(failure_arrival::table)
            .values(dsl::failed_id.eq(id.clone()))
            .execute(connection)?;
    }
    Ok(())
}

/// The ids of some that nobody has looked at, from after that one.
pub fn some(connection: &mut DbConnection, after: &str, limit: i64) -> Result<Vec<String>> {
    let rows = failure_arrival::table.filter(dsl::failed_id.gt(after.to_owned())).order(dsl::failed_id);
    Ok(rows.limit(limit).select(dsl::failed_id).load(connection)?)
}

/// They were looked at.
pub fn forget(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    for some in ids.chunks(IDS) {
        let known = failure_arrival::table.filter(dsl::failed_id.eq_any(some.to_vec()));
        diesel::delete(known).execute(connection)?;
    }
    Ok(())
}

/// Keeps as new those of these that are noted.
pub fn keep(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    drop_kept(connection, ids)?;
    for some in ids.chunks(IDS) {
        let noted = failure_arrival::table.filter(dsl::failed_id.eq_any(some.to_vec()));
        diesel::insert_into(new_failure::table)
            .values(noted.select(dsl::failed_id))
            .into_columns(new_failure::failed_id)
            .execute(connection)?;
    }
    Ok(())
}

/// Those of these that the platform wrote as new ones.
pub fn among(connection: &mut DbConnection, ids: &[String]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for some in ids.chunks(IDS) {
        let kept = new_failure::table.filter(new_failure::failed_id.eq_any(some.to_vec()));
        found.extend(kept.select(new_failure::failed_id).load::<String>(connection)?);
    }
    Ok(found)
}

/// They are gone: one of the same id is another failure.
pub fn drop_kept(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    for some in ids.chunks(IDS) {
        let kept = new_failure::table.filter(new_failure::failed_id.eq_any(some.to_vec()));
        diesel::delete(kept).execute(connection)?;
    }
    Ok(())
}

/// Drops all that others took out of the table of failures.
pub fn drop_gone(database: &Database) -> Result<()> {
    let mut last = String::new();
    loop {
        let (kept, gone) = database.run_here(|connection| gone(connection, &last))?;
        if !gone.is_empty() {
            database.transaction_here(|connection| drop_kept(connection, &gone))?;
        }
        match kept.into_iter().next_back() {
            Some(id) => last = id,
            None => return Ok(()),
        }
    }
}

/// The next ids that are kept, and those of them that no failure has any more.
fn gone(connection: &mut DbConnection, after: &str) -> Result<(Vec<String>, Vec<String>)> {
    let kept = new_failure::table.filter(new_failure::failed_id.gt(after.to_owned()));
    let kept = kept.order(new_failure::failed_id).limit(IDS as i64).select(new_failure::failed_id);
    let kept: Vec<String> = kept.load(connection)?;
    let there = failed::table.filter(dialect::among::<failed::table>("id", &kept)).select(failed::id);
    let there: Vec<TolerantText> = there.load(connection)?;
    let there: HashSet<String> = there.into_iter().map(String::from).collect();
    let gone = kept.iter().filter(|id| !there.contains(*id)).cloned().collect();
    Ok((kept, gone))
}
