//! What a person sees whose form was filled from a record that somebody changed meanwhile: both versions.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{Choice, FormView, RowView, record_link};
use super::forms::{EDIT_FIELDS, as_fields, edit_resolutions};
use super::show::filter_of;
use crate::audit::event::FAILED_ACCOUNTING;
use crate::audit::store as audit;
use crate::base::form::{FieldErrors, Fields};
use crate::base::secrets;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::seen::Seen;
use crate::failed_accounting::store;
use crate::web::changes::field_in_words;
use crate::web::error::Answer;
use crate::web::locale::{self, Language};
use crate::web::view::{TimeView, clip};
use crate::web::{page, request};

#[derive(Serialize)]
struct ConflictPage {
    row: RowView,
    by: Option<String>,
    at: Option<TimeView>,
    fields: Vec<ConflictField>,
    /// The edit form, to save again over what is there now.
    form: FormView,
    resolutions: Vec<Choice>,
    seen: String,
    action: String,
    cancel: String,
}

#[derive(Serialize)]
struct ConflictField {
    label: String,
    saw: String,
    now: String,
    wanted: String,
    changed: bool,
}

/// The page for a form that was filled from a record which somebody changed meanwhile.
pub(super) async fn conflict(request: &HttpRequest, id: String, fields: Fields, saw: Seen) -> Answer {
    let state = page::state_of(request)?;
    let filter = filter_of(request)?;
    let language = request::language_of(request);
    let (record, last) = state
        .database
        .run(move |connection| {
            let record = store::find(connection, &id)?;
            let last = audit::timeline(connection, FAILED_ACCOUNTING, &id)?.into_iter().next();
            Ok((record, last))
        })
        .await?;
    let names = state.names.current().await;
    let wanted = wanted(&record, &fields);
    let context = ConflictPage {
        row: RowView::new(&record, &names, state, &filter),
        by: last.as_ref().map(|event| event.author.clone()),
        at: last.map(|event| TimeView::new(&state.clock, event.happened_at)),
        fields: conflict_fields(&saw, &record.seen(), &wanted, language),
        resolutions: edit_resolutions(&record, &wanted),
        form: FormView::new(&EDIT_FIELDS, &wanted, &FieldErrors::new(), language),
        seen: record.seen().encode(),
        action: record_link(&record.id, "", &filter),
        cancel: record_link(&record.id, "", &filter),
    };
    page::render(request, StatusCode::CONFLICT, "failed_accounting/conflict.html", &context)
}

/// What was typed, over the present values where the form did not have the field.
fn wanted(record: &FailedRecord, fields: &Fields) -> Fields {
    let present = as_fields(record);
    let is_handle = fields.raw("resolution").is_some() && fields.raw("handled").is_none();
    let value = |name: &str| {
        let typed = fields.raw(name).or_else(|| (name == "handled" && is_handle).then_some("1"));
        typed.or_else(|| present.raw(name)).unwrap_or_default().to_owned()
    };
    Fields::new(EDIT_FIELDS.iter().map(|name| ((*name).to_owned(), value(name))).collect())
}

fn conflict_fields(saw: &Seen, now: &Seen, wanted: &Fields, language: Language) -> Vec<ConflictField> {
    let reason = |text: &Option<String>| text.as_deref().map(|reason| clip(&secrets::mask(reason), 200));
    let handled =
        |handled: bool| Some(locale::text(language, if handled { "state-handled" } else { "state-open" }));
    let resolution = |name: &Option<String>| {
        let key = name.as_deref().map(|name| format!("resolution-{}", name.replace('_', "-")));
        key.and_then(|key| locale::lookup(language, &key, &Default::default())).or_else(|| name.clone())
    };
    let typed = |name: &str| Some(wanted.raw(name).unwrap_or_default().to_owned());
    let typed_resolution = typed("resolution").filter(|name| !name.is_empty());
    let rows = [
        ("amount", saw.amount.clone(), now.amount.clone(), typed("amount")),
        ("cost", saw.cost.clone(), now.cost.clone(), typed("cost")),
        (
            "failed_reason",
            reason(&saw.failed_reason),
            reason(&now.failed_reason),
            reason(&typed("failed_reason")),
        ),
        ("handled", handled(saw.handled), handled(now.handled), handled(wanted.raw("handled") == Some("1"))),
        (
            "resolution",
            resolution(&saw.resolution),
            resolution(&now.resolution),
            resolution(&typed_resolution),
        ),
        ("handled_note", saw.handled_note.clone(), now.handled_note.clone(), typed("handled_note")),
    ];
    rows.into_iter()
        .map(|(field, saw, now, wanted)| ConflictField {
            label: field_in_words(language, field),
            changed: saw != now,
            saw: saw.unwrap_or_default(),
            now: now.unwrap_or_default(),
            wanted: wanted.unwrap_or_default(),
        })
        .collect()
}
