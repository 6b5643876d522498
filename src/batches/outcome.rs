//! What became of rows, and the events that tell it: both written at the end of a stretch, by few statements.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamp};
use serde_json::{Value, json};

use super::judgement::Reason;
use crate::audit::event::{self, Author, Change};
use crate::audit::store as audit;
use crate::db::{DbBackend, DbConnection, dialect};
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

/// Writes what became of rows; a row that has an outcome already stops the transaction.
pub(super) fn write(
    connection: &mut DbConnection,
    (batch_id, phase): (&str, &str),
    outcomes: &[Outcome],
) -> Result<()> {
    for some in outcomes.chunks(OUTCOMES) {
        let rows = dialect::places(connection.engine(), some.len(), 8);
        let statement = format!(
            "INSERT INTO batch_outcome (batch_id, phase, number, is_done, why, changed_by, changed_at, event_id) \
             VALUES {rows}"
        );
        let mut query = diesel::sql_query(statement).into_boxed::<DbBackend>();
        for outcome in some {
            let by = outcome.not_done.as_ref().and_then(|reason| reason.by.clone());
            query = query
                .bind::<Text, _>(batch_id.to_owned())
                .bind::<Text, _>(phase.to_owned())
                .bind::<BigInt, _>(outcome.number)
                .bind::<Bool, _>(outcome.not_done.is_none())
                .bind::<Nullable<Text>, _>(outcome.not_done.as_ref().map(|reason| reason.why.clone()))
                .bind::<Nullable<Text>, _>(by.as_ref().map(|(name, _)| name.clone()))
                .bind::<Nullable<Timestamp>, _>(by.map(|(_, at)| at))
                .bind::<Nullable<BigInt>, _>(outcome.event_id);
        }
        query.execute(connection)?;
    }
    Ok(())
}
