//! The money line: count, sums and oldest of exactly the rows that a filter shows.
//!
//! Where totals are kept that answer it, they do. Otherwise it is counted: no page may cost as much as the table is large:
//! where neither an index nor a bounded look at the rows can answer, the answer is "more than 10,000" and the exact count
//! is a link.

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp};

use super::SEARCHED_ROWS;
use super::branches;
use super::condition::{Condition, Search};
use super::earliest;
use super::filter::{ALL_TABS, Filter, Handled};
use super::kept;
use super::route;
use crate::base::money::Money;
pub use crate::base::totals::{COUNTED_ROWS, Known, Totals};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantText, TolerantTime};
use crate::db::{DbConnection, Engine, dialect};
use crate::error::Result;
use crate::kept_totals::State;

/// The most index entries that are read for one money line, which takes some 40 ms.
pub const INDEXED_ROWS: i64 = 500_000;

/// Of one cause, handled ones and all: a page of causes has twenty of these numbers.
const ROWS_OF_CAUSE: i64 = 50_000;

/// The totals of a filter, as far as a page may count.
pub fn known(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Known> {
    if let Some(totals) = kept(connection, filter, search)? {
        return Ok(Known::Exactly(totals));
    }
    if *search == Search::Scan {
        let without_text = Filter { q: None, ..filter.clone() };
        if count_up_to(connection, &without_text, &Search::Nothing, SEARCHED_ROWS + 1)? > SEARCHED_ROWS {
            return Ok(Known::Unsearched);
        }
        return counted(connection, filter, search).map(Known::Exactly);
    }
    let limit = match (is_index_only(filter), &filter.cause, filter.handled) {
        (false, ..) => COUNTED_ROWS,
        (true, Some(_), Handled::Open) if !filter.is_of_superseded() => INDEXED_ROWS,
        (true, Some(_), _) => ROWS_OF_CAUSE,
        (true, ..) => INDEXED_ROWS,
    };
    if count_up_to(connection, filter, search, limit + 1)? > limit {
        return Ok(Known::Many);
    }
    dialect::by_index(connection, |connection| counted(connection, filter, search)).map(Known::Exactly)
}

/// The kept totals of a filter, with the oldest where a few entries of an index tell it; none where they are not kept.
pub fn kept(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Option<Totals>> {
    let Some(parts) = kept::parts(connection, filter, search)? else { return Ok(None) };
    let sum = parts.of(kept::states(filter));
    let mut totals = Totals { count: sum.records, amount: sum.amount, cost: sum.cost, oldest: None };
    // The first entry of an index by tab and time, or one of few.
    let is_first = is_index_only(filter) && filter.start_date.is_none() && filter.end_date.is_none();
    let looked_at = if filter.retrying { sum.records } else { parts.of(&State::ALL).records };
    if totals.count > 0 && (is_first || looked_at <= LOOKED_AT) {
        totals.oldest = oldest(connection, filter, search)?;
    }
    Ok(Some(totals))
}

/// Where no index tells the oldest of some failures by itself, it is looked for among so many.
const LOOKED_AT: i64 = 2_000;

fn oldest(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Option<NaiveDateTime>> {
    let route = route::to_all(connection, filter, search)?;
    earliest::of(connection, filter, search, route)
}

/// Whether the covering index of the tab, or of the tab and the cause, holds all that this filter asks.
fn is_index_only(filter: &Filter) -> bool {
    let others = Filter {
        start_date: None,
        end_date: None,
        failed_from: None,
        failed_to: None,
        cause: None,
        superseded: false,
        ..filter.clone()
    };
    !filter.retrying && filter.cleared().to_pairs() == others.to_pairs()
}

/// The exact totals of a filter, at whatever price.
pub fn exact(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Totals> {
    match kept(connection, filter, search)? {
        Some(totals) if totals.count > 0 && totals.oldest.is_none() => {
            Ok(Totals { oldest: oldest(connection, filter, search)?, ..totals })
        }
        Some(totals) => Ok(totals),
        None => counted(connection, filter, search),
    }
}

/// As [`exact`], from the rows.
pub fn counted(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut is_oldest_readable = true;
    let route = route::to_all(connection, filter, search)?;
    let is_small = holds_small_money_only(connection)?;
    for branch in branches::of(connection.engine(), filter, search, route) {
        let part = of_branch(connection, branch, is_small)?;
        is_oldest_readable &= part.count == 0 || part.oldest.is_some();
        totals = Totals {
            count: totals.count + part.count,
            amount: totals.amount + part.amount,
            cost: totals.cost + part.cost,
            oldest: [totals.oldest, part.oldest].into_iter().flatten().min(),
        };
    }
    if !is_oldest_readable {
        totals.oldest = earliest::of(connection, filter, search, route)?;
    }
    Ok(totals)
}

/// Whether no amount and no cost of the table is so large that sums of many could overflow: a few seeks.
pub(super) fn holds_small_money_only(connection: &mut DbConnection) -> Result<bool> {
    let engine = connection.engine();
    for tab in ALL_TABS {
        let tab = || failed::table.filter(dialect::is_in(engine, tab)).select(failed::id);
        let large = Money::from_column(dialect::SMALL_MONEY);
        let below = Money::from_units(-large.units());
        let beyond = [
            tab().filter(failed::amount.gt(large)).first::<TolerantText>(connection).optional()?,
            tab().filter(failed::amount.lt(below)).first::<TolerantText>(connection).optional()?,
            tab().filter(failed::cost.gt(large)).first::<TolerantText>(connection).optional()?,
            tab().filter(failed::cost.lt(below)).first::<TolerantText>(connection).optional()?,
        ];
        if beyond.iter().any(Option::is_some) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The sums of amount and cost, in two select items each; see [`dialect::sum_parts`].
pub(super) fn sums_of(engine: Engine, is_small: bool) -> [[String; 2]; 2] {
    let parts = |column| match is_small {
        // Small sums are their low part.
        true => ["0".to_owned(), dialect::small_sum(engine, column)],
        false => dialect::sum_parts(engine, column),
    };
    ["amount", "cost"]
        .map(|column| parts(column).map(|part| format!("CAST({part} AS {})", dialect::whole(engine))))
}

fn of_branch(connection: &mut DbConnection, branch: Vec<Condition>, is_small: bool) -> Result<Totals> {
    let [[amount_high, amount_low], [cost_high, cost_low]] = sums_of(connection.engine(), is_small);
    let whole = |text: &str| sql::<BigInt>(text);
    let mut query = failed::table
        .select((
            count_star(),
            whole(&amount_high),
            whole(&amount_low),
            whole(&cost_high),
            whole(&cost_low),
            sql::<Nullable<Timestamp>>("MIN(failed_time)"),
        ))
        .into_boxed();
    for condition in branch {
        query = query.filter(condition);
    }
    let (count, amount_high, amount_low, cost_high, cost_low, oldest): (
        i64,
        i64,
        i64,
        i64,
        i64,
        TolerantTime,
    ) = query.first(connection)?;
    Ok(Totals {
        count,
        amount: dialect::money_sum(amount_high, amount_low),
        cost: dialect::money_sum(cost_high, cost_low),
        oldest: oldest.into(),
    })
}

/// How many rows match, counting to `limit` at most.
pub fn count_up_to(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    limit: i64,
) -> Result<i64> {
    let mut counted = 0;
    let route = route::to_all(connection, filter, search)?;
    for branch in branches::of(connection.engine(), filter, search, route) {
        // The row at the limit exists or not: skipping over index entries is the cheapest way to count some.
        let mut query = failed::table.select(failed::id).into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        let inner = query.limit(limit - counted);
        counted += dialect::count_rows(connection, inner)?;
        if counted >= limit {
            break;
        }
    }
    Ok(counted)
}

/// How many retries were asked for before that time and are under way still, counting to [`COUNTED_ROWS`] and one more.
pub fn stuck(connection: &mut DbConnection, since: NaiveDateTime) -> Result<i64> {
    let open = dialect::is_in(connection.engine(), dialect::Tab::Open);
    let rows = failed::table.filter(failed::retry_requested_at.lt(since)).filter(open).select(failed::id);
    dialect::count_rows(connection, rows.limit(COUNTED_ROWS + 1))
}
