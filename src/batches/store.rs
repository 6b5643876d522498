//! Batches in the database: finding, listing, and moving on by compare-and-set.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::batch::{Batch, Canary, State, Stored};
use super::counts::{Progress, Summary};
use super::planned::Planned;
use crate::audit::event::{Action, Author, BATCH, Change};
use crate::audit::store as audit;
use crate::db::DbConnection;
use crate::db::lock_order::{self, Lock};
use crate::db::schema::batch::{self, dsl};
use crate::error::{Error, Result};

/// The batch of that id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(connection: &mut DbConnection, id: &str) -> Result<Batch> {
    let found = batch::table.find(id.to_owned()).select(Stored::as_select());
    let found: Option<Stored> = found.first(connection).optional()?;
    Batch::read(found.filter(|stored| stored.id == id).ok_or(Error::NotFound)?)
}

/// As [`find`]; nobody moves the batch until the transaction ends. To be the first question of a transaction.
pub fn find_for_update(connection: &mut DbConnection, id: &str) -> Result<Batch> {
    lock_order::note(connection.engine(), Lock::Batch, &[id]);
    // An update locks on every engine, and does not yet fix what MariaDB's reads show.
    diesel::update(batch::table.find(id.to_owned())).set(dsl::size.eq(dsl::size)).execute(connection)?;
    find(connection, id)
}

/// Adds a batch.
pub fn insert(connection: &mut DbConnection, stored: Stored) -> Result<()> {
    diesel::insert_into(batch::table).values(stored).execute(connection)?;
    Ok(())
}

/// The ids of the batches that the job has work on, the oldest first.
pub fn under_way(connection: &mut DbConnection) -> Result<Vec<String>> {
    let states = [State::Running, State::Waiting, State::Undoing].map(State::as_str);
    Ok(batch::table
        .filter(dsl::state.eq_any(states))
        .order((dsl::created_at, dsl::id))
        .select(dsl::id)
        .load(connection)?)
}

/// Which stretch of the list of batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// The ones older than that one.
    OlderThan(NaiveDateTime, String),
    /// The ones newer than that one, those next to it.
    NewerThan(NaiveDateTime, String),
}

/// Batches, newest first; whether there are newer and older ones.
pub fn page(connection: &mut DbConnection, place: &Place, limit: usize) -> Result<(Vec<Batch>, bool, bool)> {
    let query = batch::table.select(Stored::as_select()).limit(limit as i64 + 1).into_boxed();
    let mut rows: Vec<Stored> = match place {
        Place::Newest => query.order((dsl::created_at.desc(), dsl::id.desc())).load(connection)?,
        Place::OlderThan(at, id) => {
            let older = dsl::created_at.lt(*at).or(dsl::created_at.eq(*at).and(dsl::id.lt(id.clone())));
            // The bound alone is a place in the index.
            let query = query.filter(dsl::created_at.le(*at)).filter(older);
            query.order((dsl::created_at.desc(), dsl::id.desc())).load(connection)?
        }
        Place::NewerThan(at, id) => {
            let newer = dsl::created_at.gt(*at).or(dsl::created_at.eq(*at).and(dsl::id.gt(id.clone())));
            let query = query.filter(dsl::created_at.ge(*at)).filter(newer);
            query.order((dsl::created_at.asc(), dsl::id.asc())).load(connection)?
        }
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let newer = matches!(place, Place::NewerThan(..));
    if newer {
        rows.reverse();
    }
    let batches = rows.into_iter().map(Batch::read).collect::<Result<_>>()?;
    Ok((batches, if newer { more } else { *place != Place::Newest }, newer || more))
}

/// What a run is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    pub resolution: Option<String>,
    pub note: Option<String>,
    pub canary: Option<Canary>,
    /// Whether what is corrected is accounted again in the same act.
    pub then_retry: bool,
    /// Whether what would fail again is retried, too.
    pub with_failing: bool,
    /// Whether somebody looked at what may have been charged, so that it is retried, too.
    pub with_unknown: bool,
}

/// Writes what is to be corrected. To be called on a batch that was found for update.
pub fn correct(connection: &mut DbConnection, batch: &Batch, planned: &Planned) -> Result<()> {
    let row = diesel::update(batch::table.find(batch.id().to_owned()));
    row.set(dsl::correction.eq(to_json(planned)?)).execute(connection)?;
    Ok(())
}

/// Writes what was counted anew. To be called on a batch that was found for update, or that this transaction made.
pub fn summarise(connection: &mut DbConnection, batch: &Batch, summary: &Summary) -> Result<()> {
    let row = diesel::update(batch::table.find(batch.id().to_owned()));
    row.set(dsl::summary.eq(to_json(summary)?)).execute(connection)?;
    Ok(())
}

