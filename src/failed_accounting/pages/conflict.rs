//! What a person sees whose form was filled from a record that somebody changed meanwhile: what both changed is asked
//! about, field by field; the rest is told.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{Choice, FormView, RowView, record_link};
use super::forms::{EDIT_FIELDS, as_fields, edit_resolutions};
use super::merging::Stale;
use super::show::filter_of;
use crate::audit::event::FAILED_ACCOUNTING;
use crate::base::form::FieldErrors;
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::merge::{MergeView, last_change};

#[derive(Serialize)]
struct ConflictPage {
    row: RowView,
    merge: MergeView,
    /// The edit form, with both merged, to save over what is there now.
    form: FormView,
    resolutions: Vec<Choice>,
    seen: String,
    action: String,
    cancel: String,
}

/// The page for a form of which something must be asked; nothing was saved.
pub(super) async fn conflict(visit: &Visit, stale: Stale) -> Answer {
    let state = &visit.state;
    let filter = filter_of(visit)?;
    let language = visit.language;
    let Stale { record, saw, merged } = stale;
    let id = record.id.clone();
    let last = last_change(visit, FAILED_ACCOUNTING, &id).await?;
    let names = visit.names().await;
    let snapshot = saw.snapshot();
    let saw = |name: &str| snapshot.shown(name).unwrap_or_default().to_owned();
    let context = ConflictPage {
        row: RowView::new(&record, &names, state, &filter),
        merge: MergeView::new(&merged, &as_fields(&record), saw, language).by(last),
        resolutions: edit_resolutions(&record, &merged.fields),
        form: FormView::new(&EDIT_FIELDS, &merged.fields, &FieldErrors::new(), language),
        // Both are on the page: what is there now has been seen.
        seen: record.seen().encode(),
        action: record_link(&record.id, "", &filter),
        cancel: record_link(&record.id, "", &filter),
    };
    visit.render(StatusCode::CONFLICT, "failed_accounting/conflict.html", &context)
}
