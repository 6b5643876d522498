//! Around the rows of the list: tabs, presets, chips, sortable heads and suggestions, all plain links.

use serde::Serialize;

use super::context::{Choice, list_link};
use crate::base::form::Message;
use crate::failed_accounting::filter::{Filter, Handled, Sort, SortColumn, is_narrowing};
use crate::failed_accounting::totals::{COUNTED_ROWS, Known};
use crate::names::Names;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;

#[derive(Serialize)]
pub(super) struct Tab {
    pub name: &'static str,
    pub link: String,
    pub count: Option<String>,
    pub current: bool,
}

#[derive(Serialize)]
pub(super) struct Preset {
    pub days: i64,
    pub link: String,
}

#[derive(Serialize)]
pub(super) struct Chip {
    pub text: String,
    pub remove: String,
}

/// A sortable column head.
#[derive(Serialize)]
pub(super) struct Head {
    pub column: &'static str,
    pub link: String,
    /// `ascending`, `descending` or `none`.
    pub sorted: &'static str,
}

/// Makes the links around a list: the same filter with one thing changed.
pub(super) struct Toolbar<'a> {
    pub filter: &'a Filter,
    pub names: &'a Names,
    pub state: &'a AppState,
    pub language: Language,
}

impl Toolbar<'_> {
    pub(super) fn tabs(&self, known: &Known, counts: [i64; 4]) -> Vec<Tab> {
        let exact = match known {
            Known::Exactly(totals) => Some(totals.count),
            _ => None,
        };
        let open = |handled| self.filter.on_tab(handled);
        let filters =
            [open(Handled::Open), self.filter.on_retrying(), open(Handled::Handled), open(Handled::All)];
        let tab = |(filter, counted): (Filter, i64)| {
            let current = (filter.handled, filter.retrying) == (self.filter.handled, self.filter.retrying);
            let count = match exact.filter(|_| current) {
                Some(count) => Some(locale::count(count)),
                None if *known == Known::Unsearched => None,
                None if counted > COUNTED_ROWS => Some(format!("{}+", locale::count(COUNTED_ROWS))),
                None => Some(locale::count(counted)),
            };
            Tab { name: tab_name(&filter), link: list_link(&filter), count, current }
        };
        filters.into_iter().zip(counts).map(tab).collect()
    }

    pub(super) fn presets(&self) -> Vec<Preset> {
        let today = self.state.clock.today();
        let preset = |days: i64| {
            let start = today - chrono::Duration::days(days - 1);
            let filter = Filter { start_date: Some(start), end_date: Some(today), ..self.filter.clone() };
            Preset { days, link: list_link(&filter) }
        };
        [7, 30, 90].map(preset).into()
    }

    pub(super) fn sorts(&self) -> Vec<Choice> {
        let choices =
            ["-failed_time", "failed_time", "-use_time", "use_time", "-amount", "amount", "-cost", "cost"];
        let present = self.filter.sort.name();
        let choice = |value: &'static str| Choice {
            value,
            text: match value.strip_prefix('-') {
                Some(column) => format!("sort-{}-down", column.replace('_', "-")),
                None => format!("sort-{}-up", value.replace('_', "-")),
            },
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
            Head {
                column: column.name(),
                link: list_link(&Filter { sort, ..self.filter.clone() }),
                sorted: match (is_present, present.descending) {
                    (false, _) => "none",
                    (true, true) => "descending",
                    (true, false) => "ascending",
                },
            }
        };
        SortColumn::ALL.map(head).into()
    }

    pub(super) fn chips(&self) -> Vec<Chip> {
        let chip = |(key, value): (&'static str, String)| {
            let shown = match key {
                "userorgid" => named(&self.names.organisations, &value),
                "llmid" => named(&self.names.models, &value),
                "userid" => named(&self.names.users, &value),
                "resolution" => locale::lookup(
                    self.language,
                    &format!("resolution-{}", value.replace('_', "-")),
                    &Default::default(),
                )
                .unwrap_or(value),
                _ => value,
            };
            let message = Message::new(chip_key(key)).with("value", shown);
            Chip {
                text: locale::words(self.language, &message),
                remove: list_link(&self.filter.without(key)),
            }
        };
        self.filter.to_pairs().into_iter().filter(|(key, _)| is_narrowing(key)).map(chip).collect()
    }
}

pub(super) fn tab_name(filter: &Filter) -> &'static str {
    match filter.handled {
        Handled::Open if filter.retrying => "retrying",
        Handled::Open => "open",
        Handled::Handled => "handled",
        Handled::All => "all",
    }
}

fn named(names: &std::collections::HashMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

fn chip_key(key: &str) -> &'static str {
    match key {
        "start_date" => "chip-start-date",
        "end_date" => "chip-end-date",
        "userorgid" => "chip-organisation",
        "llmid" => "chip-model",
        "userid" => "chip-user",
        "llmusageid" => "chip-usage",
        "amount_min" => "chip-amount-min",
        "amount_max" => "chip-amount-max",
        "resolution" => "chip-resolution",
        _ => "chip-text",
    }
}
