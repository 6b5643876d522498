//! `POST /api/v1/usages/{id}/fail`: the platform says that a usage could not be accounted.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};

use super::record::Record;
use crate::accounts::idempotency::Key;
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::object::{Kind, Member};
use crate::error::Error;
use crate::failed_accounting::recorder::{Asked, Outcome, Recorder, Render};
use crate::usages::form;
use crate::usages::recording::Recording;
use crate::web::document::{WriteRefusals, described_body};
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, Visit};
use crate::web::{links, once};

const FAIL: [Member; 2] =
    [Member::new("reason", Kind::Text(form::MAX_TEXT)).required(), Member::new("failed_time", Kind::Time)];

described_body!(
    /// Why it could not be accounted, and when; now, unless given.
    Failing,
    &FAIL
);

/// Records that a usage could not be accounted.
///
/// The usage becomes `failed`, and the failure is written, both or none.
#[utoipa::path(
    post,
    path = "/api/v1/usages/{id}/fail",
    tag = "usages",
    params(("id" = String, Path, description = "The id of the usage.")),
    request_body = Failing,
    responses(
        (status = 201, description = "The failure.", body = Record),
        (status = 200, description = "The failure that was written before, for the same key.", body = Record),
        WriteRefusals
    )
)]
pub async fn create(visit: Visit, Id(usage_id): Id, body: Body, recorder: web::Data<Recorder>) -> Answer {
    let mut object = body.object(&FAIL)?;
    let author = visit.author()?;
    let parts = [
        &*usage_id,
        object.fields.raw("reason").unwrap_or(""),
        object.fields.raw("failed_time").unwrap_or(""),
    ];
    let key = match once::text_of(&visit) {
        Ok(key) => key.map(|text| Key::new(author.name.clone(), text, &parts)),
        Err(message) => {
            object.errors.insert(once::KEY.to_owned(), message);
            None
        }
    };
    let recording = object.checked(read(&object.fields, author.at))?;
    let names = visit.names().await;
    let render: Render =
        Arc::new(move |record| serde_json::to_string(&Record::new(record, &names)).map_err(Error::internal));
    let asked = usage_id.clone();
    let recorded = recorder.record(Asked { usage_id, recording, author, key, render }).await;
    match recorded.map_err(|error| error.at_field("failed_reason", "reason"))? {
        Outcome::Written { id, answer } => Ok(told(StatusCode::CREATED, &id, answer)),
        Outcome::Repeated { id, answer } => Ok(told(StatusCode::OK, &id, answer)),
        Outcome::KeyTaken => Err(Error::invalid(once::KEY, Message::new("error-idempotency-body")).into()),
        Outcome::Refused(refused) => Err(refused.refusal(&asked).into()),
        Outcome::Unknown => Err(Error::NotFound.into()),
    }
}

fn told(status: StatusCode, id: &str, answer: String) -> HttpResponse {
    let location = format!("/api/v1/failed-accounting/{}", links::segment(id));
    HttpResponse::build(status)
        .insert_header((header::LOCATION, location))
        .content_type("application/json")
        .body(answer)
}

fn read(fields: &Fields, now: chrono::NaiveDateTime) -> std::result::Result<Recording, FieldErrors> {
    let mut read = Reader::new(fields);
    let failed_time = read.time("failed_time").unwrap_or(now);
    let mut errors = read.errors;
    match form::reason(fields) {
        Ok(reason) if errors.is_empty() => {
            Ok(Recording { id: Recording::fresh_id(now), reason, failed_time })
        }
        Ok(_) => Err(errors),
        Err(more) => {
            errors.extend(more);
            Err(errors)
        }
    }
}
