//! The two tables of usages, with lists that differ in their address and in one key.

use super::filter::Filter;
use super::keys::{HISTORY_KEYS, KEYS, TABLE};
use crate::base::keys::Key;

/// Which of the two tables a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shelf {
    #[default]
    Live,
    /// What was archived; read-only.
    History,
}

impl Shelf {
    /// The address of its list.
    pub fn path(self) -> &'static str {
        match self {
            Shelf::Live => "/usages",
            Shelf::History => "/history",
        }
    }

    /// The keys of its list's filter.
    pub fn keys(self) -> &'static [Key<Filter>] {
        match self {
            Shelf::Live => &TABLE[..KEYS.len()],
            Shelf::History => &TABLE,
        }
    }

    /// Their names, as its list's query may have them.
    pub fn key_names(self) -> &'static [&'static str] {
        match self {
            Shelf::Live => &KEYS,
            Shelf::History => &HISTORY_KEYS,
        }
    }
}
