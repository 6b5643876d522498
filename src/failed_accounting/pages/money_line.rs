//! The money line of the list: count, sums and oldest of exactly the rows that the filter shows.

use serde::Serialize;

use super::context::sums;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::totals::Known;
use crate::web::list::Sums;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{self, TimeView};

/// Count and sums of exactly what the filter matches, as far as a page may count.
#[derive(Serialize)]
pub(super) struct MoneyLine {
    #[serde(flatten)]
    sums: Sums,
    /// `open`, `retrying`, `handled` or `all`.
    tab: &'static str,
    oldest: Option<String>,
    oldest_time: Option<TimeView>,
}

/// The money line of a filter, in the language of the page.
pub(super) fn money_line(filter: &Filter, known: &Known, state: &AppState, language: Language) -> MoneyLine {
    let age = |time| locale::words(language, &view::age(state.clock.now(), time));
    MoneyLine {
        sums: sums(filter, known),
        tab: filter.tab(),
        oldest: known.oldest().map(age),
        oldest_time: known.oldest().map(|time| TimeView::new(&state.clock, time)),
    }
}
