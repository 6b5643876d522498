//! `GET /failed-accounting`: the list of a filter with its money line, tabs, chips and pages.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use serde::Serialize;

use super::cause::cause_title;
use super::causes::{TopCause, top_causes, top_groups};
use super::context::{Choice, FormView, RowView, address, list_link, resolutions};
use super::empty::Empty;
use super::money_line::{MoneyLine, money_line};
use super::toolbar::{Head, Preset, Toolbar};
use super::views::{self, Bar, Views};
use crate::base::form::{FieldErrors, refuse_unknown};
use crate::base::paging::Position;
use crate::causes::store::{self as causes, KnownCause};
use crate::check::adopted;
use crate::error::{Error, Result};
use crate::failed_accounting::causes::groups::Group;
use crate::failed_accounting::condition::{self, Search};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::{BESIDE, Filter, KEYS};
use crate::failed_accounting::list::keys::{self, Input};
use crate::failed_accounting::list::totals::{self, Known};
use crate::failed_accounting::list::{self, Listing};
use crate::failed_accounting::store;
use crate::names::{Names, search};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::form::suggestions;
use crate::web::list::{Chip, Pager, Tab, position};
use crate::web::locale::Language;
use crate::web::state::AppState;
use crate::web::view::{Adopted, Named};

#[derive(Serialize)]
struct IndexPage {
    money: MoneyLine,
    /// What repeats an earlier failure, or is open although its usage is accounted.
    adopted: Vec<Adopted>,
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
    /// Those with the most money, where they can be added up in time.
    causes: Vec<TopCause>,
    chips: Vec<Chip>,
    clear: String,
    heads: Vec<Head>,
    rows: Vec<RowView>,
    saved: Bar,
    /// The filter as the form of the ticks carries it.
    query: Vec<(&'static str, String)>,
    /// The keys with an input, and what else may be wrong in the address.
    inputs: Vec<&'static str>,
    loose: Vec<&'static str>,
    #[serde(flatten)]
    pager: Pager,
    searched: i64,
    csv: String,
    csv_excel: String,
    empty: Option<Empty>,
}

/// What the database says to a list request.
pub(super) struct Found {
    pub listing: Listing,
    /// How many failures the usages of the rows have.
    counts: HashMap<String, i64>,
    known: Known,
    tabs: [i64; 4],
    pub last: Option<FailedRecord>,
    pub is_empty: bool,
    cause: Option<KnownCause>,
    groups: Vec<Group>,
    known_causes: Vec<KnownCause>,
    adopted: Vec<adopted::Adopted>,
}

/// The list.
pub async fn index(visit: Visit, Query(typed): Query) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    if let ([_], Some(view)) = (typed.pairs(), typed.text("view")) {
        return views::open(&visit, view).await;
    }
    let names = visit.names().await;
    let (fields, mut errors) = search::ids_for_names(&typed, &names);
    let (filter, wrong) = Filter::parse(&fields);
    errors.extend(wrong);
    refuse_unknown(&typed, &[&KEYS, &BESIDE], &mut errors);
    let position = position(&fields, &filter.sort.name(), &mut errors);
    let exact = fields.text("exact") == Some("1");
    let (asked, person) = (filter.clone(), views::person_of(&visit));
    let (found, (saved, titles)) = state
        .database
        .run(move |connection| {
            Ok((find(connection, &asked, &position, exact)?, views::saved(connection, &person)?))
        })
        .await?;
    let is_right = errors.is_empty();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = FormView::new(&KEYS, if is_right { &fields } else { &typed }, &errors, language);
    let shown = Views { visit: &visit, names: &names, titles: &titles, language };
    let saved = shown.bar(&saved, (&filter, typed.text("view")));
    let context =
        Builder { filter: &filter, exact, names: &names, state, language }.page(found, (form, saved));
    visit.render(status, "failed_accounting/index.html", &context)
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
    let tabs = if search == Search::Scan { [0; 4] } else { totals::of_tabs(connection, filter, &search)? };
    let is_empty = listing.rows.is_empty();
    let usages = listing.rows.iter().filter_map(|row| row.record.llmusageid.clone());
    let counts = store::count_of_usages(connection, usages.collect())?;
    let cause = match filter.cause.as_deref() {
        Some(key) => causes::lookup(connection, key)?,
        None => None,
    };
    let groups = top_groups(connection, filter, &search, &known)?;
    let keys = groups.iter().map(|group| group.key.clone()).collect();
    Ok(Found {
        known_causes: causes::of_keys(connection, keys)?,
        adopted: if filter.tab() == "open" { adopted::last(connection)? } else { Vec::new() },
        groups,
        cause,
        last: if is_empty { list::last_failure(connection)? } else { None },
        is_empty: is_empty && list::is_empty(connection)?,
        listing,
        counts,
        known,
        tabs,
    })
}

