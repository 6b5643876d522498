//! What people and programs write of a correction: a value for all, or a mapping by lines, for each field.

use std::collections::BTreeMap;

use super::lines::{LONGEST, Wrong, mapping, target};
use super::{Becomes, Correction, Field};
use crate::base::form::{FieldErrors, Fields, Message, NONE, Reader, key_of};
use crate::db::dialect;
use crate::usages::form::MAX_TEXT;

/// The names of a correction's inputs. They differ from those of the list's filter, which stand beside them.
pub const INPUTS: [&str; 8] = [
    "set_llmid",
    "map_llmid",
    "set_userid",
    "map_userid",
    "set_userorgid",
    "map_userorgid",
    "set_usages",
    "usages_from",
];

/// The value of `usages_from` that takes them from the stored output.
pub const FROM_OUTPUT: &str = "ioinfo";

/// The name of the input for one value, and of the one for a mapping or another source.
pub fn inputs_of(field: Field) -> [&'static str; 2] {
    match field {
        Field::Model => ["set_llmid", "map_llmid"],
        Field::User => ["set_userid", "map_userid"],
        Field::Organisation => ["set_userorgid", "map_userorgid"],
        Field::Usages => ["set_usages", "usages_from"],
    }
}

/// Whether anything of a correction is told.
pub fn is_told(fields: &Fields) -> bool {
    INPUTS.iter().any(|name| fields.text(name).is_some())
}

/// Reads a correction of those fields; others are refused by name.
///
/// # Errors
/// What is wrong, by input; for none at all at the first of them.
pub fn correction(typed: &Fields, correctable: &[&str]) -> Result<Correction, FieldErrors> {
    let mut read = Reader::new(typed);
    let mut fields = BTreeMap::new();
    for field in Field::ALL {
        let [set, other] = inputs_of(field);
        let told = [set, other].into_iter().filter(|name| typed.text(name).is_some());
        let told: Vec<&str> = told.collect();
        if let ([first, ..], false) = (told.as_slice(), correctable.contains(&field.as_str())) {
            let allowed = Message::new("error-not-correctable").with(
                "fields",
                if correctable.is_empty() { "none".to_owned() } else { correctable.join(", ") },
            );
            read.refuse(first, allowed);
            continue;
        }
        let becomes = match told.as_slice() {
            [] => None,
            [name] if *name == set && field == Field::Usages => usages(&mut read),
            [name] if *name == set => value(&mut read, name).map(Becomes::Value),
            [_] if field == Field::Usages => from(&mut read),
            [name] => mapping(&mut read, name),
            _ => {
                read.refuse(other, Message::new("error-correct-both"));
                None
            }
        };
        fields.extend(becomes.map(|becomes| (field, becomes)));
    }
    if fields.is_empty() && read.errors.is_empty() {
        let first = Field::ALL.into_iter().find(|field| correctable.contains(&field.as_str()));
        read.refuse(inputs_of(first.unwrap_or(Field::Model))[0], Message::new("error-correct-nothing"));
    }
    if read.errors.is_empty() { Ok(Correction { fields }) } else { Err(read.errors) }
}

/// Whether what is corrected shall be accounted again in the same act.
pub fn then_retry(read: &mut Reader<'_>) -> bool {
    match read.fields.text("then") {
        None => false,
        Some("retry") => true,
        Some(_) => {
            read.refuse("then", Message::new("error-correct-then"));
            false
        }
    }
}

