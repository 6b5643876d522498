//! The timeline on the page of a record: who did what when, from where, and what changed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::audit::store::Event;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{TimeView, clip};

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

#[derive(Debug, Serialize)]
pub struct ChangeView {
    pub field: String,
    pub before: String,
    pub after: String,
}

impl EventView {
    /// An event in words, with the key of an action's words; what is for the app alone stays out.
    pub fn new(state: &AppState, event: &Event, words: fn(&str) -> String, language: Language) -> EventView {
        let object = |text: &Option<String>| -> Map<String, Value> {
            text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
        };
        let (before, after) = (object(&event.before_state), object(&event.after_state));
        // The trail may hold words of another version of this app.
        let known = |key: String, otherwise: &str| match locale::lookup(language, &key, &Default::default()) {
            Some(_) => key,
            None => otherwise.to_owned(),
        };
        let fields: BTreeMap<&String, ()> = before
            .keys()
            .chain(after.keys())
            .filter(|field| *field != "retry_known")
            .map(|field| (field, ()))
            .collect();
        let change = |field: &String| ChangeView {
            field: field_in_words(language, field),
            before: before.get(field).map(|value| value_in_words(language, field, value)).unwrap_or_default(),
            after: after.get(field).map(|value| value_in_words(language, field, value)).unwrap_or_default(),
        };
        EventView {
            author: event.author.clone(),
            action: known(words(&event.action.replace('_', "-")), &words("unknown")),
            source: known(format!("source-{}", event.source), "source-unknown"),
            resolution: after.get("resolution").and_then(Value::as_str).and_then(|name| {
                let key = format!("resolution-{}", name.replace('_', "-"));
                locale::lookup(language, &key, &Default::default()).map(|_| key)
            }),
            time: TimeView::new(&state.clock, event.happened_at),
            changes: fields.into_keys().map(change).filter(|change| change.before != change.after).collect(),
        }
    }
}

/// The name of a column in words.
pub fn field_in_words(language: Language, field: &str) -> String {
    let key = format!("field-{}", field.replace('_', "-"));
    locale::lookup(language, &key, &Default::default()).unwrap_or_else(|| field.to_owned())
}

/// A value of the trail as people read it: states and resolutions in words, long text clipped.
fn value_in_words(language: Language, field: &str, value: &Value) -> String {
    let word = |key: String| locale::lookup(language, &key, &Default::default());
    match (field, value) {
        ("handled", Value::String(flag)) => {
            let state = if flag == "1" { "handled" } else { "open" };
            return word(format!("state-{state}")).unwrap_or_default();
        }
        ("resolution", Value::String(name)) => {
            return word(format!("resolution-{}", name.replace('_', "-"))).unwrap_or_else(|| name.clone());
        }
        _ => {}
    }
    match value {
        Value::Null => String::new(),
        Value::String(text) => clip(text, 300),
        other => other.to_string(),
    }
}
