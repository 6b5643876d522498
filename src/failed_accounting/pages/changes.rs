//! What the forms do: each change is one transaction that finds, checks, saves and writes its event.

use actix_web::http::StatusCode;

use super::conflict::conflict;
use super::context::{list_link, record_link};
use super::forms::{as_fields, delete_form, edit_form, record_of};
use super::merging::{self, Purpose, Stale, UNITS};
use super::refusal::{RefusalView, gone};
use super::show::{filter_of, in_the_way, refused};
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::base::merge;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Place};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::form;
use crate::failed_accounting::seen::Seen;
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::{links, merge as web_merge, page};

/// How a change of a record ended.
enum Outcome {
    Done {
        record: Box<FailedRecord>,
        /// What others changed meanwhile and was kept.
        taken: Vec<String>,
    },
    /// Somebody changed the record since the form was filled, and something of it must be asked.
    Stale(Box<Stale>),
}

/// `POST /failed-accounting/{id}`: saves an edit.
pub async fn update(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let record = match record_of(&visit.state, &id).await {
        Err(Error::NotFound) => return gone(&visit, &fields),
        found => found?,
    };
    let edited = change(&visit, &id, Purpose::Edit, &fields, |case, id, fields, author| {
        let edit = form::edit(fields, case.failure(id)?).map_err(Error::Invalid)?;
        case.edit(id, &edit, author)
    });
    match edited.await {
        Err(Error::Invalid(errors)) => {
            // What was chosen on the page of a conflict is in the form that comes back.
            let fields = chosen(&fields, &record);
            edit_form(&visit, &record, &FormState::refused(fields, errors), None).await
        }
        Err(Error::Conflict(message)) => {
            let refusal = RefusalView::new(&visit, &id, &message)?;
            let form = FormState { status: StatusCode::CONFLICT, ..FormState::new(chosen(&fields, &record)) };
            edit_form(&visit, &record, &form, Some(refusal)).await
        }
        ended => answer(&visit, id, fields, ended, "flash-saved").await,
    }
}

fn chosen(fields: &Fields, record: &FailedRecord) -> Fields {
    match form::seen(fields) {
        Some(saw) => merge::merge(&UNITS, &saw.snapshot(), &as_fields(record), fields).fields,
        None => fields.clone(),
    }
}

/// `POST /failed-accounting/{id}/handle`: closes without charging.
pub async fn handle(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let handled = change(&visit, &id, Purpose::Handle, &fields, |case, id, fields, author| {
        let handling = form::handling(fields).map_err(Error::Invalid)?;
        case.handle(id, &handling, author)
    });
    let ended = handled.await;
    answer(&visit, id, fields, ended, "flash-handled").await
}

/// `POST /failed-accounting/{id}/reopen`: undoes a handle.
pub async fn reopen(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let reopened = change(&visit, &id, Purpose::Reopen, &fields, |case, id, fields, author| {
        let note = form::reopening(fields).map_err(Error::Invalid)?;
        case.reopen(id, note.as_deref(), author)
    });
    let ended = reopened.await;
    answer(&visit, id, fields, ended, "flash-reopened").await
}

/// `POST /failed-accounting/{id}/settle`: closes with the proof that the usage is accounted.
pub async fn settle(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let settled = change(&visit, &id, Purpose::Settle, &fields, |case, id, fields, author| {
        let note = form::reopening(fields).map_err(Error::Invalid)?;
        case.settle(id, note.as_deref(), author)
    });
    let ended = settled.await;
    answer(&visit, id, fields, ended, "flash-settled").await
}

/// `POST /failed-accounting/{id}/delete`: removes a record; the audit trail keeps the whole row.
pub async fn destroy(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    if form::seen(&fields).is_none() {
        // Nobody saw what would be lost.
        return delete_form(&visit, id, StatusCode::UNPROCESSABLE_ENTITY, Some("delete-unseen")).await;
    }
    let deleted = change(&visit, &id, Purpose::Delete, &fields, |case, id, _, _| case.delete(id));
    match deleted.await? {
        Outcome::Stale(_) => delete_form(&visit, id, StatusCode::CONFLICT, Some("delete-changed")).await,
        Outcome::Done { record, .. } => {
            visit.tell(Message::new("flash-deleted").with("amount", amount_of(&record)));
            Ok(page::see_other(&list_link(&filter_of(&visit)?)))
        }
    }
}

/// Takes the case of the record, merges the form with what is there now, lets `act` change it, and saves it. Gives the
/// record as it is then, or as it was where it is gone.
async fn change(
    visit: &Visit,
    id: &str,
    purpose: Purpose,
    fields: &Fields,
    act: impl FnOnce(&mut Case, &str, &Fields, &Author) -> Result<()> + Clone + Send + 'static,
) -> Result<Outcome> {
    let state = &visit.state;
    let author = visit.author()?;
    let (id, typed) = (id.to_owned(), fields.clone());
    let place = state.database.run(move |connection| Place::find(connection, &id)).await?;
    let work = move |connection: &mut DbConnection, typed: &Fields, saw: Option<Seen>| {
        let mut case = Case::of_failure(connection, &place)?;
        let before = case.failure(&place.id)?.clone();
        let clear = match merging::wanted(purpose, typed, &before, saw) {
            Ok(clear) => clear,
            Err(stale) => {
                let asked = Outcome::Stale(merging::asked(case.view(), stale)?);
                return Ok((Acted::Done, Fields::default(), asked));
            }
        };
        let acted = case.act(|case| act(case, &place.id, &clear.fields, &author))?;
        case.save(connection, &author)?;
        let record = Box::new(case.failure(&place.id).cloned().unwrap_or(before));
        Ok((acted, clear.fields, Outcome::Done { record, taken: clear.taken }))
    };
    let (mut typed, mut saw, mut kept) = (typed, form::seen(fields), Vec::new());
    loop {
        let (work, form, seen) = (work.clone(), typed.clone(), saw.clone());
        let stepped = state.database.transaction(move |connection| work(connection, &form, seen)).await?;
        match stepped {
            // A step of ours changed it; what comes next goes on from there.
            (Acted::Again, fields, Outcome::Done { record, taken }) => {
                saw = saw.map(|_| record.seen());
                typed = fields;
                kept.extend(taken);
            }
            (_, _, Outcome::Done { record, taken }) => {
                kept.extend(taken);
                return Ok(Outcome::Done { record, taken: kept });
            }
            (_, _, stale) => return Ok(stale),
        }
    }
}

/// The page after a change: back to the record, or why not.
async fn answer(
    visit: &Visit,
    id: String,
    fields: Fields,
    ended: Result<Outcome>,
    done: &'static str,
) -> Answer {
    match ended {
        Ok(Outcome::Done { record, taken }) => {
            let done = Message::new(done).with("amount", amount_of(&record));
            visit.tell(web_merge::done(visit.language, done, &taken));
            // Whoever works through a list goes on to the next record.
            let next = fields.text("then").map(|next| links::own_path(next).to_owned());
            let here = record_link(&id, "", &filter_of(visit)?);
            Ok(page::see_other(&next.unwrap_or(here)))
        }
        Ok(Outcome::Stale(stale)) => conflict(visit, *stale).await,
        Err(Error::Invalid(errors)) => refused(visit, id, fields, errors).await,
        Err(Error::Conflict(message)) => in_the_way(visit, id, fields, &message).await,
        Err(Error::NotFound) => gone(visit, &fields),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn amount_of(record: &FailedRecord) -> String {
    record.amount.unwrap_or_default().to_string()
}
