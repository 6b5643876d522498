//! `GET /decisions`: what was decided about failures, by month, resolution and person.

use actix_web::http::StatusCode;
use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;

use super::context::{FormView, address};
use super::groups::{self, GROUPED_ROWS, Words};
use crate::base::form::refuse_unknown;
use crate::base::grouping::{self, Grouping};
use crate::base::periods::{self, Period};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::condition;
use crate::failed_accounting::filter::{Filter, Handled};
use crate::failed_accounting::list::totals::{self, Known};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::groups::GroupTable;
use crate::web::links;
use crate::web::list::{Preset, Sums};

const PATH: &str = "/decisions";

/// What the page's address takes; all but the last are keys of the list.
const KEYS: [&str; 6] = ["handled_from", "handled_to", "resolution", "handled_by", "group_sort", "exact"];

/// So many months are shown unless days are asked for, the present one among them.
const MONTHS: u32 = 12;

#[derive(Serialize)]
struct DecisionsPage {
    form: FormView,
    presets: Vec<Preset>,
    money: Sums,
    /// None where adding up would take too long here.
    groups: Option<GroupTable>,
    exact: String,
    csv: String,
    csv_excel: String,
}

/// The page.
pub async fn decisions(visit: Visit, Query(typed): Query) -> Answer {
    let fields = match visit.state.clock.today() {
        today if typed.pairs().is_empty() => typed.with("handled_from", first_shown(today)),
        _ => typed,
    };
    let (filter, mut errors) = Filter::parse(&fields);
    refuse_unknown(&fields, &[&KEYS], &mut errors);
    let filter = Filter { handled: Handled::Handled, group: None, ..filter };
    let exact = fields.text("exact") == Some("1");
    let names = visit.names().await;
    let asked = filter.clone();
    let answer = visit.state.database.run(move |connection| find(connection, &asked, exact)).await;
    let (known, found) = match answer {
        // More groups than can be shown.
        Err(Error::Invalid(wrong)) => {
            errors.extend(wrong);
            (Known::Many, None)
        }
        answer => answer?,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let list = address(&Filter { group_sort: None, ..filter.clone() });
    let words = Words { names: &names, language: visit.language, exact };
    let beside: Vec<_> = exact.then(|| ("exact", "1".to_owned())).into_iter().collect();
    let context = DecisionsPage {
        form: FormView::new(&KEYS, &fields, &errors, visit.language),
        presets: presets(&filter, visit.state.clock.today()),
        money: Sums::new(&list, &known),
        groups: found
            .map(|found| groups::table(&filter, &found, &words, &|filter| page_link(filter, &beside))),
        exact: page_link(&filter, &[("exact", "1".to_owned())]),
        csv: list.csv(false),
        csv_excel: list.csv(true),
    };
    visit.render(status, "failed_accounting/decisions.html", &context)
}

fn find(
    connection: &mut DbConnection,
    filter: &Filter,
    exact: bool,
) -> Result<(Known, Option<groups::Found>)> {
    let search = condition::plan_search(connection, filter)?;
    if !exact && totals::count_up_to(connection, filter, &search, GROUPED_ROWS + 1)? > GROUPED_ROWS {
        return Ok((Known::Many, None));
    }
    let found = groups::Found::read(connection, filter, &search, Grouping::of_decisions())?;
    Ok((Known::Exactly(grouping::sum(&found.groups)), Some(found)))
}

fn first_shown(today: NaiveDate) -> NaiveDate {
    let month = today.with_day(1).unwrap_or(today);
    month.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(month)
}

fn presets(filter: &Filter, today: NaiveDate) -> Vec<Preset> {
    let preset = |period: Period| {
        let days = (Some(period.first), Some(period.last));
        let of_days = Filter { handled_from: days.0, handled_to: days.1, ..filter.clone() };
        Preset { name: period.name, link: page_link(&of_days, &[]), is_current: of_days == *filter }
    };
    periods::around(today).into_iter().map(preset).collect()
}

/// This page with a filter, and something beside.
fn page_link(filter: &Filter, beside: &[(&'static str, String)]) -> String {
    let of_page = filter.to_pairs().into_iter().filter(|(key, _)| KEYS.contains(key));
    links::with_query(PATH, &links::query(&of_page.chain(beside.iter().cloned()).collect::<Vec<_>>()))
}
