//! Three versions of a form: what its reader saw, what is there now, and what was typed.
//!
//! What the reader did not touch takes what is there now; what nobody else touched is as typed; only where both differ
//! is it asked about.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::form::Fields;
use super::money::Money;

/// The most characters of a field that a form remembers as it was.
const SHOWN: usize = 200;

/// The fields that hold money: `1.2` and `1.20000` are the same.
const MONEY: [&str; 3] = ["amount", "cost", "threshold"];

/// What the radio button of a clash is called, before the name of its first field; `now` takes what is there.
pub const TAKE: &str = "take-";

/// The hidden field in which a form carries what its reader saw, where nothing else does.
pub const SAW: &str = "saw";

/// Fields as the reader of a form saw them, as the form carries them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The beginning of each field.
    pub fields: Vec<(String, String)>,
    /// A digest of those that are longer.
    #[serde(default)]
    pub marks: Vec<(String, String)>,
}

impl Snapshot {
    /// What a form remembers of these fields.
    pub fn of(fields: &Fields) -> Snapshot {
        let short = |(name, value): &(String, String)| (name.clone(), beginning(value));
        let marked = |(name, value): &(String, String)| Some((name.clone(), mark(value)?));
        Snapshot {
            fields: fields.pairs().iter().map(short).collect(),
            marks: fields.pairs().iter().filter_map(marked).collect(),
        }
    }

