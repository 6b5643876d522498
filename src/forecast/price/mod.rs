//! What the platform would charge for a usage, where a setting says whom to ask: it prices the usage and writes nothing. What
//! it is sent and what it answers is told in docs/operations.md.
//!
//! Nobody asks with a transaction open: what is read of the usages comes first, then the prices, then what is written.

pub mod answer;
mod breaker;
mod places;
mod question;
pub mod service;

use crate::base::money::Money;

/// What the platform would charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    pub amount: Money,
    pub cost: Money,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Priced(Price),
    /// It cannot price it, and says why.
    Refused(String),
    /// It did not say: key of the words for why, and what exactly.
    Untold(&'static str, Option<String>),
}
