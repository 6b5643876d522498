//! What the ledger answered, by usage.

use std::collections::{HashMap, HashSet};

use super::{Entry, MOST_ENTRIES};
use crate::db::dialect::LedgerRow;

/// What is known of whether somebody was charged for a usage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Told {
    /// No setting says how the ledger is asked.
    #[default]
    Unknown,
    /// It was asked, and holds nothing.
    NoEntry,
    /// It holds these, the oldest first.
    Charged(Vec<Entry>),
    /// It could not be asked, and why.
    Unasked(String),
}

impl Told {
    /// Its word for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Told::Unknown => "no_ledger",
            Told::NoEntry => "no_entry",
            Told::Charged(_) => "charged",
            Told::Unasked(_) => "not_asked",
        }
    }

    /// The entries that it holds.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Told::Charged(entries) => entries,
            _ => &[],
        }
    }

    /// Why it could not be asked.
    pub fn why(&self) -> Option<&str> {
        match self {
            Told::Unasked(why) => Some(why),
            _ => None,
        }
    }

    /// Whether the ledger said that it holds nothing: only then nobody was charged.
    pub fn is_free(&self) -> bool {
        *self == Told::NoEntry
    }
}

/// What the ledger answered of some usages.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    is_known: bool,
    asked: HashSet<String>,
    entries: HashMap<String, Vec<Entry>>,
    /// Why the others were not asked.
    unasked: Option<String>,
}

impl Answers {
    pub(super) fn of_ledger() -> Answers {
        Answers { is_known: true, ..Answers::default() }
    }

    /// Adds what was found of these usages, whose ids are sorted. `is_whole`: no row was left out, so that those without an
    /// entry have none.
    pub(super) fn add(&mut self, ids: &[String], rows: Vec<LedgerRow>, is_whole: bool) {
        match is_whole {
            true => self.asked.extend(ids.iter().cloned()),
            false => self.give_up("there are more rows than are read"),
        }
        for (usage_id, entry) in rows.into_iter().filter_map(Entry::read) {
            // A column of fixed width fills up with blanks, and some collations find another one, too.
            let bare = usage_id.trim_end_matches(' ').to_owned();
            if let Some(id) = [usage_id, bare].into_iter().find(|id| ids.binary_search(id).is_ok()) {
                self.entries.entry(id).or_default().push(entry);
            }
        }
        for id in ids {
            if let Some(entries) = self.entries.get_mut(id) {
                entries.sort_by(|one, other| (&one.time, one).cmp(&(&other.time, other)));
                entries.truncate(MOST_ENTRIES);
            }
        }
    }

    pub(super) fn give_up(&mut self, why: &str) {
        self.unasked = Some(why.to_owned());
    }

    /// What is known of that usage.
    pub fn of(&self, usage_id: Option<&str>) -> Told {
        let Some(id) = usage_id.filter(|_| self.is_known) else { return Told::Unknown };
        match self.entries.get(id) {
            Some(entries) => Told::Charged(entries.clone()),
            None if self.asked.contains(id) => Told::NoEntry,
            None => Told::Unasked(self.unasked.clone().unwrap_or_else(|| "nobody asked".to_owned())),
        }
    }
}
