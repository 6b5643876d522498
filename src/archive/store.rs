//! Runs of the archive in the database.

use chrono::{NaiveDate, SubsecRound};
use diesel::prelude::*;
use serde_json::json;

use super::holding::HOLD;
use super::left::{self, Left};
use super::moving::Moved;
use super::run::{Run, State};
use super::walk::Place;
use crate::audit::event::{ARCHIVE_RUN, Action, Author, Change};
use crate::audit::store as audit;
use crate::base::clock::TIME_FORMAT;
use crate::base::form::Message;
use crate::db::schema::archive_run;
use crate::db::{DbConnection, lease};
use crate::error::{Error, Result};

/// Asks for a run; whoever drives runs takes it up.
pub fn ask(connection: &mut DbConnection, cutoff: NaiveDate, author: &Author) -> Result<Run> {
    let none = || "0".to_owned();
    let run = Run {
        id: nanoid::nanoid!(),
        asked_at: author.at,
        asked_by: author.name.clone(),
        source: author.source.as_str().to_owned(),
        cutoff,
        backup_time: author.at.trunc_subsecs(0),
        state: State::Waiting.as_str().to_owned(),
        holder: String::new(),
        held_until: 0,
        expected_rows: None,
        position_date: None,
        position_key: None,
        taken_rows: 0,
        taken_amount: none(),
        taken_cost: none(),
        kept_rows: 0,
        kept_amount: none(),
        kept_cost: none(),
        known_rows: 0,
        worked_milliseconds: 0,
        ended_at: None,
        message: None,
    };
    diesel::insert_into(archive_run::table).values(run.clone()).execute(connection)?;
    let after = Some(json!({ "cutoff_date": cutoff }));
    record(connection, author, Action::Archive, &run.id, after)?;
    Ok(run)
}

/// As [`ask`], unless a run is under way already.
///
/// # Errors
/// [`Error::Conflict`] then.
pub fn ask_alone(connection: &mut DbConnection, cutoff: NaiveDate, author: &Author) -> Result<Run> {
    match active(connection)? {
        Some(run) => {
            let message = Message::new("archive-conflict-running").with("run", &run.id);
            let message = message.with("by", &run.asked_by).with("at", run.asked_at.format(TIME_FORMAT));
            Err(Error::Conflict(message.with("state", &run.state).with("way_out", "wait")))
        }
        None => ask(connection, cutoff, author),
    }
}

fn record(
    connection: &mut DbConnection,
    author: &Author,
    action: Action,
    run_id: &str,
    after: Option<serde_json::Value>,
) -> Result<()> {
    let change = Change { action, record_kind: ARCHIVE_RUN, record_id: run_id, before: None, after };
    audit::record(connection, author, change)
}

pub fn find(connection: &mut DbConnection, id: &str) -> Result<Run> {
    let row = archive_run::table.filter(archive_run::id.eq(id.to_owned()));
    Ok(row.select(Run::as_select()).get_result(connection)?)
}

/// The newest run, if there ever was one.
pub fn last_run(connection: &mut DbConnection) -> Result<Option<Run>> {
    Ok(list(connection, 1)?.pop())
}

/// The newest runs, newest first.
pub fn list(connection: &mut DbConnection, limit: i64) -> Result<Vec<Run>> {
    Ok(archive_run::table
        .order((archive_run::asked_at.desc(), archive_run::id.desc()))
        .limit(limit)
        .select(Run::as_select())
        .load(connection)?)
}

pub(super) fn active_states() -> Vec<String> {
    State::ACTIVE.iter().map(|state| state.as_str().to_owned()).collect()
}

/// The oldest run that is not over.
pub fn active(connection: &mut DbConnection) -> Result<Option<Run>> {
    Ok(archive_run::table
        .filter(archive_run::state.eq_any(active_states()))
        .order((archive_run::asked_at.asc(), archive_run::id.asc()))
        .select(Run::as_select())
        .first(connection)
        .optional()?)
}

