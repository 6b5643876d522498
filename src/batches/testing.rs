//! Whether the rows of a batch of retries, or of corrections that are retried, would pass now, told in its preview. What would
//! fail again is left out, unless its run says otherwise.

use serde::{Deserialize, Serialize};

use super::batch::{Action, Batch, State};
use super::counts::{Part, Tally};
use crate::audit::event::Author;
use crate::base::form::Message;
use crate::base::money::MoneySum;

/// How the keys begin for why a row would fail again.
pub(super) const OF_TESTS: &str = "test-";

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
    /// Those of which nobody knows whether the customer was charged already.
    #[serde(default)]
    pub unknown: Tally,
    /// What the platform says of those that it cannot price, in its own words; some, the most money first.
    #[serde(default)]
    pub refusals: Vec<Part>,
    /// Some of those whose price is another than the recorded one, the largest difference first.
    #[serde(default)]
    pub differing: Vec<Differs>,
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

    /// What is left out because it would fail again.
    pub fn left_out(&self) -> Tally {
        if self.includes_failing { Tally::default() } else { self.failing() }
    }
}

fn sum(parts: &[Part]) -> Tally {
    parts.iter().fold(Tally::default(), |sum, part| sum + part.tally)
}

/// Whether the row is left out only because it would fail again.
pub(super) fn is_of_test(obstacle: &str) -> bool {
    obstacle.starts_with(OF_TESTS)
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
