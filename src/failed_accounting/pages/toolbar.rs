//! Around the rows of the list: tabs, presets, chips, sortable heads and suggestions, all plain links.

use super::context::{Choice, list_link};
use crate::base::form::Fields;
use crate::base::periods::{self, Period};
use crate::failed_accounting::chips;
use crate::failed_accounting::filter::{Filter, Handled, Sort, SortColumn};
use crate::failed_accounting::list::tabs::TabCounts;
use crate::failed_accounting::list::totals::Known;
use crate::names::Names;
use crate::web::list::{Chip, Head, Preset, Tab, count_text};
use crate::web::locale::{self, Language};
use crate::web::state::AppState;

/// Makes the links around a list: the same filter with one thing changed.
pub(super) struct Toolbar<'a> {
    pub filter: &'a Filter,
    /// The title of the cause in the filter.
    pub cause: Option<String>,
    pub names: &'a Names,
    pub state: &'a AppState,
    pub language: Language,
}

impl Toolbar<'_> {
    pub(super) fn tabs(&self, known: &Known, tabs: TabCounts) -> Vec<Tab> {
        let exact = match known {
            Known::Exactly(totals) => Some(totals.count),
            _ => None,
        };
        let open = |handled| self.filter.on_tab(handled);
        let filters =
            [open(Handled::Open), self.filter.on_retrying(), open(Handled::Handled), open(Handled::All)];
        let tab = |(filter, counted): (Filter, i64)| {
            let current = filter.tab() == self.filter.tab();
            let count = match exact.filter(|_| current) {
                Some(count) => Some(locale::count(count)),
                None if *known == Known::Unsearched => None,
                None if tabs.are_exact => Some(locale::count(counted)),
                None => Some(count_text(counted)),
            };
            Tab { name: filter.tab(), link: list_link(&filter), count, current }
        };
        let mut tabs: Vec<Tab> = filters.into_iter().zip(tabs.counts).map(tab).collect();
        // No tab of its own: they are neither work nor decisions. Shown where somebody asked for them.
        if self.filter.is_of_superseded() {
            let count = exact.map(locale::count);
            tabs.push(Tab { name: self.filter.tab(), link: list_link(self.filter), count, current: true });
        }
        tabs
    }

    pub(super) fn presets(&self) -> Vec<Preset> {
        let preset = |period: Period| {
            let (start_date, end_date) = (Some(period.first), Some(period.last));
            let filter = Filter { start_date, end_date, ..self.filter.clone() };
            Preset { name: period.name, link: list_link(&filter), is_current: filter == *self.filter }
        };
        periods::around(self.state.clock.today()).into_iter().map(preset).collect()
    }

    pub(super) fn sorts(&self) -> Vec<Choice> {
        let choices =
            ["-failed_time", "failed_time", "-use_time", "use_time", "-amount", "amount", "-cost", "cost"];
        let present = self.filter.sort.name();
        let choice = |value: &'static str| Choice {
            value,
            text: format!("sort-{}", sort_word(value)),
            selected: present == value,
        };
        choices.map(choice).into()
    }

    pub(super) fn heads(&self) -> Vec<Head> {
        let present = self.filter.sort;
        let head = |column: SortColumn| {
            let is_present = present.column == column;
            // The first click shows the largest or newest; the next one turns it round.
            let sort = Sort { column, descending: !(is_present && present.descending) };
            let link = list_link(&Filter { sort, ..self.filter.clone() });
            Head::new(column.name(), link, is_present.then_some(present.descending))
        };
        SortColumn::ALL.map(head).into()
    }

    pub(super) fn chips(&self) -> Vec<Chip> {
        let word = locale::word(self.language);
        let chip = |chip: chips::Chip| Chip {
            text: locale::words(self.language, &chip.message),
            remove: list_link(&self.filter.without(chip.key)),
        };
        chips::of(self.filter, self.names, self.cause.as_deref(), &word).into_iter().map(chip).collect()
    }
}

/// The filter, and where in the list one is: whoever ticked nothing comes back there.
pub(super) fn carried_by_ticks(filter: &Filter, typed: &Fields) -> Vec<(String, String)> {
    let filter = filter.to_pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
    let is_place = |(name, _): &&(String, String)| ["after", "before", "exact"].contains(&name.as_str());
    filter.chain(typed.pairs().iter().filter(is_place).cloned()).collect()
}

/// The end of the key of an order's words.
pub(super) fn sort_word(name: &str) -> String {
    match name.strip_prefix('-') {
        Some(column) => format!("{}-down", column.replace('_', "-")),
        None => format!("{}-up", name.replace('_', "-")),
    }
}
