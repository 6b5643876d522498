//! Finding ids by names: people type what a thing is called, filters want its id.

use std::collections::HashMap;

use super::Names;
use crate::base::form::{FieldErrors, Fields, Message};

/// Shorter parts of names are not looked for: too many names hold them.
const SHORTEST_PART: usize = 3;

/// A name of two characters is one in Chinese.
const SHORTEST_SOUGHT: usize = 2;

/// The most ids that are named where a name means several.
const NAMED: usize = 5;

/// What somebody typed into the field of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typed {
    Id(String),
    /// Several are called so.
    Ambiguous(Vec<String>),
}

/// The same fields with ids where names were typed; where a name means several, the field's message says which.
pub fn ids_for_names(fields: &Fields, names: &Names) -> (Fields, FieldErrors) {
    let mut errors = FieldErrors::new();
    let mut resolve = |name: &String, value: &String| {
        let known = match name.as_str() {
            "llmid" => &names.models,
            "userid" => &names.users,
            "userorgid" => &names.organisations,
            _ => return value.clone(),
        };
        match find(known, value.trim()) {
            // No name: an id may have blanks at its ends.
            Typed::Id(id) if id == value.trim() => value.clone(),
            Typed::Id(id) => id,
            Typed::Ambiguous(ids) => {
                let named = |id: &String| format!("{} ({id})", known.get(id).map_or("", |name| name.trim()));
                let some = ids.iter().take(NAMED).map(named).collect::<Vec<_>>().join(", ");
                let message = Message::new("error-name-ambiguous").with("count", ids.len()).with("ids", some);
                errors.insert(name.clone(), message);
                String::new()
            }
        }
    };
    let pairs = fields.pairs().iter().map(|(name, value)| (name.clone(), resolve(name, value))).collect();
    (Fields::new(pairs), errors)
}

/// Ids with their names, where the name, or the id, holds that text in any case; by name.
pub fn ids_called(known: &HashMap<String, String>, text: &str) -> Vec<(String, String)> {
    let wanted = text.trim().to_lowercase();
    if wanted.chars().count() < SHORTEST_SOUGHT {
        return Vec::new();
    }
    let holds = |text: &str| text.to_lowercase().contains(&wanted);
    let called = known.iter().filter(|(id, name)| holds(name) || holds(id));
    let mut called: Vec<(String, String)> = called.map(|(id, name)| (id.clone(), name.clone())).collect();
    called.sort_by(|left, right| (&left.1, &left.0).cmp(&(&right.1, &right.0)));
    called
}

/// An id stays; then whole names, in any case of letters; then parts of names. What nothing is called may be an id that
/// has no name.
fn find(known: &HashMap<String, String>, typed: &str) -> Typed {
    if typed.is_empty() || known.contains_key(typed) {
        return Typed::Id(typed.to_owned());
    }
    let wanted = typed.to_lowercase();
    let called = |matches: &dyn Fn(&str) -> bool| {
        let mut ids: Vec<String> = known
            .iter()
            .filter(|(_, name)| matches(&name.trim().to_lowercase()))
            .map(|(id, _)| id.clone())
            .collect();
        ids.sort();
        ids
    };
    let mut ids = called(&|name| name == wanted);
    if ids.is_empty() && wanted.chars().count() >= SHORTEST_PART {
        ids = called(&|name| name.contains(&wanted));
    }
    match ids.len() {
        0 => Typed::Id(typed.to_owned()),
        1 => Typed::Id(ids.remove(0)),
        _ => Typed::Ambiguous(ids),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(typed: &str) -> Result<String, Vec<String>> {
        let model = |(id, name): (&str, &str)| (id.to_owned(), name.to_owned());
        let models = [
            ("m1", "Qwen3 Max"),
            ("m2", "Qwen3 Turbo"),
            ("m3", "Kimi K3"),
            ("m4", "kimi k3"),
            ("Qwen3", "m1 old"),
        ];
        let names = Names { models: models.map(model).into(), ..Names::default() };
        let fields = Fields::new(vec![
            ("llmid".to_owned(), typed.to_owned()),
            ("q".to_owned(), "Qwen3 Max".to_owned()),
        ]);
        let (fields, errors) = ids_for_names(&fields, &names);
        assert_eq!(fields.raw("q"), Some("Qwen3 Max"), "other fields stay");
        match errors.get("llmid") {
            None => Ok(fields.raw("llmid").unwrap_or_default().to_owned()),
            Some(message) => Err(message.arguments["ids"].split(", ").map(str::to_owned).collect()),
        }
    }

    #[test]
    fn a_name_finds_its_id_and_an_id_stays() {
        for (typed, id) in [
            ("qwen3 max", "m1"),
            (" Qwen3 Turbo ", "m2"),
            ("turbo", "m2"),
            ("m1", "m1"),
            ("Qwen3", "Qwen3"),
            ("", ""),
            ("k3", "k3"),
            ("none", "none"),
        ] {
            assert_eq!(resolved(typed), Ok(id.to_owned()), "{typed}");
        }
    }

    #[test]
    fn a_name_of_several_says_which() {
        assert_eq!(resolved("Kimi K3"), Err(vec!["Kimi K3 (m3)".to_owned(), "kimi k3 (m4)".to_owned()]));
        assert_eq!(resolved("qwen"), Err(vec!["Qwen3 Max (m1)".to_owned(), "Qwen3 Turbo (m2)".to_owned()]));
    }
}
