//! `GET /failed-accounting`: the list of a filter with its money line, tabs, chips and pages.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{Choice, FormView, LIST, RowView, list_link, resolutions};
use crate::base::form::{FieldErrors, Fields, Message};
use crate::base::paging::{Cursor, Position};
use crate::error::{Error, Result};
use crate::failed_accounting::condition::{self, Search};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::{Filter, Handled, KEYS, Sort, SortColumn};
use crate::failed_accounting::list::{self, Listing};
use crate::failed_accounting::store;
use crate::failed_accounting::totals::{self, COUNTED_ROWS, Known};
use crate::names::Names;
use crate::web::error::Answer;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{self, Named, TimeView};
use crate::web::{links, page, request};

/// The most names that the filter's suggestions offer.
const SUGGESTIONS: usize = 200;

#[derive(Serialize)]
struct IndexPage {
    money: MoneyLine,
    tabs: Vec<Tab>,
    form: FormView,
    /// Names of filters in force behind the fold, so that it stays open.
    more_open: bool,
    /// How many filters are in force.
    narrowed: usize,
    presets: Vec<Preset>,
    resolutions: Vec<Choice>,
    sorts: Vec<Choice>,
    organisations: Vec<Named>,
    models: Vec<Named>,
    chips: Vec<Chip>,
    clear: String,
    heads: Vec<Head>,
    rows: Vec<RowView>,
    newer: Option<String>,
    older: Option<String>,
    go_on: Option<String>,
    searched: i64,
    csv: String,
    csv_excel: String,
    empty: Option<Empty>,
}

/// Count and sums of exactly what the filter matches, as far as a page may count.
#[derive(Serialize)]
struct MoneyLine {
    /// `open`, `handled` or `all`.
    tab: &'static str,
    /// The attribute: plain digits, `10000+`, or empty where nothing was counted.
    count: String,
    /// For people, with separators.
    count_text: String,
    /// For singular and plural.
    number: i64,
    amount: String,
    cost: String,
    oldest: Option<String>,
    oldest_time: Option<TimeView>,
    /// `exact`, `many` or `unsearched`.
    known: &'static str,
    /// Where the exact count is, when it is not here.
    exact: String,
}

#[derive(Serialize)]
struct Tab {
    name: &'static str,
    link: String,
    count: Option<String>,
    current: bool,
}

#[derive(Serialize)]
struct Preset {
    days: i64,
    link: String,
}

#[derive(Serialize)]
struct Chip {
    text: String,
    remove: String,
}

/// A sortable column head.
#[derive(Serialize)]
struct Head {
    column: &'static str,
    link: String,
    /// `ascending`, `descending` or `none`.
    sorted: &'static str,
}

#[derive(Serialize)]
struct Empty {
    /// `never`, `open` or `match`.
    kind: &'static str,
    last: Option<TimeView>,
    last_age: Option<String>,
    last_handled_by: Option<String>,
}

/// What the database says to a list request.
struct Found {
    listing: Listing,
    known: Known,
    tabs: [i64; 3],
    last: Option<FailedRecord>,
    is_empty: bool,
}

/// The list.
pub async fn index(request: HttpRequest) -> Answer {
    let state = page::state_of(&request)?;
    let language = request::language_of(&request);
    let fields = request::query_fields(&request)?;
    let (filter, mut errors) = Filter::parse(&fields);
    let position = position(&fields, filter.sort, &mut errors);
    let exact = fields.text("exact") == Some("1");
    let asked = filter.clone();
    let found = state.database.run(move |connection| find(connection, &asked, &position, exact)).await?;
    let names = state.names.current().await;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = FormView::new(&KEYS, &fields, &errors, language);
    let context = Builder { filter: &filter, names: &names, state, language }.page(found, form);
    page::render(&request, status, "failed_accounting/index.html", &context)
}

fn position(fields: &Fields, sort: Sort, errors: &mut FieldErrors) -> Position {
    for (name, place) in [("after", Position::After as fn(Cursor) -> Position), ("before", Position::Before)] {
        let Some(text) = fields.text(name) else { continue };
        match Cursor::decode(text, &sort.name()) {
            Ok(cursor) => return place(cursor),
            Err(_) => {
                errors.insert(name.to_owned(), Message::new("error-cursor"));
            }
        }
    }
    Position::Start
}