/// Notes how many usages a run will look at.
pub fn expect(connection: &mut DbConnection, run_id: &str, rows: i64) -> Result<()> {
    let row = archive_run::table.filter(archive_run::id.eq(run_id.to_owned()));
    diesel::update(row).set(archive_run::expected_rows.eq(rows)).execute(connection)?;
    Ok(())
}

/// Adds what a transaction did to its run, in that transaction.
///
/// # Errors
/// [`Error::Conflict`] when another process has taken the run over.
pub fn add(
    connection: &mut DbConnection,
    run_id: &str,
    holder: &str,
    moved: &Moved,
    place: &Place,
    milliseconds: i64,
) -> Result<()> {
    let run = find(connection, run_id)?;
    let held_until = lease::now(connection)? + HOLD;
    let (taken, kept) = (run.taken().plus(moved.taken), run.kept().plus(moved.kept));
    let mine = archive_run::table
        .filter(archive_run::id.eq(run_id.to_owned()))
        .filter(archive_run::holder.eq(holder.to_owned()));
    let changed = diesel::update(mine)
        .set((
            archive_run::held_until.eq(held_until),
            archive_run::position_date.eq(place.date.clone()),
            archive_run::position_key.eq(place.key.clone()),
            (
                archive_run::taken_rows.eq(taken.rows),
                archive_run::taken_amount.eq(taken.amount.units().to_string()),
                archive_run::taken_cost.eq(taken.cost.units().to_string()),
            ),
            (
                archive_run::kept_rows.eq(kept.rows),
                archive_run::kept_amount.eq(kept.amount.units().to_string()),
                archive_run::kept_cost.eq(kept.cost.units().to_string()),
            ),
            archive_run::known_rows.eq(run.known_rows + moved.known),
            archive_run::worked_milliseconds.eq(run.worked_milliseconds + milliseconds),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Err(Error::Conflict(Message::new("archive-conflict-taken")));
    }
    for more in &moved.left {
        left::add(connection, run_id, more)?;
    }
    Ok(())
}

/// Ends a run that has moved all it could, and notes what no run takes.
pub fn finish(
    connection: &mut DbConnection,
    run_id: &str,
    holder: &str,
    stays: Option<&Left>,
    now: chrono::NaiveDateTime,
) -> Result<()> {
    match (end(connection, run_id, holder, State::Done, None, now)?, stays) {
        (true, Some(stays)) => left::add(connection, run_id, stays),
        _ => Ok(()),
    }
}

/// Ends a run, unless another process has taken it over; says whether it did.
pub fn end(
    connection: &mut DbConnection,
    run_id: &str,
    holder: &str,
    state: State,
    message: Option<&str>,
    now: chrono::NaiveDateTime,
) -> Result<bool> {
    let row = archive_run::table
        .filter(archive_run::id.eq(run_id.to_owned()))
        .filter(archive_run::holder.eq(holder.to_owned()))
        .filter(archive_run::state.eq_any(active_states()));
    let ended = diesel::update(row)
        .set((
            archive_run::state.eq(state.as_str()),
            archive_run::ended_at.eq(now),
            archive_run::held_until.eq(0),
            archive_run::message.eq(message.map(str::to_owned)),
        ))
        .execute(connection)?;
    Ok(ended > 0)
}

/// Asks a run to stop after the transaction that it is in.
///
/// # Errors
/// [`Error::Conflict`] when it is over already.
pub fn stop(connection: &mut DbConnection, run_id: &str, author: &Author) -> Result<()> {
    let run = find(connection, run_id)?;
    let row = archive_run::table
        .filter(archive_run::id.eq(run_id.to_owned()))
        .filter(archive_run::state.eq_any(active_states()));
    let changed =
        diesel::update(row).set(archive_run::state.eq(State::Stopping.as_str())).execute(connection)?;
    if changed == 0 {
        let message = Message::new("archive-conflict-over").with("run", run_id);
        return Err(Error::Conflict(message.with("state", run.state)));
    }
    record(connection, author, Action::StopArchive, run_id, None)
}
