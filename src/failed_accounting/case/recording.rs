//! New failures: recorded with their usage, or by themselves. What the app records is the newest of its case.

use serde_json::{Value, json};

use super::acts::superseded;
use super::rules::order;
use super::{Case, Members};
use crate::audit::event::{Action, Author};
use crate::base::columns::{self, Column, Place};
use crate::causes::cause::Cause;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::{COLUMNS, FailedRecord};
use crate::failed_accounting::retry::Retry;
use crate::usages::recording::{self, Recorded, Recording};
use crate::usages::usage::{CREATED, FAILED, Usage, Whereabouts};

impl Case {
    /// The case that a new failure of that usage joins; without a usage, one of its own.
    pub fn for_new(connection: &mut DbConnection, usage_id: Option<&str>) -> Result<Case> {
        match usage_id.filter(|id| !id.trim().is_empty()) {
            Some(usage_id) => Case::of_usage(connection, usage_id),
            None => Ok(Case::new(None, Members::default())),
        }
    }

    /// Records that the usage could not be accounted: it becomes `failed`, and the failure has its values.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown usage.
    pub fn record(&mut self, recording: &Recording, author: &Author) -> Result<Recorded> {
        self.record_prepared(recording, &Cause::of(Some(&recording.reason)), author)
    }

    /// As [`Case::record`], with the cause of the reason.
    pub(in crate::failed_accounting) fn record_prepared(
        &mut self,
        recording: &Recording,
        cause: &Cause,
        author: &Author,
    ) -> Result<Recorded> {
        let Some((usage, whereabouts)) = self.usage.clone() else { return Err(Error::NotFound) };
        match recording::obstacle(&usage, whereabouts) {
            Some("fail-accounted") => return Ok(Recorded::Accounted),
            Some("fail-archived") => return Ok(Recorded::Archived),
            Some(_) => {
                return Ok(Recorded::AlreadyFailed { open: self.newest_open().map(|open| open.id.clone()) });
            }
            None => {}
        }
        self.move_usage(FAILED, Action::RecordFailure);
        let amount = usage.amount;
        self.join(fresh(&usage, recording, cause), Some(cause), told, author);
        Ok(Recorded::Done { amount })
    }

    /// Adds a failure by itself. One of a usage that is accounted is closed at once, with the proof.
    pub fn insert(&mut self, record: FailedRecord, author: &Author) -> Result<()> {
        let id = record.id.clone();
        self.join(record, None, FailedRecord::to_json, author);
        if self.view().settling_obstacle(self.failure(&id)?).is_none() {
            self.settle(&id, None, author)?;
        }
        Ok(())
    }

    /// The new failure takes the place of all open ones; of very many some hundred, the others follow with the job that
    /// looks at new failures. A retry that the platform has not taken goes on with it.
    fn join(
        &mut self,
        mut record: FailedRecord,
        cause: Option<&Cause>,
        told: fn(&FailedRecord) -> Value,
        author: &Author,
    ) {
        let open: Vec<FailedRecord> =
            self.view().others(&record.id).filter(|other| other.is_open()).cloned().collect();
        let seems_older = |newest: &&FailedRecord| order::may_seem_older(&record, newest);
        let newest = self.view().others(&record.id).next().filter(seems_older);
        record.retry.supersedes = record.retry.supersedes.take().or_else(|| Some(newest?.id.clone()));
        let is_created = matches!(&self.usage, Some((usage, Whereabouts::Live))
            if usage.accounting_status.as_deref() == Some(CREATED));
        for other in &open {
            record.retry_count = record.retry_count.max(other.retry_count);
            record.retry.supersedes = record.retry.supersedes.take().or_else(|| Some(other.id.clone()));
            if other.is_retrying() && is_created {
                let asked = other.retry.retry_requested_at.unwrap_or(author.at);
                record.retry = Retry {
                    supersedes: Some(other.id.clone()),
                    superseded_by: None,
                    retry_known: Some(self.known(&record.id, asked)),
                    ..other.retry.clone()
                };
            }
            let action = if other.is_retrying() { Action::RetrySuperseded } else { Action::Supersede };
            self.put(superseded(other, &record.id, author), action, Value::Null);
        }
        if self.rest.has_work() {
            self.changes.follow(&record.id);
        }
        let told = told(&record);
        self.add(record, cause, told);
    }
}

/// The failure of a usage as it is recorded: with its values, and no retry asked for yet.
fn fresh(usage: &Usage, recording: &Recording, cause: &Cause) -> FailedRecord {
    FailedRecord {
        id: recording.id.clone(),
        llmusageid: Some(usage.id.clone()),
        llmid: usage.llmid.clone(),
        userid: usage.userid.clone(),
        userorgid: usage.userorgid.clone(),
        use_date: usage.use_date,
        use_time: usage.use_time,
        amount: usage.amount,
        cost: usage.cost,
        failed_reason: Some(recording.reason.clone()),
        failed_time: Some(recording.failed_time),
        retry_count: Some(0),
        handled: Some("0".to_owned()),
        cause: Some(cause.key.clone()),
        ..FailedRecord::default()
    }
}

/// What the trail is told of a recorded failure: the columns that were filled.
fn told(record: &FailedRecord) -> Value {
    let is_filled = |column: &&Column<FailedRecord>| {
        column.place == Place::Platform && !["handled_time", "handled_note"].contains(&column.name)
    };
    let mut told = columns::to_json(COLUMNS.iter().filter(is_filled), record);
    if let Some(supersedes) = &record.retry.supersedes {
        told["supersedes"] = json!(supersedes);
    }
    told
}
