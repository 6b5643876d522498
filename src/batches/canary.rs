//! Trying some rows first: how their retries ended, as the records show it, and whether the rest may follow.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, State};
use super::store::{self, Step};
use crate::audit::event::Author;
use crate::db::DbConnection;
use crate::db::schema::{batch_item as item, batch_outcome as outcome};
use crate::db::values::TolerantText;
use crate::error::Result;
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::failed_accounting::many;

/// Try some rows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    pub size: i64,
    /// The rest follows when at most so many of 100 failed again.
    pub percent: i64,
    /// How the first ones ended, as far as it is known.
    pub accounted: i64,
    pub failed: i64,
    pub has_passed: bool,
}

/// How the retries of the rows that were tried have ended so far.
pub(super) fn look(connection: &mut DbConnection, batch: &Batch, canary: Canary) -> Result<Canary> {
    let same_row = item::batch_id.eq(outcome::batch_id).and(item::number.eq(outcome::number));
    let ids: Vec<TolerantText> = outcome::table
        .inner_join(item::table.on(same_row))
        .filter(outcome::batch_id.eq(batch.id().to_owned()))
        .filter(outcome::phase.eq("run"))
        .filter(outcome::is_done.eq(true))
        .select(item::failed_id)
        .load(connection)?;
    let ids: Vec<String> = ids.into_iter().map(String::from).collect();
    let records = many::find(connection, &ids)?;
    let (mut accounted, mut failed) = (0, 0);
    for id in &ids {
        match records.get(id) {
            Some(record) if record.is_retrying() => {}
            Some(record) if is_accounted(record) => accounted += 1,
            _ => failed += 1,
        }
    }
    Ok(Canary { accounted, failed, ..canary })
}

fn is_accounted(record: &FailedRecord) -> bool {
    record.closed_as() == Some(Resolution::Accounted)
}

impl Canary {
    /// Whether more failed again than may, of so many that were tried.
    pub fn has_failed(self, tried: i64) -> bool {
        self.failed * 100 > self.percent * tried
    }
}

/// Writes what was seen and lets the batch go on, stop or wait; whether it goes on.
pub(super) fn decide(
    connection: &mut DbConnection,
    batch: &Batch,
    seen: Canary,
    author: &Author,
) -> Result<bool> {
    let tried = batch.progress.done.count;
    let state = match () {
        () if seen.has_failed(tried) => State::Stopped,
        () if seen.accounted + seen.failed >= tried => State::Running,
        () => State::Waiting,
    };
    if batch.canary == Some(seen) && state == State::Waiting {
        return Ok(false);
    }
    if !store::take(connection, batch)? {
        return Ok(false);
    }
    let step = Step {
        state,
        position: batch.stored.position,
        undo_position: batch.stored.undo_position,
        progress: batch.progress,
        canary: Some(Canary { has_passed: state == State::Running, ..seen }),
        ended_at: (state == State::Stopped).then_some(author.at),
    };
    store::advance(connection, batch, &step)?;
    Ok(state == State::Running)
}
