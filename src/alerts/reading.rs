//! The present value of what rules watch, each at a bounded price.
//!
//! Along the indexes of open records, of retries and of use times; never over a whole table.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::event::{CauseFact, Facts};
use super::rule::{Kind, Unit};
use crate::base::money::{Money, MoneySum};
use crate::db::DbConnection;
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::TolerantMoney;
use crate::error::Result;
use crate::failed_accounting::causes::fixed;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::totals;
use crate::usages::state::AccountingStatus;
use crate::usages::usage::FAILED;

/// Causes that are named.
const NAMED: usize = 10;

/// The most usages of the last hour that are looked at, the newest first.
const LOOKED_AT: i64 = 50_000;

/// A value, and whether it is above a threshold to the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A number in the unit of the kind.
    Plain(i128),
    /// A part of a whole; of nothing it is no share at all.
    Share { part: i128, whole: i128 },
}

impl Value {
    /// Whether it is above that threshold.
    pub fn exceeds(self, threshold: i64) -> bool {
        match self {
            Value::Plain(value) => value > threshold.into(),
            Value::Share { part, whole } => whole > 0 && part * 10_000 > i128::from(threshold) * whole,
        }
    }

    /// As people read it; none for a share of nothing.
    pub fn text(self, unit: Unit) -> Option<String> {
        match self {
            Value::Plain(value) => Some(unit.text(value)),
            Value::Share { part, whole } if whole > 0 => Some(unit.text((part * 10_000 + whole / 2) / whole)),
            Value::Share { .. } => None,
        }
    }
}

/// A value with what else was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub value: Value,
    pub facts: Facts,
}

impl Reading {
    fn new(kind: Kind, value: Value, count: i64, of: Option<i64>) -> Reading {
        let facts = Facts { value: value.text(kind.unit()), count: Some(count), of, ..Facts::default() };
        Reading { value, facts }
    }
}

/// The present value of a kind that has a threshold; none for the others.
pub fn of(
    connection: &mut DbConnection,
    kind: Kind,
    now: NaiveDateTime,
    stuck_since: NaiveDateTime,
) -> Result<Option<Reading>> {
    Ok(Some(match kind {
        Kind::OpenAmount => {
            let open = totals::exact(connection, &Filter::default(), &Search::Nothing)?;
            Reading::new(kind, Value::Plain(open.amount.units()), open.count, None)
        }
        Kind::StuckRetries => {
            let stuck = totals::stuck(connection, stuck_since)?;
            Reading::new(kind, Value::Plain(stuck.into()), stuck, None)
        }
        Kind::LikelyFixed => {
            let fixed = fixed::total(connection)?;
            let mut reading = Reading::new(kind, Value::Plain(fixed.amount.units()), fixed.records, None);
            let named = fixed.causes.into_iter().take(NAMED);
            reading.facts.causes = named.map(|(key, title)| CauseFact { key, title }).collect();
            reading
        }
        Kind::LeakageMoney => {
            let hour = Hour::before(connection, now)?;
            let value = Value::Share { part: hour.failed_amount.units(), whole: hour.amount.units() };
            Reading::new(kind, value, hour.failed, Some(hour.usages))
        }
        Kind::LeakageCount => {
            let hour = Hour::before(connection, now)?;
            let value = Value::Share { part: hour.failed.into(), whole: hour.usages.into() };
            Reading::new(kind, value, hour.failed, Some(hour.usages))
        }
        Kind::NewCause | Kind::ArchiveFailed => return Ok(None),
    }))
}

/// The usages of an hour; where it holds more than [`LOOKED_AT`], the newest of them.
#[derive(Debug, Clone, Copy, Default)]
struct Hour {
    usages: i64,
    failed: i64,
    amount: MoneySum,
    failed_amount: MoneySum,
}

impl Hour {
    fn before(connection: &mut DbConnection, now: NaiveDateTime) -> Result<Hour> {
        let begin = now - TimeDelta::hours(1);
        let mut hour = Hour::default();
        let usages: Vec<(AccountingStatus, TolerantMoney)> = live::table
            .filter(live::use_time.between(begin, now))
            .order(live::use_time.desc())
            .limit(LOOKED_AT)
            .select((live::accounting_status, live::amount))
            .load(connection)?;
        for (state, amount) in usages {
            hour.add(Option::<String>::from(state).as_deref() == Some(FAILED), amount.into());
        }
        // What was used before midnight may be archived already; nothing there failed.
        let archived: Vec<TolerantMoney> = history::table
            .filter(history::use_time.between(begin, now))
            .order(history::use_time.desc())
            .limit(LOOKED_AT)
            .select(history::amount)
            .load(connection)?;
        archived.into_iter().for_each(|amount| hour.add(false, amount.into()));
        Ok(hour)
    }

    fn add(&mut self, is_failed: bool, amount: Option<Money>) {
        let amount = MoneySum::from(amount.unwrap_or_default());
        self.usages += 1;
        self.amount = self.amount + amount;
        if is_failed {
            self.failed += 1;
            self.failed_amount = self.failed_amount + amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_fires_above_its_threshold_and_not_at_it() {
        assert!(!Value::Plain(100).exceeds(100) && Value::Plain(101).exceeds(100));
        // 5 of 200 are 2.5 percent.
        assert!(!Value::Share { part: 5, whole: 200 }.exceeds(250));
        assert!(Value::Share { part: 5, whole: 199 }.exceeds(250), "2.512 percent, shown as 2.51");
        assert!(
            Value::Share { part: 1, whole: 1_000_000 }.exceeds(0),
            "shown as 0.00, and yet above nothing"
        );
        assert!(!Value::Share { part: 0, whole: 0 }.exceeds(0), "of nothing, nothing leaks");
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(Value::Share { part: 1, whole: 3 }.text(Unit::Percent).as_deref(), Some("33.33"));
        assert_eq!(Value::Share { part: 0, whole: 0 }.text(Unit::Percent), None);
    }
}
