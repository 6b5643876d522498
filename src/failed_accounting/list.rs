//! The list of failed records as [`crate::db::walk`] goes through it.

pub mod chunks;

use diesel::prelude::*;

use super::condition::{self, Search};
use super::failure::FailedRecord;
use super::filter::{Filter, Sort};
use crate::base::paging::{Cursor, Position};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::walk::{self, List, Order, Place, Stretch};
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// How many rows of a filter a search without an index looks through for one page.
pub const SEARCHED_ROWS: i64 = 20_000;

/// A record with its place in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub record: FailedRecord,
    pub cursor: Cursor,
}

/// One page of the list.
pub type Listing = walk::Listing<Listed>;

struct Records<'a> {
    engine: Engine,
    filter: &'a Filter,
    search: &'a Search,
    /// How many rows a search without an index looks through.
    searched: i64,
}

/// Reads the page of that filter at that position.
///
/// # Errors
/// [`crate::error::Error::Invalid`] for a cursor that no row of this database can have.
pub fn page(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    position: &Position,
) -> Result<Listing> {
    rows(connection, filter, search, position, filter.rows_per_page() as usize)
}

/// As [`page`], with a number of rows of one's own.
pub fn rows(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    position: &Position,
    limit: usize,
) -> Result<Listing> {
    rows_within(connection, (filter, search), position, limit, SEARCHED_ROWS)
}

/// As [`rows`], where a search without an index looks through `searched` rows, at least 2.
pub fn rows_within(
    connection: &mut DbConnection,
    (filter, search): (&Filter, &Search),
    position: &Position,
    limit: usize,
    searched: i64,
) -> Result<Listing> {
    let records = Records { engine: connection.engine(), filter, search, searched };
    walk::page(&records, connection, position, limit)
}

/// The place of a record in the list of that sort.
pub fn cursor_of(connection: &mut DbConnection, sort: Sort, id: &str) -> Result<Cursor> {
    let (time, number) = order_of(sort).keys(connection.engine());
    let row = failed::table.filter(dsl::id.eq(id.to_owned()));
    let place: Place = row.select((dsl::id, time, number)).first(connection)?;
    Ok(walk::to_cursor(sort.name(), place))
}

fn order_of(sort: Sort) -> Order {
    Order {
        table: "llmusage_accounting_failed",
        column: sort.column.name(),
        is_time: sort.column.is_time(),
        descending: sort.descending,
    }
}

impl List for Records<'_> {
    type Row = Listed;

    fn order(&self) -> Order {
        order_of(self.filter.sort)
    }

    fn ids(&self, connection: &mut DbConnection, stretch: &Stretch, limit: i64) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for branch in condition::branches(self.engine, self.filter, self.search) {
            let mut query = failed::table.select(dsl::id).filter(stretch.clone()).into_boxed();
            for condition in
                branch.into_iter().chain(condition::conditions(self.engine, self.filter, self.search))
            {
                query = query.filter(condition);
            }
            let ordered = query.order(stretch.order.sql(stretch.nulls));
            ids.extend(ordered.limit(limit).load::<String>(connection)?);
        }
        Ok(ids)
    }

    fn rows(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Listed>> {
        let (time, number) = stretch.order.keys(self.engine);
        let rows: Vec<(FailedRecord, Place)> = failed::table
            .filter(dsl::id.eq_any(ids))
            .order(stretch.order.sql(stretch.nulls))
            .limit(limit)
            .select((FailedRecord::as_select(), (dsl::id, time, number)))
            .load(connection)?;
        Ok(rows.into_iter().map(|row| self.listed(row)).collect())
    }

    fn searched_until(&self, connection: &mut DbConnection, stretch: &Stretch) -> Result<Option<Cursor>> {
        if *self.search != Search::Scan {
            return Ok(None);
        }
        let without_text = Filter { q: None, ..self.filter.clone() };
        let branches = condition::branches(self.engine, &without_text, &Search::Nothing);
        let offset = self.searched / branches.len() as i64 - 1;
        let mut ends: Vec<String> = Vec::new();
        for branch in branches {
            let mut query = failed::table.select(dsl::id).filter(stretch.clone()).into_boxed();
            let filters = condition::conditions(self.engine, &without_text, &Search::Nothing);
            for condition in branch.into_iter().chain(filters) {
                query = query.filter(condition);
            }
            let ordered = query.order(stretch.order.sql(stretch.nulls));
            ends.extend(ordered.limit(1).offset(offset).load::<String>(connection)?);
        }
        if ends.is_empty() {
            return Ok(None);
        }
        // Where both tabs are walked, the nearer end bounds the stretch in which all was looked at.
        Ok(self.rows(connection, stretch, ends, 1)?.into_iter().next().map(|row| row.cursor))
    }
}

impl Records<'_> {
    fn listed(&self, (record, place): (FailedRecord, Place)) -> Listed {
        Listed { record, cursor: walk::to_cursor(self.filter.sort.name(), place) }
    }
}
