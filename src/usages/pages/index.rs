//! `GET /usages`: the list of live usages with its money line, tabs, chips and pages.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{RowView, address, list_link, shelf_of};
use crate::base::form::refuse_unknown;
use crate::base::grouping::{self, DIMENSIONS, Group, Grouping, OF_USAGES};
use crate::base::keys::unseen;
use crate::base::paging::Position;
use crate::base::periods::{self, Period};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::names::{Names, chips, search};
use crate::usages::filter::{BESIDE, Filter, Shelf, TABLE};
use crate::usages::grouped;
use crate::usages::list::{self, Listed, Listing, SEARCHED_ROWS};
use crate::usages::totals::{self, COUNTED_ROWS, Known};
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::form::{FormView, suggestions};
use crate::web::groups::{Chooser, GroupTable, Grouped, Label};
use crate::web::list::{Chip, Pager, Preset, Sums, Tab, count_text, position};
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::Named;

/// The tabs: all, and the states that the platform knows.
const TABS: [(&str, Option<&str>); 4] =
    [("all", None), (CREATED, Some(CREATED)), (ACCOUNTED, Some(ACCOUNTED)), (FAILED, Some(FAILED))];

#[derive(Serialize)]
struct IndexPage {
    path: &'static str,
    is_history: bool,
    money: Sums,
    tabs: Vec<Tab>,
    form: FormView,
    /// What the form carries unseen.
    unseen: Vec<(&'static str, String)>,
    accounting_status: Option<String>,
    oldest_first: bool,
    sort_link: String,
    chips: Vec<Chip>,
    clear: String,
    presets: Vec<Preset>,
    chooser: Chooser,
    /// The groups, where they are asked for and can be added up in time.
    groups: Option<GroupTable>,
    /// Where they are all the same, if that would take too long here.
    groups_exact: Option<String>,
    rows: Vec<RowView>,
    #[serde(flatten)]
    pager: Pager,
    searched: i64,
    csv: String,
    csv_excel: String,
    organisations: Vec<Named>,
    models: Vec<Named>,
}

struct Found {
    listing: Listing,
    totals: Known,
    groups: Option<Vec<Group>>,
    tabs: [i64; 4],
}

/// The list.
pub async fn index(visit: Visit, Query(typed): Query) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let names = visit.names().await;
    let (fields, mut errors) = search::ids_for_names(&typed, &names);
    let (mut filter, wrong) = Filter::parse_on(shelf_of(&visit), &fields);
    errors.extend(wrong);
    refuse_unknown(&typed, &[filter.shelf.key_names(), &BESIDE], &mut errors);
    let position = position(&fields, filter.sort_name(), &mut errors);
    let exact = fields.text("exact") == Some("1");
    let ask = |asked: Filter| {
        let position = position.clone();
        state.database.run(move |connection| find(connection, &asked, &position, exact))
    };
    let found = match ask(filter.clone()).await {
        // More groups than can be shown: the rows, with why.
        Err(Error::Invalid(wrong)) if filter.group.is_some() && wrong.contains_key("group") => {
            errors.extend(wrong);
            filter.group = None;
            ask(filter.clone()).await?
        }
        answer => answer?,
    };
    let is_right = errors.is_empty();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form =
        FormView::new(filter.shelf.key_names(), if is_right { &fields } else { &typed }, &errors, language);
    let context = Builder { filter: &filter, exact, names: &names, state, language }.page(found, form);
    visit.render(status, "usages/index.html", &context)
}

fn find(connection: &mut DbConnection, filter: &Filter, position: &Position, exact: bool) -> Result<Found> {
    let (listing, groups) = match (filter.group, exact) {
        (None, _) => (list::page(connection, filter, position, SEARCHED_ROWS)?, None),
        (Some(_), true) => (Listing::nothing(), Some(grouped::of(connection, filter)?)),
        (Some(_), false) => (Listing::nothing(), grouped::within_bounds(connection, filter)?),
    };
    let totals = match &groups {
        Some(groups) => Known::Exactly(grouping::sum(groups)),
        None if exact => Known::Exactly(totals::exact(connection, filter)?),
        None => totals::known(connection, filter, SEARCHED_ROWS)?,
    };
    let mut tabs = [0; 4];
    if filter.shelf == Shelf::History {
        return Ok(Found { listing, totals, groups, tabs });
    }
    for (count, (_, state)) in tabs.iter_mut().zip(TABS) {
        *count = totals::count_up_to(connection, &filter.on_tab(state), COUNTED_ROWS + 1)?;
    }
    Ok(Found { listing, totals, groups, tabs })
}

