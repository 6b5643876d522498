//! Which index leads to the rows of a filter, on every engine alike.
//!
//! Left to themselves, the planners sort a tenth of the table or walk all of it, depending on statistics that
//! an adopted table may not have. Here one condition leads, and all others are written so that no index can
//! serve them; which one leads is decided by counting a bounded number of index entries.

use super::branches;
use super::condition::{self, Search};
use super::filter::{Filter, Sort, SortColumn};
use crate::db::DbConnection;
use crate::db::dialect::Tab;
use crate::error::Result;

/// The most index entries that are gathered and sorted for a page, when the index holds all that is asked.
const GATHERED_ENTRIES: i64 = 40_000;

/// The most index entries that are walked in order for a page.
const WALKED_ENTRIES: i64 = 120_000;

/// The most entries that are gathered or walked where each costs a look at its row.
const ROWS: i64 = 4_000;

/// What leads to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// The tab, in the order of the list.
    Order,
    /// A value in this column; then by failed_time.
    Column(&'static str),
    /// The tab, then the cause; then by failed_time.
    Cause,
    /// The tab, then the causes of a family.
    Family,
    /// The days of use; within one day by failed_time.
    Days,
    /// The times of decision.
    Decisions,
    /// The tab, then the amounts.
    Amounts,
    /// The times of failing: part of the order by them, never a lead.
    Times,
    /// The ids that a search found.
    Hits,
    /// The retries under way, which are few.
    Retrying,
}

/// A lead, and the order in which the rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub lead: Lead,
    pub order: SortColumn,
    /// Whether the dates of the filter are one single day.
    is_one_day: bool,
}

impl Route {
    fn new(lead: Lead, order: SortColumn, filter: &Filter) -> Route {
        let is_one_day = filter.start_date.is_some() && filter.start_date == filter.end_date;
        Route { lead, order, is_one_day }
    }

    /// Whether the leading index gives the rows in the wanted order, so that none need sorting.
    pub fn is_in_order(self) -> bool {
        match self.lead {
            Lead::Order => true,
            Lead::Column(column) => column != "id" && self.order == SortColumn::FailedTime,
            Lead::Cause => self.order == SortColumn::FailedTime,
            Lead::Days => self.is_one_day && self.order == SortColumn::FailedTime,
            Lead::Amounts => self.order == SortColumn::Amount,
            Lead::Decisions | Lead::Family | Lead::Times | Lead::Hits | Lead::Retrying => false,
        }
    }

    /// Whether a condition that could lead so is served by the index of this route.
    pub fn is_served(self, lead: Lead) -> bool {
        lead == self.lead
            || (lead == Lead::Amounts && self.lead == Lead::Order && self.order == SortColumn::Amount)
            || (lead == Lead::Times
                && matches!(self.lead, Lead::Order | Lead::Cause)
                && self.order == SortColumn::FailedTime)
    }

    /// Whether the index begins with "open", so that the tab is a place in it.
    pub fn begins_with_tab(self) -> bool {
        matches!(self.lead, Lead::Order | Lead::Amounts | Lead::Cause | Lead::Family)
    }

    /// The columns that the leading index tells without a look at the row.
    fn covered(self) -> &'static [&'static str] {
        match (self.lead, self.order) {
            (Lead::Order, SortColumn::FailedTime) => &["failed_time", "use_date", "amount", "cost"],
            (Lead::Order, SortColumn::UseTime) => &["use_time", "use_date"],
            (Lead::Order, SortColumn::Cost) => &["cost"],
            (Lead::Order, SortColumn::Amount) | (Lead::Amounts, _) => &["amount", "failed_time", "cost"],
            (Lead::Column("userorgid"), _) => {
                &["userorgid", "failed_time", "use_date", "use_time", "llmid", "resolution", "amount", "cost"]
            }
            (Lead::Column("llmid"), _) => {
                &["llmid", "failed_time", "use_date", "use_time", "resolution", "amount", "cost"]
            }
            (Lead::Column("userid"), _) => {
                &["userid", "failed_time", "use_date", "use_time", "amount", "cost"]
            }
            (Lead::Column("resolution"), _) => {
                &["resolution", "failed_time", "use_date", "use_time", "amount", "cost"]
            }
            (Lead::Cause | Lead::Family, _) => {
                &["cause", "failed_time", "use_date", "use_time", "llmid", "userorgid", "amount", "cost"]
            }
            (Lead::Decisions, _) => &["handled_time", "resolution", "handled_by", "amount", "cost"],
            (Lead::Days, _) => {
                &["use_date", "failed_time", "use_time", "llmid", "userorgid", "amount", "cost"]
            }
            (Lead::Column(_) | Lead::Times | Lead::Hits | Lead::Retrying, _) => &[],
        }
    }

    /// Whether the leading index tells all of these columns.
    fn covers(self, asked: &[&str]) -> bool {
        asked.iter().all(|column| self.covered().contains(column))
    }
}

