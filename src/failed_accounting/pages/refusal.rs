//! What a person sees whose form cannot be carried out any more: the reason, the record to act on, and what was typed.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::context::{list_link, record_link};
use super::show::filter_of;
use crate::base::form::{Fields, Message};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::locale;
use crate::web::typed::{self, TypedView};

/// Why a form was refused.
#[derive(Debug, Serialize)]
pub(super) struct RefusalView {
    why: String,
    /// The link and the id of another record that stands in the way.
    record: Option<(String, String)>,
    /// Whether that record is the one to act on instead.
    is_newest: bool,
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

/// The page for a form whose record is gone.
pub(super) fn gone(visit: &Visit, fields: &Fields) -> Answer {
    let context = GonePage {
        typed: typed::in_words(fields, |_| true, visit.language),
        list: list_link(&filter_of(visit)?),
    };
    visit.render(StatusCode::NOT_FOUND, "failed_accounting/gone.html", &context)
}
