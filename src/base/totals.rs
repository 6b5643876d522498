//! Count and sums of what a filter matches, as far as a page may count.
//!
//! No page may cost as much as the table is large: beyond a bound the answer is "more than so many", and the exact
//! figures stand behind a link.

use chrono::NaiveDateTime;

use super::money::MoneySum;

/// Up to this many rows are always counted and added up, whatever the filter.
pub const COUNTED_ROWS: i64 = 10_000;

/// Exact totals of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
    /// The earliest failed_time, in the business zone; none for usages.
    pub oldest: Option<NaiveDateTime>,
}

/// What is known of the totals at a price that a page may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Exactly(Totals),
    /// More than [`COUNTED_ROWS`] rows match.
    Many,
    /// No index answers the filter, and there are more rows than a page looks through.
    Unsearched,
}

impl Known {
    /// Whether no row matches.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Known::Exactly(totals) if totals.count == 0)
    }

    /// The earliest failed_time, where the rows were added up.
    pub fn oldest(&self) -> Option<NaiveDateTime> {
        match self {
            Known::Exactly(totals) => totals.oldest,
            Known::Many | Known::Unsearched => None,
        }
    }
}