struct Builder<'a> {
    filter: &'a Filter,
    exact: bool,
    names: &'a Names,
    state: &'a AppState,
    language: Language,
}

impl Builder<'_> {
    fn page(&self, found: Found, form: FormView) -> IndexPage {
        let filter = self.filter;
        let list = address(filter);
        let listing = &found.listing;
        let before = listing.rows.first().filter(|_| listing.has_previous).map(|row| &row.cursor);
        let after = listing.rows.last().filter(|_| listing.has_next).map(|row| &row.cursor);
        // The exact count that was asked for is asked for on the next page, too.
        let pages = list.exactly_if(self.exact);
        let row = |row: &Listed| RowView::new(&row.usage, self.names, self.state, filter);
        IndexPage {
            path: filter.shelf.path(),
            is_history: filter.shelf == Shelf::History,
            money: Sums::new(&list, &found.totals),
            tabs: self.tabs(&found),
            form,
            unseen: unseen(&TABLE, filter),
            accounting_status: filter.accounting_status.clone(),
            oldest_first: filter.oldest_first,
            sort_link: list_link(&Filter { oldest_first: !filter.oldest_first, ..filter.clone() }),
            chips: self.chips(),
            clear: list_link(&filter.cleared()),
            presets: self.presets(),
            chooser: Chooser::new(&DIMENSIONS[..OF_USAGES], filter.group, &|group| {
                self.link(&Filter { group, group_sort: None, ..filter.clone() })
            }),
            groups: filter.group.zip(found.groups.as_ref()).map(|(by, groups)| self.table(by, groups)),
            groups_exact: filter.group.filter(|_| found.groups.is_none()).map(|_| list.exact().link()),
            rows: listing.rows.iter().map(row).collect(),
            pager: Pager::new(&pages, before, after, listing.go_on.as_ref()),
            searched: SEARCHED_ROWS,
            csv: list.csv(false),
            csv_excel: list.csv(true),
            organisations: suggestions(&self.names.organisations),
            models: suggestions(&self.names.models),
        }
    }

    fn tabs(&self, found: &Found) -> Vec<Tab> {
        let tab = |((name, state), count): ((&'static str, Option<&str>), i64)| {
            let current = self.filter.accounting_status.as_deref() == state;
            let exact = match found.totals {
                Known::Exactly(totals) if current => Some(totals.count),
                _ => None,
            };
            Tab {
                name,
                link: list_link(&self.filter.on_tab(state)),
                count: Some(exact.map_or_else(|| count_text(count), locale::count)),
                current,
            }
        };
        TABS.into_iter().zip(found.tabs).map(tab).collect()
    }

    fn presets(&self) -> Vec<Preset> {
        let preset = |period: Period| {
            let (start_date, end_date) = (Some(period.first), Some(period.last));
            let filter = Filter { start_date, end_date, ..self.filter.clone() };
            Preset { name: period.name, link: list_link(&filter), is_current: filter == *self.filter }
        };
        periods::around(self.state.clock.today()).into_iter().map(preset).collect()
    }

    /// The list with a filter, its exact count with it where that was asked for.
    fn link(&self, filter: &Filter) -> String {
        address(filter).exactly_if(self.exact).link()
    }

    fn table(&self, grouping: Grouping, groups: &[Group]) -> GroupTable {
        let filter = self.filter;
        let rows = Filter { group: None, group_sort: None, ..filter.clone() };
        let list = |group: Option<&Group>| match group {
            Some(group) => self.link(&grouped::filter_of(filter, grouping, group)),
            None => self.link(&rows),
        };
        Grouped {
            grouping,
            order: filter.group_sort.unwrap_or(grouping.order()),
            label: &|dimension, key| Label::new(dimension, key, self.names, self.language),
            list: &list,
            ordered: &|order| self.link(&Filter { group_sort: Some(order), ..filter.clone() }),
        }
        .table(groups)
    }

    fn chips(&self) -> Vec<Chip> {
        let word = locale::word(self.language);
        let foreign = !TABS.iter().any(|(_, state)| self.filter.accounting_status.as_deref() == *state);
        // What a tab shows needs no chip; the history has no tabs.
        let is_shown =
            |key: &str| key != "accounting_status" || foreign || self.filter.shelf == Shelf::History;
        let chip = |chip: chips::Chip| Chip {
            text: locale::words(self.language, &chip.message),
            remove: list_link(&self.filter.without(chip.key)),
        };
        let chips = chips::of(&TABLE, self.filter, self.names, None, &word);
        chips.into_iter().filter(|chip| is_shown(chip.key)).map(chip).collect()
    }
}
