//! `GET /api/v1/usages`: a page of a filter with its exact count and sums.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::record::Record;
use crate::base::money::{MoneySum, Number};
use crate::base::paging::Position;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::usages::filter::{Filter, Shelf};
use crate::usages::list::{self, Listed, Listing};
use crate::usages::totals::{self, Totals};
use crate::usages::usage::Whereabouts;
use crate::web::document::{self, PAGING, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::json::{self, Place};

fn parameters(shelf: Shelf) -> Vec<Parameter> {
    let keys = shelf.keys().iter().filter(|key| key.name != "page_size");
    let filter: Vec<_> = keys.map(|key| (key.name, key.value, key.meaning)).collect();
    document::query_parameters(&[&filter[..], &PAGING[..]].concat())
}

/// The list query, for the document.
#[derive(Debug)]
pub struct ListQuery;

impl IntoParams for ListQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(Shelf::Live)
    }
}

/// The list query of the history, for the document.
#[derive(Debug)]
pub struct HistoryQuery;

impl IntoParams for HistoryQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(Shelf::History)
    }
}

/// A page of usages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usages)]
pub struct Page {
    success: bool,
    rows: Vec<Record>,
    /// How many usages match, on all pages.
    total: i64,
    /// The number of this page; null where a cursor chose it.
    page: Option<u64>,
    page_size: u64,
    /// The cursor for `after`; null at the end.
    next: Option<String>,
    /// The sum over all that match, exact.
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
}

/// Lists live usages.
#[utoipa::path(
    get,
    path = "/api/v1/usages",
    tag = "usages",
    params(ListQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn index(visit: Visit) -> Answer {
    list_of(&visit, Shelf::Live).await
}

/// Lists archived usages; they can be read only.
#[utoipa::path(
    get,
    path = "/api/v1/history",
    tag = "usages",
    params(HistoryQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn history(visit: Visit) -> Answer {
    list_of(&visit, Shelf::History).await
}

async fn list_of(visit: &Visit, shelf: Shelf) -> Answer {
    let fields = visit.query()?;
    let mut errors = json::list_query_errors(&fields, shelf.key_names());
    let (filter, wrong) = Filter::read_on(shelf, &fields);
    errors.extend(wrong);
    let page_size = filter.rows_per_page() as u64;
    let place = json::place(&fields, filter.sort_name(), &mut errors)?;
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let names = visit.names().await;
    let number = place.number();
    let (listing, totals) =
        visit.state.database.run(move |connection| read(connection, &filter, &place)).await?;
    let last = listing.rows.last().filter(|_| listing.has_next);
    let record = |row: &Listed| {
        let whereabouts = match shelf {
            Shelf::Live => Whereabouts::Live,
            Shelf::History => Whereabouts::Archived { backup_time: row.backup_time },
        };
        Record::new(&row.usage, whereabouts, &names)
    };
    let page = Page {
        success: true,
        total: totals.count,
        page: number,
        page_size,
        next: last.map(|row| row.cursor.encode()),
        sum_amount: Number(totals.amount),
        sum_cost: Number(totals.cost),
        rows: listing.rows.iter().map(record).collect(),
    };
    json::answer(StatusCode::OK, &page)
}

fn read(connection: &mut DbConnection, filter: &Filter, place: &Place) -> Result<(Listing, Totals)> {
    let totals = totals::exact(connection, filter)?;
    let position = match place {
        Place::At(position) => Some(position.clone()),
        Place::Page(1) => Some(Position::Start),
        Place::Page(number) => {
            let before = (*number as usize - 1) * filter.rows_per_page();
            list::place_after(connection, filter, before)?.map(Position::After)
        }
    };
    let listing = match position {
        Some(position) => list::page(connection, filter, &position, list::ALL_ROWS)?,
        // Behind the last page.
        None => Listing { rows: Vec::new(), has_previous: true, has_next: false, go_on: None },
    };
    Ok((listing, totals))
}
