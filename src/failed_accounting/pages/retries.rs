//! Asking for a retry and taking it back; and what the details page says of it.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use serde::Serialize;

use super::changes::{amount_of, tell};
use super::context::{id_in_path, record_link};
use super::forms::record_of;
use super::show::filter_of;
use crate::audit::event::Author;
use crate::base::form::Message;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::retry;
use crate::usages::usage::{Usage, Whereabouts};
use crate::web::error::Answer;
use crate::web::state::AppState;
use crate::web::view::TimeView;
use crate::web::{page, request};

/// The retry of a record as its page shows it.
#[derive(Serialize)]
pub(super) struct RetryView {
    since: Option<TimeView>,
    by: Option<String>,
    is_stuck: bool,
    /// Why the usage cannot be accounted again now: a key of the catalogue.
    obstacle: Option<&'static str>,
    /// Links to the failures whose place this one took, and to the one that took its place, with their ids.
    supersedes: Vec<(String, String)>,
    superseded_by: Option<(String, String)>,
}

/// What the page of a record shows of its retry.
pub(super) fn retry_view(
    state: &AppState,
    (record, attempts): (&FailedRecord, &[FailedRecord]),
    usage: Option<&(Usage, Whereabouts)>,
    filter: &Filter,
) -> RetryView {
    let under_way = record.retry.retry_requested_at.filter(|_| record.is_retrying());
    let linked = |id: &String| (record_link(id, "", filter), id.clone());
    let gave_way = |attempt: &&FailedRecord| attempt.retry.superseded_by.as_ref() == Some(&record.id);
    let before: BTreeSet<&String> = record.retry.supersedes.iter().collect();
    let earlier: BTreeSet<&String> = attempts.iter().filter(gave_way).map(|attempt| &attempt.id).collect();
    RetryView {
        since: under_way.map(|time| TimeView::new(&state.clock, time)),
        by: record.retry.retry_requested_by.clone().filter(|_| under_way.is_some()),
        is_stuck: record.is_stuck(state.stuck_since()),
        obstacle: record.retry_obstacle(usage),
        supersedes: before.union(&earlier).copied().map(linked).collect(),
        superseded_by: record.retry.superseded_by.as_ref().map(linked),
    }
}

/// `POST /failed-accounting/{id}/retry`: asks the platform to account the usage again.
pub async fn retry(request: HttpRequest) -> Answer {
    change(&request, retry::request, "flash-retrying").await
}

/// `POST /failed-accounting/{id}/withdraw`: takes a retry back that the platform has not begun.
pub async fn withdraw(request: HttpRequest) -> Answer {
    change(&request, retry::withdraw, "flash-withdrawn").await
}

type Act = fn(&mut DbConnection, &str, Option<&str>, &Author) -> Result<FailedRecord>;

async fn change(request: &HttpRequest, act: Act, done: &'static str) -> Answer {
    let id = id_in_path(request)?;
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    // Which usage to lock must be known before the transaction, because the usage is locked first.
    let usage_id = record_of(state, &id).await?.llmusageid;
    let asked = id.clone();
    let record = state
        .database
        .transaction(move |connection| act(connection, &asked, usage_id.as_deref(), &author))
        .await?;
    tell(request, Message::new(done).with("amount", amount_of(&record)));
    Ok(page::see_other(&record_link(&id, "", &filter_of(request)?)))
}
