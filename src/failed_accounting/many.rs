//! Many failed records in one transaction, as batches work on them: locked in the order of their ids, changed alike.
//!
//! The rules are those of one record (`failure`, `retry`); here is only how they are found and written together.

use std::collections::HashMap;

use diesel::prelude::*;

use super::failure::FailedRecord;
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::error::{Error, Result};

/// Keeps these records unchanged until the transaction ends; before anything is read.
pub fn lock(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    dialect::lock_rows(connection, "llmusage_accounting_failed", ids)
}

/// The records of these ids, to the letter, by id.
pub fn find(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, FailedRecord>> {
    let rows = failed::table.filter(dsl::id.eq_any(ids.to_vec())).select(FailedRecord::as_select());
    let rows: Vec<FailedRecord> = rows.load(connection)?;
    Ok(rows.into_iter().map(|record| (record.id.clone(), record)).collect())
}

/// For each of these usages the ids of its failures.
pub fn attempts(connection: &mut DbConnection, usage_ids: &[String]) -> Result<HashMap<String, Vec<String>>> {
    let rows: Vec<(Option<String>, String)> = failed::table
        .filter(dsl::llmusageid.eq_any(usage_ids.to_vec()))
        .order((dsl::failed_time.desc(), dsl::id.desc()))
        .select((dsl::llmusageid, dsl::id))
        .load(connection)?;
    let mut attempts: HashMap<String, Vec<String>> = HashMap::new();
    for (usage, id) in rows {
        attempts.entry(usage.unwrap_or_default()).or_default().push(id);
    }
    Ok(attempts)
}

/// Writes how locked records were closed, opened or asked to be retried: the fields of handling and retrying. Records
/// that end alike are written together.
pub fn save(connection: &mut DbConnection, changed: &[&FailedRecord]) -> Result<()> {
    let mut alike: Vec<(&FailedRecord, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for record in changed {
        let place = *places.entry(written(record)).or_insert_with(|| {
            alike.push((record, Vec::new()));
            alike.len() - 1
        });
        alike[place].1.push(record.id.clone());
    }
    for (record, ids) in alike {
        let retry = &record.retry;
        let written = Statement::new(connection.engine(), "UPDATE llmusage_accounting_failed SET handled = ")
            .text(record.handled.as_deref())
            .sql(", handled_time = ")
            .time(record.handled_time)
            .sql(", handled_note = ")
            .text(record.handled_note.as_deref())
            .sql(", resolution = ")
            .text(record.resolution.as_deref())
            .sql(", handled_by = ")
            .text(record.handled_by.as_deref())
            .sql(", retry_requested_at = ")
            .time(retry.retry_requested_at)
            .sql(", retry_requested_by = ")
            .text(retry.retry_requested_by.as_deref())
            .sql(", retry_known = ")
            .text(retry.retry_known.as_deref())
            .sql(" WHERE id IN ")
            .ids(&ids)
            .execute(connection)?;
        if written != ids.len() {
            return Err(Error::internal(format!("{} records are locked, {written} written", ids.len())));
        }
    }
    Ok(())
}

/// What [`save`] writes of a record.
fn written(record: &FailedRecord) -> String {
    let handling = (&record.handled, &record.handled_time, &record.handled_note);
    let closing = (&record.resolution, &record.handled_by);
    let retry = &record.retry;
    format!(
        "{:?}",
        (handling, closing, &retry.retry_requested_at, &retry.retry_requested_by, &retry.retry_known)
    )
}

/// Removes locked records for good.
pub fn delete(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    let gone = diesel::delete(failed::table.filter(dsl::id.eq_any(ids.to_vec()))).execute(connection)?;
    if gone != ids.len() {
        return Err(Error::internal(format!("{} records are locked, {gone} deleted", ids.len())));
    }
    Ok(())
}
