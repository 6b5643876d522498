//! Switching a rule on and off, and deleting it.

use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::super::outlets::Outlets;
use super::super::store;
use super::view::{RuleView, View};
use super::{LIST, tell};
use crate::base::form::Message;
use crate::web::error::Answer;
use crate::web::{page, request};

/// `POST /alerts/{id}/enable`: from now on it is looked at.
pub async fn enable(request: HttpRequest) -> Answer {
    switch(&request, true).await
}

/// `POST /alerts/{id}/disable`: from now on it is quiet.
pub async fn disable(request: HttpRequest) -> Answer {
    switch(&request, false).await
}

async fn switch(request: &HttpRequest, is_on: bool) -> Answer {
    let id = request::id_in_path(request)?;
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    state.database.transaction(move |connection| store::switch(connection, &id, is_on, &author)).await?;
    tell(request, &Message::new(if is_on { "flash-alert-on" } else { "flash-alert-off" }));
    Ok(page::see_other(LIST))
}

#[derive(Serialize)]
struct DeletePage {
    rule: RuleView,
}

/// `GET /alerts/{id}/delete`: says what will be lost and what is kept.
pub async fn confirm_delete(request: HttpRequest, outlets: web::Data<Outlets>) -> Answer {
    let id = request::id_in_path(&request)?;
    let state = page::state_of(&request)?;
    let rule = state.database.run(move |connection| store::find(connection, &id)).await?;
    let view = View { state, language: request::language_of(&request), outlets: &outlets };
    page::ok(&request, "alerts/delete.html", &DeletePage { rule: view.rule(&rule) })
}

/// `POST /alerts/{id}/delete`.
pub async fn destroy(request: HttpRequest) -> Answer {
    let id = request::id_in_path(&request)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    state.database.transaction(move |connection| store::delete(connection, &id, &author)).await?;
    tell(&request, &Message::new("flash-alert-deleted"));
    Ok(page::see_other(LIST))
}
