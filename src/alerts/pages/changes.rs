//! Switching a rule on and off, and deleting it.

use actix_web::http::StatusCode;
use actix_web::web;
use serde::Serialize;

use super::super::destinations::Destinations;
use super::super::store;
use super::LIST;
use super::view::{RuleView, View};
use crate::audit::event::{ALERT_RULE, Author};
use crate::base::form::Message;
use crate::error::Error;
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::merge::{MergeView, last_change};
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
    version: i32,
    /// Where it changed since it was seen.
    merge: Option<MergeView>,
}

/// `GET /alerts/{id}/delete`: says what will be lost and what is kept.
pub async fn confirm_delete(visit: Visit, Id(id): Id, destinations: web::Data<Destinations>) -> Answer {
    delete_page(&visit, id, &destinations, None).await
}

async fn delete_page(
    visit: &Visit,
    id: String,
    destinations: &Destinations,
    merge: Option<MergeView>,
) -> Answer {
    let state = &visit.state;
    let rule = state.database.run(move |connection| store::find(connection, &id)).await?;
    let view = View { state, language: visit.language, destinations };
    let status = if merge.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = DeletePage { rule: view.rule(&rule), version: rule.version, merge };
    visit.render(status, "alerts/delete.html", &page)
}

/// `POST /alerts/{id}/delete`: what changed since it was seen is looked at again.
pub async fn destroy(
    visit: Visit,
    Id(id): Id,
    author: Author,
    Form(fields): Form,
    destinations: web::Data<Destinations>,
) -> Answer {
    let seen = fields.text("version").and_then(|text| text.parse().ok());
    let asked = id.clone();
    let deleted = visit
        .state
        .database
        .transaction(move |connection| store::delete(connection, &asked, seen, &author))
        .await;
    if let Err(Error::Conflict(_)) = deleted {
        let last = last_change(&visit, ALERT_RULE, &id).await?;
        let merge = MergeView::refused("alert-not-deleted", last);
        return delete_page(&visit, id, &destinations, Some(merge)).await;
    }
    deleted?;
    visit.tell(Message::new("flash-alert-deleted"));
    Ok(page::see_other(LIST))
}
