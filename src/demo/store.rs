//! Writes the sample data into an empty database, all or nothing; one that holds rows is left alone.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::notes::{self, Noted};
use super::{Named, Sample, generate, platform};
use crate::audit::event::{Action, Author, Change, FAILED_ACCOUNTING, Source, difference};
use crate::audit::store as audit;
use crate::causes::cause::Cause;
use crate::db::schema::app_setting;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::case;
use crate::failed_accounting::causes::note::{self, Note};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::list;
use crate::names::store as names;
use crate::usages::store as usages;

/// The setting by which a filled database is known.
const SAMPLE: &str = "sample_data";

/// What became of filling a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// So many rows were written.
    Written { usages: usize, failures: usize },
    /// There are usages or failures already: nothing was done.
    NotEmpty,
}

/// Fills an empty database with the ninety days before `now`.
pub fn fill(database: &Database, now: NaiveDateTime, seed: u64) -> Result<Filled> {
    if !database.run_here(is_empty)? {
        return Ok(Filled::NotEmpty);
    }
    let sample = generate(now, seed);
    database.transaction_here(names::create_demo_tables)?;
    database.transaction_here(platform::create_tables)?;
    database.transaction_here(|connection| {
        // Somebody may have written in the meantime.
        if !is_empty(connection)? {
            return Ok(Filled::NotEmpty);
        }
        write(connection, &sample, now)?;
        Ok(Filled::Written { usages: sample.usages.len(), failures: sample.failures.len() })
    })
}

/// Whether the rows of this database are a sample.
pub fn is_sample(connection: &mut DbConnection) -> Result<bool> {
    let row = app_setting::table.filter(app_setting::name.eq(SAMPLE)).select(app_setting::name);
    Ok(row.first::<String>(connection).optional()?.is_some())
}

fn is_empty(connection: &mut DbConnection) -> Result<bool> {
    Ok(list::is_empty(connection)? && usages::is_empty(connection)?)
}

fn write(connection: &mut DbConnection, sample: &Sample, now: NaiveDateTime) -> Result<()> {
    let row = (app_setting::name.eq(SAMPLE), app_setting::value.eq("1"));
    diesel::insert_into(app_setting::table).values(row).execute(connection)?;
    names::insert(connection, names::MODELS, pairs(&sample.models))?;
    platform::fill(connection, &sample.models, now)?;
    names::insert(connection, names::USERS, pairs(&sample.users))?;
    names::insert(connection, names::ORGANISATIONS, pairs(&sample.organisations))?;
    for usage in &sample.usages {
        usages::insert(connection, usage)?;
    }
    for record in &sample.failures {
        case::adopt(connection, record)?;
    }
    write_trail(connection, sample.failures.clone(), now)
}

fn pairs(named: &[Named]) -> impl Iterator<Item = (&str, &str)> {
    named.iter().map(|one| (one.id.as_str(), one.name.as_str()))
}

/// One event for each failure that somebody handled and for each note, in the order in which they did.
fn write_trail(
    connection: &mut DbConnection,
    mut records: Vec<FailedRecord>,
    now: NaiveDateTime,
) -> Result<()> {
    records.sort_by_key(FailedRecord::handled_at);
    let mut noted = notes::all(now).into_iter().peekable();
    for record in &records {
        let (Some(at), Some(name)) = (record.handled_at(), record.handled_by.clone()) else { continue };
        while let Some(earlier) = noted.next_if(|one| one.at <= at) {
            write_note(connection, &earlier)?;
        }
        let (before, after) = difference(&as_it_was_open(record).to_json(), &record.to_json());
        let author = Author { name, source: Source::Page, request_id: None, at };
        let change = Change {
            action: Action::Handle,
            record_kind: FAILED_ACCOUNTING,
            record_id: &record.id,
            before: Some(before),
            after: Some(after),
        };
        audit::record(connection, &author, change)?;
    }
    noted.try_for_each(|one| write_note(connection, &one))
}

fn write_note(connection: &mut DbConnection, noted: &Noted) -> Result<()> {
    let author = Author { name: noted.by.to_owned(), source: Source::Page, request_id: None, at: noted.at };
    let note = Note {
        note: Some(noted.note.to_owned()),
        owner: Some(noted.owner.to_owned()),
        standing: noted.standing,
        revision: 0,
    };
    note::save(connection, &Cause::of(Some(noted.reason)).key, &note, &author).map(drop)
}

fn as_it_was_open(record: &FailedRecord) -> FailedRecord {
    FailedRecord {
        handled: Some("0".to_owned()),
        handled_time: None,
        handled_note: None,
        resolution: None,
        handled_by: None,
        ..record.clone()
    }
}
