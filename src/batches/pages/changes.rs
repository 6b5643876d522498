//! Running, stopping and undoing a batch, and taking up its rest.

use super::context::batch_link;
use super::create::admit_delete;
use super::show;
use crate::audit::event;
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::batches::batch::{Action, Batch, State, refuse};
use crate::batches::runner::Runner;
use crate::batches::{form, plan, store};
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::page;
use crate::web::state::AppState;

/// `POST /batches/{id}/run`: lets a preview run. What is small is done when the answer comes.
pub async fn run(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let state = &visit.state;
    admit(&visit, state, &id).await?;
    let (asked, typed, limit) = (id.clone(), fields.clone(), state.batch_confirm);
    let started = state
        .database
        .transaction(move |connection| {
            let batch = store::find_for_update(connection, &asked)?;
            refuse(batch.run_obstacle(&author.name, author.at))?;
            let order = form::order(&typed, &batch, limit).map_err(Error::Invalid)?;
            store::start(connection, &batch, &order, &author)
        })
        .await;
    match started {
        Ok(()) => {
            first_stretch(state, &id).await;
            Ok(page::see_other(&batch_link(&id, "")))
        }
        Err(Error::Invalid(errors)) => show::with_form(&visit, id, &FormState::refused(fields, errors)).await,
        Err(Error::Conflict(message)) => refused(&visit, id, message).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /batches/{id}/abort`: leaves the rest of a batch as it is.
pub async fn abort(visit: Visit, Id(id): Id) -> Answer {
    let turned = turn(&visit, &id, (State::Aborted, event::Action::AbortBatch), Batch::abort_obstacle).await;
    answer(&visit, id, turned, Some("flash-batch-aborted")).await
}

/// `POST /batches/{id}/undo`: takes back what a batch did.
pub async fn undo(visit: Visit, Id(id): Id) -> Answer {
    let turned = turn(&visit, &id, (State::Undoing, event::Action::UndoBatch), Batch::undo_obstacle).await;
    if turned.is_ok() {
        first_stretch(&visit.state, &id).await;
    }
    answer(&visit, id, turned, None).await
}

/// `POST /batches/{id}/rest`: a new preview of what was not done.
pub async fn rest(visit: Visit, Id(id): Id, author: Author) -> Answer {
    let state = &visit.state;
    admit(&visit, state, &id).await?;
    let asked = id.clone();
    let made = state
        .database
        .transaction(move |connection| {
            let batch = store::find(connection, &asked)?;
            refuse(batch.rest_obstacle())?;
            plan::freeze_rest(connection, &batch, &author)
        })
        .await;
    match made {
        Ok(rest) => Ok(page::see_other(&batch_link(rest.id(), ""))),
        Err(Error::Invalid(_)) => refused(&visit, id, Message::new("batch-rest-is-gone")).await,
        Err(Error::Conflict(message)) => refused(&visit, id, message).await,
        Err(error) => Err(error.into()),
    }
}

async fn admit(visit: &Visit, state: &AppState, id: &str) -> Result<()> {
    let id = id.to_owned();
    let batch = state.database.run(move |connection| store::find(connection, &id)).await?;
    if batch.action == Action::Delete { admit_delete(visit) } else { Ok(()) }
}

async fn turn(
    visit: &Visit,
    id: &str,
    to: (State, event::Action),
    obstacle: fn(&Batch) -> Option<Message>,
) -> Result<()> {
    let id = id.to_owned();
    let state = &visit.state;
    let author = visit.author()?;
    admit(visit, state, &id).await?;
    state
        .database
        .transaction(move |connection| {
            let batch = store::find_for_update(connection, &id)?;
            refuse(obstacle(&batch))?;
            store::turn(connection, &batch, to, &author)
        })
        .await
}

/// Does the beginning at once, so that nobody waits for the job with a few rows. What goes wrong here is the job's again.
async fn first_stretch(state: &AppState, id: &str) {
    let (runner, id) = (Runner::new(state.database.clone(), state.clock.clone()), id.to_owned());
    let done = tokio::task::spawn_blocking(move || runner.stretch(&id)).await;
    match done {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the first stretch of a batch is left to the job"),
        Err(error) => tracing::error!(%error, "the first stretch of a batch broke off"),
    }
}

async fn answer(visit: &Visit, id: String, turned: Result<()>, done: Option<&'static str>) -> Answer {
    match turned {
        Ok(()) => {
            if let Some(done) = done {
                visit.tell(Message::new(done));
            }
            Ok(page::see_other(&batch_link(&id, "")))
        }
        Err(Error::Conflict(message)) => refused(visit, id, message).await,
        Err(error) => Err(error.into()),
    }
}

/// The page of the batch as it is now, with why not.
async fn refused(visit: &Visit, id: String, why: Message) -> Answer {
    let form = FormState::conflict(Fields::default(), "not_now", why);
    show::with_form(visit, id, &form).await
}
