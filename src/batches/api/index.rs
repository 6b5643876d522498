//! `GET /api/v1/batches` and `GET /api/v1/batches/{id}`.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::body::BatchBody;
use crate::base::form::{FieldErrors, Message};
use crate::batches::store::{self, Place};
use crate::batches::{cursor, form};
use crate::error::{Error, Result};
use crate::web::document::{self, Query, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::{Id, NoQuery, Visit};
use crate::web::json;

/// Batches on a page.
const PAGE_SIZE: usize = 30;

/// What the query takes.
const QUERY: [(&str, Query, &str); 1] = [("after", Query::Line(100), "The `next` of the page before.")];

/// The query, for the document.
#[derive(Debug)]
pub struct BatchesQuery;

impl IntoParams for BatchesQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&QUERY)
    }
}

/// A page of batches, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batches)]
pub struct Page {
    success: bool,
    rows: Vec<BatchBody>,
    /// For `after`; null at the end.
    next: Option<String>,
}

/// Lists batches.
#[utoipa::path(
    get,
    path = "/api/v1/batches",
    tag = "batches",
    params(BatchesQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn index(visit: Visit) -> Answer {
    let fields = visit.query()?;
    let mut errors: FieldErrors = json::query_errors(&fields, &QUERY.map(|(name, ..)| name));
    let place = match fields.text("after").map(cursor::read) {
        None => Place::Newest,
        Some(Some((at, id))) => Place::OlderThan(at, id),
        Some(None) => {
            errors.insert("after".to_owned(), Message::new("error-cursor"));
            Place::Newest
        }
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let limit = visit.state.batch_confirm;
    let (batches, _, has_older) =
        visit.state.database.run(move |connection| store::page(connection, &place, PAGE_SIZE)).await?;
    let next = batches.last().filter(|_| has_older).map(cursor::of);
    let row = |batch| BatchBody::new(batch, form::needs_confirmation(batch, limit));
    let rows = batches.iter().map(row).collect::<Result<_>>()?;
    json::answer(StatusCode::OK, &Page { success: true, rows, next })
}

/// Reads a batch: its preview, and how far it has come.
#[utoipa::path(
    get,
    path = "/api/v1/batches/{id}",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    responses((status = 200, description = "The batch.", body = BatchBody), ReadRefusals)
)]
pub async fn show(visit: Visit, Id(id): Id, _: NoQuery) -> Answer {
    let batch = visit.state.database.run(move |connection| store::find(connection, &id)).await?;
    let asks = form::needs_confirmation(&batch, visit.state.batch_confirm);
    json::answer(StatusCode::OK, &BatchBody::new(&batch, asks)?)
}
