//! The statements that write failures and usages. Nobody outside this room can call them but through a case.
//! More than 250 lines: the columns of what is written.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::changes::FailureChange;
use super::handling;
use crate::base::form::Message;
use crate::base::money::Money;
use crate::base::secrets;
use crate::causes::cause::Cause;
use crate::causes::store as causes;
use crate::causes::template::VERSION;
use crate::db::dialect::{self, Statement, Wanted};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::TextOf;
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::retry::Retry;

/// A row to insert, money as the columns hold it.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = failed, treat_none_as_default_value = false)]
struct Row<'a> {
    id: &'a str,
    llmusageid: Option<&'a str>,
    llmid: Option<&'a str>,
    userid: Option<&'a str>,
    userorgid: Option<&'a str>,
    use_date: Option<NaiveDate>,
    use_time: Option<NaiveDateTime>,
    amount: Option<Money>,
    cost: Option<Money>,
    failed_reason: Option<&'a str>,
    failed_time: Option<NaiveDateTime>,
    retry_count: Option<i32>,
    handled: Option<&'a str>,
    handled_time: Option<NaiveDateTime>,
    handled_note: Option<&'a str>,
    resolution: Option<&'a str>,
    handled_by: Option<&'a str>,
    retry_requested_at: Option<NaiveDateTime>,
    retry_requested_by: Option<&'a str>,
    retry_known: Option<&'a str>,
    supersedes: Option<&'a str>,
    superseded_by: Option<&'a str>,
    cause: &'a str,
    cause_version: i32,
}

impl<'a> Row<'a> {
    fn new(record: &'a FailedRecord, cause: &'a Cause) -> Row<'a> {
        Row {
            id: &record.id,
            llmusageid: record.llmusageid.as_deref(),
            llmid: record.llmid.as_deref(),
            userid: record.userid.as_deref(),
            userorgid: record.userorgid.as_deref(),
            use_date: record.use_date,
            use_time: record.use_time,
            amount: record.amount,
            cost: record.cost,
            failed_reason: record.failed_reason.as_deref(),
            failed_time: record.failed_time,
            retry_count: record.retry_count,
            handled: record.handled.as_deref(),
            handled_time: record.handled_time,
            handled_note: record.handled_note.as_deref(),
            resolution: record.resolution.as_deref(),
            handled_by: record.handled_by.as_deref(),
            retry_requested_at: record.retry.retry_requested_at,
            retry_requested_by: record.retry.retry_requested_by.as_deref(),
            retry_known: record.retry.retry_known.as_deref(),
            supersedes: record.retry.supersedes.as_deref(),
            superseded_by: record.retry.superseded_by.as_deref(),
            cause: &cause.key,
            cause_version: VERSION,
        }
    }
}

/// Inserts a row as a file or a sample tells it: no act, and nothing follows from it.
///
/// # Errors
/// The unique violation of the database when the id is taken; see [`crate::db::is_duplicate`].
pub(crate) fn insert(connection: &mut DbConnection, record: &FailedRecord) -> QueryResult<()> {
    let cause = Cause::of(record.failed_reason.as_deref());
    causes::keep(connection, &cause)?;
    keep_shown(connection, record)?;
    diesel::insert_into(failed::table).values(Row::new(record, &cause)).execute(connection).map(drop)
}

/// Writes changes of failures, in their order where one record changed several times.
pub(super) fn write_failures(connection: &mut DbConnection, changes: Vec<FailureChange>) -> Result<()> {
    let mut last: HashMap<String, FailedRecord> = HashMap::new();
    let (mut order, mut removed, mut made) = (Vec::new(), Vec::new(), Vec::new());
    let mut corrected = Vec::new();
    for change in changes {
        match change {
            FailureChange::Saved { before, after } => {
                corrected.push((before.clone(), after.clone()));
                if last.insert(after.id.clone(), *after).is_none() {
                    order.push(before.id);
                }
            }
            FailureChange::Made(record) => made.push(record),
            FailureChange::Removed(id) => removed.push(id),
        }
    }
    make(connection, &made)?;
    for (before, after) in &corrected {
        facts(connection, before, after)?;
    }
    let mut first: HashMap<&str, &FailedRecord> = HashMap::new();
    for (before, _) in &corrected {
        first.entry(&before.id).or_insert(before);
    }
    let changed: Vec<(&FailedRecord, &FailedRecord)> =
        order.iter().filter_map(|id| Some((*first.get(id.as_str())?, last.get(id)?))).collect();
    handling::write(connection, &changed)?;
    delete(connection, &removed)
}

