//! The two tables of usages, with lists that differ in their address and in one key.

use super::filter::{HISTORY_KEYS, KEYS};

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

    /// The keys that its list's query may have.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Shelf::Live => &KEYS,
            Shelf::History => &HISTORY_KEYS,
        }
    }
}
