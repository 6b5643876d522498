//! The timeline on the page of a record: who did what when, from where, and what changed.

use serde::Serialize;
use serde_json::Value;

use crate::audit::store::Event;
use crate::web::changes::{self, ChangeView};
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;

/// What only the app reads: the failures that a retry knew.
const FOR_THE_APP: &str = "retry_known";

/// One event of a timeline.
#[derive(Debug, Serialize)]
pub struct EventView {
    pub author: String,
    /// Keys of words in the catalogue.
    pub action: String,
    pub source: String,
    pub resolution: Option<String>,
    pub time: TimeView,
    pub changes: Vec<ChangeView>,
}

impl EventView {
    /// An event in words, with the key of an action's words; what is for the app alone stays out.
    pub fn new(state: &AppState, event: &Event, words: fn(&str) -> String, language: Language) -> EventView {
        let after = changes::object(event.after_state.as_deref());
        // The trail may hold words of another version of this app.
        let is_known = |key: &String| locale::lookup(language, key, &Default::default()).is_some();
        let known = |key: String, otherwise: String| if is_known(&key) { key } else { otherwise };
        let resolution = after.get("resolution").and_then(Value::as_str);
        let resolution = resolution.map(|name| format!("resolution-{}", name.replace('_', "-")));
        let mut changes =
            changes::changes(event.before_state.as_deref(), event.after_state.as_deref(), language);
        changes.retain(|change| change.field != FOR_THE_APP);
        EventView {
            author: event.author.clone(),
            action: known(words(&event.action.replace('_', "-")), words("unknown")),
            source: known(format!("source-{}", event.source), "source-unknown".to_owned()),
            resolution: resolution.filter(is_known),
            time: TimeView::new(&state.clock, event.happened_at),
            changes,
        }
    }
}
