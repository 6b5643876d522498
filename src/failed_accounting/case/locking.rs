//! The statements that lock a case and read it: usages by id, then their failures by id.
//!
//! On servers all is locked before the first plain question: MariaDB's answers to plain ones may show what was there at the
//! first of them. On SQLite whoever writes has locked everything already.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Place;
use super::crowd::MOST;
use super::outline::{self, Members, Rest};
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

fn anywhere(connection: &mut DbConnection, id: &str) -> Result<Option<Found>> {
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
            let of_usage = dialect::exactly::<failed::table>(Engine::Sqlite, "llmusageid", usage_id);
            let rows = failed::table.filter(of_usage).select(FailedRecord::as_select());
            AtMost(MOST + 1, rows).load(connection)?
        }
        _ => {
            let named = dialect::failures_of(connection, &[usage_id.to_owned()], Some(MOST + 1))?;
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

fn lock_failures(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<String>> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    lock(connection, (Lock::Failure, "llmusage_accounting_failed"), &ids)?;
    Ok(ids)
}

fn lock(connection: &mut DbConnection, (lock, table): (Lock, &str), ids: &[String]) -> Result<()> {
    for some in ids.chunks(IDS) {
        let names: Vec<&str> = some.iter().map(String::as_str).collect();
        lock_order::note(connection.engine(), lock, &names);
        dialect::lock_rows(connection, table, some)?;
    }
    Ok(())
}

fn read_failures(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<FailedRecord>> {
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

/// Locks these live usages; the ids are sorted.
pub(super) fn lock_usages(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    lock(connection, (Lock::Usage, "llmusage"), ids)
}

/// These live usages, as they are now.
pub(super) fn read_usages(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<Usage>> {
    let rows = live::table.filter(dialect::among::<live::table>("id", ids)).select(Usage::as_select());
    Ok(rows.load(connection)?)
}

/// What belongs to many cases.
#[derive(Debug, Default)]
pub(super) struct Many {
    pub usages: HashMap<String, Found>,
    pub failures: Vec<FailedRecord>,
    /// Of usages with very many failures those that were not read.
    pub rests: HashMap<String, Rest>,
}

/// These usages, sorted, with all their failures and those at these places; of very many those that the places have to do
/// with.
pub(super) fn many(connection: &mut DbConnection, usage_ids: &[String], places: &[Place]) -> Result<Many> {
    lock_usages(connection, usage_ids)?;
    let mut named: HashMap<String, Vec<String>> = HashMap::new();
    for (id, usage_id) in dialect::failures_of(connection, usage_ids, None)? {
        named.entry(usage_id).or_default().push(id);
    }
    let alone = places.iter().filter(|place| place.shared_usage().is_none());
    let mut wanted: Vec<String> = alone.map(|place| place.id.clone()).collect();
    let mut rests = HashMap::new();
    for (usage_id, ids) in named.into_iter().filter(|(id, _)| usage_ids.binary_search(id).is_ok()) {
        // What is not there is not locked: its failures are.
        if ids.len() <= MOST || anywhere(connection, &usage_id)?.is_none() {
            wanted.extend(ids);
            continue;
        }
        let asked = places.iter().filter(|place| place.usage_id.as_ref() == Some(&usage_id));
        let asked: Vec<String> = asked.map(|place| place.id.clone()).collect();
        let (needed, rest) =
            outline::part(outline::read(connection, std::slice::from_ref(&usage_id))?, &asked);
        wanted.extend(needed);
        rests.insert(usage_id, rest);
    }
    let wanted = lock_failures(connection, &wanted)?;
    let usages = usages(connection, usage_ids)?;
    Ok(Many { usages, failures: read_failures(connection, &wanted)?, rests })
}

/// These locked usages, live or else archived.
fn usages(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, Found>> {
    let mut usages = HashMap::new();
    for some in ids.chunks(IDS) {
        let rows = read_usages(connection, some)?;
        usages.extend(rows.into_iter().map(|usage| (usage.id.clone(), (usage, Whereabouts::Live))));
    }
    for id in ids {
        // Few are archived before they are accounted.
        if !usages.contains_key(id)
            && let Some(archived) = archived(connection, id)?
        {
            usages.insert(id.clone(), archived);
        }
    }
    Ok(usages)
}
