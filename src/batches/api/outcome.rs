//! `GET /api/v1/batches/{id}/outcome`: what became of each row.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::base::form::Message;
use crate::base::money::{Money, Number};
use crate::batches::report::{self, Line};
use crate::batches::store;
use crate::error::Error;
use crate::web::document::{self, Query, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::json;

/// Rows on a page.
const PAGE_SIZE: i64 = 200;

/// What the query takes.
const QUERY: [(&str, Query, &str); 1] =
    [("after", Query::Count(0, u32::MAX as u64), "The number of the last row of the page before.")];

/// The query, for the document.
#[derive(Debug)]
pub struct OutcomeQuery;

impl IntoParams for OutcomeQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&QUERY)
    }
}

/// A row of a batch, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchRow)]
pub struct Row {
    number: i64,
    /// The failure.
    id: String,
    llmusageid: Option<String>,
    #[schema(value_type = Option<f64>)]
    amount: Option<Number<Money>>,
    #[schema(value_type = Option<f64>)]
    cost: Option<Number<Money>>,
    /// pending, done, not_done, undone or kept.
    result: &'static str,
    /// Of a retry: accounted, failed_again, waiting, ended or not_done.
    outcome: Option<String>,
    new_failure_id: Option<String>,
    /// Why not, as a key that stays the same in all languages.
    why: Option<String>,
    changed_by: Option<String>,
}

/// A page of rows in their order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchOutcome)]
pub struct Page {
    success: bool,
    rows: Vec<Row>,
    /// For `after`; null at the end.
    next: Option<i64>,
}

/// Tells what became of each row of a batch; of a preview, what will be skipped and why.
#[utoipa::path(
    get,
    path = "/api/v1/batches/{id}/outcome",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch."), OutcomeQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn show(visit: Visit, Id(id): Id) -> Answer {
    let fields = visit.query()?;
    let mut errors = json::query_errors(&fields, &QUERY.map(|(name, ..)| name));
    let after = fields.text("after").map_or(Some(0), |text| text.parse::<u32>().ok());
    if after.is_none() {
        errors.insert("after".to_owned(), Message::new("error-cursor"));
    }
    let (Some(after), true) = (after, errors.is_empty()) else { return Err(Error::Invalid(errors).into()) };
    let page = visit
        .state
        .database
        .run(move |connection| {
            let batch = store::find(connection, &id)?;
            let mut lines = report::lines(connection, &batch, after.into(), PAGE_SIZE + 1)?;
            let has_more = lines.len() as i64 > PAGE_SIZE;
            lines.truncate(PAGE_SIZE as usize);
            let next = lines.last().filter(|_| has_more).map(|line| line.item.number);
            let rows = lines.into_iter().map(|line| Row::new(line, &batch)).collect();
            Ok(Page { success: true, rows, next })
        })
        .await?;
    json::answer(StatusCode::OK, &page)
}

impl Row {
    fn new(line: Line, batch: &crate::batches::batch::Batch) -> Row {
        let last = line.last().cloned();
        let run = line.run.as_ref();
        let ended_why = run.and_then(|run| run.ended_why.clone());
        let foreseen = line.foreseen(batch).map(str::to_owned);
        Row {
            result: line.standing(batch).as_str(),
            outcome: line.outcome(batch).map(str::to_owned),
            new_failure_id: run.and_then(|run| run.new_failure_id.clone()),
            why: last.as_ref().and_then(|last| last.why.clone()).or(ended_why).or(foreseen),
            changed_by: last.and_then(|last| last.changed_by),
            number: line.item.number,
            id: line.item.failed_id,
            llmusageid: line.item.llmusageid,
            amount: line.item.amount.map(Number),
            cost: line.item.cost.map(Number),
        }
    }
}