/// Writes those facts of the platform that people may correct.
fn facts(connection: &mut DbConnection, before: &FailedRecord, after: &FailedRecord) -> Result<()> {
    let row = failed::table.filter(dsl::id.eq(TextOf::new(&before.id)));
    if before.amount != after.amount {
        diesel::update(row.clone()).set(dsl::amount.eq(after.amount)).execute(connection)?;
    }
    if before.cost != after.cost {
        diesel::update(row.clone()).set(dsl::cost.eq(after.cost)).execute(connection)?;
    }
    let written = |before: Option<Money>, after: Option<Money>| after.filter(|_| before != after);
    let wanted = Wanted {
        id: &before.id,
        amount: written(before.amount, after.amount),
        cost: written(before.cost, after.cost),
    };
    dialect::check_kept(connection, "llmusage_accounting_failed", &[wanted])?;
    if before.failed_reason != after.failed_reason {
        let cause = Cause::of(after.failed_reason.as_deref());
        causes::keep(connection, &cause)?;
        let reason = dsl::failed_reason.eq(after.failed_reason.clone());
        let told = (dsl::cause.eq(cause.key), dsl::cause_version.eq(VERSION));
        diesel::update(row).set((reason, told)).execute(connection)?;
    }
    Ok(())
}

fn delete(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let gone = diesel::delete(failed::table.filter(dialect::among::<failed::table>("id", ids)))
        .execute(connection)?;
    match gone == ids.len() {
        true => Ok(()),
        false => Err(Error::internal(format!("{} records are locked, {gone} deleted", ids.len()))),
    }
}

/// New rows in one statement: each number of them is a text that SQLite keeps.
const TOGETHER: usize = 16;

const COLUMNS: &str = "llmusage_accounting_failed (id, llmusageid, llmid, userid, userorgid, use_date, use_time, amount, \
                       cost, failed_reason, failed_time, retry_count, handled, handled_time, cause, cause_version)";

/// Inserts new failures, several in one statement. Those that know of others or of a retry are few.
fn make(connection: &mut DbConnection, made: &[Box<FailedRecord>]) -> Result<()> {
    let is_bare = |record: &&FailedRecord| record.is_open() && record.retry == Retry::default();
    let (bare, rich): (Vec<&FailedRecord>, Vec<_>) = made.iter().map(AsRef::as_ref).partition(is_bare);
    let mut kept = HashSet::new();
    for some in bare.chunks(TOGETHER) {
        let mut statement = Statement::new(connection.engine(), &format!("INSERT INTO {COLUMNS} VALUES "));
        for (number, record) in some.iter().enumerate() {
            let cause = Cause::of(record.failed_reason.as_deref());
            statement =
                bare_row(statement.sql(if number == 0 { "(" } else { ", (" }), record, &cause).sql(")");
            keep_shown(connection, record)?;
            if kept.insert(cause.key.clone()) {
                causes::keep(connection, &cause)?;
            }
        }
        statement.execute(connection).map_err(taken)?;
    }
    for record in rich {
        insert(connection, record).map_err(taken)?;
    }
    check_money(connection, made.iter().map(AsRef::as_ref))
}

/// Refuses new failures whose money the columns did not keep.
fn check_money<'a>(
    connection: &mut DbConnection,
    made: impl Iterator<Item = &'a FailedRecord>,
) -> Result<()> {
    let wanted: Vec<Wanted<'_>> =
        made.map(|record| Wanted { id: &record.id, amount: record.amount, cost: record.cost }).collect();
    dialect::check_kept(connection, "llmusage_accounting_failed", &wanted)
}

/// A reason with a secret is searched as it is shown.
fn keep_shown(connection: &mut DbConnection, record: &FailedRecord) -> QueryResult<()> {
    if !record.failed_reason.as_deref().is_some_and(secrets::has_secret) {
        return Ok(());
    }
    dialect::keep_shown(connection, &[(record.id.clone(), record.failed_reason.clone())])
}

fn taken(error: diesel::result::Error) -> Error {
    match is_duplicate(&error) {
        true => Error::Conflict(Message::new("conflict-recorded")),
        false => error.into(),
    }
}

fn bare_row(statement: Statement, record: &FailedRecord, cause: &Cause) -> Statement {
    let texts = [
        Some(&record.id),
        record.llmusageid.as_ref(),
        record.llmid.as_ref(),
        record.userid.as_ref(),
        record.userorgid.as_ref(),
    ];
    let statement = texts
        .into_iter()
        .fold(statement, |statement, text| statement.text(text.map(|text| &**text)).sql(", "));
    statement
        .date(record.use_date)
        .sql(", ")
        .time(record.use_time)
        .sql(", ")
        .money(record.amount)
        .sql(", ")
        .money(record.cost)
        .sql(", ")
        .text(record.failed_reason.as_deref())
        .sql(", ")
        .time(record.failed_time)
        .sql(", ")
        .number(record.retry_count.map(i64::from))
        .sql(", '0', NULL, ")
        .text(cause.key.as_str())
        .sql(", ")
        .number(i64::from(VERSION))
}

pub(super) use super::usages::write as write_usages;
