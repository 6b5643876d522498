//! One stretch of a batch: some hundred rows in one transaction, all of it or nothing.
//!
//! Everybody locks in one order: the batch, usages, records, and the end of the audit trail last.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::batch::{Action, Batch, State};
use super::counts::Progress;
use super::judgement::{self, Item, Reason};
use super::outcome::{self, Outcome, Written, difference};
use super::pace::MOST_WHOLE;
use super::store::{self, Step};
use crate::audit::event::{self, Author, FAILED_ACCOUNTING, USAGE};
use crate::audit::store as audit;
use crate::db::DbConnection;
use crate::db::schema::batch_item::{self as item, dsl};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::many;
use crate::usages::many as usages;
use crate::usages::usage::{CREATED, FAILED, Usage, Whereabouts};

/// The next rows of a batch, so many; while its first rows are tried, not more than these.
pub(super) fn next_items(connection: &mut DbConnection, batch: &Batch, rows: i64) -> Result<Vec<Item>> {
    let is_whole = matches!(batch.action, Action::Retry | Action::Delete);
    let rows = if is_whole { rows.min(MOST_WHOLE) } else { rows };
    let tried = batch.canary.filter(|canary| !canary.has_passed);
    let limit = tried.map_or(rows, |canary| rows.min(canary.size - batch.progress.done.count));
    items(connection, batch.id(), batch.stored.position, limit)
}

/// Items of a batch after that number, in their order.
pub(super) fn items(
    connection: &mut DbConnection,
    batch_id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Item>> {
    Ok(item::table
        .filter(dsl::batch_id.eq(batch_id.to_owned()))
        .filter(dsl::number.gt(after))
        .order(dsl::number)
        .limit(limit)
        .select((
            dsl::number,
            dsl::obstacle,
            dsl::failed_id,
            dsl::llmusageid,
            dsl::userorgid,
            dsl::amount,
            dsl::cost,
            dsl::handled,
            dsl::resolution,
            dsl::handled_by,
            dsl::retry_count,
        ))
        .load(connection)?)
}

/// Works on the next rows of a running batch, which were read before the transaction; false where another instance or an
/// abort was first, and nothing was done.
pub(super) fn run(
    connection: &mut DbConnection,
    batch: &Batch,
    items: &[Item],
    author: &Author,
) -> Result<bool> {
    if !store::take(connection, batch)? {
        return Ok(false);
    }
    let worked = Stretch::read(connection, batch, items)?;
    let (outcomes, changes) = worked.act(connection, author)?;
    let outcomes = outcome::record(connection, (outcomes, changes), author)?;
    let progress = counted(batch.progress, items, &outcomes);
    outcome::write(connection, (batch.id(), "run"), &outcomes)?;
    store::advance(connection, batch, &step_after(batch, items, progress, author))?;
    Ok(true)
}

/// Where the batch stands after these rows.
fn step_after(batch: &Batch, items: &[Item], progress: Progress, author: &Author) -> Step {
    let position = items.last().map_or(batch.stored.position, |item| item.number);
    let is_over = position >= batch.stored.size;
    let is_tried =
        batch.canary.is_some_and(|canary| !canary.has_passed && progress.done.count >= canary.size);
    Step {
        state: match (is_over, is_tried) {
            (true, _) => State::Done,
            (false, true) => State::Waiting,
            (false, false) => State::Running,
        },
        position,
        undo_position: batch.stored.undo_position,
        progress,
        canary: batch.canary,
        ended_at: is_over.then_some(author.at),
    }
}

fn counted(mut progress: Progress, items: &[Item], outcomes: &[Outcome]) -> Progress {
    for (item, outcome) in items.iter().zip(outcomes) {
        let tally = if outcome.not_done.is_none() { &mut progress.done } else { &mut progress.not_done };
        tally.add(item.amount, item.cost);
    }
    progress
}

/// Rows that are locked, as they are now.
struct Stretch<'a> {
    batch: &'a Batch,
    items: &'a [Item],
    records: HashMap<String, FailedRecord>,
    usages: HashMap<String, (Usage, Whereabouts)>,
    attempts: HashMap<String, Vec<String>>,
    events: HashMap<String, audit::Event>,
}

