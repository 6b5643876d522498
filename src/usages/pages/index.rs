//! `GET /usages`: the list of live usages with its money line, tabs, chips and pages.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{RowView, address, chip_key, list_link, shelf_of};
use crate::base::form::{Message, NONE, refuse_unknown};
use crate::base::paging::Position;
use crate::db::DbConnection;
use crate::error::Result;
use crate::names::{Names, search};
use crate::usages::filter::{BESIDE, Filter, Shelf, is_narrowing};
use crate::usages::list::{self, Listed, Listing, SEARCHED_ROWS};
use crate::usages::totals::{self, COUNTED_ROWS, Known};
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::form::{FormView, suggestions};
use crate::web::list::{Chip, Pager, Sums, Tab, count_text, position};
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
    backup_time: Option<String>,
    money: Sums,
    tabs: Vec<Tab>,
    form: FormView,
    accounting_status: Option<String>,
    oldest_first: bool,
    sort_link: String,
    chips: Vec<Chip>,
    clear: String,
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
    tabs: [i64; 4],
}

/// The list.
pub async fn index(visit: Visit, Query(typed): Query) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let names = visit.names().await;
    let (fields, mut errors) = search::ids_for_names(&typed, &names);
    let (filter, wrong) = Filter::parse_on(shelf_of(&visit), &fields);
    errors.extend(wrong);
    refuse_unknown(&typed, &[filter.shelf.keys(), &BESIDE], &mut errors);
    let position = position(&fields, filter.sort_name(), &mut errors);
    let exact = fields.text("exact") == Some("1");
    let asked = filter.clone();
    let found = state.database.run(move |connection| find(connection, &asked, &position, exact)).await?;
    let is_right = errors.is_empty();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = FormView::new(filter.shelf.keys(), if is_right { &fields } else { &typed }, &errors, language);
    let context = Builder { filter: &filter, exact, names: &names, state, language }.page(found, form);
    visit.render(status, "usages/index.html", &context)
}

fn find(connection: &mut DbConnection, filter: &Filter, position: &Position, exact: bool) -> Result<Found> {
    let listing = list::page(connection, filter, position, SEARCHED_ROWS)?;
    let totals = match exact {
        true => Known::Exactly(totals::exact(connection, filter)?),
        false => totals::known(connection, filter, SEARCHED_ROWS)?,
    };
    let mut tabs = [0; 4];
    if filter.shelf == Shelf::History {
        return Ok(Found { listing, totals, tabs });
    }
    for (count, (_, state)) in tabs.iter_mut().zip(TABS) {
        *count = totals::count_up_to(connection, &filter.on_tab(state), COUNTED_ROWS + 1)?;
    }
    Ok(Found { listing, totals, tabs })
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
        let pages = if self.exact { list.exact() } else { list.clone() };
        let row = |row: &Listed| RowView::new(&row.usage, self.names, self.state, filter);
        IndexPage {
            path: filter.shelf.path(),
            is_history: filter.shelf == Shelf::History,
            backup_time: filter.backup_time.map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string()),
            money: Sums::new(&list, &found.totals),
            tabs: self.tabs(&found),
            form,
            accounting_status: filter.accounting_status.clone(),
            oldest_first: filter.oldest_first,
            sort_link: list_link(&Filter { oldest_first: !filter.oldest_first, ..filter.clone() }),
            chips: self.chips(),
            clear: list_link(&filter.cleared()),
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

    fn chips(&self) -> Vec<Chip> {
        let shown = |key: &str, value: String| {
            let name = match key {
                "userorgid" | "llmid" | "userid" if value == NONE => return t_none(self.language),
                "userorgid" => self.names.organisation(Some(&value)),
                "llmid" => self.names.model(Some(&value)),
                "userid" => self.names.user(Some(&value)),
                _ => None,
            };
            name.map(str::to_owned).unwrap_or(value)
        };
        let foreign = !TABS.iter().any(|(_, state)| self.filter.accounting_status.as_deref() == *state);
        let chip = |(key, value): (&'static str, String)| Chip {
            text: locale::words(self.language, &Message::new(chip_key(key)).with("value", shown(key, value))),
            remove: list_link(&self.filter.without(key)),
        };
        // The history has no tabs.
        let is_chip = foreign || self.filter.shelf == Shelf::History;
        let narrows =
            |(key, _): &(&str, String)| is_narrowing(key) || (*key == "accounting_status" && is_chip);
        self.filter.to_pairs().into_iter().filter(narrows).map(chip).collect()
    }
}

/// What the filter for rows without an id is called.
fn t_none(language: Language) -> String {
    locale::words(language, &Message::new("filter-none"))
}
