//! Recording that a usage could not be accounted: the usage becomes `failed` and its failure is written, both or none.
//!
//! By compare-and-set, so that of two recorders at once one records.

use std::collections::HashSet;

use chrono::NaiveDateTime;
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
use crate::db::dialect::Statement;
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

/// In the order of their codes, so that ids are in the order of time; none makes a table begin a formula.
const LETTERS: [char; 64] = nanoid::alphabet::SAFE;

impl Recording {
    /// An id for a failure that is recorded now: it begins with the time, in milliseconds, so that what is written
    /// together is together in every index that ends with the id. The rest is by chance.
    pub fn fresh_id(now: NaiveDateTime) -> String {
        let mut letters = LETTERS;
        letters.sort_unstable();
        let time = now.and_utc().timestamp_millis().max(0) as u64;
        let digit = |place: u32| letters[(time >> (6 * place)) as usize % letters.len()];
        let start: String = (0..7).rev().map(digit).collect();
        format!("{start}{}", nanoid::nanoid!(14))
    }
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

/// A failure whose usage is `failed` already, in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The usage as it was before.
    pub usage: Usage,
    pub recording: Recording,
    pub cause: Cause,
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
    let cause = Cause::of(Some(&recording.reason));
    let written = match begin(connection, usage_id, recording, &cause)? {
        Ok(written) => written,
        Err(refused) => return Ok(refused),
    };
    insert_all(connection, &[&written])?;
    audit::record_each(connection, events(&written).map(|change| (author, change)))?;
    Ok(Recorded::Done { amount: written.usage.amount })
}

/// Makes the usage `failed`, or says why nothing can be recorded. The failure and its events are owed to the same
/// transaction: [`insert_all`], [`events`].
///
/// # Errors
/// [`Error::NotFound`] for an unknown usage.
pub fn begin(
    connection: &mut DbConnection,
    usage_id: &str,
    recording: &Recording,
    cause: &Cause,
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
    Ok(Ok(Written { usage, recording: recording.clone(), cause: cause.clone(), attempts }))
}

/// What the trail says of it: the usage became `failed`, the failure is new.
pub fn events(written: &Written) -> [Change<'_>; 2] {
    let Written { usage, recording, attempts, .. } = written;
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

/// Failures in one statement: each number of them is a text that SQLite keeps.
const TOGETHER: usize = 16;

const COLUMNS: &str = "llmusage_accounting_failed (id, llmusageid, llmid, userid, userorgid, use_date, use_time, amount, \
                       cost, failed_reason, failed_time, retry_count, handled, handled_time, cause, cause_version)";

/// Inserts the failures of usages that were made `failed`, several in one statement.
pub fn insert_all(connection: &mut DbConnection, written: &[&Written]) -> Result<()> {
    let mut kept = HashSet::new();
    for Written { cause, .. } in written {
        if kept.insert(&cause.key) {
            causes::keep(connection, cause)?;
        }
    }
    for some in written.chunks(TOGETHER) {
        let mut statement = Statement::new(connection.engine(), &format!("INSERT INTO {COLUMNS} VALUES "));
        for (number, written) in some.iter().enumerate() {
            statement = row(statement.sql(if number == 0 { "(" } else { ", (" }), written).sql(")");
        }
        statement.execute(connection)?;
    }
    Ok(())
}

fn row(statement: Statement, Written { usage, recording, cause, attempts }: &Written) -> Statement {
    let texts = [
        Some(&recording.id),
        Some(&usage.id),
        usage.llmid.as_ref(),
        usage.userid.as_ref(),
        usage.userorgid.as_ref(),
    ];
    let statement = texts
        .into_iter()
        .fold(statement, |statement, text| statement.text(text.map(|text| &**text)).sql(", "));
    statement
        .date(usage.use_date)
        .sql(", ")
        .time(usage.use_time)
        .sql(", ")
        .double(usage.amount.map(Money::to_column))
        .sql(", ")
        .double(usage.cost.map(Money::to_column))
        .sql(", ")
        .text(recording.reason.as_str())
        .sql(", ")
        .time(recording.failed_time)
        .sql(", ")
        .number(i64::from(*attempts))
        .sql(", '0', NULL, ")
        .text(cause.key.as_str())
        .sql(", ")
        .number(i64::from(VERSION))
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    #[test]
    fn fresh_ids_are_in_the_order_of_time_fit_their_column_and_begin_no_formula() {
        let first = NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_milli_opt(8, 0, 0, 0));
        let first = first.expect("a time");
        let later = [0, 1, 63, 64, 4_095, 86_400_000, 31_536_000_000].map(TimeDelta::milliseconds);
        let ids: Vec<String> = later.iter().map(|later| Recording::fresh_id(first + *later)).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 21 && id.starts_with(|first: char| first.is_alphabetic())));
    }

    #[test]
    fn fresh_ids_of_one_moment_differ() {
        let now = NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_opt(8, 0, 0));
        let ids: HashSet<String> = (0..1_000).map(|_| Recording::fresh_id(now.expect("a time"))).collect();
        assert_eq!(ids.len(), 1_000);
    }
}
