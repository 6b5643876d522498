//! Making batches by programs, and saying what a batch of corrections makes of its usages: once for each key of idempotency.

use super::body::BatchBody;
use super::changes::{admit, correctable, told};
use crate::audit::event::Author;
use crate::base::form::{FieldErrors, Fields, Message};
use crate::base::money::Money;
use crate::base::object::{Kind, Member, Object};
use crate::batches::batch::Action;
use crate::batches::foretelling::{self, By, Foretold};
use crate::batches::{form, plan, store};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::correction::{Correction, form as correction};
use crate::usages::form::MAX_TEXT;
use crate::web::document::{WriteRefusals, described_body};
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, Visit};
use crate::web::links;
use crate::web::once::{self, Manner, Told};

/// The names of the actions.
const ACTIONS: &[&str] =
    &["handle", "retry", "withdraw", "reopen", "supersede", "settle", "correct", "delete"];

const MAPPING: Kind = Kind::Text(MAX_TEXT);

/// What a correction may say.
const CORRECTION: [Member; 8] =
    [SET_MODEL, MAP_MODEL, SET_USER, MAP_USER, SET_ORGANISATION, MAP_ORGANISATION, SET_USAGES, FROM];

const SET_MODEL: Member = Member::new("set_llmid", Kind::Line(32));
const MAP_MODEL: Member = Member::new("map_llmid", MAPPING);
const SET_USER: Member = Member::new("set_userid", Kind::Line(32));
const MAP_USER: Member = Member::new("map_userid", MAPPING);
const SET_ORGANISATION: Member = Member::new("set_userorgid", Kind::Line(32));
const MAP_ORGANISATION: Member = Member::new("map_userorgid", MAPPING);
const SET_USAGES: Member = Member::new("set_usages", Kind::Json);
const FROM: Member = Member::new("usages_from", Kind::OneOf(&[correction::FROM_OUTPUT]));

const NEW: [Member; 11] = [
    Member::new("action", Kind::OneOf(ACTIONS)).required(),
    Member::new("ids", Kind::Texts),
    Member::new("query", Kind::Text(MAX_TEXT)),
    SET_MODEL,
    MAP_MODEL,
    SET_USER,
    MAP_USER,
    SET_ORGANISATION,
    MAP_ORGANISATION,
    SET_USAGES,
    FROM,
];

described_body!(
    /// Which rows: `ids` of failures, or a `query` as of the list, such as `handled=0&llmid=m1`. A correction may be told at
    /// once.
    NewBatch,
    &NEW
);
described_body!(
    /// What shall become of which field: one value for all, or lines such as `A -> B`.
    BatchCorrection,
    &CORRECTION
);
/// Makes a batch: freezes its rows and answers the preview. Nothing is done to them yet.
#[utoipa::path(
    post,
    path = "/api/v1/batches",
    tag = "batches",
    request_body = NewBatch,
    responses((status = 201, description = "The preview.", body = BatchBody), WriteRefusals)
)]
pub async fn create(visit: Visit, author: Author, body: Body) -> Answer {
    let object = body.object(&NEW)?;
    let (action, selection) =
        object.checked(selected(&object).and_then(|fields| form::selection(&fields)))?;
    admit(&visit, action)?;
    let correction = match correction::is_told(&object.fields) {
        false => None,
        true if action != Action::Correct => {
            return Err(Error::invalid("action", Message::new("error-correct-action")).into());
        }
        true => Some(correction::correction(&object.fields, &correctable(&visit)?).map_err(Error::Invalid)?),
    };
    let limit = visit.state.batch_confirm;
    let freeze = move |connection: &mut DbConnection| plan::freeze(connection, action, &selection, &author);
    let before = async {
        let id = visit.state.database.transaction(freeze).await?.id().to_owned();
        foretold(&visit, id, correction).await
    };
    let work = move |connection: &mut DbConnection, made: Made| made.write(connection, limit);
    once::act_after(&visit, Manner::created("/api/v1/batches"), before, work).await
}

/// A preview that was made just now, and what was foreseen of it.
#[derive(Debug, Clone)]
pub(super) struct Made {
    id: String,
    foretold: Option<Foretold>,
}

impl Made {
    /// Writes what was foreseen, unless somebody moved the preview on meanwhile.
    pub fn write(self, connection: &mut DbConnection, limit: Money) -> Result<Told> {
        let batch = store::find_for_update(connection, &self.id)?;
        let written = self.foretold.map(|foretold| foretelling::write(connection, &batch, &foretold));
        match written {
            Some(Err(Error::Conflict(_))) | None => told(&batch, limit),
            Some(written) => told(&written?, limit),
        }
    }
}

/// Looks at a preview that was made just now.
pub(super) async fn foretold(visit: &Visit, id: String, correction: Option<Correction>) -> Result<Made> {
    let foretold = foretelling::look_at_new(&visit.state.database, &id, correction, by(visit)).await?;
    Ok(Made { id, foretold })
}

/// What previews are tested by now.
pub(super) fn by(visit: &Visit) -> By {
    let state = &visit.state;
    By { sources: state.test_sources.clone(), ledger: state.ledger.clone(), today: state.clock.today() }
}

/// Says what shall become of which field of a batch of corrections; answers the preview anew.
#[utoipa::path(
    post,
    path = "/api/v1/batches/{id}/correction",
    tag = "batches",
    params(("id" = String, Path, description = "The id of the batch.")),
    request_body = BatchCorrection,
    responses((status = 200, description = "The preview.", body = BatchBody), WriteRefusals)
)]
pub async fn correct(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    let object = body.object(&CORRECTION)?;
    let correction = object.checked(correction::correction(&object.fields, &correctable(&visit)?))?;
    let limit = visit.state.batch_confirm;
    let (asked, maker) = (id.clone(), author.clone());
    let before = async {
        let find = move |connection: &mut DbConnection| store::find(connection, &asked);
        let batch = visit.state.database.run(find).await?;
        if batch.planned.is_none() {
            let message = Message::new("error-correct-action").with("state", "other").with("batch", &id);
            return Err(Error::Conflict(message));
        }
        batch.refuse(batch.correcting_obstacle(&maker.name, maker.at))?;
        foretelling::look_at(&visit.state.database, &id, Some(correction), by(&visit)).await
    };
    let asked = id.clone();
    let work = move |connection: &mut DbConnection, foretold: Option<Foretold>| {
        told(&foretelling::rewrite(connection, &asked, foretold.as_ref(), &author)?, limit)
    };
    once::act_after(&visit, Manner::changed(), before, work).await
}

/// What is selected, as the list's page would post it.
fn selected(object: &Object) -> std::result::Result<Fields, FieldErrors> {
    let refuse = |name: &str, key| Err([(name.to_owned(), Message::new(key))].into());
    let action = ("action".to_owned(), object.fields.text("action").unwrap_or_default().to_owned());
    let ids: Vec<String> =
        object.fields.raw("ids").and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default();
    let query = object.fields.raw("query");
    let mut pairs = match (query, ids.is_empty()) {
        (Some(_), false) => return refuse("query", "error-batch-ids-and-query"),
        (None, _) => ids.into_iter().map(|id| ("id".to_owned(), id)).collect(),
        (Some(query), true) => match links::pairs(query) {
            Some(pairs) if pairs.iter().all(|(name, _)| name != "action" && name != "id") => pairs,
            _ => return refuse("query", "error-batch-query"),
        },
    };
    if query.is_some() {
        pairs.push(("scope".to_owned(), "filter".to_owned()));
    }
    pairs.push(action);
    Ok(Fields::new(pairs))
}
