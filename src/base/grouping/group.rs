//! Groups of rows, added up.

use std::collections::BTreeMap;

use crate::base::form::Message;
use crate::base::money::MoneySum;
use crate::base::totals::Totals;
use crate::error::{Error, Result};

/// The most groups of one table: as many as rows are grouped unasked. All are held and sorted in memory, some 300 bytes each,
/// and nobody reads more; a spreadsheet ends at a million lines.
pub const MOST_GROUPS: usize = 100_000;

/// The most rows of a database from which groups are gathered: those of a month come as one for each of its days.
pub const MOST_GATHERED: usize = 5 * MOST_GROUPS;

/// Refuses more groups than can be held, or more of what they are gathered from, of which one more was asked for.
///
/// # Errors
/// [`Error::Invalid`], naming what the list is grouped by.
pub fn refuse_too_many(found: usize, most: usize) -> Result<()> {
    if found <= most {
        return Ok(());
    }
    Err(Error::invalid("group", Message::new("error-groups-many").with("many", MOST_GROUPS)))
}

/// Rows that share something, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they share, one for each dimension; none where a row has no such thing.
    pub keys: Vec<Option<String>>,
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl Group {
    /// No row yet.
    pub fn empty(keys: Vec<Option<String>>) -> Group {
        Group { keys, count: 0, amount: MoneySum::default(), cost: MoneySum::default() }
    }

    /// Takes so many rows more in.
    pub fn add(&mut self, count: i64, amount: MoneySum, cost: MoneySum) {
        self.count += count;
        self.amount = self.amount + amount;
        self.cost = self.cost + cost;
    }

    /// The amount less the cost.
    pub fn margin(&self) -> MoneySum {
        self.amount - self.cost
    }

    /// Its part of the amount of all, in hundredths of a percent, halves away from zero; none where that is nothing.
    pub fn share(&self, of: MoneySum) -> Option<i128> {
        let (part, whole) = (self.amount.units() * 10_000, of.units());
        let half = if (part < 0) == (whole < 0) { whole / 2 } else { -(whole / 2) };
        part.checked_add(half)?.checked_div(whole)
    }
}

/// Hundredths of a percent as a number of percents, such as `12.50`.
pub fn percent(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Takes those together that share all that their keys say.
pub fn gathered(parts: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut groups: BTreeMap<Vec<Option<String>>, Group> = BTreeMap::new();
    for part in parts {
        let group = groups.entry(part.keys.clone()).or_insert_with(|| Group::empty(part.keys));
        group.add(part.count, part.amount, part.cost);
    }
    groups.into_values().collect()
}

/// What groups add up to.
pub fn sum(groups: &[Group]) -> Totals {
    let mut all = Group::empty(Vec::new());
    groups.iter().for_each(|group| all.add(group.count, group.amount, group.cost));
    Totals { count: all.count, amount: all.amount, cost: all.cost, oldest: None }
}
