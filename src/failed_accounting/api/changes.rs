//! Changing one failure: each change is one transaction, with the token as its author.

use serde_json::value::RawValue;

use super::bodies::{EDIT, FailureEdit, HANDLE, Handling, NEW, NewFailure, REOPEN, Reopening};
use super::record::Record;
use super::scene::Scene;
use crate::audit::event::{Author, FAILED_ACCOUNTING};
use crate::base::expect;
use crate::base::form::{Fields, Message};
use crate::base::object::Object;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Place};
use crate::failed_accounting::change::Inserted;
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::failed_accounting::{change, form};
use crate::web::document::WriteRefusals;
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, NoQuery, Visit};
use crate::web::json;
use crate::web::merge::with_last_change;
use crate::web::once::{self, Manner, Told};

/// Records a failure by itself; a usage that is there is recorded by POST /api/v1/usages/{id}/fail.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting",
    tag = "failed accounting",
    request_body = NewFailure,
    responses((status = 201, description = "The failure.", body = Record), WriteRefusals)
)]
pub async fn create(visit: Visit, author: Author, body: Body) -> Answer {
    let object = body.object(&NEW)?;
    let record = object.checked(form::new_failure(&object.fields, nanoid::nanoid!(), author.at))?;
    let names = visit.names().await;
    let stuck_since = visit.state.stuck_since();
    // As the database keeps it: some keep whole seconds.
    let work = move |connection: &mut DbConnection| match change::insert(connection, &record, &author)? {
        Inserted::There(kept) | Inserted::Before(kept) => Told::new(&kept.id, &Record::new(&kept, &names)),
        Inserted::Other(present) => {
            let message = Message::new("conflict-recorded").with("record", &present.id);
            Err(Error::Conflict(message.with("state", present.state(stuck_since))))
        }
    };
    once::act(&visit, Manner::created("/api/v1/failed-accounting"), work).await
}

/// Edits a failure.
#[utoipa::path(
    patch,
    path = "/api/v1/failed-accounting/{id}",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body = FailureEdit,
    responses((status = 200, description = "The failure as it is now.", body = Record), WriteRefusals)
)]
pub async fn update(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.object(&EDIT)?;
    changed(&visit, id, object, |object, case, id, author| {
        let record = case.failure(id)?;
        let edit = object.checked(form::edit(&as_meant(&object.fields, record), record).and_then(|edit| {
            // Who closes as `other` says why in the same breath.
            let is_told =
                object.fields.text("handled").is_none() || object.fields.text("handled_note").is_some();
            if edit.handled && edit.resolution == Some(Resolution::Other) && !is_told {
                return Err([("handled_note".to_owned(), Message::new("error-note-for-other"))].into());
            }
            Ok(edit)
        }));
        let edit = edit.map_err(|error| of_state(error, &object.fields, record))?;
        case.edit(id, &edit, author)
    })
    .await
}

/// A resolution that is not told stays, unless the edit closes or opens the record.
fn as_meant(fields: &Fields, record: &FailedRecord) -> Fields {
    let mut pairs = fields.pairs().to_vec();
    let is_told = |name| fields.raw(name).is_some();
    if let Some(present) = record.closed_as().filter(|_| !is_told("handled") && !is_told("resolution")) {
        pairs.push(("resolution".to_owned(), present.as_str().to_owned()));
    }
    Fields::new(pairs)
}

/// Where an edit does not say whether it closes, it is the state of the record that a resolution does not fit.
fn of_state(error: Error, fields: &Fields, record: &FailedRecord) -> Error {
    const OF_STATE: [&str; 3] = ["error-resolution-open", "error-note-for-other", "error-required"];
    match error {
        Error::Invalid(errors)
            if fields.raw("handled").is_none()
                && errors.iter().all(|(name, message)| {
                    ["resolution", "handled_note"].contains(&name.as_str()) && OF_STATE.contains(&message.key)
                }) =>
        {
            let (state, way_out) = if record.is_open() { ("open", "handle") } else { ("handled", "reopen") };
            let told = |message: Message| {
                let message = message.with("state", state).with("record", &record.id);
                Error::Conflict(message.with("way_out", way_out))
            };
            errors.into_values().next().map_or_else(|| Error::internal("no error"), told)
        }
        error => error,
    }
}

