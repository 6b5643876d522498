//! The money line of a list of usages: count and sums of exactly the rows that a filter shows, as far as a page may count.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::filter::{Filter, Shelf};
pub use crate::base::totals::{COUNTED_ROWS, Known, Totals};
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The same question to the table that a filter is about: its columns as `$table`, the filter's conditions as `$all`.
macro_rules! on_shelf {
    ($filter:expr, $engine:expr, $table:ident, $all:ident, $question:expr) => {
        match $filter.shelf {
            Shelf::Live => {
                use live as $table;
                let $all = $filter.live($engine);
                $question
            }
            Shelf::History => {
                use history as $table;
                let $all = $filter.archived($engine);
                $question
            }
        }
    };
}

pub(super) use on_shelf;

/// Count and sums of a filter, as far as a page may count; where no index answers, through `searched` rows.
pub fn known(connection: &mut DbConnection, filter: &Filter, searched: i64) -> Result<Known> {
    if filter.is_searched() && count_up_to(connection, &filter.on_tab(None), searched + 1)? > searched {
        return Ok(Known::Unsearched);
    }
    if count_up_to(connection, filter, COUNTED_ROWS + 1)? > COUNTED_ROWS {
        return Ok(Known::Many);
    }
    dialect::by_index(connection, |connection| exact(connection, filter)).map(Known::Exactly)
}

/// How many rows match, counting to `limit` at most.
pub fn count_up_to(connection: &mut DbConnection, filter: &Filter, limit: i64) -> Result<i64> {
    on_shelf!(filter, connection.engine(), table, conditions, {
        let mut query = table::table.select(table::id).into_boxed();
        for condition in conditions {
            query = query.filter(condition);
        }
        dialect::count_rows(connection, query.limit(limit))
    })
}

/// The exact totals of a filter, at whatever price.
pub fn exact(connection: &mut DbConnection, filter: &Filter) -> Result<Totals> {
    let engine = connection.engine();
    let [amount_high, amount_low] = dialect::sum_parts(engine, "amount");
    let [cost_high, cost_low] = dialect::sum_parts(engine, "cost");
    let (count, amount, cost): (i64, (i64, i64), (i64, i64)) =
        on_shelf!(filter, connection.engine(), table, conditions, {
            let mut query = table::table
                .select((
                    count_star(),
                    (sql::<BigInt>(&amount_high), sql::<BigInt>(&amount_low)),
                    (sql::<BigInt>(&cost_high), sql::<BigInt>(&cost_low)),
                ))
                .into_boxed();
            for condition in conditions {
                query = query.filter(condition);
            }
            query.first(connection)?
        });
    Ok(Totals {
        count,
        amount: dialect::money_sum(amount.0, amount.1),
        cost: dialect::money_sum(cost.0, cost.1),
        oldest: None,
    })
}
