//! The failures of a filter: what it means, how its rows are reached, listed, added up, told in words and exported.
//!
//! This file lists them, as [`crate::db::walk`] goes through a list, by the route that meets the fewest rows. More than 250 lines:
//! the statements of a list are read side by side.

pub mod batched;
pub mod branches;
pub mod changed;
pub mod chips;
pub mod chunks;
pub mod condition;
mod earliest;
pub mod export;
pub mod filter;
pub mod grouped;
pub mod kept;
pub mod keys;
mod neighbours;
pub mod outlined;
pub mod route;
pub mod search;
pub mod sort;
mod spans;
pub mod summary;
pub mod tabs;
pub mod totals;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::failure::FailedRecord;
use crate::base::paging::{Cursor, Position};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::{TextOf, TolerantText};
use crate::db::walk::{self, Ids, List, Order, Place, Stretch};
use crate::db::{DbBackend, DbConnection, Engine, dialect};
use crate::error::Result;
use condition::{Condition, Search};
use filter::{Filter, Sort};
pub use neighbours::{is_empty, last_failure, neighbours};
use route::{Route, Way};

/// How many rows of a filter a search without an index looks through for one page.
pub const SEARCHED_ROWS: i64 = 20_000;

/// For those who look through all rows, however many.
pub const ALL_ROWS: i64 = 1 << 50;

/// A record with its place in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub record: FailedRecord,
    pub cursor: Cursor,
}

/// One page of the list.
pub type Listing = walk::Listing<Listed>;

type IdQuery = failed::BoxedQuery<'static, DbBackend, (Text, Nullable<BigInt>)>;

/// How far a walk goes for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// A search without an index looks through so many rows of the filter without its text.
    Searched(i64),
    /// Through so many entries of the tab, whatever they are.
    Entries(i64),
}

#[derive(Clone, Copy)]
struct Records<'a> {
    engine: Engine,
    filter: &'a Filter,
    search: &'a Search,
    route: Route,
    reach: Reach,
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
    rows_within(connection, filter, search, position, limit, SEARCHED_ROWS)
}

/// As [`rows`], where a search without an index looks through `searched` rows, at least 2.
pub fn rows_within(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    position: &Position,
    limit: usize,
    searched: i64,
) -> Result<Listing> {
    let engine = connection.engine();
    let records = |route| Records { engine, filter, search, route, reach: Reach::Searched(searched) };
    walk::page_of(engine, order_of(filter.sort), position, limit, |order, from, limit| {
        let (route, entries, other) = match route::to_page(connection, filter, search, filter.sort)? {
            Way::Straight(route) => return walk::collect(&records(route), connection, order, from, limit),
            Way::Try(route, entries, other) => (route, entries, other),
        };
        let tried = Records { reach: Reach::Entries(entries), ..records(route) };
        match walk::collect(&tried, connection, order, from, limit)? {
            (rows, Some(_)) if rows.len() < limit => {
                walk::collect(&records(other), connection, order, from, limit)
            }
            (rows, _) => Ok((rows, None)),
        }
    })
}

/// The place of the last of so many rows of a filter, if it has that many; a search without an index looks as far as
/// it must.
pub fn place_after(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    rows: usize,
) -> Result<Option<Cursor>> {
    let engine = connection.engine();
    let route = match route::to_page(connection, filter, search, filter.sort)? {
        Way::Straight(route) | Way::Try(_, _, route) => route,
    };
    let records = Records { engine, filter, search, route, reach: Reach::Searched(ALL_ROWS) };
    walk::place_after(&records, connection, filter.sort.name(), rows)
}