/// Removes a failure for good.
#[utoipa::path(
    delete,
    path = "/api/v1/failed-accounting/{id}",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    responses((status = 204, description = "It is gone; the audit trail keeps the whole row."), WriteRefusals)
)]
pub async fn destroy(visit: Visit, Id(id): Id, author: Author, _: NoQuery) -> Answer {
    let state = &visit.state;
    let place = state.database.run(move |connection| Place::find(connection, &id)).await?;
    let work = move |connection: &mut DbConnection| {
        let mut case = Case::of_failure(connection, &place)?;
        let acted = case.act(|case| case.delete(&place.id))?;
        case.save(connection, &author)?;
        Ok(acted)
    };
    while state.database.transaction(work.clone()).await? == Acted::Again {}
    json::done()
}

/// Closes a failure without charging.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/handle",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body = Handling,
    responses((status = 200, description = "The failure, handled.", body = Record), WriteRefusals)
)]
pub async fn handle(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.object(&HANDLE)?;
    let handling = object.checked(form::handling(&object.fields))?;
    changed(&visit, id, object, move |_, case, id, author| case.handle(id, &handling, author)).await
}

/// Opens a handled failure again.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/reopen",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body(content = Option<Reopening>, content_type = "application/json"),
    responses((status = 200, description = "The failure, open.", body = Record), WriteRefusals)
)]
pub async fn reopen(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.optional_object(&REOPEN)?;
    let note = object.checked(form::reopening(&object.fields))?;
    changed(&visit, id, object, move |_, case, id, author| case.reopen(id, note.as_deref(), author)).await
}

/// Closes a failure with the proof that its usage is accounted: one that is open or was given up; one that was charged by
/// hand, too, with a note that says what became of that charge.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/settle",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body(content = Option<Reopening>, content_type = "application/json"),
    responses((status = 200, description = "The failure, accounted.", body = Record), WriteRefusals)
)]
pub async fn settle(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.optional_object(&REOPEN)?;
    let note = object.checked(form::reopening(&object.fields))?;
    changed(&visit, id, object, move |_, case, id, author| case.settle(id, note.as_deref(), author)).await
}

/// Changes the record of the path, where it is as the caller expects.
async fn changed(
    visit: &Visit,
    id: String,
    object: Object,
    to: impl FnOnce(&Object, &mut Case, &str, &Author) -> Result<()> + Clone + Send + 'static,
) -> Answer {
    let asked = id.clone();
    let answer = act(visit, id, Manner::changed(), move |case, id, author, left| {
        let record = case.failure(id)?;
        if left != Some(record) {
            check_expected(record, object.record("expect"))?;
        }
        to(&object, case, id, author)
    });
    with_last_change(visit, FAILED_ACCOUNTING, asked, answer.await).await
}

/// Acts on the case of the record of the path; answers the record as it is then. Where the act takes several steps, it is
/// told how the step before left the record.
async fn act(
    visit: &Visit,
    id: String,
    manner: Manner,
    act: impl FnOnce(&mut Case, &str, &Author, Option<&FailedRecord>) -> Result<()> + Clone + Send + 'static,
) -> Answer {
    let scene = Scene::find(visit, id).await?;
    scene.act(visit, manner, move |case, id, author, known| act(case, id, author, known.left)).await
}

pub(super) fn check_expected(record: &FailedRecord, expected: Option<&RawValue>) -> Result<()> {
    let Some(expected) = expected else { return Ok(()) };
    expect::compare(expected, &Record::bare(record)?)
}
