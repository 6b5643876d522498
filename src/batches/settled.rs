//! What became of the retries that a batch asked for, as the audit trail tells it: the first event that ended each.
//!
//! Written with the batch's row as soon as it is known, and never changed: a record that is retried once more later is
//! another matter.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;

use super::batch::Batch;
use super::counts::Outcomes;
use super::store;
use crate::audit::event::{Action, FAILED_ACCOUNTING};
use crate::audit::store::{self as audit, Event};
use crate::base::money::Money;
use crate::db::dialect;
use crate::db::schema::batch_outcome::{self as outcome, dsl};
use crate::db::schema::{batch, batch_item as item};
use crate::db::values::TolerantText;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::batched::BatchOutcome;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::many;

/// Rows in one transaction.
const STRETCH: i64 = 500;

/// Looks what became of retries while any is waited for; its clones share what was seen.
#[derive(Debug, Clone)]
pub struct Settler {
    database: Database,
    /// The last event at the last look: where the trail has not grown, nothing has ended.
    seen: Arc<AtomicI64>,
}

impl Settler {
    /// One that has seen nothing yet.
    pub fn new(database: Database) -> Settler {
        Settler { database, seen: Arc::new(AtomicI64::new(-1)) }
    }

    /// Whether anything is waited for and anything has happened.
    pub fn is_due(&self) -> Result<bool> {
        self.database.run_here(|connection| {
            let is_awaited = !awaiting(connection)?.is_empty();
            Ok(is_awaited && audit::last_id(connection)? != self.seen.load(Ordering::Relaxed))
        })
    }

    /// Writes what is known now.
    pub fn step(&self) -> Result<()> {
        let (last, batches) =
            self.database.run_here(|connection| Ok((audit::last_id(connection)?, awaiting(connection)?)))?;
        for id in batches {
            while self.database.run_here(|connection| has_news(connection, &id))? {
                self.database.transaction_here(|connection| write_some(connection, &id))?;
            }
        }
        self.seen.store(last, Ordering::Relaxed);
        Ok(())
    }
}

/// The batches that wait for the outcome of a retry.
fn awaiting(connection: &mut DbConnection) -> Result<Vec<String>> {
    let awaiting = batch::table.filter(batch::awaits_outcome.eq(true));
    Ok(awaiting.order((batch::created_at, batch::id)).select(batch::id).load(connection)?)
}

fn has_news(connection: &mut DbConnection, id: &str) -> Result<bool> {
    let batch = store::find(connection, id)?;
    Ok(is_over(&batch) || !undecided(connection, id, 1)?.is_empty())
}

/// Whether nothing more can come.
fn is_over(batch: &Batch) -> bool {
    batch.stored.awaits_outcome && batch.state.has_ended() && batch.waiting().count == 0
}

/// A retry that was asked for and is not under way any more.
#[derive(Debug, Clone, Queryable)]
struct Undecided {
    number: i64,
    event_id: Option<i64>,
    #[diesel(deserialize_as = TolerantText)]
    failed_id: String,
    amount: Option<Money>,
    cost: Option<Money>,
}

fn undecided(connection: &mut DbConnection, batch_id: &str, limit: i64) -> Result<Vec<Undecided>> {
    let same = dialect::is_same_id(connection.engine(), "f.id", "batch_item.failed_id");
    let is_over = format!(
        "NOT EXISTS (SELECT 1 FROM llmusage_accounting_failed f WHERE {same} AND f.retry_requested_at IS NOT NULL \
         AND COALESCE(f.handled, '0') <> '1')"
    );
    let same_row = item::batch_id.eq(outcome::batch_id).and(item::number.eq(outcome::number));
    Ok(outcome::table
        .inner_join(item::table.on(same_row))
        .filter(dsl::batch_id.eq(batch_id.to_owned()))
        .filter(dsl::phase.eq("run"))
        .filter(dsl::is_done.eq(true))
        .filter(dsl::ended_as.is_null())
        .filter(sql::<Bool>(&is_over))
        .order(dsl::number)
        .limit(limit)
        .select((dsl::number, dsl::event_id, item::failed_id, item::amount, item::cost))
        .load(connection)?)
}

