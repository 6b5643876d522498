//! Running, stopping and undoing batches by programs: once for each key of idempotency.

use super::body::{BatchBody, OF_BATCH};
use super::create::{Made, by, foretold};
use crate::audit::event;
use crate::audit::event::Author;
use crate::base::expect;
use crate::base::form::Message;
use crate::base::money::Money;
use crate::base::object::{Kind, Member};
use crate::batches::batch::{Action, Batch, State};
use crate::batches::foretelling::{self, Foretold};
use crate::batches::runner::Runner;
use crate::batches::{form, plan, store, testing};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::form::MAX_NOTE;
use crate::web::document::{WriteRefusals, described_body};
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, Visit};
use crate::web::once::{self, Manner, Told};
use crate::web::state::AppState;

const RUN: [Member; 9] = [
    Member::new("resolution", Kind::Line(32)),
    Member::new("note", Kind::Text(MAX_NOTE)),
    Member::new("confirm_count", Kind::Count),
    Member::new("canary_size", Kind::Count),
    Member::new("canary_percent", Kind::Count),
    Member::new("then", Kind::OneOf(&["retry"])),
    Member::new("with_failing", Kind::Flag),
    Member::new("with_unknown", Kind::Flag),
    Member::new("expect", Kind::Record(&OF_BATCH)),
];

described_body!(
    /// What the action needs: `resolution` and `note` to handle, `note` to reopen, `canary_size` and `canary_percent` to try
    /// some first, `with_failing` to retry what would fail again, too, `with_unknown` where somebody looked at what may have been charged
    /// already, `then` to retry what is corrected; `confirm_count` where the preview asks for it;
    /// `expect` what was read of the preview, its `digest` alone or more.
    BatchRun,
    &RUN
);

/// Lets a preview run, in the background; only the token that made it may.
#[utoipa::path(
    post,
    path = "/api/v1/batches/{id}/run",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    request_body(content = Option<BatchRun>, content_type = "application/json"),
    responses((status = 202, description = "The batch, running.", body = BatchBody), WriteRefusals)
)]
pub async fn run(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    let object = body.optional_object(&RUN)?;
    object.checked(Ok(()))?;
    let batch = found(&visit, &id).await?;
    admit_to(&visit, &batch)?;
    let (limit, asked) = (visit.state.batch_confirm, id.clone());
    let work = move |connection: &mut DbConnection| {
        let batch = store::find_for_update(connection, &asked)?;
        batch.refuse(batch.run_obstacle(&author.name, author.at))?;
        if let Some(expected) = object.record("expect") {
            expect::compare(expected, &told(&batch, limit)?.body)?;
        }
        let order = form::order(&object.fields, &batch, limit).map_err(Error::Invalid)?;
        store::start(connection, &batch, &order, &author)?;
        told(&store::find(connection, &asked)?, limit)
    };
    let answer = once::act(&visit, Manner::accepted(), work).await?;
    runner(&visit.state).begin(&id).await;
    Ok(answer)
}

/// Tests the rows of a preview again, as the platform is now; of corrections what they make of the usages.
#[utoipa::path(
    post,
    path = "/api/v1/batches/{id}/test",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    responses((status = 200, description = "The preview.", body = BatchBody), WriteRefusals)
)]
pub async fn test(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    body.optional_object(&[])?.checked(Ok(()))?;
    let limit = visit.state.batch_confirm;
    let (asked, by_whom) = (id.clone(), author.clone());
    let before = async {
        let first = move |connection: &mut DbConnection| {
            let batch = store::find(connection, &asked)?;
            batch.refuse(testing::obstacle(&batch, &by_whom))
        };
        visit.state.database.run(first).await?;
        foretelling::look_at(&visit.state.database, &id, None, by(&visit)).await
    };
    let asked = id.clone();
    let work = move |connection: &mut DbConnection, foretold: Option<Foretold>| {
        told(&foretelling::rewrite(connection, &asked, foretold.as_ref(), &author)?, limit)
    };
    once::act_after(&visit, Manner::changed(), before, work).await
}