    /// That of a form that does not say what its reader saw: something else than is there now.
    fn unknown(units: &[Unit<'_>]) -> Snapshot {
        let blank = |name: &&str| ((*name).to_owned(), String::new());
        let blanks: Vec<(String, String)> = units.iter().flat_map(|unit| unit.iter().map(blank)).collect();
        // No value has that digest.
        Snapshot { marks: blanks.clone(), fields: blanks }
    }

    /// The text of a hidden field.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a hidden field back.
    pub fn decode(text: &str) -> Option<Snapshot> {
        serde_json::from_str(text).ok()
    }

    /// The beginning of a field as it was seen.
    pub fn shown(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the field was seen with that value; none where the form did not remember it.
    fn holds(&self, name: &str, value: &str) -> Option<bool> {
        let shown = self.shown(name)?;
        Some(match self.marks.iter().find(|(known, _)| known == name) {
            Some((_, mark)) => *mark == digest(value),
            // Versions before kept no digest of what is longer.
            None if shown.chars().count() == SHOWN => beginning(value) == shown,
            None => is_same(name, shown, value),
        })
    }
}

/// What tells a value from others that begin alike, where it is longer than what is remembered of it.
pub fn mark(value: &str) -> Option<String> {
    value.chars().nth(SHOWN).map(|_| digest(value))
}

fn beginning(value: &str) -> String {
    value.chars().take(SHOWN).collect()
}

/// A browser gives text back with other line ends.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn digest(value: &str) -> String {
    let digest = Sha256::digest(lines(value));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn is_same(name: &str, one: &str, other: &str) -> bool {
    let money = |text: &str| Money::parse_signed(text).ok();
    let is_same_money = || money(one).is_some() && money(one) == money(other);
    lines(one).trim_end() == lines(other).trim_end() || (MONEY.contains(&name) && is_same_money())
}

/// Fields that are decided together, such as a state and its reason; a clash is named by the first.
pub type Unit<'a> = &'a [&'a str];

/// What came of three versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// All fields of the units; of a clash as typed. What else was typed comes after them.
    pub fields: Fields,
    pub clashes: Vec<Clash>,
    /// Fields that others changed and the reader did not touch: they are as the others left them.
    pub taken: Vec<String>,
    /// Whether the form does not say what its reader saw: then nothing of it is saved unasked.
    pub is_blind: bool,
}

/// A unit that the reader and others changed differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub names: Vec<String>,
    pub saw: Vec<String>,
    pub now: Vec<String>,
    pub typed: Vec<String>,
}

impl Merged {
    /// Whether anything has to be asked.
    pub fn is_clear(&self) -> bool {
        self.clashes.is_empty() && !self.is_blind
    }
}

/// Whether a form answers what the page of a conflict asked.
pub fn has_choices(typed: &Fields) -> bool {
    typed.pairs().iter().any(|(name, _)| name.starts_with(TAKE))
}

/// Merges field by field. A field that was not typed at all was not touched.
pub fn merge(units: &[Unit<'_>], saw: &Snapshot, now: &Fields, typed: &Fields) -> Merged {
    let typed = &as_chosen(units, typed);
    let present = |name: &str| now.raw(name).unwrap_or_default().to_owned();
    let wanted = |name: &str| typed.raw(name).map_or_else(|| present(name), str::to_owned);
    let (mut pairs, mut merged) = (Vec::new(), Merged::default());
    for unit in units {
        let is_touched = unit.iter().any(|name| {
            typed.raw(name).is_some_and(|value| {
                // Where the form did not remember it, what differs from the present counts as touched.
                !saw.holds(name, value).unwrap_or_else(|| is_same(name, value, &present(name)))
            })
        });
        let changed = unit.iter().filter(|name| saw.holds(name, &present(name)) == Some(false));
        let changed: Vec<&&str> = changed.collect();
        let is_agreed = unit.iter().all(|name| is_same(name, &wanted(name), &present(name)));
        match (is_touched, changed.is_empty()) {
            (false, false) => merged.taken.extend(changed.iter().map(|name| (**name).to_owned())),
            (true, false) if !is_agreed => merged.clashes.push(Clash {
                names: unit.iter().map(|name| (*name).to_owned()).collect(),
                saw: unit.iter().map(|name| saw.shown(name).unwrap_or_default().to_owned()).collect(),
                now: unit.iter().map(|name| present(name)).collect(),
                typed: unit.iter().map(|name| wanted(name)).collect(),
            }),
            _ => {}
        }
        for name in *unit {
            pairs.push(((*name).to_owned(), if is_touched { wanted(name) } else { present(name) }));
        }
    }
    let is_unit = |name: &str| units.iter().any(|unit| unit.contains(&name));
    pairs.extend(typed.pairs().iter().filter(|(name, _)| !is_unit(name)).cloned());
    merged.fields = Fields::new(pairs);
    merged
}

/// As [`merge`], of a form that carries what its reader saw in [`SAW`]; the merged form has seen what is there now. Where
/// it does not say what its reader saw, each field that it would change is asked about.
pub fn merge_form(units: &[Unit<'_>], now: &Fields, typed: &Fields) -> (Merged, Snapshot) {
    let known = typed.raw(SAW).and_then(Snapshot::decode);
    let is_blind = known.is_none();
    let saw = known.unwrap_or_else(|| Snapshot::unknown(units));
    let mut merged = Merged { is_blind, ..merge(units, &saw, now, typed) };
    merged.fields = merged.fields.with(SAW, Snapshot::of(now).encode());
    (merged, saw)
}

/// The form with these boxes unticked that it does not name: a browser sends only what is ticked.
pub fn with_boxes(names: &[&str], typed: &Fields) -> Fields {
    let absent = names.iter().filter(|name| typed.raw(name).is_none());
    absent.fold(typed.clone(), |typed, name| typed.with(name, ""))
}

/// What was typed, without what the reader gave up for what is there now.
fn as_chosen(units: &[Unit<'_>], typed: &Fields) -> Fields {
    let is_given_up = |name: &str| {
        let unit = units.iter().find(|unit| unit.contains(&name)).and_then(|unit| unit.first());
        unit.is_some_and(|first| typed.raw(&format!("{TAKE}{first}")) == Some("now"))
    };
    let kept = typed.pairs().iter().filter(|(name, _)| !is_given_up(name) && !name.starts_with(TAKE));
    Fields::new(kept.cloned().collect())
}

#[cfg(test)]
mod tests;
