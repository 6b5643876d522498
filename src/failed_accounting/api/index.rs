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
use crate::failed_accounting::filter::{Filter, KEYS};
use crate::failed_accounting::list::totals::{self, Totals};
use crate::failed_accounting::list::{self, Listing, keys};
use crate::web::document::{self, PAGING, Query, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::json::{self, Place};

/// What the list query takes, but the page.
pub fn filter_parameters() -> Vec<(&'static str, Query, &'static str)> {
    let of_filter = keys::TABLE.iter().filter(|key| key.name != "page_size");
    of_filter.map(|key| (key.name, key.value, key.meaning)).collect()
}

/// The list query, for the document.
#[derive(Debug)]
pub struct ListQuery;

impl IntoParams for ListQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&[&filter_parameters()[..], &PAGING[..]].concat())
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
            list::place_after(connection, filter, &search, before)?.map(Position::After)
        }
    };
    let listing = match position {
        Some(position) => list::rows_within(connection, filter, &search, &position, size, list::ALL_ROWS)?,
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
