//! What became of rows, and the events that tell it: both written at the end of a stretch, by few statements.

use serde_json::{Value, json};

use super::judgement::Reason;
use crate::audit::event::{self, Author, Change};
use crate::audit::store as audit;
use crate::db::DbConnection;
use crate::db::dialect::Statement;
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub number: i64,
    pub not_done: Option<Reason>,
    pub event_id: Option<i64>,
}

/// An event to write, and for which of the outcomes it stands.
pub(super) struct Written {
    pub outcome: Option<usize>,
    pub action: event::Action,
    pub kind: &'static str,
    pub id: String,
    pub before: Value,
    pub after: Value,
}

/// What handling or retrying changed of a record, with the batch that did it.
pub(super) fn difference(before: &FailedRecord, after: &FailedRecord, batch_id: &str) -> (Value, Value) {
    let (old, mut new) = event::difference(&before.handling_json(), &after.handling_json());
    new["batch"] = json!(batch_id);
    (old, new)
}

/// Writes the events, last of all that locks, and notes at each outcome which one is its own.
pub(super) fn record(
    connection: &mut DbConnection,
    (mut outcomes, written): (Vec<Outcome>, Vec<Written>),
    author: &Author,
) -> Result<Vec<Outcome>> {
    if written.is_empty() {
        return Ok(outcomes);
    }
    let places: Vec<Option<usize>> = written.iter().map(|event| event.outcome).collect();
    let changes = written.iter().map(|event| Change {
        action: event.action,
        record_kind: event.kind,
        record_id: &event.id,
        before: Some(event.before.clone()),
        after: Some(event.after.clone()),
    });
    let first = audit::record_all(connection, author, changes.collect())?;
    for (number, place) in (first..).zip(places) {
        if let Some(outcome) = place.and_then(|place| outcomes.get_mut(place)) {
            outcome.event_id = Some(number);
        }
    }
    Ok(outcomes)
}

/// Outcomes in one statement.
const OUTCOMES: usize = 100;

const INSERT: &str = "INSERT INTO batch_outcome (batch_id, phase, number, is_done, why, changed_by, changed_at, event_id) VALUES ";

/// Writes what became of rows; a row that has an outcome already stops the transaction.
pub(super) fn write(
    connection: &mut DbConnection,
    (batch_id, phase): (&str, &str),
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
