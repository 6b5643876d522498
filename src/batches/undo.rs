//! Taking back what a batch did: each row becomes what it was before, unless it has moved on since.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::batch::{Action, Batch, State};
use super::outcome::{self as outcomes_of, Outcome};
use super::pace::MOST_WHOLE;
use super::store::{self, Step};
use super::verdict::{self, Reason};
use crate::audit::event::{self, Author, FAILED_ACCOUNTING, USAGE};
use crate::audit::store::{self as audit, Event};
use crate::base::clock::TIME_FORMAT;
use crate::base::money::Money;
use crate::db::DbConnection;
use crate::db::schema::{batch_item as item, batch_outcome as outcome};
use crate::db::values::{TolerantMoney, TolerantText, TolerantWords};
use crate::error::Result;
use crate::failed_accounting::case::{Acted, Cases, Evidence, Place};
use crate::failed_accounting::failure::FailedRecord;
use crate::ledger::{Answers, Told};

/// A row that was done, and the event that tells what it was before.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Done {
    pub(super) number: i64,
    #[diesel(deserialize_as = TolerantText)]
    failed_id: String,
    #[diesel(deserialize_as = TolerantWords)]
    pub(super) llmusageid: Option<String>,
    #[diesel(deserialize_as = TolerantMoney)]
    amount: Option<Money>,
    #[diesel(deserialize_as = TolerantMoney)]
    cost: Option<Money>,
    event_id: Option<i64>,
}

/// The next rows to take back, at most `limit`.
pub(super) fn next(connection: &mut DbConnection, batch: &Batch, rows: i64) -> Result<Vec<Done>> {
    let is_whole = matches!(batch.action, Action::Correct | Action::Withdraw);
    let rows = if is_whole { rows.min(MOST_WHOLE) } else { rows };
    let same_row = item::batch_id.eq(outcome::batch_id).and(item::number.eq(outcome::number));
    Ok(outcome::table
        .inner_join(item::table.on(same_row))
        .filter(outcome::batch_id.eq(batch.id().to_owned()))
        .filter(outcome::phase.eq("run"))
        .filter(outcome::is_done.eq(true))
        .filter(outcome::number.gt(batch.stored.undo_position))
        .order(outcome::number)
        .limit(rows)
        .select((
            outcome::number,
            item::failed_id,
            item::llmusageid,
            item::amount,
            item::cost,
            outcome::event_id,
        ))
        .load(connection)?)
}

/// Takes the next rows back, as the ledger was asked; false where another instance was first.
pub(super) fn run(
    connection: &mut DbConnection,
    batch: &Batch,
    rows: &[Done],
    answers: &Answers,
    author: &Author,
) -> Result<bool> {
    if !store::take(connection, batch)? {
        return Ok(false);
    }
    let ids: Vec<String> = rows.iter().map(|row| row.failed_id.clone()).collect();
    let place = |row: &Done| Place { id: row.failed_id.clone(), usage_id: row.llmusageid.clone() };
    let mut cases = Cases::take(connection, &rows.iter().map(place).collect::<Vec<_>>())?;
    let mut wanted: Vec<i64> = rows.iter().filter_map(|row| row.event_id).collect();
    let first = wanted.iter().min().copied().unwrap_or(0);
    // The last event of most rows is their own.
    let later = audit::last_ids_since(connection, FAILED_ACCOUNTING, &ids, first)?;
    wanted.extend(later.values());
    wanted.sort_unstable();
    wanted.dedup();
    let events = audit::of_ids(connection, wanted)?;
    let action = batch.action.undo_event();
    let corrections = match batch.action {
        Action::Correct => corrected(connection, batch, rows)?,
        _ => HashMap::new(),
    };
    let mut outcomes = Vec::new();
    for row in rows {
        let event = row.event_id.and_then(|id| events.get(&id));
        let last = later.get(&row.failed_id).and_then(|id| events.get(id));
        let not_done = match batch.action {
            Action::Correct => take_back(row, &mut cases, &corrections)?,
            _ => {
                let told = answers.of(row.llmusageid.as_deref());
                // Only where no ledger is known, the look of whoever asked for the retry counts: one that does not answer
                // may hold an entry by now.
                let evidence = Evidence { is_checked: told == Told::Unknown, told };
                match undone(row, &mut cases, batch, event, last, &evidence, author)? {
                    (Acted::Again, _) => break,
                    (Acted::Done, reason) => reason,
                }
            }
        };
        outcomes.push(Outcome { number: row.number, not_done, event_id: None });
    }
    let saved = cases.save(connection, author, &json!({ "batch": batch.id() }))?;
    let of_usages = batch.action == Action::Correct;
    let ids = rows.iter().map(|row| match of_usages {
        true => row.llmusageid.as_deref().unwrap_or_default(),
        false => row.failed_id.as_str(),
    });
    let kind = if of_usages { USAGE } else { FAILED_ACCOUNTING };
    outcomes_of::note_events(&mut outcomes, ids, &saved, kind, action);
    if outcomes.is_empty() {
        // A step towards the first one.
        return Ok(true);
    }
    let rows = rows.get(..outcomes.len()).unwrap_or(rows);
    outcomes_of::write(connection, batch.id(), "undo", &outcomes)?;
    store::advance(connection, batch, &step_after(batch, rows, &outcomes, author))?;
    Ok(true)
}

