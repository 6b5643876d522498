//! `POST /api/v1/failed-accounting/{id}/correct`: the page's correction, for programs.

use super::bodies::{CORRECT, Correction};
use super::record::Record;
use super::scene::{Known, Scene};
use crate::audit::event::Author;
use crate::base::columns::Cell;
use crate::base::expect;
use crate::base::form::Reader;
use crate::error::{Error, Result};
use crate::failed_accounting::case::Case;
use crate::failed_accounting::correction::form;
use crate::failed_accounting::form as of_failure;
use crate::names::Names;
use crate::names::columns::Face;
use crate::usages::usage::{COLUMNS, Usage, Whereabouts};
use crate::web::document::WriteRefusals;
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, Visit};
use crate::web::once::Manner;
use crate::web::record::Members;

/// What is told of a usage behind its columns.
const BEHIND: [&str; 2] = ["archived", "backup_time"];

/// What `expect` may hold: what is read of the usage.
pub const OF_USAGE: [&str; Face::Program.count(COLUMNS) + BEHIND.len()] =
    Face::Program.header(COLUMNS, &BEHIND);

/// A live usage as programs read it, without names.
fn as_read(usage: &Usage) -> Result<String> {
    let members = Members::of(COLUMNS, usage, &Names::default());
    let members = members.flag(BEHIND[0], false).with(BEHIND[1], Cell::Time(None));
    serde_json::to_string(&members).map_err(Error::internal)
}

/// Corrects fields of the usage of a failure while it is failed, and has it accounted again where `then` says so.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/correct",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    request_body = Correction,
    responses(
        (status = 200, description = "The failure; its own fields stay what was recorded.", body = Record),
        WriteRefusals
    )
)]
pub async fn correct(visit: Visit, Id(id): Id, body: Body) -> Answer {
    let object = body.object(&CORRECT)?;
    let correctable = visit.state.correctable.granted(visit.caller()?.grant);
    let mut read = Reader::new(&object.fields);
    let then_retry = form::then_retry(&mut read);
    let correction = object.checked(form::correction(&object.fields, &correctable))?;
    let is_checked = object.checked(of_failure::checked(&object.fields))?;
    let scene = match then_retry {
        true => Scene::asked(&visit, id, is_checked).await?,
        false => Scene::find(&visit, id).await?,
    };
    let correct = move |case: &mut Case, id: &str, author: &Author, known: &Known<'_>| {
        let present = match case.usage() {
            Some((usage, Whereabouts::Live)) => Some(as_read(usage)?),
            _ => None,
        };
        // What the rules refuse is told first.
        case.correct(id, &correction, then_retry.then_some(known.evidence), author)?;
        match (object.record("expect"), present) {
            (Some(expected), Some(present)) => expect::compare(expected, &present),
            _ => Ok(()),
        }
    };
    scene.act(&visit, Manner::changed(), correct).await
}
