//! Whether the rows of a batch of retries, or of corrections that are retried, would pass now, told in its preview. What would
//! fail again is left out, unless its run says otherwise.

use serde::{Deserialize, Serialize};

use super::batch::{Action, Batch, State};
use super::counts::{Part, Tally};
use crate::audit::event::Author;
use crate::base::form::Message;
use crate::base::money::MoneySum;
use crate::failed_accounting::case::CHARGED;
use crate::ledger::Entry;

/// How the keys begin for why a row would fail again.
pub(super) const OF_TESTS: &str = "test-";

/// The key of the words for a row of which nobody knows whether the customer was charged; and for one that would fail again, too.
pub(super) const UNCHECKED: &str = "outcome-unchecked";
pub(super) const UNCHECKED_FAILING: &str = "outcome-unchecked-failing";

/// Why rows are left out by what was foreseen of them, beside those that would fail again.
pub(super) const OF_OUTCOMES: [&str; 3] = [UNCHECKED, UNCHECKED_FAILING, CHARGED];

/// What tests said of the rows of a batch that can be retried; of corrections as they will be then.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tested {
    pub passes: Tally,
    /// What would fail again, by why.
    pub fails: Vec<Part>,
    /// Of what it cannot be told, by what is missing.
    pub untold: Vec<Part>,
    /// Whether what would fail again is retried all the same.
    #[serde(default)]
    pub includes_failing: bool,
    /// Which rows are left out and why, in few letters.
    #[serde(default)]
    pub rows: String,
    /// What the platform would charge now for what would pass, where it was asked.
    #[serde(default)]
    pub priced: Tally,
    /// Those of which nobody knows whether the customer was charged already, and no ledger tells it.
    #[serde(default)]
    pub unknown: Tally,
    /// Of these the ones that would fail again, too.
    #[serde(default)]
    pub unknown_failing: Tally,
    /// Those that the ledger says were charged; they are in none of the others.
    #[serde(default)]
    pub charged: Tally,
    /// Some of these with their first entry, the most money first.
    #[serde(default)]
    pub entries: Vec<Charged>,
    /// Why the ledger could not be asked of all, where there is one.
    #[serde(default)]
    pub not_asked: Option<String>,
    /// What the platform says of those that it cannot price, in its own words; some, the most money first.
    #[serde(default)]
    pub refusals: Vec<Part>,
    /// Some of those whose price is another than the recorded one, the largest difference first.
    #[serde(default)]
    pub differing: Vec<Differs>,
}

/// A failure whose usage was charged, as an entry of the ledger proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charged {
    pub failed_id: String,
    pub entry: Entry,
}

/// A failure whose price is another by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differs {
    pub failed_id: String,
    /// The amount of the failure; none where it has none.
    pub recorded: Option<MoneySum>,
    /// The amount that would be charged.
    pub now: MoneySum,
}

impl Differs {
    /// So much more would be charged now.
    pub fn difference(&self) -> MoneySum {
        self.now - self.recorded.unwrap_or_default()
    }
}

impl Tested {
    /// All that would fail again.
    pub fn failing(&self) -> Tally {
        sum(&self.fails)
    }

    /// All of which it cannot be told.
    pub fn unclear(&self) -> Tally {
        sum(&self.untold)
    }

    /// What is left out: what was charged, what would fail again, and what may have been charged, unless that is included.
    pub fn left_out(&self, with_unknown: bool) -> Tally {
        let failing = match (self.includes_failing, with_unknown) {
            (true, true) => Tally::default(),
            (true, false) => self.unknown_failing,
            (false, _) => self.failing(),
        };
        let unknown = if with_unknown { Tally::default() } else { self.unknown - self.unknown_failing };
        self.charged + failing + unknown
    }
}

fn sum(parts: &[Part]) -> Tally {
    parts.iter().fold(Tally::default(), |sum, part| sum + part.tally)
}

/// Whether the row is left out only by what was foreseen of it: looking again may tell otherwise.
pub(super) fn is_foreseen(obstacle: &str) -> bool {
    obstacle.starts_with(OF_TESTS) || OF_OUTCOMES.contains(&obstacle)
}

/// Why the rows of a batch cannot be tested again now, if so.
pub fn obstacle(batch: &Batch, author: &Author) -> Option<Message> {
    match (batch.action, batch.state) {
        (Action::Retry | Action::Correct, _) if batch.lacks_correction() => {
            Some(Message::new("batch-no-correction"))
        }
        (Action::Retry | Action::Correct, State::Preview) => {
            batch.correcting_obstacle(&author.name, author.at)
        }
        (Action::Retry | Action::Correct, _) => Some(Message::new("batch-was-run")),
        _ => Some(Message::new("batch-no-test")),
    }
}
