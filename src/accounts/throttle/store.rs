//! Tries in the database, which all instances share.
//!
//! The row of a subject is there before it is locked: locking what is not there lets two block each other.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Subject, Wait};
use crate::db::schema::sign_in_attempt as attempt;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// Attempts are forgotten this long after the last one.
const RETENTION: TimeDelta = TimeDelta::days(1);

/// Makes sure that the subjects have rows.
pub fn prepare(connection: &mut DbConnection, subjects: &[Subject], now: NaiveDateTime) -> Result<()> {
    for subject in subjects {
        dialect::insert_attempt_unless_known(connection, &subject.key, now)?;
    }
    Ok(())
}

/// Removes what is forgotten.
pub fn tidy(connection: &mut DbConnection, now: NaiveDateTime) -> Result<()> {
    diesel::delete(attempt::table.filter(attempt::last_at.lt(now - RETENTION))).execute(connection)?;
    Ok(())
}

/// Whether all subjects have rows, or which of them has to wait; nothing is locked or written.
pub fn look(
    connection: &mut DbConnection,
    subjects: &[Subject],
    now: NaiveDateTime,
) -> Result<std::result::Result<bool, Wait>> {
    let mut all_known = true;
    for subject in subjects {
        match find(connection, subject)? {
            Some((_, until)) if Wait::is_needed(until, now) => return Ok(Err(Wait::new(subject, until))),
            Some(_) => {}
            None => all_known = false,
        }
    }
    Ok(Ok(all_known))
}

/// Counts a try of all subjects as failed; [`release`] takes it back. The subjects must always come in the
/// same order. Where one has to wait, nothing is counted.
pub fn reserve(
    connection: &mut DbConnection,
    subjects: &[Subject],
    now: NaiveDateTime,
) -> Result<std::result::Result<(), Wait>> {
    for subject in subjects {
        let row = attempt::table.find(subject.key.clone());
        diesel::update(row).set(attempt::last_at.eq(now)).execute(connection)?;
    }
    let mut counted = Vec::new();
    for subject in subjects {
        // Housekeeping may have come between; then the next try is counted as the first.
        let (failures, until) = find(connection, subject)?.unwrap_or((0, now));
        if Wait::is_needed(until, now) {
            return Ok(Err(Wait::new(subject, until)));
        }
        counted.push((subject, failures.saturating_add(1)));
    }
    for (subject, failures) in counted {
        let next_at = now + subject.wait(failures);
        diesel::update(attempt::table.find(subject.key.clone()))
            .set((attempt::failures.eq(failures), attempt::next_at.eq(next_at)))
            .execute(connection)?;
    }
    Ok(Ok(()))
}

/// The password was right: the account has no failures, and the address one less.
pub fn release(connection: &mut DbConnection, subjects: &[Subject], now: NaiveDateTime) -> Result<()> {
    for subject in subjects {
        let row = attempt::table.find(subject.key.clone());
        if !subject.key.starts_with("address:") {
            diesel::update(row)
                .set((attempt::failures.eq(0), attempt::next_at.eq(now), attempt::last_at.eq(now)))
                .execute(connection)?;
        } else {
            let counted = row.filter(attempt::failures.gt(0));
            diesel::update(counted).set(attempt::failures.eq(attempt::failures - 1)).execute(connection)?;
        }
    }
    Ok(())
}

fn find(connection: &mut DbConnection, subject: &Subject) -> Result<Option<(i32, NaiveDateTime)>> {
    let row = attempt::table.find(subject.key.clone()).select((attempt::failures, attempt::next_at));
    Ok(row.first(connection).optional()?)
}