/// Makes a row what it was before the batch, or takes a step towards it; why not, where it has moved on or the rules refuse it.
fn undone(
    row: &Done,
    cases: &mut Cases,
    batch: &Batch,
    event: Option<&Event>,
    last: Option<&Event>,
    evidence: &Evidence,
    author: &Author,
) -> Result<(Acted, Option<Reason>)> {
    let id = &row.failed_id;
    let found = cases.of(id).and_then(|case| case.failure(id).ok());
    let before = match restored(row, found, batch, event, last) {
        Ok(before) => before,
        Err(reason) => return Ok((Acted::Done, Some(reason))),
    };
    let Some(case) = cases.of_mut(id) else {
        return Ok((Acted::Done, Some(Reason::meanwhile("batch-gone", last))));
    };
    let acted = case.act(|case| match batch.action {
        Action::Withdraw => case.resume_retry(id, evidence, author),
        Action::Supersede => case.stand_again(id, author),
        action => case.restore(before, action.undo_event(), author),
    });
    match acted {
        Ok(acted) => Ok((acted, None)),
        Err(error) => Ok((Acted::Done, Some(verdict::refusal(error)?))),
    }
}

/// The events by which a batch corrected the usages of these rows, by usage.
fn corrected(connection: &mut DbConnection, batch: &Batch, rows: &[Done]) -> Result<HashMap<String, Event>> {
    let usage_ids: Vec<String> = rows.iter().filter_map(|row| row.llmusageid.clone()).collect();
    let events = audit::since(connection, USAGE, &usage_ids, batch.stored.frozen_event)?;
    let is_ours = |event: &Event| {
        let told = object(event.after_state.as_deref());
        event.action == event::Action::Correct.as_str()
            && told.get("batch").and_then(Value::as_str) == Some(batch.id())
    };
    let ours = events.into_iter().filter(is_ours);
    Ok(ours.map(|event| (event.record_id.clone(), event)).collect())
}

/// Takes the correction of a row back; why not, where the usage has moved on.
fn take_back(row: &Done, cases: &mut Cases, corrections: &HashMap<String, Event>) -> Result<Option<Reason>> {
    let event = row.llmusageid.as_ref().and_then(|id| corrections.get(id));
    let (Some(event), Some(case)) = (event, cases.of_mut(&row.failed_id)) else {
        return Ok(Some(Reason::plain("batch-moved-on")));
    };
    let (before, after) = (object(event.before_state.as_deref()), object(event.after_state.as_deref()));
    match case.take_correction_back(&before, &after) {
        Ok(()) => Ok(None),
        Err(error) => Ok(Some(verdict::refusal(error)?)),
    }
}

pub(super) fn step_after(batch: &Batch, rows: &[Done], outcomes: &[Outcome], author: &Author) -> Step {
    let mut progress = batch.progress;
    for (row, outcome) in rows.iter().zip(outcomes) {
        let tally = if outcome.not_done.is_none() { &mut progress.undone } else { &mut progress.kept };
        tally.add(row.amount, row.cost);
    }
    let is_over = progress.undone.count + progress.kept.count >= progress.done.count;
    Step {
        state: if is_over { State::Undone } else { State::Undoing },
        position: batch.stored.position,
        undo_position: rows.last().map_or(batch.stored.undo_position, |row| row.number),
        progress,
        canary: batch.canary,
        ended_at: is_over.then_some(author.at),
    }
}

/// The record as it was before its event, unless it is not any more what the event made of it. A step of the undoing itself
/// is no change, since it was taken only while there was no other.
fn restored(
    row: &Done,
    record: Option<&FailedRecord>,
    batch: &Batch,
    event: Option<&Event>,
    later: Option<&Event>,
) -> std::result::Result<FailedRecord, Reason> {
    let later = later.filter(|later| Some(later.id) > row.event_id);
    let Some(record) = record else { return Err(Reason::meanwhile("batch-gone", later)) };
    let has_changed = later.is_some_and(|later| !verdict::is_of(later, batch));
    let Some(event) = event.filter(|_| !has_changed) else {
        return Err(Reason::meanwhile("batch-moved-on", later));
    };
    let (before, after) = (object(event.before_state.as_deref()), object(event.after_state.as_deref()));
    let now = record.to_json();
    // What MariaDB keeps of a time is shorter than what was written.
    let asked = after.iter().filter(|(field, _)| !["batch", "handled_time"].contains(&field.as_str()));
    if asked.into_iter().any(|(field, value)| now.get(field) != Some(value)) {
        return Err(Reason::meanwhile("batch-moved-on", later));
    }
    Ok(with_fields(record, &before))
}

fn object(text: Option<&str>) -> serde_json::Map<String, Value> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The record with the fields of handling as an event kept them; fields that it does not name stay.
fn with_fields(record: &FailedRecord, fields: &serde_json::Map<String, Value>) -> FailedRecord {
    let text = |name: &str, present: &Option<String>| match fields.get(name) {
        Some(value) => value.as_str().map(str::to_owned),
        None => present.clone(),
    };
    let time = |present: Option<NaiveDateTime>| match fields.get("handled_time") {
        Some(value) => value.as_str().and_then(|text| NaiveDateTime::parse_from_str(text, TIME_FORMAT).ok()),
        None => present,
    };
    FailedRecord {
        handled: text("handled", &record.handled),
        handled_time: time(record.handled_time),
        handled_note: text("handled_note", &record.handled_note),
        resolution: text("resolution", &record.resolution),
        handled_by: text("handled_by", &record.handled_by),
        ..record.clone()
    }
}
