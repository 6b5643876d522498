//! Writing what the job of sorting found: the causes of some rows, and their reasons into the text index.

use std::collections::HashMap;

use diesel::prelude::*;

use super::arrivals;
use super::cause::Cause;
use super::store;
use super::template::VERSION;
use crate::base::foreign;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::{Database, dialect};
use crate::error::{Error, Result};

/// Which rows: those that these rules sorted, or none yet. The latter are new, or all of an adopted table.
pub(super) type Version = Option<i32>;

/// An id, its reason and the version by which it was sorted.
pub(super) type Unsorted = (String, Option<String>, Version);

/// As [`write_whole`]; where a rule of the platform's stands against a row, the others are written one by one.
pub(super) fn write(
    database: &Database,
    batch: Vec<Unsorted>,
    notes: &[i64],
    was_all_sorted: bool,
) -> Result<usize> {
    match write_whole(database, batch.clone(), notes, was_all_sorted) {
        Err(Error::Refused(said)) => {
            tracing::debug!(said, "a rule of the platform's stands against telling a cause")
        }
        ended => return ended,
    }
    let mut sorted = 0;
    for one in batch {
        match write_whole(database, vec![one], &[], was_all_sorted) {
            Err(Error::Refused(_)) => {}
            ended => sorted += ended?,
        }
    }
    // A refused row would be in the way of all that come after it.
    database.transaction_here(|connection| dialect::forget_reason_changes(connection, notes))?;
    Ok(sorted)
}

/// Writes the causes of a batch, unless a row was written with a cause meanwhile, and puts its reasons into the text
/// index; removes the notes that it answers, and notes which rows are new.
fn write_whole(
    database: &Database,
    batch: Vec<Unsorted>,
    notes: &[i64],
    was_all_sorted: bool,
) -> Result<usize> {
    let reasons: Vec<_> = batch.iter().map(|(id, reason, _)| (id.clone(), reason.clone())).collect();
    let arrived: Vec<String> = {
        let are_new = batch.iter().filter(|(_, _, version)| version.is_none() && was_all_sorted);
        are_new.map(|(id, ..)| id.clone()).collect()
    };
    let mut causes: HashMap<(String, Version), (Cause, Vec<String>)> = HashMap::new();
    for (id, reason, version) in batch {
        let cause = Cause::of(reason.as_deref().map(foreign::shown).as_deref());
        let one = causes.entry((cause.key.clone(), version)).or_insert_with(|| (cause, Vec::new()));
        one.1.push(id);
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    // Writers that take the rows of several causes do so in one order.
    causes.sort_by(|one, other| one.0.cmp(&other.0));
    database.transaction_here(|connection| {
        let mut written = 0;
        arrivals::note(connection, &arrived)?;
        arrivals::keep(connection, &arrived)?;
        for ((key, version), (cause, ids)) in &causes {
            store::keep(connection, cause)?;
            let mut rows =
                diesel::update(failed::table).filter(dialect::among::<failed::table>("id", ids)).into_boxed();
            rows = match version {
                None => rows.filter(dsl::cause_version.is_null()),
                Some(version) => rows.filter(dsl::cause_version.eq(*version)),
            };
            written +=
                rows.set((dsl::cause.eq(key.clone()), dsl::cause_version.eq(VERSION))).execute(connection)?;
        }
        dialect::keep_shown(connection, &reasons)?;
        dialect::index_reasons(connection, &reasons)?;
        dialect::forget_reason_changes(connection, notes)?;
        Ok(written)
    })
}
