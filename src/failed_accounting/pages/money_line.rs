//! The money line of the list: count, sums and oldest of exactly the rows that the filter shows.

use serde::Serialize;

use super::context::LIST;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::totals::{COUNTED_ROWS, Known};
use crate::web::links;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{self, TimeView};

/// Count and sums of exactly what the filter matches, as far as a page may count.
#[derive(Serialize)]
pub(super) struct MoneyLine {
    /// `open`, `retrying`, `handled` or `all`.
    pub tab: &'static str,
    /// The attribute: plain digits, `10000+`, or empty where nothing was counted.
    pub count: String,
    /// For people, with separators.
    pub count_text: String,
    /// For singular and plural.
    pub number: i64,
    pub amount: String,
    pub cost: String,
    pub oldest: Option<String>,
    pub oldest_time: Option<TimeView>,
    /// `exact`, `many` or `unsearched`.
    pub known: &'static str,
    /// Where the exact count is, when it is not here.
    pub exact: String,
}

/// The money line of a filter, in the language of the page.
pub(super) fn money_line(filter: &Filter, known: &Known, state: &AppState, language: Language) -> MoneyLine {
    let mut exact: Vec<(&str, String)> = filter.to_pairs();
    exact.push(("exact", "1".to_owned()));
    let tab = filter.tab();
    let exact = links::with_query(LIST, &links::query(&exact));
    let unknown = |count: &str, count_text: String, known| MoneyLine {
        tab,
        count: count.to_owned(),
        count_text,
        number: COUNTED_ROWS + 1,
        amount: String::new(),
        cost: String::new(),
        oldest: None,
        oldest_time: None,
        known,
        exact: exact.clone(),
    };
    match known {
        Known::Many => unknown("10000+", format!("{}+", locale::count(COUNTED_ROWS)), "many"),
        Known::Unsearched => unknown("", String::new(), "unsearched"),
        Known::Exactly(totals) => {
            let now = state.clock.now();
            let age = |time| locale::words(language, &view::age(now, time));
            MoneyLine {
                tab,
                count: totals.count.to_string(),
                count_text: locale::count(totals.count),
                number: totals.count,
                amount: totals.amount.to_string(),
                cost: totals.cost.to_string(),
                oldest: totals.oldest.map(age),
                oldest_time: totals.oldest.map(|time| TimeView::new(&state.clock, time)),
                known: "exact",
                exact,
            }
        }
    }
}
