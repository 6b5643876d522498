//! The pages that ask: record a failure, edit one, confirm a deletion.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{Choice, FormView, LIST, RowView, record_link, resolutions};
use super::refusal::RefusalView;
use super::show::filter_of;
use crate::audit::event::FAILED_ACCOUNTING;
use crate::audit::store as audit;
use crate::base::form::Fields;
use crate::base::secrets;
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::store;
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::form::FormState;
use crate::web::merge::{LastChange, last_change};
use crate::web::state::AppState;
use crate::web::view::Named;

/// The fields of a new failure.
const NEW_FIELDS: [&str; 10] = [
    "id",
    "llmusageid",
    "llmid",
    "userid",
    "userorgid",
    "use_date",
    "use_time",
    "amount",
    "cost",
    "failed_reason",
];

pub(super) const EDIT_FIELDS: [&str; 6] =
    ["amount", "cost", "failed_reason", "handled", "resolution", "handled_note"];

#[derive(Serialize)]
struct NewPage {
    form: FormView,
    /// What this form recorded before, where it was sent again with another content.
    recorded: Option<RecordedView>,
    action: &'static str,
    cancel: &'static str,
    models: Vec<Named>,
    organisations: Vec<Named>,
}

#[derive(Serialize)]
struct EditPage {
    row: RowView,
    /// Why it cannot be saved as it is.
    refusal: Option<RefusalView>,
    form: FormView,
    resolutions: Vec<Choice>,
    seen: String,
    action: String,
    cancel: String,
}

#[derive(Serialize)]
struct DeletePage {
    row: RowView,
    /// Key of the words that say why nothing was deleted.
    refusal: Option<&'static str>,
    /// Who changed it since it was seen.
    last: Option<LastChange>,
    attempts: usize,
    events: usize,
    seen: String,
    action: String,
    cancel: String,
}

/// `GET /failed-accounting/new`.
pub async fn new(visit: Visit) -> Answer {
    let id = nanoid::nanoid!();
    let fields = Fields::new(vec![("id".to_owned(), id)]);
    new_form(&visit, &FormState::new(fields), None).await
}

/// What was recorded, beside what was typed now.
#[derive(Default, Serialize)]
pub(super) struct RecordedView {
    /// None where it was deleted since.
    pub link: Option<String>,
    pub fields: Vec<DifferingField>,
}

#[derive(Serialize)]
pub(super) struct DifferingField {
    pub label: String,
    pub recorded: String,
    pub typed: String,
}

/// The form for a new failure, beside what the same form recorded before.
pub(super) async fn new_form(visit: &Visit, form: &FormState, recorded: Option<RecordedView>) -> Answer {
    let names = visit.names().await;
    let context = NewPage {
        recorded,
        form: form.view(&NEW_FIELDS, visit.language),
        action: LIST,
        cancel: LIST,
        models: crate::web::form::suggestions(&names.models),
        organisations: crate::web::form::suggestions(&names.organisations),
    };
    visit.render(form.status, "failed_accounting/new.html", &context)
}

/// `GET /failed-accounting/{id}/edit`.
pub async fn edit(visit: Visit, Id(id): Id) -> Answer {
    let record = visit.state.database.run(move |connection| store::find(connection, &id)).await?;
    edit_form(&visit, &record, &FormState::new(as_fields(&record)), None).await
}

/// The edit form of a record, with what was typed and what is wrong with it.
pub(super) async fn edit_form(
    visit: &Visit,
    record: &FailedRecord,
    form: &FormState,
    refusal: Option<RefusalView>,
) -> Answer {
    let filter = filter_of(visit)?;
    let names = visit.names().await;
    // What the person saw stays what they saw: a corrected form must still meet a later change.
    let seen = form.fields.raw("seen").map_or_else(|| record.seen().encode(), str::to_owned);
    let context = EditPage {
        row: RowView::new(record, &names, &visit.state, &filter),
        refusal,
        resolutions: edit_resolutions(record, &form.fields),
        form: form.view(&EDIT_FIELDS, visit.language),
        seen,
        action: record_link(&record.id, "", &filter),
        cancel: record_link(&record.id, "", &filter),
    };
    visit.render(form.status, "failed_accounting/edit.html", &context)
}

pub(super) fn edit_resolutions(record: &FailedRecord, fields: &Fields) -> Vec<Choice> {
    let present = record.closed_as();
    let offered = |resolution| Some(resolution) == present || resolution.is_by_hand();
    resolutions(offered, fields.raw("resolution").unwrap_or_default())
}

/// The values of a record as its edit form starts with.
pub(super) fn as_fields(record: &FailedRecord) -> Fields {
    let pair = |name: &str, value: Option<String>| (name.to_owned(), value.unwrap_or_default());
    Fields::new(vec![
        pair("amount", record.amount.map(|money| money.to_string())),
        pair("cost", record.cost.map(|money| money.to_string())),
        pair(
            "failed_reason",
            record.failed_reason.as_deref().map(|reason| secrets::mask(reason).into_owned()),
        ),
        pair("handled", Some(if record.is_open() { "0" } else { "1" }.to_owned())),
        pair("resolution", record.closed_as().map(|resolution| resolution.as_str().to_owned())),
        pair("handled_note", record.handled_note.as_deref().map(|note| secrets::mask(note).into_owned())),
    ])
}

/// `GET /failed-accounting/{id}/delete`: what will be lost and what is kept.
pub async fn confirm_delete(visit: Visit, Id(id): Id) -> Answer {
    delete_form(&visit, id, StatusCode::OK, None).await
}

/// What will be lost and what is kept, and why nothing was deleted so far.
pub(super) async fn delete_form(
    visit: &Visit,
    id: String,
    status: StatusCode,
    refusal: Option<&'static str>,
) -> Answer {
    let state = &visit.state;
    let filter = filter_of(visit)?;
    let (record, attempts, events) = state
        .database
        .run(move |connection| {
            let record = store::find(connection, &id)?;
            let attempts = match record.llmusageid.as_deref() {
                Some(usage_id) => store::attempts(connection, usage_id)?.len(),
                None => 1,
            };
            let events = audit::timeline(connection, FAILED_ACCOUNTING, &record.id)?.len();
            Ok((record, attempts, events))
        })
        .await?;
    let names = visit.names().await;
    let last = match status {
        StatusCode::CONFLICT => last_change(visit, FAILED_ACCOUNTING, &record.id).await?,
        _ => None,
    };
    let context = DeletePage {
        row: RowView::new(&record, &names, state, &filter),
        refusal,
        last,
        attempts: attempts.saturating_sub(1),
        events,
        seen: record.seen().encode(),
        action: record_link(&record.id, "/delete", &filter),
        cancel: record_link(&record.id, "", &filter),
    };
    visit.render(status, "failed_accounting/delete.html", &context)
}

/// Reads a record for a form.
pub(super) async fn record_of(state: &AppState, id: &str) -> Result<FailedRecord> {
    let id = id.to_owned();
    state.database.run(move |connection| store::find(connection, &id)).await
}
