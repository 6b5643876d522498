//! What is open, in outline: a walk along the tab for who looks at all of it to find a few.

use diesel::prelude::*;

use super::condition::Search;
use super::filter::Filter;
use super::route::{self, Way};
use super::{ALL_ROWS, Reach, Records, order_of};
use crate::base::paging::Cursor;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::{TolerantTime, TolerantWords};
use crate::db::walk::{self, List, Order, Place, Stretch};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// An open failure in outline.
#[derive(Debug, Clone)]
pub struct Outlined {
    pub id: String,
    pub usage_id: Option<String>,
    pub is_retrying: bool,
    place: Place,
}

/// Up to so many open failures after that one, in the order of their list; and the last of them, where there may be more.
pub fn open(
    connection: &mut DbConnection,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<(Vec<Outlined>, Option<Cursor>)> {
    let (filter, search, engine) = (Filter::default(), Search::Nothing, connection.engine());
    let (Way::Straight(route) | Way::Try(_, _, route)) =
        route::to_page(connection, &filter, &search, filter.sort)?;
    let reach = Reach::Searched(ALL_ROWS);
    let outlines = Outlines(Records { engine, filter: &filter, search: &search, route, reach });
    let order = order_of(filter.sort);
    let (rows, _) = walk::collect(&outlines, connection, order, after, limit)?;
    let last = rows.last().filter(|_| rows.len() >= limit);
    let last = last.map(|row| walk::to_cursor(order, filter.sort.name(), row.place.clone()));
    Ok((rows, last))
}

/// The list of records, of which little is read.
#[derive(Clone, Copy)]
struct Outlines<'a>(Records<'a>);

impl List for Outlines<'_> {
    type Row = Outlined;

    fn order(&self) -> Order {
        self.0.order()
    }

    fn ids(&self, connection: &mut DbConnection, stretch: &Stretch, limit: i64) -> Result<Vec<String>> {
        self.0.ids(connection, stretch, limit)
    }

    fn rows(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Outlined>> {
        let (time, number) = stretch.order.keys(self.0.engine);
        let rows: Vec<(TolerantWords, TolerantTime, Place)> = failed::table
            .filter(dialect::listed::<failed::table>(self.0.engine, &ids))
            .order(stretch.sorted(false))
            .limit(limit)
            .select((
                dsl::llmusageid,
                dsl::retry_requested_at,
                (dsl::id, walk::number_of_nameless(stretch.ids), time, number),
            ))
            .load(connection)?;
        let row = |(usage_id, asked, place): (TolerantWords, TolerantTime, Place)| Outlined {
            id: place.0.clone().into(),
            usage_id: usage_id.into(),
            is_retrying: Option::from(asked).is_some_and(|_: chrono::NaiveDateTime| true),
            place,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    fn places(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Place>> {
        self.0.places(connection, stretch, ids, limit)
    }
}
