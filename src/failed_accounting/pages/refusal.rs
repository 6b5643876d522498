//! What a person sees whose form cannot be carried out any more: the reason, the record to act on, and what was typed.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::context::{list_link, record_link};
use super::show::filter_of;
use crate::base::form::{Fields, Message};
use crate::web::changes::{field_in_words, value_in_words};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::locale::{self, Language};

/// The fields that people type or choose in the forms of a record.
const TYPED: [&str; 7] = ["amount", "cost", "failed_reason", "handled", "resolution", "handled_note", "note"];

/// Why a form was refused.
#[derive(Debug, Serialize)]
pub(super) struct RefusalView {
    why: String,
    /// The link and the id of another record that stands in the way.
    record: Option<(String, String)>,
    /// Whether that record is the one to act on instead.
    is_newest: bool,
}

/// A field as it was typed, to be copied from.
#[derive(Debug, Serialize)]
pub(super) struct TypedView {
    label: String,
    value: String,
}

#[derive(Serialize)]
struct GonePage {
    typed: Vec<TypedView>,
    list: String,
}

impl RefusalView {
    /// The refusal of a form of the record `id`.
    pub(super) fn new(visit: &Visit, id: &str, message: &Message) -> crate::error::Result<RefusalView> {
        let filter = filter_of(visit)?;
        let other = message.arguments.get("record").filter(|other| *other != id);
        Ok(RefusalView {
            why: locale::words(visit.language, message),
            record: other.map(|other| (record_link(other, "", &filter), other.clone())),
            is_newest: message.arguments.get("way_out").is_some_and(|way_out| way_out == "newest"),
        })
    }
}

/// What was typed into these fields, in words where it was chosen.
pub(super) fn typed(fields: &Fields, is_kept: impl Fn(&str) -> bool, language: Language) -> Vec<TypedView> {
    let in_words = |name: &str, value: &str| match name {
        "handled" | "resolution" => value_in_words(language, name, &Value::String(value.to_owned())),
        _ => value.to_owned(),
    };
    let typed = TYPED.iter().filter(|name| is_kept(name) && fields.text(name).is_some());
    let view = |name: &&str| TypedView {
        label: field_in_words(language, name),
        value: in_words(name, fields.raw(name).unwrap_or_default()),
    };
    typed.map(view).collect()
}

/// The page for a form whose record is gone.
pub(super) fn gone(visit: &Visit, fields: &Fields) -> Answer {
    let context =
        GonePage { typed: typed(fields, |_| true, visit.language), list: list_link(&filter_of(visit)?) };
    visit.render(StatusCode::NOT_FOUND, "failed_accounting/gone.html", &context)
}
