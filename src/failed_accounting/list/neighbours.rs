//! What stands beside a record in a list, and whether there is anything to list.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::condition::Search;
use super::filter::Filter;
use super::{Listing, cursor_of, rows};
use crate::base::paging::{Cursor, Position};
use crate::db::DbConnection;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::TolerantText;
use crate::error::Result;
use crate::failed_accounting::record::failure::FailedRecord;

/// The ids before and after a record in the list of a filter.
pub fn neighbours(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    id: &str,
) -> Result<(Option<String>, Option<String>)> {
    let cursor: Cursor = cursor_of(connection, filter.sort, id)?;
    let mut one = |position| -> Result<Option<String>> {
        let listing: Listing = rows(connection, filter, search, &position, 1)?;
        Ok(listing.rows.into_iter().next().map(|row| row.record.id))
    };
    Ok((one(Position::Before(cursor.clone()))?, one(Position::After(cursor))?))
}

/// Whether there is any record at all.
pub fn is_empty(connection: &mut DbConnection) -> Result<bool> {
    Ok(failed::table.select(dsl::id).first::<TolerantText>(connection).optional()?.is_none())
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
