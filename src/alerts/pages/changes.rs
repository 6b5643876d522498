//! Switching a rule on and off, and deleting it.

use actix_web::web;
use serde::Serialize;

use super::super::destinations::Destinations;
use super::super::store;
use super::LIST;
use super::view::{RuleView, View};
use crate::audit::event::Author;
use crate::base::form::Message;
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::page;

/// `POST /alerts/{id}/enable`: from now on it is looked at.
pub async fn enable(visit: Visit, Id(id): Id, author: Author) -> Answer {
    switch(&visit, id, author, true).await
}

/// `POST /alerts/{id}/disable`: from now on it is quiet.
pub async fn disable(visit: Visit, Id(id): Id, author: Author) -> Answer {
    switch(&visit, id, author, false).await
}

async fn switch(visit: &Visit, id: String, author: Author, is_on: bool) -> Answer {
    visit
        .state
        .database
        .transaction(move |connection| store::switch(connection, &id, is_on, &author))
        .await?;
    visit.tell(Message::new(if is_on { "flash-alert-on" } else { "flash-alert-off" }));
    Ok(page::see_other(LIST))
}

#[derive(Serialize)]
struct DeletePage {
    rule: RuleView,
}

/// `GET /alerts/{id}/delete`: says what will be lost and what is kept.
pub async fn confirm_delete(visit: Visit, Id(id): Id, destinations: web::Data<Destinations>) -> Answer {
    let state = &visit.state;
    let rule = state.database.run(move |connection| store::find(connection, &id)).await?;
    let view = View { state, language: visit.language, destinations: &destinations };
    visit.ok("alerts/delete.html", &DeletePage { rule: view.rule(&rule) })
}

/// `POST /alerts/{id}/delete`.
pub async fn destroy(visit: Visit, Id(id): Id, author: Author) -> Answer {
    visit.state.database.transaction(move |connection| store::delete(connection, &id, &author)).await?;
    visit.tell(Message::new("flash-alert-deleted"));
    Ok(page::see_other(LIST))
}
