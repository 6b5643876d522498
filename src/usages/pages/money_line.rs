//! The money line of a list of usages, as its page shows it.

use serde::Serialize;

use crate::usages::totals::{COUNTED_ROWS, Known};
use crate::web::locale;

/// Count and sums of exactly what the filter matches, as far as a page may count.
#[derive(Serialize)]
pub(super) struct MoneyLine {
    /// The attribute: plain digits, `10000+`, or empty where nothing was counted.
    pub count: String,
    pub count_text: String,
    pub number: i64,
    pub amount: String,
    pub cost: String,
    /// `exact`, `many` or `unsearched`.
    pub known: &'static str,
    /// Where the exact count is, when it is not here.
    pub exact: String,
}

/// The money line of totals, and where the exact ones are.
pub(super) fn money_line(totals: Known, exact: String) -> MoneyLine {
    let unknown = |count: &str, count_text: String, known| MoneyLine {
        count: count.to_owned(),
        count_text,
        number: COUNTED_ROWS + 1,
        amount: String::new(),
        cost: String::new(),
        known,
        exact: exact.clone(),
    };
    match totals {
        Known::Many => unknown("10000+", format!("{}+", locale::count(COUNTED_ROWS)), "many"),
        Known::Unsearched => unknown("", String::new(), "unsearched"),
        Known::Exactly(totals) => MoneyLine {
            count: totals.count.to_string(),
            count_text: locale::count(totals.count),
            number: totals.count,
            amount: totals.amount.to_string(),
            cost: totals.cost.to_string(),
            known: "exact",
            exact,
        },
    }
}
