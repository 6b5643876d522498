//! The list of usages, live or archived, as [`crate::db::walk`] goes through it.

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Timestamp};

use super::filter::{Filter, Shelf};
use super::totals::on_shelf;
use super::usage::{Usage, columns_in};
use crate::base::paging::{Cursor, Position};
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::{TolerantText, TolerantTime};
use crate::db::walk::{self, List, Order, Place, Stretch, stretches};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// How many rows a search without an index looks through for one page.
pub const SEARCHED_ROWS: i64 = 20_000;

/// For those who look through all rows, however many.
pub const ALL_ROWS: i64 = 1 << 50;

/// Rows of a download that are fetched at once.
const CHUNK: i64 = 500;

/// A usage with its place in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub usage: Usage,
    /// When it was archived; none for live ones.
    pub backup_time: Option<NaiveDateTime>,
    pub cursor: Cursor,
}

/// One page of the list.
pub type Listing = walk::Listing<Listed>;

struct Usages<'a> {
    filter: &'a Filter,
    /// So many rows are looked through for one page where no index answers.
    searched: i64,
}

/// Reads the page of that filter at that position; where no index answers, it looks through `searched` rows, at least 2.
///
/// # Errors
/// [`crate::error::Error::Invalid`] for a cursor that no row of this database can have.
pub fn page(
    connection: &mut DbConnection,
    filter: &Filter,
    position: &Position,
    searched: i64,
) -> Result<Listing> {
    walk::page(&Usages { filter, searched }, connection, position, filter.rows_per_page())
}

/// The place of the last of so many rows of a filter, if it has that many.
pub fn place_after(connection: &mut DbConnection, filter: &Filter, rows: usize) -> Result<Option<Cursor>> {
    walk::place_after(&Usages { filter, searched: ALL_ROWS }, connection, filter.sort_name().to_owned(), rows)
}

/// Gives each usage of the filter to `visit`, in the filter's order, in constant memory. To be called once in one
/// snapshot, so that no row comes twice or is missed.
pub fn each(
    connection: &mut DbConnection,
    filter: &Filter,
    visit: &mut dyn FnMut(&Listed) -> Result<()>,
) -> Result<()> {
    let list = Usages { filter, searched: ALL_ROWS };
    for mut stretch in stretches(connection, list.order(), None)? {
        loop {
            let ids = list.ids(connection, &stretch, CHUNK)?;
            let is_last = (ids.len() as i64) < CHUNK;
            if ids.is_empty() {
                break;
            }
            let rows = list.rows(connection, &stretch, ids, CHUNK)?;
            for row in &rows {
                visit(row)?;
            }
            stretch.from = rows.last().map(|row| row.cursor.clone());
            if is_last {
                break;
            }
        }
    }
    Ok(())
}

impl List for Usages<'_> {
    type Row = Listed;

    fn order(&self) -> Order {
        let table = if self.filter.shelf == Shelf::Live { "llmusage" } else { "llmusage_history" };
        Order { table, column: "use_time", is_time: true, descending: !self.filter.oldest_first }
    }

    fn ids(&self, connection: &mut DbConnection, stretch: &Stretch, limit: i64) -> Result<Vec<String>> {
        ids_of(connection, self.filter, stretch, limit, 0)
    }

    fn rows(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Listed>> {
        let (time, number) = stretch.order.keys(stretch.engine);
        let (order, place) = (stretch.sorted(false), walk::number_of_nameless(stretch.ids));
        let engine = stretch.engine;
        type Found = (Usage, TolerantTime, Place);
        let rows: Vec<Found> = match self.filter.shelf {
            Shelf::Live => {
                let never = sql::<Nullable<Timestamp>>("NULL");
                let columns = (columns_in!(live), never, (live::id, place, time, number));
                let query = live::table.filter(dialect::listed(engine, &ids)).order(order).limit(limit);
                query.select(columns).load(connection)?
            }
            Shelf::History => {
                let columns =
                    (columns_in!(history), history::backup_time, (history::id, place, time, number));
                let query = history::table.filter(dialect::listed(engine, &ids)).order(order).limit(limit);
                query.select(columns).load(connection)?
            }
        };
        let sort = self.filter.sort_name();
        let listed = |(usage, archived, place): Found| Listed {
            usage,
            backup_time: archived.into(),
            cursor: walk::to_cursor(stretch.order, sort.to_owned(), place),
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    fn places(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Place>> {
        let (time, number) = stretch.order.keys(stretch.engine);
        let (order, place) = (stretch.sorted(false), walk::number_of_nameless(stretch.ids));
        let engine = stretch.engine;
        Ok(match self.filter.shelf {
            Shelf::Live => {
                let query = live::table.filter(dialect::listed(engine, &ids)).order(order).limit(limit);
                query.select((live::id, place, time, number)).load(connection)?
            }
            Shelf::History => {
                let query = history::table.filter(dialect::listed(engine, &ids)).order(order).limit(limit);
                query.select((history::id, place, time, number)).load(connection)?
            }
        })
    }

    fn stops_at(&self, connection: &mut DbConnection, stretch: &Stretch) -> Result<Option<Cursor>> {
        if !self.filter.is_searched() || self.searched == ALL_ROWS {
            return Ok(None);
        }
        let end = ids_of(connection, &self.filter.on_tab(None), stretch, 1, self.searched - 1)?;
        let places = self.places(connection, stretch, end, 1)?;
        let cursor = |place| walk::to_cursor(self.order(), self.filter.sort_name().to_owned(), place);
        Ok(places.into_iter().next().map(cursor))
    }
}

/// The ids of a filter within a stretch, in its order: up to `limit` of them, from `offset` on.
fn ids_of(
    connection: &mut DbConnection,
    filter: &Filter,
    stretch: &Stretch,
    limit: i64,
    offset: i64,
) -> Result<Vec<String>> {
    let mut ids: Vec<(TolerantText, Option<i64>)> = Vec::new();
    for part in stretch.parts() {
        let some: Vec<(TolerantText, Option<i64>)> =
            on_shelf!(filter, connection.engine(), table, conditions, {
                let (order, place) = (part.sorted(true), walk::number_of_nameless(part.ids));
                let is_led_by_ids = !part.may_be_in_order();
                let mut query = table::table.select((table::id, place)).filter(part).into_boxed();
                for condition in conditions {
                    query = match is_led_by_ids {
                        true => query
                            .filter(sql::<Bool>("((").bind::<Nullable<Bool>, _>(condition).sql(") IS TRUE)")),
                        false => query.filter(condition),
                    };
                }
                query.order(order).limit(limit).offset(offset).load(connection)?
            });
        ids.extend(some);
    }
    Ok(ids.into_iter().map(|(id, number)| walk::id_of(id, number)).collect())
}
