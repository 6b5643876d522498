//! `GET /api/v1/token`: a program asks who it is.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::web::document::ReadRefusals;
use crate::web::error::Answer;
use crate::web::extract::{NoQuery, Visit};

/// The token of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct Shown {
    success: bool,
    name: String,
    /// `reporter`, `viewer`, `operator` or `admin`.
    role: &'static str,
    /// The last day on which it holds.
    #[schema(value_type = Option<String>)]
    ends_on: Option<chrono::NaiveDate>,
}

/// Says whose token this is and what it may do.
#[utoipa::path(
    get,
    path = "/api/v1/token",
    tag = "token",
    responses((status = 200, description = "The token.", body = Shown), ReadRefusals)
)]
pub async fn show(visit: Visit, _: NoQuery) -> Answer {
    let caller = visit.caller()?;
    let token = visit.state.database.run(move |connection| store::find(connection, &caller.name)).await?;
    let shown =
        Shown { success: true, role: token.grant().as_str(), ends_on: token.ends_on, name: token.name };
    Ok(HttpResponse::Ok().json(shown))
}