impl<'a> Stretch<'a> {
    fn read(connection: &mut DbConnection, batch: &'a Batch, items: &'a [Item]) -> Result<Stretch<'a>> {
        let meant = || items.iter().filter(|item| item.obstacle.is_none());
        let ids: Vec<String> = meant().map(|item| item.failed_id.clone()).collect();
        let mut usage_ids: Vec<String> = Vec::new();
        if batch.action == Action::Retry {
            usage_ids = meant().filter_map(|item| item.llmusageid.clone()).collect();
            usage_ids.sort();
            usage_ids.dedup();
        }
        usages::lock(connection, &usage_ids)?;
        many::lock(connection, &ids)?;
        let is_retry = !usage_ids.is_empty();
        Ok(Stretch {
            batch,
            items,
            records: many::find(connection, &ids)?,
            usages: if is_retry { usages::find(connection, &usage_ids)? } else { HashMap::new() },
            attempts: if is_retry { many::attempts(connection, &usage_ids)? } else { HashMap::new() },
            events: audit::last_since(connection, FAILED_ACCOUNTING, &ids, batch.stored.frozen_event)?,
        })
    }

    /// Judges each row and writes what becomes of them; gives the outcomes and the events to be written last.
    fn act(mut self, connection: &mut DbConnection, author: &Author) -> Result<(Vec<Outcome>, Vec<Written>)> {
        let (mut outcomes, mut written, mut after) = (Vec::new(), Vec::new(), Vec::new());
        for (place, item) in self.items.iter().enumerate() {
            let found = self.records.get(&item.failed_id);
            let judged = judgement::unchanged(item, found, self.events.get(&item.failed_id)).cloned();
            let not_done = match judged {
                Ok(record) => self.one(place, (&record, author), (&mut written, &mut after))?,
                Err(reason) => Some(reason),
            };
            outcomes.push(Outcome { number: item.number, not_done, event_id: None });
        }
        self.save(connection, &written, &after)?;
        Ok((outcomes, written))
    }

    /// The change of one record, unless the rules refuse it.
    fn one(
        &mut self,
        place: usize,
        (record, author): (&FailedRecord, &Author),
        (written, after): (&mut Vec<Written>, &mut Vec<FailedRecord>),
    ) -> Result<Option<Reason>> {
        let changed = match self.batch.action {
            Action::Delete => {
                let (before, now) = (record.to_json(), json!({ "batch": self.batch.id() }));
                written.push(event_of(place, event::Action::Delete, record, (before, now)));
                return Ok(None);
            }
            Action::Retry => self.retried(record, author),
            Action::Handle | Action::Reopen => judgement::changed(self.batch, record, author),
        };
        let changed = match changed {
            Ok(changed) => changed,
            Err(error) => return judgement::refusal(error).map(Some),
        };
        let action = match self.batch.action {
            Action::Handle => event::Action::Handle,
            Action::Reopen => event::Action::Reopen,
            Action::Retry | Action::Delete => event::Action::Retry,
        };
        written.push(event_of(place, action, record, difference(record, &changed, self.batch.id())));
        if let (Action::Retry, Some(usage_id)) = (self.batch.action, &record.llmusageid) {
            written.push(move_of(usage_id, self.batch.id()));
        }
        after.push(changed);
        Ok(None)
    }

    /// The record with a retry asked for. From here on its usage counts as to be accounted, for the rows that follow.
    fn retried(&mut self, record: &FailedRecord, author: &Author) -> Result<FailedRecord> {
        let usage_id = record.llmusageid.clone().unwrap_or_default();
        let usage = self.usages.get_mut(&usage_id);
        if let Some(obstacle) = record.retry_obstacle(usage.as_deref()) {
            return Err(Error::Conflict(crate::base::form::Message::new(obstacle)));
        }
        if let Some((usage, _)) = usage {
            usage.accounting_status = Some(CREATED.to_owned());
        }
        let attempts = self.attempts.get(&usage_id).cloned().unwrap_or_default();
        Ok(record.retried(attempts.into_iter(), author))
    }

    fn save(&self, connection: &mut DbConnection, written: &[Written], after: &[FailedRecord]) -> Result<()> {
        if self.batch.action == Action::Delete {
            let ids: Vec<String> = written.iter().map(|event| event.id.clone()).collect();
            return many::delete(connection, &ids);
        }
        let usage_ids: Vec<String> =
            written.iter().filter(|event| event.kind == USAGE).map(|event| event.id.clone()).collect();
        if !usage_ids.is_empty() {
            let moved = usages::move_states(connection, &usage_ids, FAILED, CREATED)?;
            if moved != usage_ids.len() {
                return Err(Error::internal(format!("{} usages are locked, {moved} moved", usage_ids.len())));
            }
        }
        many::save(connection, &after.iter().collect::<Vec<_>>())
    }
}

fn event_of(
    place: usize,
    action: event::Action,
    record: &FailedRecord,
    (before, after): (Value, Value),
) -> Written {
    let id = record.id.clone();
    Written { outcome: Some(place), action, kind: FAILED_ACCOUNTING, id, before, after }
}

fn move_of(usage_id: &str, batch_id: &str) -> Written {
    Written {
        outcome: None,
        action: event::Action::Retry,
        kind: USAGE,
        id: usage_id.to_owned(),
        before: json!({ "accounting_status": FAILED }),
        after: json!({ "accounting_status": CREATED, "batch": batch_id }),
    }
}
