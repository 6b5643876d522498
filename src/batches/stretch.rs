//! One stretch of a batch: some hundred rows in one transaction, all of it or nothing.
//!
//! The batch is taken first, then the cases of its rows, and the end of the audit trail last.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::batch::{Action, Batch, State};
use super::counts::Progress;
use super::outcome::{self, Outcome};
use super::pace::MOST_WHOLE;
use super::store::{self, Step};
use super::verdict::{self, Item, Reason};
use crate::audit::event::{self, Author, FAILED_ACCOUNTING, USAGE};
use crate::audit::store as audit;
use crate::db::DbConnection;
use crate::db::schema::batch_item::{self as item, dsl};
use crate::error::Result;
use crate::failed_accounting::brief::Wordings;
use crate::failed_accounting::case::{Acted, Cases, Evidence, Place};
use crate::ledger::Answers;

/// The next rows of a batch, so many; while its first rows are tried, not more than these.
pub(super) fn next_items(connection: &mut DbConnection, batch: &Batch, rows: i64) -> Result<Vec<Item>> {
    let is_whole = matches!(batch.action, Action::Retry | Action::Delete | Action::Correct);
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
            dsl::seen,
        ))
        .load(connection)?)
}

/// Works on the next rows of a running batch, which were read before the transaction, as the ledger was asked; false where
/// another instance or an abort was first, and nothing was done.
pub(super) fn run(
    connection: &mut DbConnection,
    batch: &Batch,
    items: &[Item],
    answers: &Answers,
    author: &Author,
) -> Result<bool> {
    if !store::take(connection, batch)? {
        return Ok(false);
    }
    let outcomes = Stretch::read(connection, batch, items)?.act(connection, answers, author)?;
    if outcomes.is_empty() {
        // A step towards the first one.
        return Ok(true);
    }
    note(connection, batch, items, &outcomes, author)?;
    Ok(true)
}

/// Notes what became of the first of these rows, and where the batch stands after them.
pub(super) fn note(
    connection: &mut DbConnection,
    batch: &Batch,
    items: &[Item],
    outcomes: &[Outcome],
    author: &Author,
) -> Result<()> {
    let items = items.get(..outcomes.len()).unwrap_or(items);
    let progress = counted(batch.progress, items, outcomes);
    outcome::write(connection, batch.id(), "run", outcomes)?;
    store::advance(connection, batch, &step_after(batch, items, progress, author))
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

/// The last event about each of these rows since then, by the failure; of corrections about its usage, too, for who changed
/// that changed what the person saw.
pub(super) fn last_events(
    connection: &mut DbConnection,
    action: Action,
    items: &[&Item],
    since: i64,
) -> Result<HashMap<String, audit::Event>> {
    let ids: Vec<String> = items.iter().map(|item| item.failed_id.clone()).collect();
    let mut events = audit::last_since(connection, FAILED_ACCOUNTING, &ids, since)?;
    if action == Action::Correct {
        let usage_ids: Vec<String> = items.iter().filter_map(|item| item.llmusageid.clone()).collect();
        let mut changed = audit::last_since(connection, USAGE, &usage_ids, since)?;
        events.extend(
            items.iter().filter_map(|item| {
                Some((item.failed_id.clone(), changed.remove(item.llmusageid.as_deref()?)?))
            }),
        );
    }
    Ok(events)
}

/// Rows whose cases are taken.
struct Stretch<'a> {
    batch: &'a Batch,
    items: &'a [Item],
    cases: Cases,
    events: HashMap<String, audit::Event>,
}

impl<'a> Stretch<'a> {
    fn read(connection: &mut DbConnection, batch: &'a Batch, items: &'a [Item]) -> Result<Stretch<'a>> {
        let meant = || items.iter().filter(|item| item.kept_by(batch).is_none());
        let place = |item: &Item| Place { id: item.failed_id.clone(), usage_id: item.llmusageid.clone() };
        let cases = Cases::take(connection, &meant().map(place).collect::<Vec<_>>())?;
        let meant: Vec<&Item> = meant().collect();
        let events = last_events(connection, batch.action, &meant, batch.stored.frozen_event)?;
        Ok(Stretch { batch, items, cases, events })
    }

    /// Judges each row, writes what becomes of them, and tells the trail. Ends before one that takes several steps.
    fn act(
        mut self,
        connection: &mut DbConnection,
        answers: &Answers,
        author: &Author,
    ) -> Result<Vec<Outcome>> {
        let (mut outcomes, mut wordings) = (Vec::new(), Wordings::default());
        for item in self.items {
            let id = &item.failed_id;
            let found = self.cases.of(id).and_then(|case| case.failure(id).ok());
            let usage = self.cases.of(id).and_then(|case| case.usage()).map(|(usage, _)| usage);
            let evidence = self.evidence(item, answers, &mut wordings);
            let judged = verdict::unchanged(item, self.batch, found, self.events.get(id))
                .and_then(|_| verdict::usage_unchanged(item, usage));
            let not_done = match (judged, self.cases.of_mut(id)) {
                (Err(reason), _) => Some(reason),
                (Ok(()), Some(case)) => match verdict::act(case, self.batch, id, &evidence, author)? {
                    (Acted::Again, _) => break,
                    (Acted::Done, reason) => reason,
                },
                (Ok(()), None) => Some(Reason::meanwhile("batch-gone", self.events.get(id))),
            };
            outcomes.push(Outcome { number: item.number, not_done, event_id: None });
        }
        let facts = json!({ "batch": self.batch.id() });
        let saved = self.cases.save(connection, author, &facts)?;
        match (self.batch.action, self.batch.retries()) {
            (Action::Correct, false) => {
                let ids = self.items.iter().map(|item| item.llmusageid.as_deref().unwrap_or_default());
                outcome::note_events(&mut outcomes, ids, &saved, USAGE, event::Action::Correct);
            }
            (action, retries) => {
                let told = if retries { event::Action::Retry } else { action.event() };
                let ids = self.items.iter().map(|item| item.failed_id.as_str());
                outcome::note_events(&mut outcomes, ids, &saved, FAILED_ACCOUNTING, told);
            }
        }
        Ok(outcomes)
    }

    /// What is known of whether the customer was charged for the usage of a row. Most causes tell that nobody was.
    fn evidence(&self, item: &Item, answers: &Answers, wordings: &mut Wordings) -> Evidence {
        if !self.batch.retries() {
            return Evidence::default();
        }
        let told = answers.of(item.llmusageid.as_deref());
        let case = self.cases.of(&item.failed_id);
        let mut is_definite = || {
            let known = case.and_then(|case| Some((case.view(), case.failure(&item.failed_id).ok()?)));
            known.is_some_and(|(view, record)| !view.is_outcome_unknown(record, wordings))
        };
        // Previews of before the ledger was asked named no rows.
        let summary = &self.batch.summary;
        let is_ticked = summary.with_unknown && (item.is_unknown() || summary.tested.is_none());
        let is_checked = is_ticked || told.is_free() || is_definite();
        Evidence { told, is_checked }
    }
}