/// How the rows of a page are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Straight(Route),
    /// Walk the order of the list for so many entries; if that gave too few rows, take the other route.
    Try(Route, i64, Route),
}

pub fn to_page(connection: &mut DbConnection, filter: &Filter, search: &Search, sort: Sort) -> Result<Way> {
    let along = |lead| Route::new(lead, sort.column, filter);
    let Some((lead, counted)) = narrowest(connection, filter, search, sort.column)? else {
        return Ok(Way::Straight(along(Lead::Order)));
    };
    let route = along(lead);
    if route.is_in_order() || counted.is_few || *search == Search::Scan {
        return Ok(Way::Straight(route));
    }
    let order = along(Lead::Order);
    let is_covered = order.covers(&condition::columns(filter, search));
    Ok(Way::Try(order, if is_covered { WALKED_ENTRIES } else { ROWS }, route))
}

/// The route to all rows of this filter in order, read in chunks.
pub fn to_whole(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    sort: Sort,
) -> Result<Route> {
    let along = |lead| Route::new(lead, sort.column, filter);
    let Some((lead, counted)) = narrowest(connection, filter, search, sort.column)? else {
        return Ok(along(Lead::Order));
    };
    // Many days or amounts are worth one walk of the tab rather than a sort for each chunk.
    let is_wide = matches!(lead, Lead::Days | Lead::Amounts) && !counted.is_few;
    Ok(if is_wide { along(Lead::Order) } else { along(lead) })
}

/// The route to all rows of this filter, to sum them.
pub fn to_all(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Route> {
    let along = |lead| Route::new(lead, SortColumn::FailedTime, filter);
    let order = along(Lead::Order);
    let Some((lead, counted)) = narrowest(connection, filter, search, SortColumn::FailedTime)? else {
        return Ok(order);
    };
    // Open records are few beside all; their index tells days and amounts.
    let is_told = order.covers(&condition::columns(filter, search));
    let is_open = filter.tabs() == [Tab::Open] && !counted.is_few && is_told;
    Ok(if is_open { order } else { along(lead) })
}

/// The route to all rows of this filter, to add them up by cause, model, organisation or day.
pub fn to_groups(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Route> {
    let by_cause = Route::new(Lead::Cause, SortColumn::FailedTime, filter);
    // The index of causes tells all of these by itself.
    let is_told = by_cause.covers(&condition::columns(filter, search));
    if is_told && (filter.cause.is_some() || !has_leads(filter, search)) {
        return Ok(by_cause);
    }
    to_all(connection, filter, search)
}

/// The route to all rows of this filter, to add them up by these columns.
pub fn to_sums_by(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    columns: &[&'static str],
) -> Result<Route> {
    let by_cause = Route::new(Lead::Cause, SortColumn::FailedTime, filter);
    let is_told = by_cause.covers(&[columns, &condition::columns(filter, search)].concat());
    let is_of_cause = branches::leads(filter, search).iter().all(|lead| *lead == Lead::Cause);
    if is_told && is_of_cause { Ok(by_cause) } else { to_all(connection, filter, search) }
}

fn has_leads(filter: &Filter, search: &Search) -> bool {
    branches::leads(filter, search).into_iter().any(|lead| lead != Lead::Days)
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    count: i64,
    is_few: bool,
}

/// The condition of the filter that leads to the fewest rows, and whether these are few enough to sort.
fn narrowest(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    order: SortColumn,
) -> Result<Option<(Lead, Counted)>> {
    let leads = branches::leads(filter, search);
    let mut best: Option<(Lead, Counted)> = None;
    for lead in &leads {
        let route = Route::new(*lead, order, filter);
        if leads.len() == 1 && route.is_in_order() {
            return Ok(Some((*lead, Counted { count: 0, is_few: true })));
        }
        let mut asked = condition::columns(filter, search);
        asked.push(order.name());
        let limit = if route.covers(&asked) { GATHERED_ENTRIES } else { ROWS };
        let count = branches::count(connection, filter, search, route, limit + 1)?;
        let counted = Counted { count, is_few: count <= limit };
        // Of leads with many entries, one that costs no looks at rows is the best.
        let rank = |counted: Counted| match counted.is_few {
            true => (0, counted.count),
            false => (1, -counted.count),
        };
        if best.is_none_or(|(_, other)| rank(counted) < rank(other)) {
            best = Some((*lead, counted));
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests;
