//! What became of rows, written at the end of a stretch by few statements, with the events that tell it.

use std::collections::HashMap;

use super::verdict::Reason;
use crate::audit::event;
use crate::db::DbConnection;
use crate::db::dialect::Statement;
use crate::error::Result;
use crate::failed_accounting::case::Saved;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub number: i64,
    pub not_done: Option<Reason>,
    pub event_id: Option<i64>,
}

/// Notes at each outcome that was done the event of that action which tells it.
pub(super) fn note_events<'a>(
    outcomes: &mut [Outcome],
    ids: impl Iterator<Item = &'a str>,
    saved: &[Saved],
    kind: &str,
    action: event::Action,
) {
    let told = saved.iter().filter(|saved| saved.action == action && saved.kind == kind);
    let events: HashMap<&str, i64> = told.map(|saved| (saved.record_id.as_str(), saved.event_id)).collect();
    for (outcome, id) in outcomes.iter_mut().zip(ids).filter(|(outcome, _)| outcome.not_done.is_none()) {
        outcome.event_id = events.get(id).copied();
    }
}

/// Outcomes in one statement.
const OUTCOMES: usize = 100;

const INSERT: &str = "INSERT INTO batch_outcome (batch_id, phase, number, is_done, why, changed_by, changed_at, event_id) VALUES ";

/// Writes what became of rows; a row that has an outcome already stops the transaction.
pub(super) fn write(
    connection: &mut DbConnection,
    batch_id: &str,
    phase: &str,
    outcomes: &[Outcome],
) -> Result<()> {
    for some in outcomes.chunks(OUTCOMES) {
        let mut statement = Statement::new(connection.engine(), INSERT);
        for (place, outcome) in some.iter().enumerate() {
            let (not_done, by) =
                (outcome.not_done.as_ref(), outcome.not_done.as_ref().and_then(|reason| reason.by.as_ref()));
            statement = statement
                .sql(if place == 0 { "(" } else { ", (" })
                .text(batch_id)
                .sql(", ")
                .text(phase)
                .sql(", ")
                .number(outcome.number)
                .sql(", ")
                .number(i64::from(not_done.is_none()))
                .sql(" = 1, ")
                .text(not_done.map(|reason| &*reason.why))
                .sql(", ")
                .text(by.map(|(name, _)| &**name))
                .sql(", ")
                .time(by.map(|(_, at)| *at))
                .sql(", ")
                .number(outcome.event_id)
                .sql(")");
        }
        statement.execute(connection)?;
    }
    Ok(())
}