/// The inputs that say this correction.
pub fn as_fields(correction: &Correction) -> Fields {
    let pair = |field: Field| {
        let [set, other] = inputs_of(field);
        let (name, value) = match correction.of(field)? {
            Becomes::Value(value) if field == Field::Usages => (set, value.clone()),
            Becomes::Value(value) => (set, key_of(value).into_owned()),
            Becomes::Recovered => (other, FROM_OUTPUT.to_owned()),
            Becomes::Mapping(lines) => {
                let named = |id: &str| if id.is_empty() { NONE.to_owned() } else { key_of(id).into_owned() };
                let line = |(from, to): (&String, &String)| format!("{} -> {}", named(from), key_of(to));
                (other, lines.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
        };
        Some((name.to_owned(), value))
    };
    Fields::new(Field::ALL.into_iter().filter_map(pair).collect())
}

fn value(read: &mut Reader<'_>, name: &str) -> Option<String> {
    // One that reads like none has a mark before it.
    let value = read.line(name, LONGEST + 1)?;
    dialect::check_storable(read, name, Some(&value));
    match target(&value) {
        Ok(id) => return Some(id),
        Err(Wrong::Nothing) => read.refuse(name, Message::new("error-correct-none")),
        Err(Wrong::Id) => read.refuse(name, Message::new("error-too-long").with("limit", LONGEST)),
    }
    None
}

/// What the platform reads: a JSON object that holds something.
fn usages(read: &mut Reader<'_>) -> Option<Becomes> {
    let text = read.paragraphs("set_usages", MAX_TEXT)?.trim().to_owned();
    dialect::check_storable(read, "set_usages", Some(&text));
    let counts: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&text).ok();
    if counts.is_none_or(|counts| counts.is_empty()) {
        read.refuse("set_usages", Message::new("error-usages-object"));
    }
    Some(Becomes::Value(text))
}

fn from(read: &mut Reader<'_>) -> Option<Becomes> {
    if read.fields.text("usages_from") != Some(FROM_OUTPUT) {
        read.refuse("usages_from", Message::new("error-usages-from"));
    }
    Some(Becomes::Recovered)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 4] = ["llmid", "userid", "userorgid", "usages"];

    fn read(pairs: &[(&str, &str)], correctable: &[&str]) -> Result<Correction, FieldErrors> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        correction(&Fields::new(pairs.collect()), correctable)
    }

    #[test]
    fn a_mapping_is_read_from_lines_and_from_a_small_csv() {
        for text in [
            "a -> b\r\nnone->c",
            "a→b\nnone → c\n\n",
            "\u{feff}a,b\n\"none\",\"c\"\n",
            "a;b\nnone;c",
            "a\tb\nnone\tc",
        ] {
            let read = read(&[("map_llmid", text)], &ALL).unwrap();
            let lines = [("a", "b"), ("", "c")].map(|(from, to)| (from.to_owned(), to.to_owned()));
            assert_eq!(read.of(Field::Model), Some(&Becomes::Mapping(lines.into())), "{text:?}");
        }
    }

    #[test]
    fn an_id_that_reads_like_none_is_typed_with_a_mark_and_shown_so() {
        for (name, typed, becomes) in [
            ("set_llmid", "=none", Becomes::Value("none".to_owned())),
            ("map_llmid", "=none -> ==none", {
                Becomes::Mapping([("none".to_owned(), "=none".to_owned())].into())
            }),
        ] {
            let read = read(&[(name, typed)], &ALL).unwrap();
            assert_eq!(read.of(Field::Model), Some(&becomes));
            assert_eq!(as_fields(&read).raw(name), Some(typed));
        }
    }

    #[test]
    fn what_is_wrong_is_told_at_its_input() {
        let long = "x".repeat(33);
        for (pairs, correctable, name, key) in [
            (vec![("map_llmid", "a -> b\na -> c")], &ALL[..], "map_llmid", "error-correct-twice"),
            (vec![("map_llmid", "a b")], &ALL, "map_llmid", "error-correct-line"),
            (vec![("map_llmid", "a ->")], &ALL, "map_llmid", "error-correct-line"),
            (vec![("set_llmid", "a"), ("map_llmid", "a -> b")], &ALL, "map_llmid", "error-correct-both"),
            (vec![("set_llmid", long.as_str())], &ALL, "set_llmid", "error-too-long"),
            (vec![("set_llmid", "none")], &ALL, "set_llmid", "error-correct-none"),
            (vec![("map_llmid", "a -> none")], &ALL, "map_llmid", "error-correct-none-of-line"),
            (vec![("map_llmid", "a,\"\"")], &ALL, "map_llmid", "error-correct-none-of-line"),
            (vec![("set_userid", "a")], &["llmid"], "set_userid", "error-not-correctable"),
            (vec![("set_usages", "null")], &ALL, "set_usages", "error-usages-object"),
            (vec![("set_usages", "{\"a\": 1")], &ALL, "set_usages", "error-usages-object"),
            (vec![("usages_from", "elsewhere")], &ALL, "usages_from", "error-usages-from"),
            (vec![], &ALL, "set_llmid", "error-correct-nothing"),
        ] {
            let errors = read(&pairs, correctable).unwrap_err();
            assert_eq!(errors.get(name).map(|message| message.key), Some(key), "{pairs:?} {errors:?}");
        }
    }
}
