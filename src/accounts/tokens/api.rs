//! `GET /api/v1/token`: a program asks who it is.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::store;
use crate::web::bearer;
use crate::web::error::Answer;
use crate::web::page;

#[derive(Serialize)]
struct Shown {
    success: bool,
    name: String,
    role: &'static str,
    ends_on: Option<chrono::NaiveDate>,
}

/// The token of this request.
pub async fn show(request: HttpRequest) -> Answer {
    let caller = bearer::caller_of(&request)?;
    let state = page::state_of(&request)?;
    let token = state.database.run(move |connection| store::find(connection, &caller.name)).await?;
    let shown =
        Shown { success: true, role: token.grant().as_str(), ends_on: token.ends_on, name: token.name };
    Ok(HttpResponse::Ok().json(shown))
}
