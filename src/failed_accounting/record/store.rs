//! Failed records in the database, to look at: finding them, and counting those of a usage.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::failure::FailedRecord;
use crate::base::foreign;
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::{TextOf, TolerantText};
use crate::error::{Error, Result};
use crate::failed_accounting::case::rules::order;

/// The most attempts that a details page lists for one usage.
const ATTEMPTS: i64 = 100;

/// The record of that id, to the letter.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(connection: &mut DbConnection, id: &str) -> Result<FailedRecord> {
    lookup(connection, id)?.ok_or(Error::NotFound)
}

/// The record of that id, to the letter, if there is one. Some collations find another one, too.
pub fn lookup(connection: &mut DbConnection, id: &str) -> Result<Option<FailedRecord>> {
    let engine = connection.engine();
    let mut by_id = |id: &str| -> Result<Option<FailedRecord>> {
        let found: Option<FailedRecord> = failed::table
            .filter(dsl::id.eq(TextOf::new(id)))
            .select(FailedRecord::as_select())
            .first(connection)
            .optional()?;
        Ok(found.filter(|record| record.id == id))
    };
    // An address has the bytes of an id, and does not say whether they are a text or a BLOB.
    match (by_id(id)?, foreign::as_blob(id)) {
        (None, Some(blob)) if engine.keeps_any_type() => by_id(&blob),
        (found, _) => Ok(found),
    }
}

/// All failures of one usage, newest first, at most 100.
pub fn attempts(connection: &mut DbConnection, usage_id: &str) -> Result<Vec<FailedRecord>> {
    let mut found: Vec<FailedRecord> = failed::table
        .filter(dialect::exactly::<failed::table>(connection.engine(), "llmusageid", usage_id))
        .order((dsl::failed_time.desc(), dsl::id.desc()))
        .limit(ATTEMPTS)
        .select(FailedRecord::as_select())
        .load(connection)?;
    // Engines differ in where they put what has no time.
    order::sort(&mut found);
    Ok(found)
}

/// How many failures each of these usages has, by an index; blank ones are none.
pub fn count_of_usages(
    connection: &mut DbConnection,
    usage_ids: Vec<String>,
) -> Result<HashMap<String, i64>> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        usage_id: String,
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let ids: Vec<String> = usage_ids.into_iter().filter(|id| !id.trim().is_empty()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let engine = connection.engine();
    let (select, group) = dialect::letter_by_letter(engine, "llmusageid");
    let start = format!(
        "SELECT {select} AS usage_id, COUNT(*) AS number FROM llmusage_accounting_failed WHERE llmusageid IN "
    );
    let counted = Statement::new(engine, &start).ids(&ids).sql(&format!(" GROUP BY {group}"));
    let counted: Vec<Counted> = dialect::by_index(connection, |connection| Ok(counted.load(connection)?))?;
    Ok(counted.into_iter().map(|row| (row.usage_id, row.number)).collect())
}

/// How many records have no `handled` at all.
pub fn count_unmarked(connection: &mut DbConnection) -> Result<i64> {
    Ok(failed::table.filter(dsl::handled.is_null()).count().get_result(connection)?)
}
