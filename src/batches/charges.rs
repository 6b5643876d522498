//! What the ledger tells of the rows of a preview: which were charged, and of which nobody knows it.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use super::counts::Tally;
use super::testing::{Charged, Tested};
use super::verdict::Item;
use crate::base::money::Money;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::brief::Brief;
use crate::ledger::{Answers, Entry, Ledger, PATIENCE_FOR_MANY, Told};

/// The rows that were charged already of which the entry is told.
const ENTRIES: usize = 10;

/// What the ledger tells of the rows of a preview.
pub(super) struct Charges {
    ledger: Ledger,
    /// What is left of the time for all questions to it; others work in between.
    left: Duration,
    charged: Tally,
    /// Some of these, with the amount of their failures.
    entries: Vec<(Option<Money>, Charged)>,
    not_asked: Option<String>,
    /// Those of which nobody knows whether the customer was charged already, and of these what would fail again.
    unknown: Tally,
    unknown_failing: Tally,
}

/// What is kept of a row while it waits.
pub(super) struct Row {
    pub number: i64,
    pub failed_id: String,
    pub amount: Option<Money>,
    pub cost: Option<Money>,
    /// Whether nobody knows if the customer was charged.
    pub is_unknown: bool,
}

impl From<&Item> for Row {
    fn from(item: &Item) -> Row {
        let (amount, cost) = (item.amount, item.cost);
        Row { number: item.number, failed_id: item.failed_id.clone(), amount, cost, is_unknown: false }
    }
}

impl Charges {
    pub(super) fn new(ledger: Ledger) -> Charges {
        Charges {
            ledger,
            left: PATIENCE_FOR_MANY,
            charged: Tally::default(),
            entries: Vec::new(),
            not_asked: None,
            unknown: Tally::default(),
            unknown_failing: Tally::default(),
        }
    }

    pub(super) fn ask<'a>(
        &mut self,
        connection: &mut DbConnection,
        briefs: impl Iterator<Item = &'a Brief>,
    ) -> Result<Answers> {
        let ids: Vec<String> = briefs.filter_map(|brief| brief.usage_id.clone()).collect();
        let begun = Instant::now();
        let answers = self.ledger.ask(connection, &ids, self.left);
        self.left = self.left.saturating_sub(begun.elapsed());
        answers
    }

    /// Whether nobody knows if the customer was charged for that usage.
    pub(super) fn is_unknown(&mut self, brief: &Brief, told: &Told) -> bool {
        self.not_asked = self.not_asked.take().or_else(|| told.why().map(str::to_owned));
        let is_unknown = brief.is_outcome_unknown && !told.is_free();
        if is_unknown {
            self.unknown.add(brief.amount, brief.cost);
        }
        is_unknown
    }

    /// One of these would fail again, too.
    pub(super) fn add_failing(&mut self, row: &Row) {
        self.unknown_failing.add(row.amount, row.cost);
    }

    /// A row that was charged.
    pub(super) fn add_charged(&mut self, row: &Row, entry: &Entry) {
        self.charged.add(row.amount, row.cost);
        self.entries.push((row.amount, Charged { failed_id: row.failed_id.clone(), entry: entry.clone() }));
        // Stable: those of the same amount stay in the order of the batch.
        self.entries.sort_by_key(|(amount, _)| Reverse(*amount));
        self.entries.truncate(ENTRIES);
    }

    /// What was tested, with what was told of it.
    pub(super) fn told_with(self, tested: Tested) -> Tested {
        Tested {
            unknown: self.unknown,
            unknown_failing: self.unknown_failing,
            charged: self.charged,
            entries: self.entries.into_iter().map(|(_, charged)| charged).collect(),
            not_asked: self.not_asked,
            ..tested
        }
    }
}