/// The place of a record that has an id in the list of that sort.
pub fn cursor_of(connection: &mut DbConnection, sort: Sort, id: &str) -> Result<Cursor> {
    let order = order_of(sort);
    let (time, number) = order.keys(connection.engine());
    let row = failed::table.filter(dsl::id.eq(TextOf::new(id)));
    let nothing = walk::number_of_nameless(Ids::All);
    let place: Place = row.select((dsl::id, nothing, time, number)).first(connection)?;
    Ok(walk::to_cursor(order, sort.name(), place))
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
        let is_in_order = self.route.is_in_order();
        let parts = if is_in_order { stretch.parts() } else { stretch.by_ids() };
        for part in &parts {
            for branch in branches::of(self.engine, self.filter, self.search, self.route) {
                let query = self.query(branch, part).limit(limit);
                let some: Vec<(TolerantText, Option<i64>)> = match is_in_order {
                    true => query.load(connection)?,
                    // Few, to be sorted.
                    false => dialect::by_index(connection, |connection| Ok(query.load(connection)?))?,
                };
                ids.extend(some.into_iter().map(|(id, number)| walk::id_of(id, number)));
            }
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
            .filter(dialect::listed::<failed::table>(self.engine, &ids))
            .order(stretch.sorted(false))
            .limit(limit)
            .select((
                FailedRecord::as_select(),
                (dsl::id, walk::number_of_nameless(stretch.ids), time, number),
            ))
            .load(connection)?;
        Ok(rows.into_iter().map(|(record, place)| self.listed(record, place)).collect())
    }

    fn places(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Place>> {
        let (time, number) = stretch.order.keys(self.engine);
        Ok(failed::table
            .filter(dialect::listed::<failed::table>(self.engine, &ids))
            .order(stretch.sorted(false))
            .limit(limit)
            .select((dsl::id, walk::number_of_nameless(stretch.ids), time, number))
            .load(connection)?)
    }

    fn stops_at(&self, connection: &mut DbConnection, stretch: &Stretch) -> Result<Option<Cursor>> {
        let (filter, rows) = match self.reach {
            Reach::Searched(rows) if *self.search == Search::Scan => {
                (Filter { q: None, ..self.filter.clone() }, rows)
            }
            Reach::Searched(_) => return Ok(None),
            Reach::Entries(rows) => {
                let superseded = self.filter.is_of_superseded();
                let tab = Filter { superseded, ..Filter::default().on_tab(self.filter.handled) };
                (Filter { sort: self.filter.sort, ..tab }, rows)
            }
        };
        Records { filter: &filter, search: &Search::Nothing, ..*self }.place_after(connection, stretch, rows)
    }
}

impl Records<'_> {
    fn listed(&self, record: FailedRecord, place: Place) -> Listed {
        Listed { record, cursor: walk::to_cursor(self.order(), self.filter.sort.name(), place) }
    }

    /// The row at which so many rows of this stretch have been passed, if it is that long.
    fn place_after(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        rows: i64,
    ) -> Result<Option<Cursor>> {
        let branches = || branches::of(self.engine, self.filter, self.search, self.route);
        let offset = (rows / branches().len() as i64 - 1).max(0);
        let mut ends: Vec<String> = Vec::new();
        let parts = stretch
            .by_ids()
            .into_iter()
            .flat_map(|part| branches().into_iter().map(move |branch| (part.clone(), branch)));
        for (part, branch) in parts {
            let query = self.query(branch, &part);
            let end: Vec<(TolerantText, Option<i64>)> = query.limit(1).offset(offset).load(connection)?;
            ends.extend(end.into_iter().map(|(id, number)| walk::id_of(id, number)));
        }
        if ends.is_empty() {
            return Ok(None);
        }
        // Where both tabs are walked, the nearer end bounds the stretch in which all was looked at.
        Ok(self.rows(connection, stretch, ends, 1)?.into_iter().next().map(|row| row.cursor))
    }

    /// The ids of a branch within a stretch, in order.
    fn query(&self, branch: Vec<Condition>, stretch: &Stretch) -> IdQuery {
        let mut query = failed::table.select((dsl::id, walk::number_of_nameless(stretch.ids))).into_boxed();
        for condition in self.led(branch, stretch) {
            query = query.filter(condition);
        }
        query.order(stretch.sorted(self.route.is_in_order()))
    }

    /// The conditions of a branch within a stretch, so written that the route's index leads; to the rows without an id, which
    /// are few, that of ids does.
    fn led(&self, mut branch: Vec<Condition>, stretch: &Stretch) -> Vec<Condition> {
        let within: Condition = Box::new(stretch.clone());
        if !stretch.may_be_in_order() {
            branch = branch.into_iter().map(branches::checked).collect();
        }
        let is_led = self.route.is_in_order() || !stretch.may_be_in_order();
        branch.push(if is_led { within } else { branches::checked(within) });
        branch
    }
}
