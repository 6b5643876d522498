//! What became of a retry, as the platform's tables prove it; nothing here changes a usage.
//!
//! Each retry is settled in a transaction of its own, so that a kill at any moment leaves it settled or as it was.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::change;
use super::failure::{FailedRecord, Resolution};
use super::retry::{self, Retry};
use super::store;
use crate::audit::event::{Action, Author};
use crate::base::clock::TIME_FORMAT;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::usages::usage::{CREATED, FAILED, Usage, Whereabouts};

/// So far the clocks of the platform and of this app may be apart.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// How one look at a retry ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The usage is accounted; the record and the other open ones of the usage are closed with that proof.
    Accounted,
    /// It failed again with a new record, which took the place of this one and of the other open ones of the usage.
    Superseded,
    /// It failed again without a new record; this one is open again and counts one retry more.
    FailedAgain,
    /// It failed, and no new record is there yet: the platform may be about to write it.
    Doubtful,
    /// The usage was changed, archived unaccounted, or went away; the record is open again.
    Ended,
    /// The platform has not taken the usage yet.
    Waiting,
    /// Nothing is to be settled any more: somebody else did, or the record is gone.
    Nothing,
}

/// How sure one must be that a usage failed without a new record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The platform may write the state first and the record a moment later: look twice.
    First,
    /// It was seen like this before.
    Again,
}

/// Looks what became of the retry of a record, and closes, reopens or leaves it.
pub fn settle(
    connection: &mut DbConnection,
    (id, usage_id): (&str, Option<&str>),
    look: Look,
    author: &Author,
) -> Result<Settled> {
    let (record, usage) = match retry::find_both(connection, id, usage_id) {
        Ok(both) => both,
        // Gone, or it names another usage now; the next look reads it afresh.
        Err(Error::NotFound | Error::Conflict(_)) => return Ok(Settled::Nothing),
        Err(error) => return Err(error),
    };
    if !record.is_retrying() {
        return Ok(Settled::Nothing);
    }
    let attempts = match usage_id {
        Some(usage_id) => store::attempts_of(connection, usage_id)?,
        None => Vec::new(),
    };
    if let Some((usage, whereabouts)) = usage.as_ref().filter(|(usage, _)| usage.is_accounted()) {
        let open = attempts.iter().filter(|attempt| attempt.is_open());
        for attempt in open {
            close(connection, attempt, (usage, *whereabouts), author)?;
        }
        return Ok(Settled::Accounted);
    }
    let known = record.retry.known();
    let is_new = |attempt: &&FailedRecord| {
        attempt.id != id && !known.contains(&attempt.id) && came_after(attempt, &record)
    };
    // The oldest that follows no other: a new one may have been retried, and failed again, already.
    let free = attempts.iter().filter(is_new).rfind(|attempt| attempt.retry.supersedes.is_none());
    if let Some(newer) = free.or_else(|| attempts.iter().rfind(is_new)) {
        // The other open ones of before the retry stand for the same money: the new one takes the place of all.
        let earlier = attempts.iter().filter(|attempt| attempt.is_open() && known.contains(&attempt.id));
        supersede(connection, (&record, earlier), newer, author)?;
        return Ok(Settled::Superseded);
    }
    match (&usage, look) {
        (Some((usage, Whereabouts::Live)), _) if usage.accounting_status.as_deref() == Some(CREATED) => {
            Ok(Settled::Waiting)
        }
        (Some((usage, Whereabouts::Live)), look) if usage.accounting_status.as_deref() == Some(FAILED) => {
            if look == Look::First {
                return Ok(Settled::Doubtful);
            }
            let retry_count = Some(record.retry_count.unwrap_or(0).saturating_add(1));
            let after = FailedRecord { retry_count, retry: record.retry.ended(), ..record.clone() };
            change::save(connection, (&record, &after), Action::RetryFailed, author)?;
            Ok(Settled::FailedAgain)
        }
        _ => {
            let after = FailedRecord { retry: record.retry.ended(), ..record.clone() };
            let facts = usage_facts(usage.as_ref());
            change::save_with(connection, (&record, &after), Action::RetryEnded, (author, facts))?;
            Ok(Settled::Ended)
        }
    }
}

fn close(
    connection: &mut DbConnection,
    record: &FailedRecord,
    (usage, whereabouts): (&Usage, Whereabouts),
    author: &Author,
) -> Result<()> {
    let after = FailedRecord {
        handled: Some("1".to_owned()),
        handled_time: Some(author.at),
        resolution: Some(Resolution::Accounted.as_str().to_owned()),
        handled_by: Some(author.name.clone()),
        retry: record.retry.ended(),
        ..record.clone()
    };
    let mut facts = usage_facts(Some(&(usage.clone(), whereabouts)));
    facts["seen_at"] = json!(author.at.format(TIME_FORMAT).to_string());
    change::save_with(connection, (record, &after), Action::RetryAccounted, (author, facts))
}

/// Whether a failure can be the outcome of the retry of a record. One that is brought in meanwhile, by an import, tells
/// of an earlier attempt; one without a time may be new.
fn came_after(attempt: &FailedRecord, record: &FailedRecord) -> bool {
    let asked = record.retry.retry_requested_at;
    attempt.failed_time.zip(asked).is_none_or(|(failed, asked)| failed >= asked - CLOCKS_DIFFER)
}

fn supersede<'a>(
    connection: &mut DbConnection,
    (record, earlier): (&'a FailedRecord, impl Iterator<Item = &'a FailedRecord>),
    newer: &FailedRecord,
    author: &Author,
) -> Result<()> {
    let mut tried = 0;
    for old in std::iter::once(record).chain(earlier) {
        let closed = FailedRecord {
            handled: Some("1".to_owned()),
            handled_time: Some(author.at),
            resolution: Some(Resolution::Superseded.as_str().to_owned()),
            handled_by: Some(author.name.clone()),
            retry: Retry { superseded_by: Some(newer.id.clone()), ..old.retry.ended() },
            ..old.clone()
        };
        change::save(connection, (old, &closed), Action::RetrySuperseded, author)?;
        tried = tried.max(old.retry_count.unwrap_or(0).saturating_add(1));
    }
    let carried = FailedRecord {
        retry_count: newer.retry_count.max(Some(tried)),
        retry: Retry {
            supersedes: newer.retry.supersedes.clone().or(Some(record.id.clone())),
            ..newer.retry.clone()
        },
        ..newer.clone()
    };
    change::save(connection, (newer, &carried), Action::CarryRetries, author)
}

/// What was seen of the usage, for the event.
fn usage_facts(usage: Option<&(Usage, Whereabouts)>) -> Value {
    match usage {
        None => json!({ "usage_found": false }),
        Some((usage, whereabouts)) => json!({
            "usage_accounting_status": usage.accounting_status,
            "usage_amount": usage.amount,
            "usage_cost": usage.cost,
            "usage_archived": matches!(whereabouts, Whereabouts::Archived { .. }),
        }),
    }
}

/// Up to `limit` records that are retrying, with their usages, by id from after that one.
pub fn retrying(
    connection: &mut DbConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Option<String>)>> {
    use crate::db::schema::llmusage_accounting_failed::dsl;
    Ok(dsl::llmusage_accounting_failed
        .filter(super::condition::is_retrying())
        .filter(dsl::id.gt(after.to_owned()))
        .order(dsl::id.asc())
        .limit(limit)
        .select((dsl::id, dsl::llmusageid))
        .load(connection)?)
}
