//! Whether a row is still as it was frozen, and what the action makes of it: pure, row by row.

use super::batch::{Action, Batch};
use super::testing::{UNCHECKED, UNCHECKED_FAILING};
use crate::audit::event::Author;
use crate::audit::store::Event;
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::values::{TolerantCount, TolerantMoney, TolerantText, TolerantWords};
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, CHARGED, Case, Evidence, UNKNOWN_OUTCOME};
use crate::failed_accounting::correction;
use crate::failed_accounting::failure::{FailedRecord, Handling, Resolution};
use crate::usages::usage::Usage;

/// A row as it was frozen.
#[derive(Debug, Clone, PartialEq, diesel::Queryable)]
pub struct Item {
    pub number: i64,
    #[diesel(deserialize_as = TolerantWords)]
    pub obstacle: Option<String>,
    #[diesel(deserialize_as = TolerantText)]
    pub failed_id: String,
    #[diesel(deserialize_as = TolerantWords)]
    pub llmusageid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub userorgid: Option<String>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub amount: Option<Money>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub cost: Option<Money>,
    #[diesel(deserialize_as = TolerantWords)]
    pub handled: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub resolution: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub handled_by: Option<String>,
    #[diesel(deserialize_as = TolerantCount)]
    pub retry_count: Option<i32>,
    /// Of corrections: what its usage held, as a digest.
    pub seen: Option<String>,
}

impl Item {
    /// What keeps the batch from its row; not what whoever ran it ticked.
    pub fn kept_by(&self, batch: &Batch) -> Option<&str> {
        self.obstacle.as_deref().filter(|obstacle| !batch.includes(obstacle))
    }

    /// Whether the preview said that nobody knows whether the customer was charged: whoever ticked that looked at these rows.
    pub fn is_unknown(&self) -> bool {
        matches!(self.obstacle.as_deref(), Some(UNCHECKED | UNCHECKED_FAILING))
    }
}

/// Why a row was not done, and who was there before, where the audit trail knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Key of its words in the catalogue.
    pub why: String,
    pub by: Option<(String, chrono::NaiveDateTime)>,
}

impl Reason {
    /// A reason that nobody in particular has caused.
    pub fn plain(why: &str) -> Reason {
        Reason { why: why.to_owned(), by: None }
    }

    /// Changed or removed by whoever wrote that event; without one, past the app.
    pub fn meanwhile(why: &str, last: Option<&Event>) -> Reason {
        let by = last.map(|event| (event.author.clone(), event.happened_at));
        Reason { why: why.to_owned(), by }
    }
}

/// The record if it is as it was frozen, else why not. `last` is the last event about it since then; a step of the batch
/// itself is no change, since it was taken only while there was no other.
pub fn unchanged<'a>(
    item: &Item,
    batch: &Batch,
    record: Option<&'a FailedRecord>,
    last: Option<&Event>,
) -> std::result::Result<&'a FailedRecord, Reason> {
    if let Some(obstacle) = item.kept_by(batch) {
        return Err(Reason::plain(obstacle));
    }
    let Some(record) = record else { return Err(Reason::meanwhile("batch-gone", last)) };
    let is_step = last.is_some_and(|last| is_of(last, batch));
    let is_same = record.llmusageid == item.llmusageid
        && record.userorgid == item.userorgid
        && record.amount == item.amount
        && record.cost == item.cost
        && record.handled == item.handled
        && record.resolution == item.resolution
        && record.handled_by == item.handled_by
        && (is_step || record.retry_count == item.retry_count);
    if (last.is_some() && !is_step) || !is_same {
        return Err(Reason::meanwhile("batch-changed", last));
    }
    Ok(record)
}

/// Refuses a row whose usage does not hold any more what was seen of it: the platform's own changes leave no event.
pub fn usage_unchanged(item: &Item, usage: Option<&Usage>) -> std::result::Result<(), Reason> {
    let is_same = match (&item.seen, usage) {
        (Some(seen), Some(usage)) => *seen == correction::digest(usage),
        // Frozen before that was noted; where the usage is gone, the rules say so.
        _ => true,
    };
    if is_same { Ok(()) } else { Err(Reason::plain(USAGE_CHANGED)) }
}

/// The key of the words for a usage that changed since its row was frozen, by nobody here.
pub const USAGE_CHANGED: &str = "batch-usage-changed";

/// Whether the batch itself wrote that event.
pub(super) fn is_of(event: &Event, batch: &Batch) -> bool {
    let told: Option<serde_json::Value> =
        event.after_state.as_deref().and_then(|text| serde_json::from_str(text).ok());
    told.is_some_and(|told| told.get("batch").and_then(|id| id.as_str()) == Some(batch.id()))
}

/// Does what the batch does to a record of that case, or a step towards it; why not, where its rules refuse it.
pub fn act(
    case: &mut Case,
    batch: &Batch,
    id: &str,
    evidence: &Evidence,
    author: &Author,
) -> Result<(Acted, Option<Reason>)> {
    match case.act(|case| perform(case, batch, id, evidence, author)) {
        Ok(acted) => Ok((acted, None)),
        Err(error) => Ok((Acted::Done, Some(refusal(error)?))),
    }
}

fn perform(case: &mut Case, batch: &Batch, id: &str, evidence: &Evidence, author: &Author) -> Result<()> {
    let note = batch.stored.note.clone();
    match batch.action {
        Action::Handle => {
            let resolution = batch.stored.resolution.as_deref().and_then(Resolution::parse);
            let resolution = resolution.ok_or_else(|| Error::internal("a handling without a resolution"))?;
            case.handle(id, &Handling { resolution, note }, author)
        }
        Action::Reopen => case.reopen(id, note.as_deref(), author),
        Action::Retry => case.retry(id, evidence, author),
        Action::Delete => case.delete(id),
        Action::Withdraw => case.withdraw(id, author),
        Action::Supersede => case.supersede_one(id, author),
        Action::Settle => case.settle(id, None, author),
        Action::Correct => {
            let planned = batch.planned.as_ref().ok_or_else(|| Error::internal("no plan to correct"))?;
            let correction = planned.correction.as_ref().ok_or_else(|| Error::internal("no correction"))?;
            case.correct(id, correction, planned.then_retry.then_some(evidence), author)
        }
    }
}

/// The reason in a refusal of one record's rules; other errors stay errors.
pub fn refusal(error: Error) -> Result<Reason> {
    match error {
        Error::Conflict(Message { key, arguments }) => {
            // An entry of the ledger is named on the page of the record.
            Ok(Reason::plain(if arguments.contains_key("entry") { CHARGED } else { key }))
        }
        Error::Invalid(errors) if errors.contains_key(UNKNOWN_OUTCOME) => Ok(Reason::plain(UNCHECKED)),
        error => Err(error),
    }
}
