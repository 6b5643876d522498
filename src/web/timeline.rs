//! The timeline on the page of a record: who did what when, from where, and what changed.

use std::borrow::Cow;

use fluent_templates::fluent_bundle::FluentValue;
use serde::Serialize;
use serde_json::Value;

use crate::audit::store::Event;
use crate::web::author;
use crate::web::changes::{self, ChangeView};
use crate::web::locale::{self, Arguments, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;

/// One event, as the template shows it.
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
        // The trail may hold words of another version of this app. The text itself wants its author.
        let name = author::in_words(language, &event.author);
        let author = (Cow::from("author"), FluentValue::from(name.clone()));
        let arguments: Arguments = [author].into();
        let known = |key: String, otherwise: &str| match locale::lookup(language, &key, &arguments) {
            Some(_) => key,
            None => otherwise.to_owned(),
        };
        EventView {
            author: name,
            action: known(words(&event.action.replace('_', "-")), &words("unknown")),
            source: known(format!("source-{}", event.source), "source-unknown"),
            resolution: after.get("resolution").and_then(Value::as_str).and_then(|name| {
                let key = format!("resolution-{}", name.replace('_', "-"));
                locale::lookup(language, &key, &Default::default()).map(|_| key)
            }),
            time: TimeView::new(&state.clock, event.happened_at),
            changes: changes::changes(event, language),
        }
    }
}