/// Lets a preview run. To be called on a batch that was found for update.
pub fn start(connection: &mut DbConnection, batch: &Batch, order: &Order, author: &Author) -> Result<()> {
    let canary = order.canary.map(|canary| to_json(&canary)).transpose()?;
    let batch = &batch.then_retry(order.then_retry).including(order.with_failing, order.with_unknown);
    if order.with_failing || order.with_unknown {
        summarise(connection, batch, &batch.summary)?;
    }
    if let Some(planned) = &batch.planned {
        correct(connection, batch, planned)?;
    }
    diesel::update(batch::table.find(batch.id().to_owned()))
        .set((
            dsl::state.eq(State::Running.as_str()),
            dsl::resolution.eq(order.resolution.clone()),
            dsl::note.eq(order.note.clone()),
            dsl::canary.eq(canary),
            dsl::run_at.eq(author.at),
            dsl::awaits_outcome.eq(batch.retries()),
            dsl::run_by.eq(author.name.clone()),
        ))
        .execute(connection)?;
    let after = serde_json::json!({
        "action": batch.action.as_str(), "size": batch.stored.size, "sum_amount": batch.summary.all.amount,
        "sum_cost": batch.summary.all.cost, "resolution": order.resolution, "note": order.note,
        "correction": batch.planned.as_ref().and_then(|planned| planned.correction.as_ref()),
        "then_retry": order.then_retry.then_some(true),
        "with_failing": order.with_failing.then_some(true),
        "with_unknown": order.with_unknown.then_some(true),
    });
    record(connection, batch, Action::RunBatch, author, Some(after))
}

/// Ends a batch, or lets it be undone. To be called on a batch that was found for update.
pub fn turn(
    connection: &mut DbConnection,
    batch: &Batch,
    state: State,
    action: Action,
    author: &Author,
) -> Result<()> {
    let row = diesel::update(batch::table.find(batch.id().to_owned()));
    if state == State::Undoing {
        row.set((dsl::state.eq(state.as_str()), dsl::undo_by.eq(author.name.clone()))).execute(connection)?;
    } else {
        row.set((
            dsl::state.eq(state.as_str()),
            dsl::ended_at.eq(author.at),
            dsl::ended_by.eq(author.name.clone()),
        ))
        .execute(connection)?;
    }
    record(connection, batch, action, author, None)
}

fn record(
    connection: &mut DbConnection,
    batch: &Batch,
    action: Action,
    author: &Author,
    after: Option<serde_json::Value>,
) -> Result<()> {
    let change = Change { action, record_kind: BATCH, record_id: batch.id(), before: None, after };
    audit::record(connection, author, change)
}

/// Takes the next stretch of a batch for the present transaction: only from that state and position, so that of many
/// instances one does it. False where somebody else did, or the batch was ended.
pub fn take(connection: &mut DbConnection, batch: &Batch) -> Result<bool> {
    lock_order::note(connection.engine(), Lock::Batch, &[batch.id()]);
    let row = batch::table
        .filter(dsl::id.eq(batch.id().to_owned()))
        .filter(dsl::state.eq(batch.state.as_str()))
        .filter(dsl::position.eq(batch.stored.position))
        .filter(dsl::undo_position.eq(batch.stored.undo_position));
    Ok(diesel::update(row).set(dsl::size.eq(dsl::size)).execute(connection)? == 1)
}

/// Where a batch stands after a stretch.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub state: State,
    pub position: i64,
    pub undo_position: i64,
    pub progress: Progress,
    pub canary: Option<Canary>,
    /// Set where the batch has ended with this.
    pub ended_at: Option<NaiveDateTime>,
}

/// Writes how far a taken batch has come.
pub fn advance(connection: &mut DbConnection, batch: &Batch, step: &Step) -> Result<()> {
    let row = batch::table.find(batch.id().to_owned());
    diesel::update(row)
        .set((
            dsl::state.eq(step.state.as_str()),
            dsl::position.eq(step.position),
            dsl::undo_position.eq(step.undo_position),
            dsl::progress.eq(to_json(&step.progress)?),
            dsl::canary.eq(step.canary.map(|canary| to_json(&canary)).transpose()?),
        ))
        .execute(connection)?;
    if let Some(at) = step.ended_at {
        let row = batch::table.find(batch.id().to_owned());
        diesel::update(row).set(dsl::ended_at.eq(at)).execute(connection)?;
    }
    Ok(())
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}
