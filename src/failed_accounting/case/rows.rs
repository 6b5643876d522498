//! The statements that write failures and usages. Nobody outside this room can call them but through a case.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::changes::FailureChange;
use super::handling;
use crate::base::form::Message;
use crate::base::money::Money;
use crate::base::secrets;
use crate::causes::arrivals;
use crate::causes::cause::Cause;
use crate::causes::store as causes;
use crate::causes::template::VERSION;
use crate::db::dialect::{self, Statement, Wanted};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::TextOf;
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::{COLUMNS, FailedRecord};

/// Inserts a row as a file or a sample tells it: no act, and nothing follows from it.
///
/// # Errors
/// The unique violation of the database when the id is taken; see [`crate::db::is_duplicate`].
pub(crate) fn insert(connection: &mut DbConnection, record: &FailedRecord) -> QueryResult<()> {
    let (record, cause) = with_cause(record);
    causes::keep(connection, &cause)?;
    keep_shown(connection, &record)?;
    let row = (&record, dsl::cause_version.eq(VERSION));
    diesel::insert_into(failed::table).values(row).execute(connection).map(drop)
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
            FailureChange::Made(record, cause) => made.push((record, cause)),
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
    arrivals::drop_kept(connection, ids)?;
    match gone == ids.len() {
        true => Ok(()),
        false => Err(Error::internal(format!("{} records are locked, {gone} deleted", ids.len()))),
    }
}

/// A new failure with the cause of its reason, where that is known already.
type Made = (Box<FailedRecord>, Option<Box<Cause>>);

/// New rows in one statement: each number of them is a text that SQLite keeps.
const TOGETHER: usize = 16;

/// Inserts new failures, several in one statement.
fn make(connection: &mut DbConnection, made: &[Made]) -> Result<()> {
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    let start =
        format!("INSERT INTO llmusage_accounting_failed ({}, cause_version) VALUES ", names.join(", "));
    let mut kept = HashSet::new();
    for some in made.chunks(TOGETHER) {
        let mut statement = Statement::new(connection.engine(), &start);
        for (number, (record, known)) in some.iter().enumerate() {
            let told;
            let (record, cause) = match known {
                Some(cause) if record.cause.as_ref() == Some(&cause.key) => (&**record, &**cause),
                _ => {
                    told = with_cause(record);
                    (&told.0, &told.1)
                }
            };
            statement = statement.sql(if number == 0 { "(" } else { ", (" });
            for column in COLUMNS {
                statement = statement.cell((column.get)(record)).sql(", ");
            }
            statement = statement.number(i64::from(VERSION)).sql(")");
            keep_shown(connection, record)?;
            if kept.insert(cause.key.clone()) {
                causes::keep(connection, cause)?;
            }
        }
        statement.execute(connection).map_err(|error| taken(error, some))?;
    }
    check_money(connection, made.iter().map(|(record, _)| record.as_ref()))
}

/// The record as its reason tells its cause.
fn with_cause(record: &FailedRecord) -> (FailedRecord, Cause) {
    let cause = Cause::of(record.failed_reason.as_deref());
    (FailedRecord { cause: Some(cause.key.clone()), ..record.clone() }, cause)
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
    // Masking is dear, and in a storm everybody waits for it.
    if !dialect::keeps_shown(connection.engine()) {
        return Ok(());
    }
    if !record.failed_reason.as_deref().is_some_and(secrets::has_secret) {
        return Ok(());
    }
    dialect::keep_shown(connection, &[(record.id.clone(), record.failed_reason.clone())])
}

/// Somebody recorded one of them at the same moment; where it is one alone, it is named.
fn taken(error: diesel::result::Error, made: &[Made]) -> Error {
    if !is_duplicate(&error) {
        return error.into();
    }
    let message = Message::new("conflict-recorded").with("state", "recorded");
    Error::Conflict(match made {
        [(record, _)] => message.with("record", &record.id),
        _ => message,
    })
}
