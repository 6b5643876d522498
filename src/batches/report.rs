//! What became of the rows of a batch, row by row, in the order in which they were worked on.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::batch::{Batch, State};
use super::stretch;
use super::verdict::Item;
use crate::db::DbConnection;
use crate::db::schema::batch_item as item;
use crate::db::schema::batch_outcome::{self as outcome, dsl};
use crate::db::values::{TolerantMoney, TolerantText, TolerantWords};
use crate::error::Result;
use crate::failed_accounting::batched::BatchOutcome;

/// An outcome as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Kept {
    pub number: i64,
    pub is_done: bool,
    /// Key of its words in the catalogue.
    pub why: Option<String>,
    pub changed_by: Option<String>,
    pub changed_at: Option<NaiveDateTime>,
    pub event_id: Option<i64>,
    /// What became of the retry, once that is known.
    pub ended_as: Option<String>,
    /// Key of the words that say why it ended otherwise.
    pub ended_why: Option<String>,
    pub new_failure_id: Option<String>,
}

/// A row with what became of it, and of its undoing.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub item: Item,
    pub run: Option<Kept>,
    pub undo: Option<Kept>,
}

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Pending,
    Done,
    NotDone,
    Undone,
    /// Done, and not undone, because the row had moved on.
    Kept,
}

impl Standing {
    /// As the CSV says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Pending => "pending",
            Standing::Done => "done",
            Standing::NotDone => "not_done",
            Standing::Undone => "undone",
            Standing::Kept => "kept",
        }
    }
}

impl Line {
    /// How the row stands in that batch.
    pub fn standing(&self, batch: &Batch) -> Standing {
        match (&self.run, &self.undo) {
            (None, _) if batch.state.has_ended() => Standing::NotDone,
            (None, _) => Standing::Pending,
            (Some(run), _) if !run.is_done => Standing::NotDone,
            (Some(_), Some(undo)) if undo.is_done => Standing::Undone,
            (Some(_), Some(_)) => Standing::Kept,
            (Some(_), None) => Standing::Done,
        }
    }

    /// What became of it where a retry was asked for, as the filter of the list says it.
    pub fn outcome(&self, batch: &Batch) -> Option<&str> {
        let is_not_done = self.standing(batch) == Standing::NotDone;
        match (&self.run, batch.retries()) {
            (_, true) if is_not_done => Some(BatchOutcome::NotDone.as_str()),
            (Some(run), true) => Some(run.ended_as.as_deref().unwrap_or(BatchOutcome::Waiting.as_str())),
            _ => None,
        }
    }

    /// Why it will be left, as far as that is foreseen.
    pub fn foreseen(&self, batch: &Batch) -> Option<&str> {
        let obstacle = self.item.obstacle.as_deref().filter(|_| self.run.is_none());
        let is_preview = batch.state == State::Preview;
        obstacle.filter(|obstacle| is_preview || !batch.includes(obstacle))
    }

    /// What says why it stands so: the outcome of the undoing, else that of the run.
    pub fn last(&self) -> Option<&Kept> {
        self.undo.as_ref().or(self.run.as_ref())
    }
}

/// Lines of a batch after that number, in their order.
pub fn lines(connection: &mut DbConnection, batch: &Batch, after: i64, limit: i64) -> Result<Vec<Line>> {
    let items = stretch::items(connection, batch.id(), after, limit)?;
    let Some(last) = items.last().map(|item| item.number) else { return Ok(Vec::new()) };
    let mut of_phase = |phase: &str| -> Result<HashMap<i64, Kept>> {
        let kept: Vec<Kept> = outcome::table
            .filter(dsl::batch_id.eq(batch.id().to_owned()))
            .filter(dsl::phase.eq(phase.to_owned()))
            .filter(dsl::number.gt(after))
            .filter(dsl::number.le(last))
            .select((
                dsl::number,
                dsl::is_done,
                dsl::why,
                dsl::changed_by,
                dsl::changed_at,
                dsl::event_id,
                dsl::ended_as,
                dsl::ended_why,
                dsl::new_failure_id,
            ))
            .load(connection)?;
        Ok(kept.into_iter().map(|kept| (kept.number, kept)).collect())
    };
    let (mut run, mut undo) = (of_phase("run")?, of_phase("undo")?);
    let line = |item: Item| Line { run: run.remove(&item.number), undo: undo.remove(&item.number), item };
    Ok(items.into_iter().map(line).collect())
}

/// A row that was not done, or not undone, as the page of a batch lists it.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Refused {
    pub number: i64,
    #[diesel(deserialize_as = TolerantWords)]
    pub why: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub changed_by: Option<String>,
    pub changed_at: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantText)]
    pub failed_id: String,
    #[diesel(deserialize_as = TolerantWords)]
    pub userorgid: Option<String>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub amount: Option<crate::base::money::Money>,
}

/// Rows that were looked at in that phase and not done, after that number.
pub fn refused(
    connection: &mut DbConnection,
    batch: &Batch,
    phase: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Refused>> {
    let same_row = item::batch_id.eq(outcome::batch_id).and(item::number.eq(outcome::number));
    Ok(outcome::table
        .inner_join(item::table.on(same_row))
        .filter(outcome::batch_id.eq(batch.id().to_owned()))
        .filter(outcome::phase.eq(phase.to_owned()))
        .filter(outcome::is_done.eq(false))
        .filter(outcome::number.gt(after))
        .order(outcome::number)
        .limit(limit)
        .select((
            outcome::number,
            outcome::why,
            outcome::changed_by,
            outcome::changed_at,
            item::failed_id,
            item::userorgid,
            item::amount,
        ))
        .load(connection)?)
}
