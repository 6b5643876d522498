//! The pages that ask: create a usage, edit one, confirm a deletion.

use serde::Serialize;

use super::context::{LIST, RowView, usage_link};
use super::show::filter_of;
use crate::audit::event::USAGE;
use crate::base::form::Fields;
use crate::base::merge::Merged;
use crate::error::{Error, Result};
use crate::usages::failures;
use crate::usages::form::{self, Seen};
use crate::usages::store;
use crate::usages::usage::Usage;
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::form::{FormState, FormView, suggestions};
use crate::web::merge::{MergeView, last_change};
use crate::web::state::AppState;
use crate::web::view::Named;

#[derive(Serialize)]
struct FormPage {
    /// None for a new usage.
    row: Option<RowView>,
    form: FormView,
    seen: String,
    is_accounted: bool,
    /// What somebody else changed since the form was filled.
    merge: Option<MergeView>,
    action: String,
    cancel: String,
    models: Vec<Named>,
    organisations: Vec<Named>,
}

#[derive(Serialize)]
struct DeletePage {
    form: FormView,
    row: RowView,
    is_accounted: bool,
    /// The id of an open failure, which keeps the usage.
    open: Option<String>,
    failures: i32,
    /// What somebody else changed since it was seen.
    merge: Option<MergeView>,
    seen: String,
    action: String,
    cancel: String,
}

/// `GET /usages/new`.
pub async fn new(visit: Visit) -> Answer {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = Fields::new(vec![
        pair("id", &nanoid::nanoid!()),
        pair("status", "SUCCEEDED"),
        pair("accounting_status", "created"),
    ]);
    new_form(&visit, &FormState::new(fields)).await
}

/// The form for a new usage, with what was typed and what is wrong with it.
pub(super) async fn new_form(visit: &Visit, form: &FormState) -> Answer {
    let names = visit.names().await;
    let context = FormPage {
        row: None,
        form: form.view(&form::fields(), visit.language),
        seen: String::new(),
        is_accounted: false,
        merge: None,
        action: LIST.to_owned(),
        cancel: LIST.to_owned(),
        models: suggestions(&names.models),
        organisations: suggestions(&names.organisations),
    };
    visit.render(form.status, "usages/form.html", &context)
}

/// `GET /usages/{id}/edit`.
pub async fn edit(visit: Visit, Id(id): Id) -> Answer {
    let usage = live_usage(&visit.state, &id).await?;
    let fields = form::as_fields(&usage);
    edit_form(&visit, &usage, FormState::new(fields)).await
}

/// A form that cannot be carried out before something is asked.
#[derive(Debug)]
pub(super) struct Stale {
    pub usage: Usage,
    pub saw: Seen,
    pub merged: Merged,
}

/// The edit form of a usage that somebody else changed meanwhile.
pub(super) async fn conflict_form(visit: &Visit, stale: Stale) -> Answer {
    let Stale { usage, saw, merged } = stale;
    let shown = |name: &str| saw.fields.shown(name).unwrap_or_default().to_owned();
    let language = visit.language;
    let last = last_change(visit, USAGE, &usage.id).await?;
    let merge = MergeView::new(&merged, &form::as_fields(&usage), shown, language).by(last);
    edit_form(visit, &usage, FormState::merging(merged.fields, merge)).await
}

/// The edit form of a usage, with what was typed, what is wrong with it, and what is to be asked.
pub(super) async fn edit_form(visit: &Visit, usage: &Usage, form: FormState) -> Answer {
    let filter = filter_of(visit)?;
    let names = visit.names().await;
    let now = Seen::of(usage);
    // After a conflict both versions are on the page, so what is there now has been seen.
    let seen = match &form.merge {
        Some(_) => now.encode(),
        None => form.fields.raw("seen").map_or_else(|| now.encode(), str::to_owned),
    };
    let context = FormPage {
        row: Some(RowView::new(usage, &names, &visit.state, &filter)),
        form: form.view(&form::fields(), visit.language),
        seen,
        is_accounted: usage.is_accounted(),
        merge: form.merge,
        action: usage_link(&usage.id, "", &filter),
        cancel: usage_link(&usage.id, "", &filter),
        models: suggestions(&names.models),
        organisations: suggestions(&names.organisations),
    };
    visit.render(form.status, "usages/form.html", &context)
}

/// `GET /usages/{id}/delete`: what will be lost, or why it stays.
pub async fn confirm_delete(visit: Visit, Id(id): Id) -> Answer {
    delete_form(&visit, id, FormState::default()).await
}

/// What will be lost, where somebody changed it since it was seen; what was typed stays.
pub(super) async fn changed_delete_form(visit: &Visit, id: String, saw: Seen, fields: Fields) -> Answer {
    let usage = live_usage(&visit.state, &id).await?;
    let now = form::as_fields(&usage);
    // Nothing was typed into these: what differs is what others changed.
    let merged = saw.merge(&usage, &Fields::default());
    let shown = |name: &str| saw.fields.shown(name).unwrap_or_default().to_owned();
    let last = last_change(visit, USAGE, &id).await?;
    let merge = MergeView::new(&merged, &now, shown, visit.language).by(last);
    delete_form(visit, id, FormState::merging(fields, merge)).await
}

/// What will be lost, with what was typed and what is wrong with it.
pub(super) async fn delete_form(visit: &Visit, id: String, form: FormState) -> Answer {
    let state = &visit.state;
    let filter = filter_of(visit)?;
    let (usage, (failures, open)) = state
        .database
        .run(move |connection| {
            let usage = store::lookup(connection, &id)?.ok_or(Error::NotFound)?;
            let failures = failures::count_and_open(connection, &id)?;
            Ok((usage, failures))
        })
        .await?;
    let names = visit.names().await;
    let context = DeletePage {
        row: RowView::new(&usage, &names, state, &filter),
        is_accounted: usage.is_accounted(),
        open,
        failures,
        seen: Seen::of(&usage).encode(),
        form: form.view(&["confirm"], visit.language),
        merge: form.merge,
        action: usage_link(&usage.id, "/delete", &filter),
        cancel: usage_link(&usage.id, "", &filter),
    };
    visit.render(form.status, "usages/delete.html", &context)
}

/// A live usage for a form; the history is read-only.
pub(super) async fn live_usage(state: &AppState, id: &str) -> Result<Usage> {
    let id = id.to_owned();
    state.database.run(move |connection| store::lookup(connection, &id)?.ok_or(Error::NotFound)).await
}
