//! Which process drives a run: of many one, and another at once where that one is gone.

use diesel::prelude::*;

use super::run::{Run, State};
use super::store::{active_states, find};
use crate::db::instance::Instance;
use crate::db::schema::archive_run;
use crate::db::{DbConnection, lease};
use crate::error::Result;

/// A process that drives a run says so at least this often, in milliseconds by the clock of the database; then another
/// one may take it over, and at once where the process is known to be gone.
pub const HOLD: i64 = 20_000;

/// The oldest run that is not over and that nobody else drives.
pub fn free(connection: &mut DbConnection, instance: &Instance, holder: &str) -> Result<Option<Run>> {
    first(connection, instance, holder, |_| true)
}

/// The oldest run that is not over and that somebody drove who drives it no more.
pub fn abandoned(connection: &mut DbConnection, instance: &Instance, holder: &str) -> Result<Option<Run>> {
    first(connection, instance, holder, |run| !run.holder.is_empty())
}

fn first(
    connection: &mut DbConnection,
    instance: &Instance,
    holder: &str,
    is_wanted: impl Fn(&Run) -> bool,
) -> Result<Option<Run>> {
    let active: Vec<Run> = archive_run::table
        .filter(archive_run::state.eq_any(active_states()))
        .order((archive_run::asked_at.asc(), archive_run::id.asc()))
        .select(Run::as_select())
        .load(connection)?;
    for run in active {
        if is_wanted(&run) && is_free(connection, &run, instance, holder)? {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// Whether nobody else drives a run.
fn is_free(connection: &mut DbConnection, run: &Run, instance: &Instance, holder: &str) -> Result<bool> {
    Ok(run.holder == holder
        || run.held_until < lease::now(connection)?
        || instance.is_gone(connection, &run.holder)?)
}

/// Takes a run over, or keeps it; says whether it did.
pub fn hold(connection: &mut DbConnection, run_id: &str, instance: &Instance, holder: &str) -> Result<bool> {
    let run = find(connection, run_id)?;
    if !run.is_active() || !is_free(connection, &run, instance, holder)? {
        return Ok(false);
    }
    // As it was read: of two that find it free, one takes it.
    let row = archive_run::table
        .filter(archive_run::id.eq(run_id.to_owned()))
        .filter(archive_run::state.eq_any(active_states()))
        .filter(archive_run::holder.eq(run.holder))
        .filter(archive_run::held_until.eq(run.held_until));
    let until = lease::now(connection)? + HOLD;
    let mine = (archive_run::holder.eq(holder.to_owned()), archive_run::held_until.eq(until));
    if diesel::update(row).set(mine).execute(connection)? == 0 {
        return Ok(false);
    }
    let waiting = archive_run::table
        .filter(archive_run::id.eq(run_id.to_owned()))
        .filter(archive_run::state.eq(State::Waiting.as_str()));
    diesel::update(waiting).set(archive_run::state.eq(State::Running.as_str())).execute(connection)?;
    Ok(true)
}
