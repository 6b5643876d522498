//! The job that gives their cause to rows of the platform, and to rows that older rules sorted.
//!
//! Bounded batches: reasons are read and masked outside of any transaction, then written by compare-and-set on the
//! version of the rules. Killed at any moment it goes on where rows are left. Nothing to do costs three index seeks.
//! Rows whose reason changed are sorted anew: a trigger notes their ids. With its cause a reason gets into the text index.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::telling::{self, Unsorted, Version};
use super::template::VERSION;
use crate::base::{foreign, secrets};
use crate::db::schema::app_setting;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::{TextOf, TolerantText, TolerantWords};
use crate::db::{Database, DbConnection, dialect};
use crate::error::Result;

/// Rows that one transaction writes; it takes some milliseconds.
const BATCH: i64 = 300;

/// A step ends after this time; what is left comes with the next one.
const MAX_STEP: Duration = Duration::from_secs(20);

/// Between two batches others may write for as long as the batch took, and at most for this time.
const MAX_PAUSE: Duration = Duration::from_millis(200);

/// The setting that says that everything was sorted once.
const ALL_SORTED: &str = "all_sorted_once";

/// Whether any row waits.
pub fn is_due(database: &Database) -> Result<bool> {
    database.run_here(|connection| {
        Ok(!ids(connection, None, "", 1)?.is_empty()
            || oldest_version(connection)? < Some(VERSION)
            || !dialect::reason_changes(connection, 1)?.is_empty()
            || !was_all_sorted(connection)?)
    })
}

/// Sorts what waits, for some seconds at most; gives how many rows that were.
pub fn step(database: &Database) -> Result<usize> {
    let begin = Instant::now();
    renew_index(database)?;
    let mut sorted = sort_changed(database, begin)?;
    let was_all_sorted = database.run_here(was_all_sorted)?;
    let outdated = database.run_here(oldest_version)?.filter(|version| *version < VERSION);
    for rows in std::iter::once(None).chain(outdated.map(Some)) {
        // The place in the index goes on with the batches: what was sorted may leave its traces before it.
        let mut last = String::new();
        while begin.elapsed() < MAX_STEP {
            let batch_begin = Instant::now();
            let batch = database.run_here(|connection| batch(connection, rows, &last))?;
            let Some((id, ..)) = batch.last() else {
                note_all_sorted(database, rows, was_all_sorted)?;
                break;
            };
            last.clone_from(id);
            let is_last = (batch.len() as i64) < BATCH;
            sorted += telling::write(database, batch, &[], was_all_sorted)?;
            if is_last {
                note_all_sorted(database, rows, was_all_sorted)?;
                break;
            }
            std::thread::sleep(batch_begin.elapsed().min(MAX_PAUSE));
        }
    }
    Ok(sorted)
}

/// The setting that says whether the text index was filled with numbers and addresses of people masked.
const PERSONAL_MASKED: &str = "personal_masked";

/// Notes every row for the text index where it was filled by another setting than the present one: a search looks at rows
/// that are noted one by one, and finds in each what is shown now.
pub fn follow_setting(connection: &mut DbConnection) -> Result<()> {
    let stored = app_setting::table.filter(app_setting::name.eq(PERSONAL_MASKED));
    let was_masked = stored.select(app_setting::value).first::<String>(connection).optional()?;
    let is_masked = secrets::is_personal_masked();
    if was_masked.is_some_and(|value| value == "1") == is_masked {
        return Ok(());
    }
    diesel::delete(stored).execute(connection)?;
    if is_masked {
        let row = (app_setting::name.eq(PERSONAL_MASKED), app_setting::value.eq("1"));
        diesel::insert_into(app_setting::table).values(row).execute(connection)?;
    }
    dialect::note_all_reasons(connection)?;
    Ok(())
}

/// The number of the text index from which on it is looked at whether much of it means nothing any more.
static LOOKED_AT: AtomicI64 = AtomicI64::new(0);

fn renew_index(database: &Database) -> Result<()> {
    if database.run_here(dialect::last_number_of_index)? < LOOKED_AT.load(Ordering::Relaxed) {
        return Ok(());
    }
    let next =
        database.transaction_here(|connection| dialect::rebuild_text_index_if_worn(connection, VERSION))?;
    LOOKED_AT.store(next, Ordering::Relaxed);
    Ok(())
}

