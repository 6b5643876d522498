//! What is counted of a batch, always with its money: all of it, what is skipped, whose it is, how far it has come.

use serde::{Deserialize, Serialize};

use super::testing::Tested;
use crate::base::money::{Money, MoneySum};

/// How many rows and how much money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl Tally {
    /// Adds one row.
    pub fn add(&mut self, amount: Option<Money>, cost: Option<Money>) {
        self.count += 1;
        self.amount = self.amount + amount.unwrap_or_default().into();
        self.cost = self.cost + cost.unwrap_or_default().into();
    }
}

impl std::ops::Add for Tally {
    type Output = Tally;

    fn add(self, other: Tally) -> Tally {
        Tally {
            count: self.count + other.count,
            amount: self.amount + other.amount,
            cost: self.cost + other.cost,
        }
    }
}

impl std::ops::Sub for Tally {
    type Output = Tally;

    fn sub(self, other: Tally) -> Tally {
        Tally {
            count: self.count - other.count,
            amount: self.amount - other.amount,
            cost: self.cost - other.cost,
        }
    }
}

/// A part of a batch that has something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// None where the column is NULL.
    pub key: Option<String>,
    #[serde(flatten)]
    pub tally: Tally,
}

/// What was counted when the rows were frozen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    pub all: Tally,
    /// Rows that will be skipped, by why.
    pub skipped: Vec<Part>,
    /// Rows that can be closed in some ways only, by why; those closed otherwise will be skipped.
    #[serde(default)]
    pub restricted: Vec<Part>,
    /// The causes with the most money, and all others together.
    pub causes: Vec<Part>,
    pub other_causes: Tally,
    /// The organisations with the most money, and all others together.
    pub organisations: Vec<Part>,
    pub other_organisations: Tally,
    /// What tests said of what can be retried; none for the other actions, and of batches of before.
    #[serde(default)]
    pub tested: Option<Tested>,
    /// Whether somebody looked at what may have been charged already, so that it is retried, too.
    #[serde(default)]
    pub with_unknown: bool,
}

impl Summary {
    /// The rows that will be skipped.
    pub fn skipped(&self) -> Tally {
        self.skipped.iter().fold(Tally::default(), |sum, part| sum + part.tally)
    }
}

/// How far a batch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    pub done: Tally,
    pub not_done: Tally,
    /// Of the done ones those that were undone.
    pub undone: Tally,
    /// Of the done ones those that moved on and were left.
    pub kept: Tally,
}

/// What became of the retries of a batch, with the money that was frozen; what is in none of these waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcomes {
    pub accounted: Tally,
    pub failed_again: Tally,
    /// Taken back; or the usage was changed, archived, or went away.
    pub ended: Tally,
}

impl Outcomes {
    /// All whose outcome is known.
    pub fn known(&self) -> Tally {
        self.accounted + self.failed_again + self.ended
    }
}
