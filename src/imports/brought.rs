//! What an import brought: how many rows, with their money.

use serde::Serialize;

use super::Importable;
use crate::base::money::MoneySum;

/// What an import brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Imported {
    pub rows: u64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl Imported {
    pub(super) fn count(&mut self, row: &impl Importable) {
        let [amount, cost] = row.money();
        self.rows += 1;
        self.amount = self.amount + amount.unwrap_or_default().into();
        self.cost = self.cost + cost.unwrap_or_default().into();
    }
}