/// Writes the outcome of some rows, or that no more is waited for.
fn write_some(connection: &mut DbConnection, id: &str) -> Result<()> {
    let batch = store::find_for_update(connection, id)?;
    let rows = undecided(connection, id, STRETCH)?;
    let ids: Vec<String> = rows.iter().map(|row| row.failed_id.clone()).collect();
    let since = rows.iter().filter_map(|row| row.event_id).min().unwrap_or(0);
    let mut events: HashMap<String, Vec<Event>> = HashMap::new();
    for event in audit::since(connection, FAILED_ACCOUNTING, &ids, since)? {
        events.entry(event.record_id.clone()).or_default().push(event);
    }
    let records = many::find(connection, &ids)?;
    let mut outcomes = batch.outcomes;
    for row in rows {
        let known = events.get(&row.failed_id).map_or(&[][..], Vec::as_slice);
        let end = End::told(&row, known, records.get(&row.failed_id));
        let tally = match end.outcome {
            BatchOutcome::Accounted => &mut outcomes.accounted,
            BatchOutcome::FailedAgain => &mut outcomes.failed_again,
            _ => &mut outcomes.ended,
        };
        tally.add(row.amount, row.cost);
        let row = outcome::table.find((id.to_owned(), "run".to_owned(), row.number));
        diesel::update(row)
            .set((
                dsl::ended_as.eq(end.outcome.as_str()),
                dsl::ended_why.eq(end.why),
                dsl::new_failure_id.eq(end.new_failure_id),
            ))
            .execute(connection)?;
    }
    let written = Batch { outcomes, ..batch };
    diesel::update(batch::table.find(id.to_owned()))
        .set((batch::outcomes.eq(store::to_json(&outcomes)?), batch::awaits_outcome.eq(!is_over(&written))))
        .execute(connection)?;
    Ok(())
}

/// How a retry ended.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    outcome: BatchOutcome,
    /// Key of its words in the catalogue.
    why: Option<&'static str>,
    new_failure_id: Option<String>,
}

impl End {
    fn otherwise(why: &'static str) -> End {
        End { outcome: BatchOutcome::Ended, why: Some(why), new_failure_id: None }
    }

    fn failed_again(new_failure_id: Option<String>) -> End {
        End { outcome: BatchOutcome::FailedAgain, why: None, new_failure_id }
    }

    /// As the events after the one that asked for it tell; without such, it ended past the app, or nobody knows any more.
    fn told(row: &Undecided, events: &[Event], record: Option<&FailedRecord>) -> End {
        let Some(asked) = row.event_id else { return End::otherwise("batch-ended-not-kept") };
        let later = events.iter().filter(|event| event.id > asked);
        later.filter_map(|event| End::of_event(row, event, record)).next().unwrap_or_else(|| {
            End::otherwise(if record.is_some() { "batch-ended-not-kept" } else { "batch-ended-deleted" })
        })
    }

    /// What that event says of the retry, if it ended it: by the fields that it changed.
    fn of_event(row: &Undecided, event: &Event, record: Option<&FailedRecord>) -> Option<End> {
        if event.action == Action::Delete.as_str() {
            return Some(End::otherwise("batch-ended-deleted"));
        }
        let after: Value = serde_json::from_str(event.after_state.as_deref()?).ok()?;
        let text = |field: &str| after.get(field).and_then(Value::as_str).map(str::to_owned);
        match text("resolution").as_deref() {
            Some("accounted") => {
                return Some(End { outcome: BatchOutcome::Accounted, why: None, new_failure_id: None });
            }
            Some("superseded") => {
                let follower = record.and_then(|record| record.retry.superseded_by.clone());
                return Some(End::failed_again(text("superseded_by").or(follower)));
            }
            _ => {}
        }
        if after.get("retry_requested_at") != Some(&Value::Null) {
            return None;
        }
        let is = |field: &str, value: bool| after.get(field).and_then(Value::as_bool) == Some(value);
        Some(match event.action.as_str() {
            action if action == Action::RetryFailed.as_str() => {
                End::failed_again(Some(row.failed_id.clone()))
            }
            action if action == Action::WithdrawRetry.as_str() => End::otherwise("batch-ended-withdrawn"),
            _ if is("usage_found", false) => End::otherwise("batch-ended-usage-gone"),
            _ if is("usage_archived", true) => End::otherwise("batch-ended-archived"),
            _ => End::otherwise("batch-ended-changed"),
        })
    }
}

/// The sums of the outcomes, counted anew: what is kept must equal it.
pub fn recounted(connection: &mut DbConnection, batch_id: &str) -> Result<Outcomes> {
    let same_row = item::batch_id.eq(outcome::batch_id).and(item::number.eq(outcome::number));
    let rows: Vec<(Option<String>, Option<Money>, Option<Money>)> = outcome::table
        .inner_join(item::table.on(same_row))
        .filter(dsl::batch_id.eq(batch_id.to_owned()))
        .filter(dsl::phase.eq("run"))
        .filter(dsl::ended_as.is_not_null())
        .select((dsl::ended_as, item::amount, item::cost))
        .load(connection)?;
    let mut outcomes = Outcomes::default();
    for (ended_as, amount, cost) in rows {
        match ended_as.as_deref().and_then(BatchOutcome::parse) {
            Some(BatchOutcome::Accounted) => outcomes.accounted.add(amount, cost),
            Some(BatchOutcome::FailedAgain) => outcomes.failed_again.add(amount, cost),
            _ => outcomes.ended.add(amount, cost),
        }
    }
    Ok(outcomes)
}
