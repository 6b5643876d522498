//! `POST /batches`: freezes what was ticked, or all that matches, and leads to its preview.

use actix_web::{HttpRequest, web};

use super::context::batch_link;
use crate::base::form::Fields;
use crate::batches::batch::Action;
use crate::batches::form::{self, Selection};
use crate::batches::plan;
use crate::error::{Error, Result};
use crate::names::{Names, search};
use crate::web::error::Answer;
use crate::web::{page, request};

/// Makes a batch; nothing is done to its rows yet.
pub async fn create(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    if fields.text("action") == Some(Action::Delete.as_str()) {
        admit_delete(&request)?;
    }
    let (action, selection) = read(&fields, &*state.names.current().await)?;
    let batch = state
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
pub(super) fn admit_delete(request: &HttpRequest) -> Result<()> {
    let admits = request::visitor_of(request).is_some_and(|visitor| visitor.administers());
    if admits { Ok(()) } else { Err(Error::Forbidden) }
}