/// Sorts the rows whose reason changed, whatever cause they had.
fn sort_changed(database: &Database, begin: Instant) -> Result<usize> {
    let was_all_sorted = database.run_here(was_all_sorted)?;
    let mut sorted = 0;
    while begin.elapsed() < MAX_STEP {
        let batch_begin = Instant::now();
        let (numbers, batch) = database.run_here(changed)?;
        if numbers.is_empty() {
            break;
        }
        sorted += telling::write(database, batch, &numbers, was_all_sorted)?;
        if (numbers.len() as i64) < BATCH {
            break;
        }
        std::thread::sleep(batch_begin.elapsed().min(MAX_PAUSE));
    }
    Ok(sorted)
}

/// The oldest notes of changed reasons by their numbers, and the rows that they are about.
fn changed(connection: &mut DbConnection) -> Result<(Vec<i64>, Vec<Unsorted>)> {
    let notes = dialect::reason_changes(connection, BATCH)?;
    let numbers = notes.iter().map(|note| note.number).collect();
    let ids = notes.into_iter().map(|note| note.failed_id).filter(|id| id != foreign::NOTHING);
    let ids: BTreeSet<String> = ids.collect();
    Ok((numbers, rows_of(connection, ids.into_iter().collect())?))
}

/// Sorts everything, without a pause: for tests and for benches.
pub fn sort_all(database: &Database) -> Result<usize> {
    let mut sorted = 0;
    while is_due(database)? {
        sorted += step(database)?;
    }
    Ok(sorted)
}

/// Whether everything of this database was sorted once: what is met unsorted since then is new, what stood there before was
/// adopted.
fn was_all_sorted(connection: &mut DbConnection) -> Result<bool> {
    let noted = app_setting::table.filter(app_setting::name.eq(ALL_SORTED)).select(app_setting::name);
    Ok(noted.first::<String>(connection).optional()?.is_some())
}

fn note_all_sorted(database: &Database, rows: Version, was_noted: bool) -> Result<()> {
    if rows.is_some() || was_noted {
        return Ok(());
    }
    database.transaction_here(|connection| {
        if was_all_sorted(connection)? {
            return Ok(());
        }
        let row = (app_setting::name.eq(ALL_SORTED), app_setting::value.eq("1"));
        diesel::insert_into(app_setting::table).values(row).execute(connection)?;
        Ok(())
    })
}

/// The oldest version that sorted any row; with [`VERSION`] where none is older, that of a newer program aside.
fn oldest_version(connection: &mut DbConnection) -> Result<Version> {
    let rows = failed::table.filter(dsl::cause_version.is_not_null()).select(dsl::cause_version);
    Ok(rows.order(dsl::cause_version).first::<Version>(connection).optional()?.flatten().or(Some(VERSION)))
}

fn ids(connection: &mut DbConnection, rows: Version, after: &str, limit: i64) -> Result<Vec<String>> {
    let mut query = failed::table.select(dsl::id).filter(dsl::id.gt(TextOf::new(after))).into_boxed();
    query = match rows {
        None => query.filter(dsl::cause_version.is_null()),
        Some(version) => query.filter(dsl::cause_version.eq(version)),
    };
    let ids: Vec<TolerantText> = query.order(dsl::id).limit(limit).load(connection)?;
    Ok(ids.into_iter().map(String::from).collect())
}

fn batch(connection: &mut DbConnection, rows: Version, after: &str) -> Result<Vec<Unsorted>> {
    let ids = ids(connection, rows, after, BATCH)?;
    rows_of(connection, ids)
}

fn rows_of(connection: &mut DbConnection, ids: Vec<String>) -> Result<Vec<Unsorted>> {
    let rows: Vec<(TolerantText, TolerantWords, Version)> = failed::table
        .filter(dialect::among::<failed::table>("id", &ids))
        .select((dsl::id, dsl::failed_reason, dsl::cause_version))
        .load(connection)?;
    let row =
        |(id, reason, version): (TolerantText, TolerantWords, Version)| (id.into(), reason.into(), version);
    let mut batch: Vec<Unsorted> = rows.into_iter().map(row).collect();
    batch.sort_by(|one, other| foreign::order(&one.0, &other.0));
    Ok(batch)
}
