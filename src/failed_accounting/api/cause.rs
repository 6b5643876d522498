//! `GET` and `PATCH /api/v1/causes/{id}`: one cause with its runbook note, owner and standing.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::causes::FixedBody;
use crate::audit::event::Author;
use crate::base::form::Fields;
use crate::base::object::{Kind, Member};
use crate::causes::store::{self as causes, KnownCause};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::causes::note::{self, MAX_NOTE, MAX_OWNER, Standing};
use crate::failed_accounting::causes::{fixed, open};
use crate::web::document::{ReadRefusals, WriteRefusals, described_body};
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, NoQuery, Visit};
use crate::web::json;
use crate::web::once::{self, Manner, Told};

const EDIT: [Member; 4] = [
    Member::new("note", Kind::Text(MAX_NOTE)),
    Member::new("owner", Kind::Line(MAX_OWNER)),
    Member::new("standing", Kind::OneOf(&["new", "known", "closed"])).filled(),
    Member::new("revision", Kind::Line(10)),
];

described_body!(
    /// What shall change; what is absent stays. With the `revision` as last read nothing is changed where it differs: 409.
    CauseEdit,
    &EDIT
);

/// A cause, and what people noted about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CauseDetails)]
pub struct CauseBody {
    cause: String,
    title: String,
    family: &'static str,
    /// What was said last: new, known or closed.
    standing: &'static str,
    owner: Option<String>,
    /// The runbook note, its secrets masked.
    note: Option<String>,
    /// Counts the changes; for the next edit.
    revision: String,
    /// Whether nobody knows after its failures whether the customer was charged: look at the ledger before you retry.
    outcome_unknown: bool,
    /// What of it would pass now, where that is known; null else.
    likely_fixed: Option<FixedBody>,
}

impl CauseBody {
    fn read(connection: &mut DbConnection, key: &str, cause: &KnownCause) -> Result<CauseBody> {
        let fixed = match open::is_open(connection, key)? {
            true => fixed::of_keys(connection, &[key.to_owned()])?.remove(key),
            false => None,
        };
        Ok(CauseBody {
            outcome_unknown: cause.is_outcome_unknown(),
            likely_fixed: fixed.as_ref().map(FixedBody::from),
            cause: key.to_owned(),
            title: cause.title.clone(),
            family: cause.family().as_str(),
            standing: Standing::of(cause).as_str(),
            owner: cause.owner.clone(),
            note: note::shown(cause),
            revision: cause.revision.to_string(),
        })
    }
}

/// Reads a cause.
#[utoipa::path(
    get,
    path = "/api/v1/causes/{id}",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The key of the cause.")),
    responses((status = 200, description = "The cause.", body = CauseBody), ReadRefusals)
)]
pub async fn show(visit: Visit, Id(id): Id, _: NoQuery) -> Answer {
    let read = move |connection: &mut DbConnection| {
        let cause = causes::find(connection, &id)?;
        CauseBody::read(connection, &id, &cause)
    };
    json::answer(StatusCode::OK, &visit.state.database.run(read).await?)
}

/// Notes about a cause what is to be done with it, whose it is, and whether it is known or over.
#[utoipa::path(
    patch,
    path = "/api/v1/causes/{id}",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The key of the cause.")),
    request_body = CauseEdit,
    responses((status = 200, description = "The cause as it is now.", body = CauseBody), WriteRefusals)
)]
pub async fn update(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    let object = body.object(&EDIT)?;
    object.checked(Ok(()))?;
    let work = move |connection: &mut DbConnection| {
        let present = causes::find(connection, &id)?;
        let told = note::read(&over(&object.fields, &present))?;
        let saved = note::save(connection, &id, &told, &author)?;
        let body = CauseBody::read(connection, &id, &saved)?;
        Told::new(&id, &body)
    };
    once::act(&visit, Manner::changed(), work).await
}

/// What is told, over what is there.
fn over(told: &Fields, present: &KnownCause) -> Fields {
    let present = [
        ("note", note::shown(present).unwrap_or_default()),
        ("owner", present.owner.clone().unwrap_or_default()),
        ("standing", Standing::of(present).as_str().to_owned()),
        ("revision", present.revision.to_string()),
    ];
    let value =
        |(name, value): (&str, String)| (name.to_owned(), told.raw(name).map_or(value, str::to_owned));
    Fields::new(present.into_iter().map(value).collect())
}
