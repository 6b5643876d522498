//! The statements that lock a case and read it: usages by id, then their failures by id.
//!
//! On servers all is locked before the first plain question: MariaDB's answers to plain ones may show what was there at the
//! first of them. On SQLite whoever writes has locked everything already.

use std::collections::HashSet;

use diesel::prelude::*;

use super::crowd::MOST;
use super::outline::{self, Members};
use crate::db::dialect::{self, AtMost, Locked};
use crate::db::lock_order::{self, Lock};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::{TextOf, TolerantTime};
use crate::db::{DbConnection, Engine};
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::{Usage, Whereabouts, columns_in};

/// Ids in one statement.
const IDS: usize = 500;

pub(super) type Found = (Usage, Whereabouts);

/// The usage of that id, to the letter: live, else archived, else none.
pub(super) fn usage(connection: &mut DbConnection, id: &str) -> Result<Option<Found>> {
    lock_order::note(connection.engine(), Lock::Usage, &[id]);
    anywhere(connection, id)
}

pub(super) fn anywhere(connection: &mut DbConnection, id: &str) -> Result<Option<Found>> {
    if let Some(usage) = live(connection, id)? {
        return Ok(Some((usage, Whereabouts::Live)));
    }
    if let Some(archived) = archived(connection, id)? {
        return Ok(Some(archived));
    }
    if connection.engine() == Engine::Sqlite {
        return Ok(None);
    }
    // It may have come back from the history between the two questions.
    Ok(live(connection, id)?.map(|usage| (usage, Whereabouts::Live)))
}

fn live(connection: &mut DbConnection, id: &str) -> Result<Option<Usage>> {
    let row = live::table.filter(live::id.eq(TextOf::new(id))).select(Usage::as_select());
    // Not `first`: SQLite reads a text with a bound LIMIT anew each time.
    let found: Option<Usage> = Locked(connection.engine(), row).get_result(connection).optional()?;
    // Some collations find another one, too.
    Ok(found.filter(|usage| usage.id == id))
}

fn archived(connection: &mut DbConnection, id: &str) -> Result<Option<Found>> {
    let row = history::table
        .filter(history::id.eq(TextOf::new(id)))
        .select((columns_in!(history), history::backup_time));
    let found: Option<(Usage, TolerantTime)> =
        Locked(connection.engine(), row).get_result(connection).optional()?;
    let found = found.filter(|(usage, _)| usage.id == id);
    Ok(found.map(|(usage, time)| (usage, Whereabouts::Archived { backup_time: time.into() })))
}

/// All failures of one usage that is locked, to the letter; of very many those that the wanted ones have to do with.
pub(super) fn failures_of(
    connection: &mut DbConnection,
    usage_id: &str,
    wanted: &[String],
) -> Result<Members> {
    match few(connection, usage_id)? {
        Some(failures) => Ok(Members::all(failures)),
        None => {
            let (needed, rest) = outline::part(outline::read(connection, &[usage_id.to_owned()])?, wanted);
            Ok(Members { failures: failures(connection, &needed)?, rest })
        }
    }
}

/// All failures that name a usage that is not there, which therefore is not locked: they are.
pub(super) fn failures_of_none(connection: &mut DbConnection, usage_id: &str) -> Result<Members> {
    let named = dialect::failures_of(connection, &[usage_id.to_owned()], None)?;
    let ids = named.into_iter().filter(|(_, usage)| usage == usage_id).map(|(id, _)| id);
    Ok(Members::all(failures(connection, &ids.collect::<Vec<_>>())?))
}

/// All failures of one usage, where they are not too many.
fn few(connection: &mut DbConnection, usage_id: &str) -> Result<Option<Vec<FailedRecord>>> {
    let mut found = match connection.engine() {
        // A text that SQLite keeps, for the one who records in a storm.
        Engine::Sqlite => {
            // As a list of one: a text that is given as it stands is read anew each time.
            let of_usage = dialect::among::<failed::table>("llmusageid", &[usage_id.to_owned()]);
            let rows = failed::table.filter(of_usage).select(FailedRecord::as_select());
            AtMost(MOST + 1, rows).load(connection)?
        }
        _ => {
            let usage_id = [usage_id.to_owned()];
            if !dialect::crowds(connection, &usage_id, MOST)?.is_empty() {
                return Ok(None);
            }
            let named = dialect::failures_of(connection, &usage_id, Some(MOST + 1))?;
            if named.len() > MOST {
                return Ok(None);
            }
            failures(connection, &named.into_iter().map(|(id, _)| id).collect::<Vec<_>>())?
        }
    };
    if found.len() > MOST {
        return Ok(None);
    }
    found.retain(|record| record.llmusageid.as_deref() == Some(usage_id));
    Ok(Some(found))
}

/// The failures of these ids, to the letter.
pub(super) fn failures(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<FailedRecord>> {
    let ids = lock_failures(connection, ids)?;
    read_failures(connection, &ids)
}

pub(super) fn lock_failures(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<String>> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    lock(connection, Lock::Failure, "llmusage_accounting_failed", &ids)?;
    Ok(ids)
}

fn lock(connection: &mut DbConnection, lock: Lock, table: &str, ids: &[String]) -> Result<HashSet<String>> {
    let mut locked = HashSet::new();
    for some in ids.chunks(IDS) {
        let names: Vec<&str> = some.iter().map(String::as_str).collect();
        lock_order::note(connection.engine(), lock, &names);
        locked.extend(dialect::lock_rows(connection, table, some)?);
    }
    Ok(locked)
}

pub(super) fn read_failures(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<FailedRecord>> {
    let mut found: Vec<FailedRecord> = Vec::new();
    for some in ids.chunks(IDS) {
        let rows = failed::table
            .filter(dialect::among::<failed::table>("id", some))
            .select(FailedRecord::as_select());
        found.extend(rows.load::<FailedRecord>(connection)?);
    }
    found.retain(|record| ids.binary_search(&record.id).is_ok());
    Ok(found)
}

/// Locks these live usages, and gives those that are there, where rows are locked; the ids are sorted.
pub(super) fn lock_usages(connection: &mut DbConnection, ids: &[String]) -> Result<HashSet<String>> {
    lock(connection, Lock::Usage, "llmusage", ids)
}

/// These live usages, as they are now.
pub(super) fn read_usages(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<Usage>> {
    let mut found = Vec::new();
    for some in ids.chunks(IDS) {
        let rows = live::table.filter(dialect::among::<live::table>("id", some)).select(Usage::as_select());
        found.extend(rows.load::<Usage>(connection)?);
    }
    Ok(found)
}
