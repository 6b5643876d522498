//! Having a usage accounted again, taking that back, and closing a failure by an entry of the ledger, for programs.

use super::bodies::{CLOSE_CHARGED, ClosingCharged, RETRY, Retrying};
use super::changes::check_expected;
use super::record::Record;
use super::scene::{Known, Scene};
use crate::audit::event::{Author, FAILED_ACCOUNTING};
use crate::failed_accounting::case::Case;
use crate::failed_accounting::form;
use crate::web::document::WriteRefusals;
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, Visit};
use crate::web::merge::with_last_change;
use crate::web::once::Manner;

/// Asks the platform to account the usage again; the failure stays open until the outcome is seen. Refused with 409 and the
/// `entry` where the ledger says that the customer was charged; after an error that leaves the outcome open, and without a
/// ledger that could be asked, `unknown_outcome` says that somebody looked.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/retry",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body(content = Option<Retrying>, content_type = "application/json"),
    responses((status = 202, description = "The failure, retrying.", body = Record), WriteRefusals)
)]
pub async fn retry(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.optional_object(&RETRY)?;
    let is_checked = object.checked(form::checked(&object.fields))?;
    let retry = |case: &mut Case, id: &str, author: &Author, known: &Known<'_>| {
        case.retry(id, known.evidence, author)
    };
    Scene::asked(&visit, id, is_checked).await?.act(&visit, Manner::accepted(), retry).await
}

/// Takes a retry back that the platform has not begun.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/withdraw",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    responses((status = 200, description = "The failure, open again.", body = Record), WriteRefusals)
)]
pub async fn withdraw(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.optional_object(&[])?;
    object.checked(Ok(()))?;
    let withdraw = |case: &mut Case, id: &str, author: &Author, _: &Known<'_>| case.withdraw(id, author);
    Scene::find(&visit, id).await?.act(&visit, Manner::changed(), withdraw).await
}

/// Closes a failure as charged elsewhere, by the entry that the ledger tells; it is kept in the note and in the audit event.
/// Refused with 409 where the ledger tells none, or could not be asked.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/close-charged",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body(content = Option<ClosingCharged>, content_type = "application/json"),
    responses((status = 200, description = "The failure, handled.", body = Record), WriteRefusals)
)]
pub async fn close_charged(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.optional_object(&CLOSE_CHARGED)?;
    object.checked(Ok(()))?;
    let (asked, seen) = (id.clone(), object.fields.text("entry").map(str::to_owned));
    let close = move |case: &mut Case, id: &str, author: &Author, known: &Known<'_>| {
        let record = case.failure(id)?;
        if known.left != Some(record) {
            check_expected(record, object.record("expect"))?;
        }
        case.close_charged(id, &known.evidence.told, seen.as_deref(), author)
    };
    let answer = Scene::asked(&visit, id, false).await?.act(&visit, Manner::changed(), close);
    with_last_change(&visit, FAILED_ACCOUNTING, asked, answer.await).await
}
