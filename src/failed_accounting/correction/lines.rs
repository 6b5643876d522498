//! The ids that a correction names: what one may become, and mappings of one to another.

use std::collections::BTreeMap;

use super::Becomes;
use crate::base::form::{Message, NONE, Reader, id_of};
use crate::db::dialect;

/// The most lines of a mapping.
const MOST_LINES: usize = 1_000;

/// What may stand between the two ids of a line; the first that occurs counts.
const ARROWS: [&str; 5] = ["->", "→", "\t", ",", ";"];

/// The most characters of an id.
pub(super) const LONGEST: usize = 32;

/// Why a text is no id that a field may become.
pub(super) enum Wrong {
    Nothing,
    Id,
}

/// The id that is typed, as everywhere; a usage without one cannot be accounted.
pub(super) fn target(typed: &str) -> Result<String, Wrong> {
    let id = id_of(typed);
    if typed == NONE || id.trim().is_empty() {
        return Err(Wrong::Nothing);
    }
    if id.chars().any(char::is_control) || id.chars().count() > LONGEST {
        return Err(Wrong::Id);
    }
    Ok(id.to_owned())
}

/// Lines such as `A -> B` or `A,B`; the id `none` stands for usages that have none.
pub(super) fn mapping(read: &mut Reader<'_>, name: &str) -> Option<Becomes> {
    let text = read.fields.raw(name)?.trim_start_matches('\u{feff}').to_owned();
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if number >= MOST_LINES {
            read.refuse(name, Message::new("error-correct-lines").with("limit", MOST_LINES));
            return None;
        }
        match pair(line) {
            Ok((from, to)) if lines.contains_key(&from) => {
                let twice = Message::new("error-correct-twice").with("line", number + 1);
                read.refuse(name, twice.with("value", if from.is_empty() { NONE.to_owned() } else { from }));
                drop(to);
            }
            Ok((from, to)) => {
                lines.insert(from, to);
            }
            Err(key) => read.refuse(name, Message::new(key).with("line", number + 1)),
        }
    }
    dialect::check_storable(read, name, Some(&text));
    (!lines.is_empty()).then_some(Becomes::Mapping(lines))
}

/// The two ids of a line; quotes of a CSV come off.
fn pair(line: &str) -> Result<(String, String), &'static str> {
    let found = ARROWS.iter().find_map(|arrow| line.split_once(arrow)).ok_or("error-correct-line")?;
    let id = |text: &str| {
        let text = text.trim();
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        quoted.map_or_else(|| text.to_owned(), |text| text.replace("\"\"", "\""))
    };
    let (from, to) = (id(found.0), id(found.1));
    if from.is_empty() || found.1.trim().is_empty() {
        return Err("error-correct-line");
    }
    let to = target(&to).map_err(|wrong| match wrong {
        Wrong::Nothing => "error-correct-none-of-line",
        Wrong::Id => "error-correct-id",
    })?;
    let from = if from == NONE { String::new() } else { id_of(&from).to_owned() };
    Ok((from, to))
}
