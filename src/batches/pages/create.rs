//! `POST /batches`: freezes what was ticked, or all that matches, and leads to its preview.

use super::context::batch_link;
use crate::audit::event::Author;
use crate::base::form::Fields;
use crate::batches::batch::Action;
use crate::batches::form::{self, Selection};
use crate::batches::plan;
use crate::error::{Error, Result};
use crate::names::{Names, search};
use crate::web::error::Answer;
use crate::web::extract::{Form, Visit};
use crate::web::page;

/// Makes a batch; nothing is done to its rows yet.
pub async fn create(visit: Visit, author: Author, Form(fields): Form) -> Answer {
    if fields.text("action") == Some(Action::Delete.as_str()) {
        admit_delete(&visit)?;
    }
    let (action, selection) = read(&fields, &*visit.names().await)?;
    let batch = visit
        .state
        .database
        .transaction(move |connection| plan::freeze(connection, action, &selection, &author))
        .await?;
    Ok(page::see_other(&batch_link(batch.id(), "")))
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
pub(super) fn admit_delete(visit: &Visit) -> Result<()> {
    let admits = visit.visitor().is_some_and(|visitor| visitor.administers());
    if admits { Ok(()) } else { Err(Error::Forbidden) }
}
