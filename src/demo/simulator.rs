//! Plays the platform: takes usages that wait, accounts most of them and fails some, by writing its tables as it does.
//!
//! For the demo and for tests. No audit events: the platform writes none.

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::random::Random;
use super::{prices, reasons};
use crate::base::money::Money;
use crate::db::schema::{llmusage as live, llmusage_accounting_failed as failed};
use crate::db::values::TextOf;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::forecast::Sources;
use crate::forecast::platform::Platform;
use crate::forecast::price::Told;
use crate::usages::store as usages;
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED, Usage};

/// How many usages one round takes.
const ROUND: i64 = 50;

/// The platform's accounting loop, in small.
#[derive(Debug)]
pub struct Simulator {
    random: Random,
    /// Of 100 usages so many fail.
    failing: u64,
}

/// How a usage ends.
#[derive(Default)]
struct Ends {
    fails: bool,
    /// What it lacks, where it fails for that.
    lack: Option<String>,
    /// What is charged, where there is a price.
    price: Option<(Money, Money)>,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    pub accounted: usize,
    pub failed: usize,
}

impl Simulator {
    /// The same seed makes the same choices.
    pub fn new(seed: u64, failing: u64) -> Simulator {
        Simulator { random: Random::new(seed), failing }
    }

    /// Takes what waits, up to 50 usages, each in a transaction of its own.
    pub fn round(&mut self, database: &Database, now: NaiveDateTime) -> Result<Round> {
        let waiting = database.run_here(waiting)?;
        let mut round = Round::default();
        let mut platform = Platform::new(&Sources::default(), now.date());
        for id in waiting {
            let told = database.run_once_here(|connection| priced(connection, &id, &mut platform))?;
            let (price, lack) = match told {
                Some(Told::Priced(price)) => (Some((price.amount, price.cost)), None),
                Some(Told::Refused(lack)) => (None, Some(lack)),
                _ => (None, None),
            };
            let fails = self.random.chance(self.failing) || lack.is_some();
            let ends = Ends { fails, lack, price };
            let take = |connection: &mut DbConnection| self.end(connection, &id, ends, now);
            let done = database.transaction_once_here(take)?;
            round.accounted += usize::from(done && !fails);
            round.failed += usize::from(done && fails);
        }
        Ok(round)
    }

    /// Accounts one usage or fails it; says whether it was still waiting.
    pub fn take(
        &mut self,
        connection: &mut DbConnection,
        id: &str,
        fails: bool,
        now: NaiveDateTime,
    ) -> Result<bool> {
        self.end(connection, id, Ends { fails, ..Ends::default() }, now)
    }

    /// Accounts one usage, or fails it, for what it lacks or any reason outside.
    fn end(
        &mut self,
        connection: &mut DbConnection,
        id: &str,
        ends: Ends,
        now: NaiveDateTime,
    ) -> Result<bool> {
        let Some(usage) = usages::lookup(connection, id)? else { return Ok(false) };
        let row = live::table.filter(live::id.eq(id.to_owned())).filter(live::accounting_status.eq(CREATED));
        let state = live::accounting_status.eq(if ends.fails { FAILED } else { ACCOUNTED });
        if diesel::update(row).set(state).execute(connection)? == 0 {
            return Ok(false);
        }
        let (amount, cost) = ends.price.unwrap_or_else(|| self.price(&usage));
        let row = live::table.filter(live::id.eq(TextOf::new(id)));
        let money = (live::amount.eq(amount), live::cost.eq(cost));
        diesel::update(row).set(money).execute(connection)?;
        if ends.fails {
            let usage = Usage { amount: Some(amount), cost: Some(cost), ..usage };
            self.write_failure(connection, &usage, ends.lack, now)?;
        }
        Ok(true)
    }

    fn price(&mut self, usage: &Usage) -> (Money, Money) {
        let amount = usage.amount.unwrap_or_else(|| Money::from_units(self.random.near(36, 400_000)));
        let cost = usage.cost.unwrap_or_else(|| Money::from_units(amount.units() * 7 / 10));
        (amount, cost)
    }

    /// One row with the columns that the platform knows; it leaves `handled_time` to the database.
    fn write_failure(
        &mut self,
        connection: &mut DbConnection,
        usage: &Usage,
        lack: Option<String>,
        now: NaiveDateTime,
    ) -> Result<()> {
        let reason = lack.unwrap_or_else(|| reasons::from_outside(&mut self.random, usage));
        let row = (
            failed::id.eq(self.random.id()),
            failed::llmusageid.eq(usage.id.clone()),
            failed::llmid.eq(usage.llmid.clone()),
            failed::userid.eq(usage.userid.clone()),
            failed::userorgid.eq(usage.userorgid.clone()),
            failed::use_date.eq(usage.use_date),
            failed::use_time.eq(usage.use_time),
            failed::amount.eq(usage.amount),
            failed::cost.eq(usage.cost),
            failed::failed_reason.eq(reason),
            failed::failed_time.eq(now),
            failed::retry_count.eq(0),
            failed::handled.eq("0"),
        );
        diesel::insert_into(failed::table).values(row).execute(connection)?;
        Ok(())
    }
}

/// What the platform charges for a live usage, or why it cannot.
fn priced(connection: &mut DbConnection, id: &str, platform: &mut Platform) -> Result<Option<Told>> {
    match usages::lookup(connection, id)? {
        Some(usage) => prices::of(connection, &usage, platform).map(Some),
        None => Ok(None),
    }
}

fn waiting(connection: &mut DbConnection) -> Result<Vec<String>> {
    Ok(live::table
        .filter(live::accounting_status.eq(CREATED))
        .filter(live::status.eq("SUCCEEDED"))
        .order(sql::<Text>("use_date"))
        .limit(ROUND)
        .select(live::id)
        .load(connection)?)
}
