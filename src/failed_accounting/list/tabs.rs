//! How many records each tab holds of a filter.

use super::condition::Search;
use super::filter::{Filter, Handled};
use super::kept;
use super::totals::{COUNTED_ROWS, count_up_to};
use crate::db::DbConnection;
use crate::error::Result;

/// How many records the tabs hold: open, retrying, handled, all.
#[derive(Debug, Clone, Copy, Default)]
pub struct TabCounts {
    pub counts: [i64; 4],
    /// Otherwise each is counted to [`COUNTED_ROWS`] and one more at most.
    pub are_exact: bool,
}

/// How many records the tabs hold of this filter; zeros where no index answers. What was superseded is among all only.
pub fn of_tabs(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<TabCounts> {
    if *search == Search::Scan {
        return Ok(TabCounts::default());
    }
    let tabs = [
        filter.on_tab(Handled::Open),
        filter.on_retrying(),
        filter.on_tab(Handled::Handled),
        filter.on_tab(Handled::All),
    ];
    if let Some(parts) = kept::parts(connection, &filter.on_tab(Handled::All), search)? {
        return Ok(TabCounts {
            counts: tabs.map(|tab| parts.of(kept::states(&tab)).records),
            are_exact: true,
        });
    }
    let limit = COUNTED_ROWS + 1;
    let mut count = |filter: &Filter| count_up_to(connection, filter, search, limit);
    let [open, retrying, handled, _] = &tabs;
    let (open, retrying, handled) = (count(open)?, count(retrying)?, count(handled)?);
    let all = open + handled;
    // Not counted where it changes nothing.
    let superseded = if all < limit { count(&filter.on_superseded())? } else { 0 };
    Ok(TabCounts { counts: [open, retrying, handled, (all + superseded).min(limit)], are_exact: false })
}
