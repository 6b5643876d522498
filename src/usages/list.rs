//! The list of live usages as [`crate::db::walk`] goes through it, and its money line.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::filter::Filter;
use super::usage::Usage;
use crate::base::money::MoneySum;
use crate::base::paging::{Cursor, Position};
use crate::db::schema::llmusage as live;
use crate::db::walk::{self, List, Order, Place, Stretch, stretches};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// Up to so many rows are counted and added up, whatever the filter.
pub const COUNTED_ROWS: i64 = 10_000;

/// Rows of a download that are fetched at once.
const CHUNK: i64 = 500;

/// A usage with its place in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub usage: Usage,
    pub cursor: Cursor,
}

/// One page of the list.
pub type Listing = walk::Listing<Listed>;

/// Exact totals of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

struct Usages<'a>(&'a Filter);

/// Reads the page of that filter at that position.
///
/// # Errors
/// [`crate::error::Error::Invalid`] for a cursor that no row of this database can have.
pub fn page(connection: &mut DbConnection, filter: &Filter, position: &Position) -> Result<Listing> {
    walk::page(&Usages(filter), connection, position, filter.rows_per_page())
}

/// Gives each usage of the filter to `visit`, in the filter's order, in constant memory. To be called once in one
/// snapshot, so that no row comes twice or is missed.
pub fn each(
    connection: &mut DbConnection,
    filter: &Filter,
    visit: &mut dyn FnMut(&Usage) -> Result<()>,
) -> Result<()> {
    let list = Usages(filter);
    for mut stretch in stretches(connection.engine(), list.order(), None) {
        loop {
            let ids = list.ids(connection, &stretch, CHUNK)?;
            let is_last = (ids.len() as i64) < CHUNK;
            if ids.is_empty() {
                break;
            }
            let rows = list.rows(connection, &stretch, ids, CHUNK)?;
            for row in &rows {
                visit(&row.usage)?;
            }
            stretch.from = rows.last().map(|row| row.cursor.clone());
            if is_last {
                break;
            }
        }
    }
    Ok(())
}

/// Count and sums of a filter, unless more than [`COUNTED_ROWS`] rows match.
pub fn known_totals(connection: &mut DbConnection, filter: &Filter) -> Result<Option<Totals>> {
    if count_up_to(connection, filter, COUNTED_ROWS + 1)? > COUNTED_ROWS {
        return Ok(None);
    }
    totals(connection, filter).map(Some)
}

/// How many rows match, counting to `limit` at most.
pub fn count_up_to(connection: &mut DbConnection, filter: &Filter, limit: i64) -> Result<i64> {
    let mut query = live::table.select(live::id).into_boxed();
    for condition in filter.conditions() {
        query = query.filter(condition);
    }
    dialect::count_rows(connection, query.limit(limit))
}

/// The exact totals of a filter, at whatever price.
pub fn totals(connection: &mut DbConnection, filter: &Filter) -> Result<Totals> {
    let engine = connection.engine();
    let [amount_high, amount_low] = dialect::sum_parts(engine, "amount");
    let [cost_high, cost_low] = dialect::sum_parts(engine, "cost");
    let mut query = live::table
        .select((
            count_star(),
            (sql::<BigInt>(&amount_high), sql::<BigInt>(&amount_low)),
            (sql::<BigInt>(&cost_high), sql::<BigInt>(&cost_low)),
        ))
        .into_boxed();
    for condition in filter.conditions() {
        query = query.filter(condition);
    }
    let (count, amount, cost): (i64, (i64, i64), (i64, i64)) = query.first(connection)?;
    Ok(Totals { count, amount: dialect::money_sum(amount), cost: dialect::money_sum(cost) })
}

impl List for Usages<'_> {
    type Row = Listed;

    fn order(&self) -> Order {
        Order { table: "llmusage", column: "use_time", is_time: true, descending: !self.0.oldest_first }
    }

    fn ids(&self, connection: &mut DbConnection, stretch: &Stretch, limit: i64) -> Result<Vec<String>> {
        let mut query = live::table.select(live::id).filter(stretch.clone()).into_boxed();
        for condition in self.0.conditions() {
            query = query.filter(condition);
        }
        Ok(query
            .order(stretch.order.sql(stretch.engine, stretch.nulls, true))
            .limit(limit)
            .load(connection)?)
    }

    fn rows(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Listed>> {
        let (time, number) = stretch.order.keys(stretch.engine);
        let rows: Vec<(Usage, Place)> = live::table
            .filter(live::id.eq_any(ids))
            .order(stretch.order.sql(stretch.engine, stretch.nulls, false))
            .limit(limit)
            .select((Usage::as_select(), (live::id, time, number)))
            .load(connection)?;
        let sort = self.0.sort_name();
        let listed = |(usage, place)| Listed { usage, cursor: walk::to_cursor(sort.to_owned(), place) };
        Ok(rows.into_iter().map(listed).collect())
    }
}
