//! Failed records in the database: finding, inserting, saving by compare-and-set, deleting.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::condition::Search;
use super::failure::FailedRecord;
use super::filter::Filter;
use super::list::{self, Listing};
use crate::base::paging::{Cursor, Position};
use crate::causes::cause::Cause;
use crate::causes::store as causes;
use crate::causes::template::VERSION;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::{DbConnection, dialect};
use crate::error::{Error, Result};

/// The most attempts that a details page lists for one usage.
const ATTEMPTS: i64 = 100;

/// A row to insert, money as the columns hold it.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = failed, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row<'a> {
    id: &'a str,
    llmusageid: Option<&'a str>,
    llmid: Option<&'a str>,
    userid: Option<&'a str>,
    userorgid: Option<&'a str>,
    use_date: Option<NaiveDate>,
    use_time: Option<NaiveDateTime>,
    amount: Option<f64>,
    cost: Option<f64>,
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
            amount: record.amount.map(|money| money.to_column()),
            cost: record.cost.map(|money| money.to_column()),
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

/// The fields that people and the app change; the facts of the platform stay as they are.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = failed, treat_none_as_null = true)]
struct Changes<'a> {
    handled: Option<&'a str>,
    handled_time: Option<NaiveDateTime>,
    handled_note: Option<&'a str>,
    resolution: Option<&'a str>,
    handled_by: Option<&'a str>,
    retry_count: Option<i32>,
    retry_requested_at: Option<NaiveDateTime>,
    retry_requested_by: Option<&'a str>,
    retry_known: Option<&'a str>,
    supersedes: Option<&'a str>,
    superseded_by: Option<&'a str>,
}

/// The record of that id, to the letter.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(connection: &mut DbConnection, id: &str) -> Result<FailedRecord> {
    lookup(connection, id)?.ok_or(Error::NotFound)
}

/// The record of that id, to the letter, if there is one. Some collations find another one, too.
pub fn lookup(connection: &mut DbConnection, id: &str) -> Result<Option<FailedRecord>> {
    let found: Option<FailedRecord> = failed::table
        .filter(dsl::id.eq(id.to_owned()))
        .select(FailedRecord::as_select())
        .first(connection)
        .optional()?;
    Ok(found.filter(|record| record.id == id))
}

/// As [`find`]; nobody changes the record until the transaction ends.
pub fn find_for_update(connection: &mut DbConnection, id: &str) -> Result<FailedRecord> {
    let lock = dialect::for_update(connection.engine());
    if !lock.is_empty() {
        sql::<diesel::sql_types::Text>("SELECT id FROM llmusage_accounting_failed WHERE id = ")
            .bind::<diesel::sql_types::Text, _>(id.to_owned())
            .sql(lock)
            .load::<String>(connection)?;
    }
    find(connection, id)
}

/// Inserts a new record.
///
/// # Errors
/// The unique violation of the database when the id is taken; see [`crate::db::is_duplicate`].
pub fn insert(connection: &mut DbConnection, record: &FailedRecord) -> QueryResult<()> {
    let cause = Cause::of(record.failed_reason.as_deref());
    causes::keep(connection, &cause)?;
    diesel::insert_into(failed::table).values(Row::new(record, &cause)).execute(connection).map(drop)
}

/// Writes what changed between two states of a record that was found for update.
pub fn save(connection: &mut DbConnection, before: &FailedRecord, after: &FailedRecord) -> Result<()> {
    let row = failed::table.filter(dsl::id.eq(before.id.clone()));
    if before.amount != after.amount {
        let amount = after.amount.map(|money| money.to_column());
        diesel::update(row.clone()).set(dsl::amount.eq(amount)).execute(connection)?;
    }
    if before.cost != after.cost {
        let cost = after.cost.map(|money| money.to_column());
        diesel::update(row.clone()).set(dsl::cost.eq(cost)).execute(connection)?;
    }
    if before.failed_reason != after.failed_reason {
        let cause = Cause::of(after.failed_reason.as_deref());
        causes::keep(connection, &cause)?;
        let reason = dsl::failed_reason.eq(after.failed_reason.clone());
        let told = (dsl::cause.eq(cause.key), dsl::cause_version.eq(VERSION));
        diesel::update(row.clone()).set((reason, told)).execute(connection)?;
    }
    let changes = Changes {
        handled: after.handled.as_deref(),
        handled_time: after.handled_time,
        handled_note: after.handled_note.as_deref(),
        resolution: after.resolution.as_deref(),
        handled_by: after.handled_by.as_deref(),
        retry_count: after.retry_count,
        retry_requested_at: after.retry.retry_requested_at,
        retry_requested_by: after.retry.retry_requested_by.as_deref(),
        retry_known: after.retry.retry_known.as_deref(),
        supersedes: after.retry.supersedes.as_deref(),
        superseded_by: after.retry.superseded_by.as_deref(),
    };
    if diesel::update(row).set(changes).execute(connection)? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes a record for good.
pub fn delete(connection: &mut DbConnection, id: &str) -> Result<()> {
    match diesel::delete(failed::table.filter(dsl::id.eq(id.to_owned()))).execute(connection)? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// All failures of one usage, newest first, at most 100.
pub fn attempts(connection: &mut DbConnection, usage_id: &str) -> Result<Vec<FailedRecord>> {
    Ok(failed::table
        .filter(dialect::exactly::<failed::table>(connection.engine(), "llmusageid", usage_id))
        .order((dsl::failed_time.desc(), dsl::id.desc()))
        .limit(ATTEMPTS)
        .select(FailedRecord::as_select())
        .load(connection)?)
}

/// Every failure of exactly that usage, newest first, as they are now.
pub fn attempts_of(connection: &mut DbConnection, usage_id: &str) -> Result<Vec<FailedRecord>> {
    let found: Vec<FailedRecord> = failed::table
        .filter(dialect::exactly::<failed::table>(connection.engine(), "llmusageid", usage_id))
        .order((dsl::failed_time.desc(), dsl::id.desc()))
        .select(FailedRecord::as_select())
        .load(connection)?;
    Ok(found)
}

/// The ids before and after a record in the list of a filter.
pub fn neighbours(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    id: &str,
) -> Result<(Option<String>, Option<String>)> {
    let cursor: Cursor = list::cursor_of(connection, filter.sort, id)?;
    let mut one = |position| -> Result<Option<String>> {
        let listing: Listing = list::rows(connection, filter, search, &position, 1)?;
        Ok(listing.rows.into_iter().next().map(|row| row.record.id))
    };
    Ok((one(Position::Before(cursor.clone()))?, one(Position::After(cursor))?))
}

/// Whether there is any record at all.
pub fn is_empty(connection: &mut DbConnection) -> Result<bool> {
    Ok(failed::table.select(dsl::id).first::<String>(connection).optional()?.is_none())
}

/// How many records have no `handled` at all.
pub fn count_unmarked(connection: &mut DbConnection) -> Result<i64> {
    Ok(failed::table.filter(dsl::handled.is_null()).count().get_result(connection)?)
}

/// The newest failure; among several of one moment any of them, so that the index on failed_time answers.
pub fn last_failure(connection: &mut DbConnection) -> Result<Option<FailedRecord>> {
    Ok(failed::table
        .filter(sql::<Nullable<Bool>>("failed_time IS NOT NULL"))
        .order(dsl::failed_time.desc())
        .select(FailedRecord::as_select())
        .first(connection)
        .optional()?)
}
