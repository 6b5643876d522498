//! What the forms of usages do: each change is one transaction that finds, checks, saves and writes its event.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use super::context::{list_link, usage_link};
use super::forms::{edit_form, live_usage, new_form};
use super::show::{details, filter_of};
use crate::audit::event::{Action, Author, Change, USAGE, difference};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};
use crate::usages::form::{self, Seen};
use crate::usages::recording::{self, Recorded, Recording};
use crate::usages::usage::{Usage, Whereabouts};
use crate::usages::{failures, store};
use crate::web::error::Answer;
use crate::web::{flash, links, page, request};

/// How a change of a usage ended.
enum Outcome {
    Done,
    /// Somebody changed the usage since the form was filled: as it is now, and as its reader saw it.
    Stale(Box<Usage>, Box<Seen>),
}

/// `POST /usages`: creates a usage.
pub async fn create(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let created = match form::new_usage(&fields) {
        Ok(usage) => {
            let (link, money) = (usage_link(&usage.id, "", &Default::default()), amount_of(&usage));
            let done = state.database.transaction(move |connection| insert(connection, &usage, &author));
            done.await.map(|()| (link, money))
        }
        Err(errors) => Err(Error::Invalid(errors)),
    };
    match created {
        Ok((link, money)) => {
            tell(&request, Message::new("flash-usage-created").with("amount", money));
            Ok(page::see_other(&link))
        }
        Err(Error::Invalid(errors)) => {
            new_form(&request, StatusCode::UNPROCESSABLE_ENTITY, &fields, &errors).await
        }
        Err(error) => Err(error.into()),
    }
}

fn insert(connection: &mut DbConnection, usage: &Usage, author: &Author) -> Result<()> {
    if store::find_anywhere(connection, &usage.id)?.is_some() {
        return Err(Error::invalid("id", Message::new("error-usage-id-taken")));
    }
    check_task(connection, usage)?;
    match store::insert(connection, usage) {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::Conflict(Message::new("conflict-usage-taken")));
        }
        inserted => inserted?,
    }
    record(connection, author, Action::Create, &usage.id, (None, Some(usage.to_json())))
}

fn check_task(connection: &mut DbConnection, usage: &Usage) -> Result<()> {
    let Some(taskid) = usage.taskid.as_deref() else { return Ok(()) };
    if store::is_task_taken(connection, &usage.id, taskid)? {
        return Err(Error::invalid("taskid", Message::new("error-task-taken")));
    }
    Ok(())
}

/// `POST /usages/{id}`: saves an edit.
pub async fn update(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = request::id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let (asked, typed) = (id.clone(), fields.clone());
    let ended = state.database.transaction(move |connection| {
        let before = live_for_update(connection, &asked)?;
        if let Some(saw) = Seen::in_form(&typed).filter(|saw| *saw != Seen::of(&before)) {
            return Ok(Outcome::Stale(Box::new(before), Box::new(saw)));
        }
        let after = form::usage(&typed, &before).map_err(Error::Invalid)?;
        if after.taskid != before.taskid {
            check_task(connection, &after)?;
        }
        if after != before {
            store::save(connection, &before, &after)?;
            let (old, new) = difference(&before.to_json(), &after.to_json());
            record(connection, &author, Action::Edit, &asked, (Some(old), Some(new)))?;
        }
        Ok(Outcome::Done)
    });
    match ended.await {
        Ok(Outcome::Done) => {
            tell(&request, Message::new("flash-usage-saved"));
            Ok(page::see_other(&usage_link(&id, "", &filter_of(&request)?)))
        }
        Ok(Outcome::Stale(now, saw)) => {
            edit_form(&request, StatusCode::CONFLICT, &now, (fields, Default::default(), Some(*saw))).await
        }
        Err(Error::Invalid(errors)) => {
            let usage = live_usage(state, &id).await?;
            edit_form(&request, StatusCode::UNPROCESSABLE_ENTITY, &usage, (fields, errors, None)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /usages/{id}/delete`: removes a live usage without open failures; the audit trail keeps the whole row.
pub async fn destroy(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = request::id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let amount = state
        .database
        .transaction(move |connection| {
            let usage = live_for_update(connection, &id)?;
            if Seen::in_form(&fields).is_some_and(|saw| saw != Seen::of(&usage)) {
                return Err(Error::Conflict(Message::new("conflict-usage-changed")));
            }
            if let (_, Some(open)) = failures::count_and_open(connection, &id)? {
                return Err(Error::Conflict(Message::new("conflict-usage-open").with("id", open)));
            }
            store::delete(connection, &id)?;
            record(connection, &author, Action::Delete, &id, (Some(usage.to_json()), None))?;
            Ok(amount_of(&usage))
        })
        .await?;
    tell(&request, Message::new("flash-usage-deleted").with("amount", amount));
    Ok(page::see_other(&list_link(&filter_of(&request)?)))
}

/// `POST /usages/{id}/fail`: records that the usage could not be accounted.
pub async fn fail(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = request::id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let reason = match form::reason(&fields) {
        Ok(reason) => reason,
        Err(errors) => {
            return details(&request, id, StatusCode::UNPROCESSABLE_ENTITY, (fields, errors)).await;
        }
    };
    let recording = Recording { id: nanoid::nanoid!(), reason, failed_time: author.at };
    let link = format!("/failed-accounting/{}", links::segment(&recording.id));
    let recorded = state
        .database
        .transaction(move |connection| recording::record(connection, &id, &recording, &author))
        .await?;
    let refuse = |message| Err(Error::Conflict(message).into());
    match recorded {
        Recorded::Done { amount } => {
            let amount = amount.unwrap_or_default();
            tell(&request, Message::new("flash-recorded").with("amount", amount));
            Ok(page::see_other(&link))
        }
        Recorded::Accounted => refuse(Message::new("fail-accounted")),
        Recorded::Archived => refuse(Message::new("fail-archived")),
        Recorded::AlreadyFailed { open: Some(open) } => {
            refuse(Message::new("fail-already-open").with("id", open))
        }
        Recorded::AlreadyFailed { open: None } => refuse(Message::new("fail-already")),
    }
}

/// The live usage of that id, which nobody changes until the transaction ends; the history is read-only.
fn live_for_update(connection: &mut DbConnection, id: &str) -> Result<Usage> {
    match store::find_for_update(connection, id)? {
        Some((usage, Whereabouts::Live)) => Ok(usage),
        Some(_) => Err(Error::Conflict(Message::new("conflict-usage-archived"))),
        None => Err(Error::NotFound),
    }
}

fn record(
    connection: &mut DbConnection,
    author: &Author,
    action: Action,
    id: &str,
    (before, after): (Option<serde_json::Value>, Option<serde_json::Value>),
) -> Result<()> {
    let change = Change { action, record_kind: USAGE, record_id: id, before, after };
    audit::record(connection, author, change)
}

fn amount_of(usage: &Usage) -> String {
    usage.amount.unwrap_or_default().to_string()
}

fn tell(request: &HttpRequest, message: Message) {
    flash::leave(&request::session_of(request), request::language_of(request), &message);
}
