//! What an event of the audit trail changed, field by field, as pages show it: secrets masked.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::locale::{self, Language};
use super::view::clip;
use crate::audit::store::Event;
use crate::base::secrets;
use crate::ledger::Entry;

/// The most characters of one value.
const SHOWN: usize = 300;

/// A field that the app keeps for itself in the trail.
const FOR_THE_APP: &str = "retry_known";

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    pub field: String,
    pub before: String,
    pub after: String,
}

pub fn changes(event: &Event, language: Language) -> Vec<ChangeView> {
    let (before, after) = (object(event.before_state.as_deref()), object(event.after_state.as_deref()));
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |object: &Map<String, Value>, field: &String| {
        object.get(field).map(|value| value_in_words(language, field, value)).unwrap_or_default()
    };
    let change = |field: &String| ChangeView {
        field: field_of_kind(language, &event.record_kind, field),
        before: value(&before, field),
        after: value(&after, field),
    };
    // Two secrets look alike once masked, and yet one took the place of the other.
    let differs = |field: &&String| before.get(*field) != after.get(*field) && **field != FOR_THE_APP;
    let says_something = |change: &ChangeView| !change.before.is_empty() || !change.after.is_empty();
    fields.into_iter().filter(differs).map(change).filter(says_something).collect()
}

/// A JSON object of the trail; what is none has no fields.
pub fn object(text: Option<&str>) -> Map<String, Value> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The name of a field in words; records of several kinds have a `note`, and it is not the same to people.
fn field_of_kind(language: Language, kind: &str, field: &str) -> String {
    let key = format!("field-{kind}-{field}").replace('_', "-");
    locale::lookup(language, &key, &Default::default()).unwrap_or_else(|| field_in_words(language, field))
}

/// The name of a column in words, where it has some.
pub fn field_in_words(language: Language, field: &str) -> String {
    let key = format!("field-{}", field.replace('_', "-"));
    locale::lookup(language, &key, &Default::default()).unwrap_or_else(|| field.to_owned())
}

/// A value of the trail as people read it: states and resolutions in words, long text clipped.
pub fn value_in_words(language: Language, field: &str, value: &Value) -> String {
    let word = |key: String| locale::lookup(language, &key, &Default::default());
    match (field, value) {
        ("handled", Value::String(flag)) => {
            let state = if flag == "1" { "handled" } else { "open" };
            word(format!("state-{state}")).unwrap_or_default()
        }
        ("resolution", Value::String(name)) => {
            word(format!("resolution-{}", name.replace('_', "-"))).unwrap_or_else(|| name.clone())
        }
        ("ledger", entries) => {
            let entries: Vec<Entry> = serde_json::from_value(entries.clone()).unwrap_or_default();
            entries
                .iter()
                .map(|entry| secrets::mask(&entry.line()).into_owned())
                .collect::<Vec<_>>()
                .join("; ")
        }
        (_, Value::Null) => String::new(),
        (_, Value::String(text)) => clip(&secrets::mask(text), SHOWN),
        (_, other) => secrets::mask(&other.to_string()).into_owned(),
    }
}
