//! Recording that a usage could not be accounted: the usage becomes `failed` and its failure is written, both or none.
//!
//! By compare-and-set, so that of two recorders at once one records.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::json;

use super::usage::{FAILED, Usage, Whereabouts};
use super::{failures, store};
use crate::audit::event::{Action, Author, Change, FAILED_ACCOUNTING, USAGE};
use crate::audit::store as audit;
use crate::base::clock::TIME_FORMAT;
use crate::base::money::Money;
use crate::causes::cause::Cause;
use crate::causes::store as causes;
use crate::causes::template::VERSION;
use crate::db::DbConnection;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::error::{Error, Result};

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The id that the failure gets; fresh.
    pub id: String,
    pub reason: String,
    /// In the business zone.
    pub failed_time: NaiveDateTime,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// The failure is written; its amount.
    Done { amount: Option<Money> },
    /// The usage is accounted, or archived as such: nothing failed.
    Accounted,
    /// The usage is archived without being accounted.
    Archived,
    /// The usage is failed already; its newest open failure, where it has one.
    AlreadyFailed { open: Option<String> },
}

/// Why a usage cannot be recorded as failed now, if so: a key of the catalogue.
pub fn obstacle(usage: &Usage, whereabouts: Whereabouts) -> Option<&'static str> {
    match (usage.accounting_status.as_deref(), whereabouts) {
        _ if usage.is_accounted() => Some("fail-accounted"),
        (_, Whereabouts::Archived { .. }) => Some("fail-archived"),
        (Some(FAILED), _) => Some("fail-already"),
        _ => None,
    }
}

/// A failure that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The usage as it was before.
    pub usage: Usage,
    pub recording: Recording,
    /// How many failures it had before.
    pub attempts: i32,
}

/// Records a failure of a usage, with the usage's values and as many retries as there were attempts before it.
///
/// # Errors
/// [`Error::NotFound`] for an unknown usage.
pub fn record(
    connection: &mut DbConnection,
    usage_id: &str,
    recording: &Recording,
    author: &Author,
) -> Result<Recorded> {
    let written = match write(connection, usage_id, recording)? {
        Ok(written) => written,
        Err(refused) => return Ok(refused),
    };
    audit::record_each(connection, events(&written).map(|change| (author, change)))?;
    Ok(Recorded::Done { amount: written.usage.amount })
}

/// As [`record`] without its events, which the caller owes to the same transaction; or why nothing was written.
///
/// # Errors
/// [`Error::NotFound`] for an unknown usage.
pub fn write(
    connection: &mut DbConnection,
    usage_id: &str,
    recording: &Recording,
) -> Result<std::result::Result<Written, Recorded>> {
    let (usage, whereabouts) = store::find_for_update(connection, usage_id)?.ok_or(Error::NotFound)?;
    let (attempts, open) = failures::count_and_open(connection, usage_id)?;
    match obstacle(&usage, whereabouts) {
        Some("fail-accounted") => return Ok(Err(Recorded::Accounted)),
        Some("fail-archived") => return Ok(Err(Recorded::Archived)),
        Some(_) => return Ok(Err(Recorded::AlreadyFailed { open })),
        None => {}
    }
    if !store::mark_failed(connection, usage_id)? {
        return Ok(Err(Recorded::AlreadyFailed { open }));
    }
    insert(connection, &usage, recording, attempts)?;
    Ok(Ok(Written { usage, recording: recording.clone(), attempts }))
}

/// What the trail says of it: the usage became `failed`, the failure is new.
pub fn events(written: &Written) -> [Change<'_>; 2] {
    let Written { usage, recording, attempts } = written;
    let moved = |state: Option<&str>| Some(json!({ "accounting_status": state }));
    let time = |time: Option<NaiveDateTime>| time.map(|time| time.format(TIME_FORMAT).to_string());
    let row = json!({
        "id": recording.id, "llmusageid": usage.id, "llmid": usage.llmid, "userid": usage.userid,
        "userorgid": usage.userorgid, "use_date": usage.use_date, "use_time": time(usage.use_time),
        "amount": usage.amount, "cost": usage.cost, "failed_reason": recording.reason,
        "failed_time": time(Some(recording.failed_time)), "retry_count": attempts, "handled": "0",
    });
    [
        Change {
            action: Action::RecordFailure,
            record_kind: USAGE,
            record_id: &usage.id,
            before: moved(usage.accounting_status.as_deref()),
            after: moved(Some(FAILED)),
        },
        Change {
            action: Action::Create,
            record_kind: FAILED_ACCOUNTING,
            record_id: &recording.id,
            before: None,
            after: Some(row),
        },
    ]
}

fn insert(connection: &mut DbConnection, usage: &Usage, recording: &Recording, attempts: i32) -> Result<()> {
    let cause = Cause::of(Some(&recording.reason));
    causes::keep(connection, &cause)?;
    let row = (
        failed::id.eq(recording.id.clone()),
        failed::llmusageid.eq(usage.id.clone()),
        failed::llmid.eq(usage.llmid.clone()),
        failed::userid.eq(usage.userid.clone()),
        failed::userorgid.eq(usage.userorgid.clone()),
        failed::use_date.eq(usage.use_date),
        failed::use_time.eq(usage.use_time),
        failed::amount.eq(usage.amount.map(Money::to_column)),
        failed::cost.eq(usage.cost.map(Money::to_column)),
        failed::failed_reason.eq(recording.reason.clone()),
        failed::failed_time.eq(recording.failed_time),
        failed::retry_count.eq(attempts),
        failed::handled.eq("0"),
        failed::handled_time.eq(None::<NaiveDateTime>),
        failed::cause.eq(cause.key),
        failed::cause_version.eq(VERSION),
    );
    diesel::insert_into(failed::table).values(row).execute(connection)?;
    Ok(())
}
