//! A filter in words: one message for each key that narrows a list, names in place of ids where they are known.

use std::collections::HashMap;

use super::Names;
use crate::base::form::{Message, NONE};
use crate::base::keys::{Key, Shown};

/// What says that a key of a filter is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub key: &'static str,
    pub message: Message,
}

/// The filter in words, with the title of its cause; `word` looks a key of the catalogue up.
pub fn of<F>(
    keys: &'static [Key<F>],
    filter: &F,
    names: &Names,
    cause: Option<&str>,
    word: &dyn Fn(&str) -> Option<String>,
) -> Vec<Chip> {
    let in_words =
        |start: &str, value: String| word(&format!("{start}{}", value.replace('_', "-"))).unwrap_or(value);
    let none = || word("filter-none").unwrap_or_else(|| NONE.to_owned());
    let chip = |key: &'static Key<F>| {
        let (words, value) = (key.chip?, (key.write)(filter)?);
        let shown = match key.shown {
            Shown::Organisation | Shown::Model | Shown::User | Shown::Person | Shown::Word(_)
                if value == NONE =>
            {
                none()
            }
            Shown::Organisation => named(&names.organisations, &value),
            Shown::Model => named(&names.models, &value),
            Shown::User => named(&names.users, &value),
            Shown::Word(start) => in_words(start, value),
            Shown::Time => value.replace('T', " "),
            Shown::Cause => cause.map_or(value, str::to_owned),
            Shown::AsItIs | Shown::Person => value,
        };
        // The app's own jobs have a name in each language, which whoever words the message knows.
        let argument = if key.shown == Shown::Person { "author" } else { "value" };
        Some(Chip { key: key.name, message: Message::new(words).with(argument, shown) })
    };
    keys.iter().filter_map(chip).collect()
}

fn named(names: &HashMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}
