//! What tests of many failures come to, with their money.

use std::collections::HashMap;

use super::brief::Brief;
use super::forecast::Told;
use crate::base::money::{Money, MoneySum};
use crate::failed_accounting::failure::FailedRecord;
use crate::forecast::Outlook;
use crate::forecast::checks::Forecast;
use crate::forecast::price::Price;

/// Failures and their money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl Sum {
    fn add(&mut self, brief: &Brief) {
        self.add_money(brief.amount, brief.cost);
    }

    fn add_money(&mut self, amount: Option<Money>, cost: Option<Money>) {
        self.count += 1;
        self.amount = self.amount + amount.unwrap_or_default().into();
        self.cost = self.cost + cost.unwrap_or_default().into();
    }
}

/// What tests of many failures come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tested {
    pub passes: Sum,
    pub fails: Sum,
    pub untold: Sum,
    /// What cannot be retried at all.
    pub refused: Sum,
    /// What the platform would charge now for what would pass, where it was asked.
    pub priced: Sum,
    /// Those that would not pass, and those of which it cannot be told, by the key of the words for why.
    pub why: HashMap<(Option<Outlook>, &'static str), Sum>,
}

impl Tested {
    pub(super) fn add(&mut self, brief: &Brief, told: &Told) {
        if let Ok(Forecast { outlook: Outlook::Passes, price: Some(price), .. }) = told {
            self.priced.add_money(Some(price.amount), Some(price.cost));
        }
        let (outlook, key) = match told {
            Ok(forecast) => (Some(forecast.outlook), forecast.key()),
            Err(key) => (None, Some(*key)),
        };
        match outlook {
            Some(Outlook::Passes) => self.passes.add(brief),
            Some(Outlook::Fails) => self.fails.add(brief),
            Some(Outlook::Untold) => self.untold.add(brief),
            None => self.refused.add(brief),
        }
        if let Some(key) = key {
            self.why.entry((outlook, key)).or_default().add(brief);
        }
    }

    /// Why, the most money first.
    pub fn reasons(&self) -> Vec<(Option<Outlook>, &'static str, Sum)> {
        let mut reasons: Vec<_> =
            self.why.iter().map(|((outlook, key), sum)| (*outlook, *key, *sum)).collect();
        reasons.sort_by(|one, other| {
            (one.0, other.2.amount, other.2.count, one.1).cmp(&(other.0, one.2.amount, one.2.count, other.1))
        });
        reasons
    }
}

/// So much more than the recorded amount would be charged now.
pub fn difference(record: &FailedRecord, price: Price) -> MoneySum {
    MoneySum::from(price.amount) - record.amount.unwrap_or_default().into()
}
