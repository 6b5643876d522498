//! The timeline of a record: everything that anyone did to it, in words.

use serde::Serialize;
use serde_json::Value;

use crate::audit::store::Event;
use crate::failed_accounting::failure::Resolution;
use crate::web::changes::{self, ChangeView};
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;

/// One event of a record.
#[derive(Debug, Serialize)]
pub(super) struct EventView {
    author: String,
    /// Keys of words in the catalogue.
    action: String,
    source: String,
    resolution: Option<String>,
    time: TimeView,
    changes: Vec<ChangeView>,
}

/// An event as the timeline shows it.
pub(super) fn event_view(state: &AppState, event: &Event, language: Language) -> EventView {
    let after = changes::object(event.after_state.as_deref());
    let resolution = after.get("resolution").and_then(Value::as_str).and_then(Resolution::parse);
    // The trail may hold words of another version of this app.
    let known = |key: String, otherwise: &str| match locale::lookup(language, &key, &Default::default()) {
        Some(_) => key,
        None => otherwise.to_owned(),
    };
    EventView {
        author: event.author.clone(),
        action: known(format!("event-{}", event.action.replace('_', "-")), "event-unknown"),
        source: known(format!("source-{}", event.source), "source-unknown"),
        resolution: resolution
            .map(|resolution| format!("resolution-{}", resolution.as_str().replace('_', "-"))),
        time: TimeView::new(&state.clock, event.happened_at),
        changes: changes::changes(event.before_state.as_deref(), event.after_state.as_deref(), language),
    }
}
