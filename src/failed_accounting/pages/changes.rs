//! What the forms do: each change is one transaction that finds, checks, saves and writes its event.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use super::conflict::conflict;
use super::context::{id_in_path, list_link, record_link};
use super::forms::{delete_form, edit_form, new_form, record_of};
use super::show::{filter_of, refused};
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Place};
use crate::failed_accounting::change as saved;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::form;
use crate::failed_accounting::seen::Seen;
use crate::web::error::Answer;
use crate::web::{flash, page, request};

/// How a change of a record ended.
enum Outcome {
    Done(Box<FailedRecord>),
    /// Somebody changed the record since the form was filled; what its reader saw.
    Stale(Box<Seen>),
}

/// `POST /failed-accounting`: records a failure.
pub async fn create(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    // The form brings the id, so that sending it twice records one failure.
    let id = fields.text("id").filter(|id| is_fresh_id(id)).map_or_else(|| nanoid::nanoid!(), str::to_owned);
    let record = match form::new_failure(&fields, id, author.at).and_then(form::on_one_day) {
        Ok(record) => record,
        Err(errors) => {
            return new_form(&request, StatusCode::UNPROCESSABLE_ENTITY, &fields, &errors).await;
        }
    };
    let link = record_link(&record.id, "", &Default::default());
    let money = amount_of(&record);
    match state.database.transaction(move |connection| saved::insert(connection, &record, &author)).await {
        Err(Error::Invalid(errors)) => {
            return new_form(&request, StatusCode::UNPROCESSABLE_ENTITY, &fields, &errors).await;
        }
        ended => ended?,
    }
    tell(&request, Message::new("flash-recorded").with("amount", money));
    Ok(page::see_other(&link))
}

fn is_fresh_id(id: &str) -> bool {
    id.len() == 21 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// `POST /failed-accounting/{id}`: saves an edit.
pub async fn update(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let record = record_of(state, &id).await?;
    let typed = fields.clone();
    let edited = change(&request, &id, &fields, move |case, id, author| {
        let edit = form::edit(&typed, case.failure(id)?).map_err(Error::Invalid)?;
        case.edit(id, &edit, author)
    });
    match edited.await {
        Err(Error::Invalid(errors)) => {
            edit_form(&request, StatusCode::UNPROCESSABLE_ENTITY, &record, (fields, errors)).await
        }
        ended => answer(&request, id, fields, ended, "flash-saved").await,
    }
}

/// `POST /failed-accounting/{id}/handle`: closes without charging.
pub async fn handle(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let typed = fields.clone();
    let handled = change(&request, &id, &fields, move |case, id, author| {
        let handling = form::handling(&typed).map_err(Error::Invalid)?;
        case.handle(id, &handling, author)
    });
    let ended = handled.await;
    answer(&request, id, fields, ended, "flash-handled").await
}

/// `POST /failed-accounting/{id}/reopen`: undoes a handle.
pub async fn reopen(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let typed = fields.clone();
    let reopened = change(&request, &id, &fields, move |case, id, author| {
        let note = form::reopening(&typed).map_err(Error::Invalid)?;
        case.reopen(id, note.as_deref(), author)
    });
    let ended = reopened.await;
    answer(&request, id, fields, ended, "flash-reopened").await
}

/// `POST /failed-accounting/{id}/settle`: closes with the proof that the usage is accounted.
pub async fn settle(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    let typed = fields.clone();
    let settled = change(&request, &id, &fields, move |case, id, author| {
        let note = form::reopening(&typed).map_err(Error::Invalid)?;
        case.settle(id, note.as_deref(), author)
    });
    let ended = settled.await;
    answer(&request, id, fields, ended, "flash-settled").await
}

/// `POST /failed-accounting/{id}/delete`: removes a record; the audit trail keeps the whole row.
pub async fn destroy(request: HttpRequest, body: web::Bytes) -> Answer {
    let id = id_in_path(&request)?;
    let fields = request::form_fields(&request, &body)?;
    if form::seen(&fields).is_none() {
        // Nobody saw what would be lost.
        return delete_form(&request, id, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let deleted = change(&request, &id, &fields, move |case, id, _| case.delete(id));
    let ended = deleted.await?;
    match ended {
        Outcome::Stale(saw) => conflict(&request, id, fields, *saw).await,
        Outcome::Done(record) => {
            tell(&request, Message::new("flash-deleted").with("amount", amount_of(&record)));
            Ok(page::see_other(&list_link(&filter_of(&request)?)))
        }
    }
}

/// Takes the case of the record, compares it with what the form's reader saw, lets `act` change it, and saves it. Gives the
/// record as it is then, or as it was where it is gone.
async fn change(
    request: &HttpRequest,
    id: &str,
    fields: &Fields,
    act: impl FnOnce(&mut Case, &str, &Author) -> Result<()> + Clone + Send + 'static,
) -> Result<Outcome> {
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    let (id, saw) = (id.to_owned(), form::seen(fields));
    let place = state.database.run(move |connection| Place::find(connection, &id)).await?;
    let work = move |connection: &mut DbConnection, saw: Option<Seen>| {
        let mut case = Case::of_failure(connection, &place)?;
        let before = case.failure(&place.id)?.clone();
        if let Some(saw) = saw.filter(|saw| *saw != before.seen()) {
            return Ok((Acted::Done, Outcome::Stale(Box::new(saw))));
        }
        let acted = case.act(&place.id, &author, |case| act(case, &place.id, &author))?;
        case.save(connection, &author)?;
        let after = case.failure(&place.id).cloned().unwrap_or(before);
        Ok((acted, Outcome::Done(Box::new(after))))
    };
    let mut saw = saw;
    loop {
        let (work, seen) = (work.clone(), saw.clone());
        match state.database.transaction(move |connection| work(connection, seen)).await? {
            // A step of ours changed it; what comes next compares with that.
            (Acted::Again, Outcome::Done(stepped)) => saw = saw.map(|_| stepped.seen()),
            (_, ended) => return Ok(ended),
        }
    }
}

/// The page after a change: back to the record, or why not.
async fn answer(
    request: &HttpRequest,
    id: String,
    fields: Fields,
    ended: Result<Outcome>,
    done: &'static str,
) -> Answer {
    match ended {
        Ok(Outcome::Done(record)) => {
            tell(request, Message::new(done).with("amount", amount_of(&record)));
            Ok(page::see_other(&record_link(&id, "", &filter_of(request)?)))
        }
        Ok(Outcome::Stale(saw)) => conflict(request, id, fields, *saw).await,
        Err(Error::Invalid(errors)) => refused(request, id, fields, errors).await,
        Err(error) => Err(error.into()),
    }
}

pub(super) fn amount_of(record: &FailedRecord) -> String {
    record.amount.unwrap_or_default().to_string()
}

pub(super) fn tell(request: &HttpRequest, message: Message) {
    flash::leave(&request::session_of(request), request::language_of(request), &message);
}