/// Leaves the rest of a batch as it is, or discards its preview.
#[utoipa::path(
    post,
    path = "/api/v1/batches/{id}/abort",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    responses((status = 200, description = "The batch, stopped.", body = BatchBody), WriteRefusals)
)]
pub async fn abort(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    body.optional_object(&[])?.checked(Ok(()))?;
    let turn =
        Turn { state: State::Aborted, action: event::Action::AbortBatch, obstacle: Batch::abort_obstacle };
    turn.act(&visit, id, author).await
}

/// Takes back what a batch did, in the background.
#[utoipa::path(
    post,
    path = "/api/v1/batches/{id}/undo",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    responses((status = 200, description = "The batch, being undone.", body = BatchBody), WriteRefusals)
)]
pub async fn undo(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    body.optional_object(&[])?.checked(Ok(()))?;
    let turn =
        Turn { state: State::Undoing, action: event::Action::UndoBatch, obstacle: Batch::undo_obstacle };
    let answer = turn.act(&visit, id.clone(), author).await?;
    runner(&visit.state).begin(&id).await;
    Ok(answer)
}

/// Makes a new preview of what a batch has not done.
#[utoipa::path(
    post,
    path = "/api/v1/batches/{id}/rest",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    responses((status = 201, description = "The preview.", body = BatchBody), WriteRefusals)
)]
pub async fn rest(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    body.optional_object(&[])?.checked(Ok(()))?;
    admit_to(&visit, &found(&visit, &id).await?)?;
    let limit = visit.state.batch_confirm;
    let freeze = move |connection: &mut DbConnection| {
        let batch = store::find(connection, &id)?;
        batch.refuse(batch.rest_obstacle())?;
        let rest = plan::freeze_rest(connection, &batch, &author)?;
        Ok((rest.id().to_owned(), batch.planned.and_then(|planned| planned.correction)))
    };
    let before = async {
        let (id, correction) = visit.state.database.transaction(freeze).await?;
        foretold(&visit, id, correction).await
    };
    let work = move |connection: &mut DbConnection, made: Made| made.write(connection, limit);
    once::act_after(&visit, Manner::created("/api/v1/batches"), before, work).await
}

/// Where a batch goes, what the trail calls that, and what may stand in the way.
struct Turn {
    state: State,
    action: event::Action,
    obstacle: fn(&Batch) -> Option<Message>,
}

impl Turn {
    async fn act(self, visit: &Visit, id: String, author: Author) -> Answer {
        admit_to(visit, &found(visit, &id).await?)?;
        let limit = visit.state.batch_confirm;
        let work = move |connection: &mut DbConnection| {
            let batch = store::find_for_update(connection, &id)?;
            batch.refuse((self.obstacle)(&batch))?;
            store::turn(connection, &batch, self.state, self.action, &author)?;
            told(&store::find(connection, &id)?, limit)
        };
        once::act(visit, Manner::changed(), work).await
    }
}

async fn found(visit: &Visit, id: &str) -> Result<Batch> {
    let id = id.to_owned();
    visit.state.database.run(move |connection| store::find(connection, &id)).await
}

pub(super) fn told(batch: &Batch, limit: Money) -> Result<Told> {
    Told::new(batch.id(), &BatchBody::new(batch, form::needs_confirmation(batch, limit))?)
}

/// As [`admit`], to a batch whoever made it: each role corrects fields of its own.
fn admit_to(visit: &Visit, batch: &Batch) -> Result<()> {
    admit(visit, batch.action)?;
    if batch.corrects_only(&correctable(visit)?) { Ok(()) } else { Err(Error::Forbidden) }
}

/// The fields that the program may correct.
pub(super) fn correctable(visit: &Visit) -> Result<Vec<&'static str>> {
    Ok(visit.state.correctable.granted(visit.caller()?.grant))
}

/// Records are deleted by administrators only.
pub(super) fn admit(visit: &Visit, action: Action) -> Result<()> {
    if action == Action::Delete && !visit.caller()?.administers() { Err(Error::Forbidden) } else { Ok(()) }
}

/// Who does the beginning of a batch at once.
fn runner(state: &AppState) -> Runner {
    Runner::new(state.database.clone(), state.clock.clone()).asking(&state.ledger)
}
