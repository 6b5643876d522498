//! Asking the platform to account a usage again: only a live usage that is `failed`, by compare-and-set.
//!
//! The failure stays open, "retrying", until `settlement` sees in the platform's tables what became of it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::json;

use super::change::save;
use super::failure::FailedRecord;
use super::store;
use crate::audit::event::{Action, Author, Change, USAGE};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::schema::llmusage_accounting_failed;
use crate::db::values::TolerantTime;
use crate::db::{DbBackend, DbConnection};
use crate::error::{Error, Result};
use crate::usages::store as usages;
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED, Usage, Whereabouts};

/// What a record knows of a retry under way, and of the failures before and after it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Queryable, Selectable)]
#[diesel(table_name = llmusage_accounting_failed, check_for_backend(DbBackend))]
pub struct Retry {
    #[diesel(deserialize_as = TolerantTime)]
    pub retry_requested_at: Option<NaiveDateTime>,
    pub retry_requested_by: Option<String>,
    /// The other failures of the usage when the retry was asked for, as a JSON array of ids: what is none of them
    /// is new.
    pub retry_known: Option<String>,
    /// The failure whose retry failed with this one.
    pub supersedes: Option<String>,
    /// The failure that a retry of this one ended in.
    pub superseded_by: Option<String>,
}

impl Retry {
    /// The links to other failures alone: nothing is under way any more.
    pub fn ended(&self) -> Retry {
        Retry {
            supersedes: self.supersedes.clone(),
            superseded_by: self.superseded_by.clone(),
            ..Retry::default()
        }
    }

    /// The failures that were there when the retry was asked for.
    pub fn known(&self) -> Vec<String> {
        self.retry_known.as_deref().and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default()
    }
}

impl FailedRecord {
    /// Open, a retry asked for, the outcome not known yet.
    pub fn is_retrying(&self) -> bool {
        self.is_open() && self.retry.retry_requested_at.is_some()
    }

    /// Why the usage of this record cannot be accounted again now, if so.
    pub fn retry_obstacle(&self, usage: Option<&(Usage, Whereabouts)>) -> Option<&'static str> {
        if !self.is_open() {
            return Some("retry-handled");
        }
        if self.is_retrying() {
            return Some("retry-retrying");
        }
        if self.llmusageid.is_none() {
            return Some("retry-no-usage");
        }
        match usage {
            None => Some("retry-gone"),
            Some((usage, _)) if usage.is_accounted() => Some("retry-accounted"),
            Some((_, Whereabouts::Archived { .. })) => Some("retry-archived"),
            Some((usage, Whereabouts::Live)) => match usage.accounting_status.as_deref() {
                Some(FAILED) => None,
                Some(CREATED) => Some("retry-created"),
                _ => Some("retry-foreign"),
            },
        }
    }

    /// The record with a retry asked for; `attempts` are the failures of its usage, itself among them.
    pub fn retried(&self, attempts: impl Iterator<Item = String>, author: &Author) -> FailedRecord {
        let known: Vec<String> = attempts.filter(|other| *other != self.id).collect();
        let retry = Retry {
            retry_requested_at: Some(author.at),
            retry_requested_by: Some(author.name.clone()),
            retry_known: Some(json!(known).to_string()),
            ..self.retry.ended()
        };
        FailedRecord { retry, ..self.clone() }
    }

    /// Whether a retry has been waiting since before that time: the platform does not seem to take it.
    pub fn is_stuck(&self, since: NaiveDateTime) -> bool {
        self.is_retrying() && self.retry.retry_requested_at.is_some_and(|asked| asked < since)
    }
}

/// Asks for a retry of a record whose usage is the one named: the usage becomes `created`, the record retrying.
///
/// # Errors
/// [`Error::Conflict`] with the reason where it cannot work now; [`Error::NotFound`] for no such record.
pub fn request(
    connection: &mut DbConnection,
    id: &str,
    usage_id: Option<&str>,
    author: &Author,
) -> Result<FailedRecord> {
    let (before, usage) = find_both(connection, id, usage_id)?;
    if let Some(obstacle) = before.retry_obstacle(usage.as_ref()) {
        return Err(refusal(obstacle));
    }
    let Some((usage, _)) = usage else { return Err(refusal("retry-gone")) };
    if !usages::move_state(connection, &usage.id, FAILED, CREATED)? {
        return Err(refusal("retry-foreign"));
    }
    let others = store::attempts_of(connection, &usage.id)?.into_iter().map(|attempt| attempt.id);
    let after = before.retried(others, author);
    save(connection, (&before, &after), Action::Retry, author)?;
    record_move(connection, (&usage.id, FAILED, CREATED), Action::Retry, author)?;
    Ok(after)
}

/// Takes a retry back while the platform has not touched the usage: it becomes `failed` again, the record open.
///
/// # Errors
/// [`Error::Conflict`] where no retry is under way, or the platform was faster.
pub fn withdraw(
    connection: &mut DbConnection,
    id: &str,
    usage_id: Option<&str>,
    author: &Author,
) -> Result<FailedRecord> {
    let (before, usage) = find_both(connection, id, usage_id)?;
    if !before.is_retrying() {
        return Err(refusal("withdraw-not-retrying"));
    }
    let Some((usage, Whereabouts::Live)) = usage else { return Err(refusal("withdraw-too-late")) };
    if !usages::move_state(connection, &usage.id, CREATED, FAILED)? {
        return Err(refusal("withdraw-too-late"));
    }
    let after = FailedRecord { retry: before.retry.ended(), ..before.clone() };
    save(connection, (&before, &after), Action::WithdrawRetry, author)?;
    record_move(connection, (&usage.id, CREATED, FAILED), Action::WithdrawRetry, author)?;
    Ok(after)
}

fn refusal(why: &'static str) -> Error {
    Error::Conflict(Message::new(why))
}

/// A record and its usage, both for update; the usage first, because everybody locks in this order.
pub(super) fn find_both(
    connection: &mut DbConnection,
    id: &str,
    usage_id: Option<&str>,
) -> Result<(FailedRecord, Option<(Usage, Whereabouts)>)> {
    let usage = match usage_id {
        Some(usage_id) => usages::find_for_update(connection, usage_id)?,
        None => None,
    };
    let record = store::find_for_update(connection, id)?;
    if record.llmusageid.as_deref() != usage_id {
        return Err(refusal("retry-foreign"));
    }
    Ok((record, usage))
}

fn record_move(
    connection: &mut DbConnection,
    (usage_id, from, to): (&str, &str, &str),
    action: Action,
    author: &Author,
) -> Result<()> {
    debug_assert!(from != ACCOUNTED && to != ACCOUNTED, "only the platform accounts");
    let state = |state: &str| Some(json!({ "accounting_status": state }));
    let change =
        Change { action, record_kind: USAGE, record_id: usage_id, before: state(from), after: state(to) };
    audit::record(connection, author, change)
}
