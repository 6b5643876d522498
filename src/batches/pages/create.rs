//! `POST /batches`: freezes what was ticked, or all that matches, and leads to its preview.

use super::context::batch_link;
use crate::audit::event::Author;
use crate::base::form::{FieldErrors, Fields};
use crate::batches::batch::Action;
use crate::batches::foretelling::{self, By};
use crate::batches::form::{self, CANARY, Selection};
use crate::batches::plan;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::correction::{self, Correction};
use crate::names::{Names, search};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::page;

/// Makes a batch; nothing is done to its rows yet.
///
/// # Errors
/// [`Error::Invalid`] with `id` alone where nothing was ticked.
pub async fn create(visit: &Visit, author: Author, fields: &Fields) -> Answer {
    if fields.text("action") == Some(Action::Delete.as_str()) {
        admit_delete(visit)?;
    }
    let (action, selection) = read(fields, &*visit.names().await)?;
    let correction = match action == Action::Correct && correction::form::is_told(fields) {
        true => Some(correction_of(visit, fields).map_err(Error::Invalid)?),
        false => None,
    };
    let by = by(visit);
    let freeze = move |connection: &mut DbConnection| plan::freeze(connection, action, &selection, &author);
    let batch = visit.state.database.transaction(freeze).await?;
    foretelling::complete(&visit.state.database, batch.id(), correction, by).await?;
    let tried: Option<u32> = fields.text(CANARY).and_then(|size| size.parse().ok());
    let query = tried.map(|size| format!("?{CANARY}={size}")).unwrap_or_default();
    Ok(page::see_other(&batch_link(batch.id(), &query)))
}

/// What previews are tested by now.
pub(super) fn by(visit: &Visit) -> By {
    let state = &visit.state;
    By { sources: state.test_sources.clone(), ledger: state.ledger.clone(), today: state.clock.today() }
}

/// Reads a correction of the fields that this person may correct.
pub(super) fn correction_of(visit: &Visit, fields: &Fields) -> std::result::Result<Correction, FieldErrors> {
    correction::form::correction(fields, &correctable(visit))
}

/// The fields that this person may correct.
pub(super) fn correctable(visit: &Visit) -> Vec<&'static str> {
    let role = visit.visitor().map(|visitor| visitor.role);
    role.map(|role| visit.state.correctable.of(role)).unwrap_or_default()
}

/// Names stand for ids here as in the list.
fn read(typed: &Fields, names: &Names) -> Result<(Action, Selection)> {
    let (fields, mut errors) = search::ids_for_names(typed, names);
    let read = form::selection(&fields);
    if let Err(wrong) = &read {
        errors.extend(wrong.clone());
    }
    match read {
        Ok(selected) if errors.is_empty() => Ok(selected),
        _ => Err(Error::Invalid(errors)),
    }
}

/// Records are deleted by administrators only, many as well as one.
fn admit_delete(visit: &Visit) -> Result<()> {
    let admits = visit.visitor().is_some_and(|visitor| visitor.administers());
    if admits { Ok(()) } else { Err(Error::Forbidden) }
}
