//! Running, stopping and undoing a batch, and taking up its rest.

use super::context::batch_link;
use super::create::{by, correctable};
use super::show;
use crate::audit::event;
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::batches::batch::{Action, Batch, State};
use crate::batches::runner::Runner;
use crate::batches::{foretelling, form, plan, seen, store, testing};
use crate::db::DbConnection;
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
            batch.refuse(batch.run_obstacle(&author.name, author.at))?;
            seen::check(&typed, &batch)?;
            let order = form::order(&typed, &batch, limit).map_err(Error::Invalid)?;
            store::start(connection, &batch, &order, &author)
        })
        .await;
    match started {
        Ok(()) => {
            runner(state).begin(&id).await;
            Ok(page::see_other(&batch_link(&id, "")))
        }
        Err(Error::Invalid(errors)) => show::with_form(&visit, id, &FormState::refused(fields, errors)).await,
        Err(Error::Conflict(message)) => {
            let form = FormState::conflict(fields, "not_now", message);
            show::with_form(&visit, id, &form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /batches/{id}/abort`: leaves the rest of a batch as it is.
pub async fn abort(visit: Visit, Id(id): Id) -> Answer {
    let turned = turn(&visit, &id, State::Aborted, event::Action::AbortBatch, Batch::abort_obstacle).await;
    answer(&visit, id, turned, Some("flash-batch-aborted")).await
}

/// `POST /batches/{id}/undo`: takes back what a batch did.
pub async fn undo(visit: Visit, Id(id): Id) -> Answer {
    let turned = turn(&visit, &id, State::Undoing, event::Action::UndoBatch, Batch::undo_obstacle).await;
    if turned.is_ok() {
        runner(&visit.state).begin(&id).await;
    }
    answer(&visit, id, turned, None).await
}

/// `POST /batches/{id}/rest`: a new preview of what was not done.
pub async fn rest(visit: Visit, Id(id): Id, author: Author) -> Answer {
    let state = &visit.state;
    admit(&visit, state, &id).await?;
    let asked = id.clone();
    let freeze = move |connection: &mut DbConnection| {
        let batch = store::find(connection, &asked)?;
        batch.refuse(batch.rest_obstacle())?;
        let rest = plan::freeze_rest(connection, &batch, &author)?;
        Ok((rest, batch.planned.and_then(|planned| planned.correction)))
    };
    let made = match state.database.transaction(freeze).await {
        Ok((rest, correction)) => {
            let completed = foretelling::complete(&state.database, rest.id(), correction, by(&visit)).await;
            completed.map(|()| rest)
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(rest) => Ok(page::see_other(&batch_link(rest.id(), ""))),
        Err(Error::Invalid(_)) => refused(&visit, id, Message::new("batch-rest-is-gone")).await,
        Err(Error::Conflict(message)) => refused(&visit, id, message).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /batches/{id}/test`: tests the rows of a preview again, as the platform is now.
pub async fn test(visit: Visit, Id(id): Id, author: Author) -> Answer {
    let database = &visit.state.database;
    let asked = id.clone();
    let first = move |connection: &mut DbConnection| {
        let batch = store::find(connection, &asked)?;
        batch.refuse(testing::obstacle(&batch, &author)).map(|()| author)
    };
    let tested = match database.run(first).await {
        Ok(author) => foretelling::retell(database, &id, None, by(&visit), author).await,
        Err(error) => Err(error),
    };
    answer(&visit, id, tested, Some("flash-batch-tested")).await
}

async fn admit(visit: &Visit, state: &AppState, id: &str) -> Result<()> {
    let id = id.to_owned();
    let batch = state.database.run(move |connection| store::find(connection, &id)).await?;
    if may_touch(visit, &batch) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Whether that person may do such a thing to records at all, whoever made the batch: administrators alone delete, and
/// each role corrects fields of its own.
pub(super) fn may_touch(visit: &Visit, batch: &Batch) -> bool {
    let may_delete = visit.visitor().is_some_and(|visitor| visitor.administers());
    (batch.action != Action::Delete || may_delete) && batch.corrects_only(&correctable(visit))
}

async fn turn(
    visit: &Visit,
    id: &str,
    to: State,
    action: event::Action,
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
            batch.refuse(obstacle(&batch))?;
            store::turn(connection, &batch, to, action, &author)
        })
        .await
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

/// Who does the beginning of a batch at once.
fn runner(state: &AppState) -> Runner {
    Runner::new(state.database.clone(), state.clock.clone()).asking(&state.ledger)
}