pub(super) struct Builder<'a> {
    pub filter: &'a Filter,
    /// Whether the exact count was asked for, which the next page keeps.
    exact: bool,
    pub names: &'a Names,
    pub state: &'a AppState,
    pub language: Language,
}

impl Builder<'_> {
    fn page(&self, found: Found, (form, saved): (FormView, Bar)) -> IndexPage {
        let list = address(self.filter);
        let list = if self.exact { list.exact() } else { list };
        let listing = &found.listing;
        let Builder { filter, names, state, language, .. } = *self;
        let cause = filter.cause.as_deref().map(|key| cause_title(key, found.cause.as_ref(), language));
        let toolbar = Toolbar { filter, cause, names, state, language };
        let chips = toolbar.chips();
        let before = listing.rows.first().filter(|_| listing.has_previous).map(|row| &row.cursor);
        let after = listing.rows.last().filter(|_| listing.has_next).map(|row| &row.cursor);
        let in_fold = names_of(|input| input == Input::Folded);
        let row = |row: &list::Listed| {
            let view = RowView::new(&row.record, self.names, self.state, self.filter);
            view.counted(row.record.llmusageid.as_deref(), &found.counts)
        };
        IndexPage {
            money: money_line(self.filter, &found.known, self.state, self.language),
            adopted: found
                .adopted
                .iter()
                .map(|found| Adopted::new(&state.clock, &found.finding, (found.action, found.at)))
                .collect(),
            tabs: toolbar.tabs(&found.known, found.tabs),
            more_open: in_fold.iter().any(|name| {
                form.errors.contains_key(*name)
                    || form.values.get(*name).is_some_and(|value| !value.is_empty())
            }),
            presets: toolbar.presets(),
            resolutions: resolutions(|_| true, form.values.get("resolution").map_or("", String::as_str)),
            sorts: toolbar.sorts(),
            organisations: suggestions(&self.names.organisations),
            models: suggestions(&self.names.models),
            narrowed: chips.len(),
            causes: top_causes(&found.groups, &found.known_causes, filter, language),
            chips,
            clear: list_link(&self.filter.cleared()),
            heads: toolbar.heads(),
            rows: listing.rows.iter().map(row).collect(),
            saved,
            inputs: names_of(|input| input != Input::None),
            loose: [names_of(|input| input == Input::None), vec!["after", "before"]].concat(),
            query: Filter { page_size: None, ..self.filter.clone() }.to_pairs(),
            pager: Pager::new(&list, before, after, listing.go_on.as_ref()),
            searched: list::SEARCHED_ROWS,
            csv: address(filter).csv(false),
            csv_excel: address(filter).csv(true),
            empty: self.empty(&found),
            form,
        }
    }
}

/// The error of a request whose filter is wrong, where no list can show it.
pub(super) fn refuse_wrong(errors: FieldErrors) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// The keys of a filter with such an input.
fn names_of(is_such: fn(Input) -> bool) -> Vec<&'static str> {
    keys::TABLE.iter().filter(|key| is_such(key.input)).map(|key| key.name).collect()
}
