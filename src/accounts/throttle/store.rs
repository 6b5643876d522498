//! Tries in the database, which all instances share.
//!
//! The row of a subject is there before it is locked: locking what is not there lets two block each other.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{LONGEST, Subject};
use crate::db::schema::sign_in_attempt as attempt;
use crate::db::{DbConnection, dialect};
use crate::error::{Error, Result};

/// So long after the last try it is forgotten.
const KEPT: TimeDelta = TimeDelta::days(1);

/// Makes sure that the subjects have rows.
pub fn prepare(connection: &mut DbConnection, subjects: &[Subject], now: NaiveDateTime) -> Result<()> {
    for subject in subjects {
        dialect::insert_attempt_unless_known(connection, &subject.key, now)?;
    }
    Ok(())
}

/// Removes what is forgotten.
pub fn tidy(connection: &mut DbConnection, now: NaiveDateTime) -> Result<()> {
    diesel::delete(attempt::table.filter(attempt::last_at.lt(now - KEPT))).execute(connection)?;
    Ok(())
}

/// What is known of the subjects, before anything is locked or written.
///
/// # Errors
/// [`Error::TooManyRequests`] when one has to wait; nothing was counted.
pub fn look(connection: &mut DbConnection, subjects: &[Subject], now: NaiveDateTime) -> Result<bool> {
    let mut all_known = true;
    for subject in subjects {
        match find(connection, subject)? {
            Some((_, next_at)) => refuse_before(next_at, now)?,
            None => all_known = false,
        }
    }
    Ok(all_known)
}

/// Counts a try of all subjects as failed; [`release`] takes it back. The subjects must always come in the
/// same order.
///
/// # Errors
/// [`Error::TooManyRequests`] when one has to wait; nothing was counted.
pub fn reserve(connection: &mut DbConnection, subjects: &[Subject], now: NaiveDateTime) -> Result<()> {
    for subject in subjects {
        let row = attempt::table.find(subject.key.clone());
        diesel::update(row).set(attempt::last_at.eq(now)).execute(connection)?;
    }
    let mut counted = Vec::new();
    for subject in subjects {
        // Housekeeping may have come between; then the next try is counted as the first.
        let (failures, next_at) = find(connection, subject)?.unwrap_or((0, now));
        refuse_before(next_at, now)?;
        counted.push((subject, failures.saturating_add(1)));
    }
    for (subject, failures) in counted {
        let next_at = now + subject.wait(failures);
        diesel::update(attempt::table.find(subject.key.clone()))
            .set((attempt::failures.eq(failures), attempt::next_at.eq(next_at)))
            .execute(connection)?;
    }
    Ok(())
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

fn refuse_before(next_at: NaiveDateTime, now: NaiveDateTime) -> Result<()> {
    let wait = (next_at - now).num_milliseconds();
    // A longer wait was never given: the clock of the zone was put back.
    if wait <= 0 || wait > LONGEST * 1000 {
        return Ok(());
    }
    Err(Error::TooManyRequests(wait.unsigned_abs().div_ceil(1000)))
}
