//! `GET /api/v1/failed-accounting`: a page of a filter with its exact count and sums.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::record::Record;
use crate::base::money::{MoneySum, Number};
use crate::base::paging::Position;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::condition;
use crate::failed_accounting::failure::RESOLUTIONS;
use crate::failed_accounting::filter::{Filter, KEYS};
use crate::failed_accounting::list::totals::{self, Totals};
use crate::failed_accounting::list::{self, Listing};
use crate::web::document::{self, PAGING, Query, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::json::{self, Place};

/// The names of the resolutions, and none at all.
const ANY_RESOLUTION: [&str; RESOLUTIONS.len() + 1] = {
    let mut names = [""; RESOLUTIONS.len() + 1];
    let (known, _) = names.split_at_mut(RESOLUTIONS.len());
    known.copy_from_slice(&RESOLUTIONS);
    names
};

/// What the list query takes, but the page.
pub const FILTER: [(&str, Query, &str); 23] = [
    ("handled", Query::OneOf(&["0", "1", ""]), "0: open, unless given; 1: handled; present but empty: all."),
    ("retrying", Query::OneOf(&["1", ""]), "1: of the open ones those whose retry is under way."),
    ("superseded", Query::OneOf(&["1", ""]), "1: only those that a newer failure took the place of."),
    ("start_date", Query::Date, "The first use_date, YYYY-MM-DD."),
    ("end_date", Query::Date, "The last use_date, not before start_date."),
    ("userorgid", Query::Line(32), "The id of an organisation."),
    ("llmid", Query::Line(32), "The id of a model."),
    ("userid", Query::Line(32), "The id of a user."),
    ("llmusageid", Query::Line(32), "The id of a usage."),
    ("q", Query::Line(200), "An exact id of any kind, or words of the reason in any case."),
    ("amount_min", Query::Money, "The least amount."),
    ("amount_max", Query::Money, "The highest amount, not below amount_min."),
    ("resolution", Query::OneOf(&ANY_RESOLUTION), "How handled ones were closed."),
    ("batch", Query::Line(32), "The failures that were frozen for that batch."),
    (
        "batch_outcome",
        Query::OneOf(&["accounted", "failed_again", "waiting", "ended", "not_done", "new", ""]),
        "Of that batch those of which this became; new: the failures that followed.",
    ),
    ("cause", Query::Line(32), "The key of a cause; unsorted: not told yet."),
    ("retry_before", Query::Moment, "Retries under way, asked for before then."),
    ("failed_from", Query::Moment, "The first failed_time: YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS."),
    ("failed_to", Query::Date, "The last day of failing; alone, failures of no known time match, too."),
    (
        "changed",
        Query::OneOf(&["accounted", "handled", "reopened", ""]),
        "What happened to them, as the audit trail tells it.",
    ),
    ("changed_from", Query::Moment, "Since when, beside changed."),
    ("changed_not_by", Query::Line(64), "By anybody but that one, beside changed."),
    (
        "sort",
        Query::OneOf(&[
            "-failed_time",
            "failed_time",
            "-use_time",
            "use_time",
            "-amount",
            "amount",
            "-cost",
            "cost",
            "",
        ]),
        "The order, `-` is descending; ties by id.",
    ),
];

/// The list query, for the document.
#[derive(Debug)]
pub struct ListQuery;

impl IntoParams for ListQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&[&FILTER[..], &PAGING[..]].concat())
    }
}

/// A page of failures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failures)]
pub struct Page {
    success: bool,
    rows: Vec<Record>,
    /// How many failures match, on all pages.
    total: i64,
    /// The number of this page; null where a cursor chose it.
    page: Option<u64>,
    page_size: u32,
    /// The cursor for `after`; null at the end.
    next: Option<String>,
    /// The sum over all that match, exact.
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
}

/// Lists failures.
#[utoipa::path(
    get,
    path = "/api/v1/failed-accounting",
    tag = "failed accounting",
    params(ListQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn index(visit: Visit) -> Answer {
    let fields = visit.query()?;
    let mut errors = json::list_query_errors(&fields, &KEYS);
    let (filter, wrong) = Filter::read(&fields);
    errors.extend(wrong);
    let page_size = filter.rows_per_page();
    let place = json::place(&fields, &filter.sort.name(), &mut errors)?;
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let names = visit.names().await;
    let number = place.number();
    let (listing, totals) =
        visit.state.database.run(move |connection| read(connection, &filter, &place)).await?;
    let page = Page {
        success: true,
        total: totals.count,
        page: number,
        page_size,
        next: next_of(&listing),
        sum_amount: Number(totals.amount),
        sum_cost: Number(totals.cost),
        rows: listing.rows.iter().map(|row| Record::new(&row.record, &names)).collect(),
    };
    json::answer(StatusCode::OK, &page)
}

/// Unlike a page for people, programs always get the exact totals, and full pages of a search.
fn read(connection: &mut DbConnection, filter: &Filter, place: &Place) -> Result<(Listing, Totals)> {
    let search = condition::plan_search(connection, filter)?;
    let totals = totals::exact(connection, filter, &search)?;
    let size = filter.rows_per_page() as usize;
    let position = match place {
        Place::At(position) => Some(position.clone()),
        Place::Page(1) => Some(Position::Start),
        Place::Page(number) => {
            let before = (*number as usize - 1) * size;
            list::place_after(connection, (filter, &search), before)?.map(Position::After)
        }
    };
    let listing = match position {
        Some(position) => list::rows_within(connection, (filter, &search), &position, size, list::ALL_ROWS)?,
        // Behind the last page.
        None => Listing { rows: Vec::new(), has_previous: true, has_next: false, go_on: None },
    };
    Ok((listing, totals))
}

fn next_of(listing: &Listing) -> Option<String> {
    let last = listing.rows.last().filter(|_| listing.has_next);
    match (&listing.go_on, last) {
        (_, Some(last)) => Some(last.cursor.encode()),
        (Some(Position::After(cursor)), None) => Some(cursor.encode()),
        _ => None,
    }
}
