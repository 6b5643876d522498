//! What a consistency check found: one line for each class of fault.

use std::fmt;

use super::money::MoneySum;

/// How many ids a line names, and how many are kept for a list.
pub const NAMED: usize = 20;
pub const KEPT: usize = 200;

/// Everything of one class that is wrong; nothing when the count is 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// Such as `audit_chain`.
    pub class: &'static str,
    pub count: u64,
    /// The money at stake, where there is any.
    pub sum: Option<MoneySum>,
    /// The first few.
    pub ids: Vec<String>,
}

impl Finding {
    /// Nothing of that class yet.
    pub fn none(class: &'static str) -> Finding {
        Finding { class, ..Finding::default() }
    }

    /// Counts one more.
    pub fn add(&mut self, id: impl fmt::Display) {
        self.count += 1;
        if self.ids.len() < KEPT {
            self.ids.push(id.to_string());
        }
    }
}

impl fmt::Display for Finding {
    /// `CLASS COUNT SUM IDS`, with `-` for what there is not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = self.sum.map_or_else(|| "-".to_owned(), |sum| sum.to_string());
        let ids = if self.ids.is_empty() {
            "-".to_owned()
        } else {
            // One line, whatever foreign ids hold.
            self.ids[..self.ids.len().min(NAMED)].join(",").replace(char::is_control, "\u{fffd}")
        };
        write!(f, "{} {} {sum} {ids}", self.class, self.count)
    }
}