fn find(
    connection: &mut crate::db::DbConnection,
    filter: &Filter,
    position: &Position,
    exact: bool,
) -> Result<Found> {
    let search = condition::plan_search(connection, filter)?;
    let listing = list::page(connection, filter, &search, position)?;
    let known = if exact {
        Known::Exactly(totals::exact(connection, filter, &search)?)
    } else {
        totals::known(connection, filter, &search)?
    };
    let mut tabs = [0; 3];
    if search != Search::Scan {
        for (tab, count) in [Handled::Open, Handled::Handled].into_iter().zip(&mut tabs) {
            *count = totals::of_tab(connection, filter, &search, tab)?;
        }
        tabs[2] = (tabs[0] + tabs[1]).min(COUNTED_ROWS + 1);
    }
    let is_empty = listing.rows.is_empty();
    Ok(Found {
        last: if is_empty { store::last_failure(connection)? } else { None },
        is_empty: is_empty && store::is_empty(connection)?,
        listing,
        known,
        tabs,
    })
}

struct Builder<'a> {
    filter: &'a Filter,
    names: &'a Names,
    state: &'a AppState,
    language: Language,
}

impl Builder<'_> {
    fn page(&self, found: Found, form: FormView) -> IndexPage {
        let link_at = |key: &str, cursor: &Cursor| {
            let mut pairs: Vec<(&str, String)> = self.filter.to_pairs();
            pairs.push((key, cursor.encode()));
            links::with_query(LIST, &links::query(&pairs))
        };
        let listing = &found.listing;
        let newer = listing.rows.first().filter(|_| listing.has_previous).map(|row| link_at("before", &row.cursor));
        let older = listing.rows.last().filter(|_| listing.has_next).map(|row| link_at("after", &row.cursor));
        let in_fold = ["userid", "llmusageid", "amount_min", "amount_max", "resolution", "page_size"];
        let row = |row: &list::Listed| RowView::new(&row.record, self.names, &self.state.clock, self.filter);
        IndexPage {
            money: self.money_line(&found.known),
            tabs: self.tabs(&found),
            more_open: in_fold.iter().any(|name| {
                form.errors.contains_key(*name) || form.values.get(*name).is_some_and(|value| !value.is_empty())
            }),
            presets: self.presets(),
            resolutions: resolutions(|_| true, form.values.get("resolution").map_or("", String::as_str)),
            sorts: self.sorts(),
            organisations: suggestions(&self.names.organisations),
            models: suggestions(&self.names.models),
            narrowed: self.chips().len(),
            chips: self.chips(),
            clear: list_link(&self.filter.cleared()),
            heads: self.heads(),
            rows: listing.rows.iter().map(row).collect(),
            go_on: listing.go_on.as_ref().map(|cursor| link_at("after", cursor)),
            searched: list::SEARCHED_ROWS,
            csv: self.csv_link(&[]),
            csv_excel: self.csv_link(&[("bom", "1".to_owned())]),
            empty: self.empty(&found),
            newer,
            older,
            form,
        }
    }

    fn money_line(&self, known: &Known) -> MoneyLine {
        let mut exact: Vec<(&str, String)> = self.filter.to_pairs();
        exact.push(("exact", "1".to_owned()));
        let tab = tab_name(self.filter.handled);
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
                let now = self.state.clock.now();
                let age = |time| locale::words(self.language, &view::age(now, time));
                MoneyLine {
                    tab,
                    count: totals.count.to_string(),
                    count_text: locale::count(totals.count),
                    number: totals.count,
                    amount: totals.amount.to_string(),
                    cost: totals.cost.to_string(),
                    oldest: totals.oldest.map(age),
                    oldest_time: totals.oldest.map(|time| TimeView::new(&self.state.clock, time)),
                    known: "exact",
                    exact,
                }
            }
        }
    }

    fn tabs(&self, found: &Found) -> Vec<Tab> {
        let exact = match &found.known {
            Known::Exactly(totals) => Some(totals.count),
            _ => None,
        };
        let tab = |(handled, counted): (Handled, i64)| {
            let current = handled == self.filter.handled;
            let count = match exact.filter(|_| current) {
                Some(count) => Some(locale::count(count)),
                None if found.known == Known::Unsearched => None,
                None if counted > COUNTED_ROWS => Some(format!("{}+", locale::count(COUNTED_ROWS))),
                None => Some(locale::count(counted)),
            };
            Tab { name: tab_name(handled), link: list_link(&self.filter.on_tab(handled)), count, current }
        };
        [Handled::Open, Handled::Handled, Handled::All].into_iter().zip(found.tabs).map(tab).collect()
    }

    fn presets(&self) -> Vec<Preset> {
        let today = self.state.clock.today();
        let preset = |days: i64| {
            let start = today - chrono::Duration::days(days - 1);
            let filter = Filter { start_date: Some(start), end_date: Some(today), ..self.filter.clone() };
            Preset { days, link: list_link(&filter) }
        };
        [7, 30, 90].map(preset).into()
    }

    fn sorts(&self) -> Vec<Choice> {
        let choices = ["-failed_time", "failed_time", "-use_time", "use_time", "-amount", "amount", "-cost", "cost"];
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

    fn heads(&self) -> Vec<Head> {
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

    fn chips(&self) -> Vec<Chip> {
        let narrowing = |(key, _): &(&str, String)| !matches!(*key, "handled" | "sort" | "page_size");
        let chip = |(key, value): (&'static str, String)| {
            let shown = match key {
                "userorgid" => named(&self.names.organisations, &value),
                "llmid" => named(&self.names.models, &value),
                "userid" => named(&self.names.users, &value),
                "resolution" => {
                    locale::lookup(self.language, &format!("resolution-{}", value.replace('_', "-")), &Default::default())
                        .unwrap_or(value)
                }
                _ => value,
            };
            let message = Message::new(chip_key(key)).with("value", shown);
            Chip { text: locale::words(self.language, &message), remove: list_link(&self.filter.without(key)) }
        };
        self.filter.to_pairs().into_iter().filter(narrowing).map(chip).collect()
    }

    fn csv_link(&self, more: &[(&'static str, String)]) -> String {
        let mut pairs = Filter { page_size: None, ..self.filter.clone() }.to_pairs();
        pairs.extend_from_slice(more);
        links::with_query("/failed-accounting.csv", &links::query(&pairs))
    }

    fn empty(&self, found: &Found) -> Option<Empty> {
        if !found.listing.rows.is_empty() {
            return None;
        }
        let kind = match () {
            _ if found.is_empty => "never",
            _ if self.filter.handled == Handled::Open && !self.filter.is_narrowed() => "open",
            _ => "match",
        };
        let last = found.last.as_ref();
        let last_time = last.and_then(|record| record.failed_time);
        let now = self.state.clock.now();
        Some(Empty {
            kind,
            last: last_time.map(|time| TimeView::new(&self.state.clock, time)),
            last_age: last_time.map(|time| locale::words(self.language, &view::age(now, time))),
            last_handled_by: last.filter(|record| !record.is_open()).and_then(|record| record.handled_by.clone()),
        })
    }
}

fn tab_name(handled: Handled) -> &'static str {
    match handled {
        Handled::Open => "open",
        Handled::Handled => "handled",
        Handled::All => "all",
    }
}

fn named(names: &std::collections::HashMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

pub(super) fn suggestions(names: &std::collections::HashMap<String, String>) -> Vec<Named> {
    let mut all: Vec<Named> =
        names.iter().map(|(id, name)| Named { id: id.clone(), name: Some(name.clone()) }).collect();
    all.sort_by(|left, right| (&left.name, &left.id).cmp(&(&right.name, &right.id)));
    all.truncate(SUGGESTIONS);
    all
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

/// The error of a request whose filter is wrong, where no list can show it.
pub(super) fn refuse_wrong(errors: FieldErrors) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}
