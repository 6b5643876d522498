//! Sample data for `serve --demo`: names, usages and failures as ninety days of a busy platform leave them.
//!
//! Pure: no database, no clock. The same `now` and seed give the same rows, and no time lies after `now`.

mod amounts;
mod calendar;
mod foreign;
mod incidents;
pub mod morning;
mod names;
mod notes;
mod platform;
pub mod prices;
mod random;
mod reasons;
mod settlement;
pub mod simulator;
mod stage;
pub mod store;
mod traps;
mod usages;

#[cfg(test)]
mod tests;

use chrono::NaiveDateTime;

use stage::Stage;

use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::Usage;

/// How many usages a sample holds.
const USAGES: usize = 5_000;
/// How many failures a sample holds.
const FAILURES: usize = 1_200;
/// How many days before `now` the sample begins.
const DAYS: u32 = 90;

/// Everything that the demo shows, ordered by time; ids are unique within each list, in any case of letters.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Rows of `llm`.
    pub models: Vec<Named>,
    /// Rows of `users`.
    pub users: Vec<Named>,
    /// Rows of `organization`.
    pub organisations: Vec<Named>,
    /// Rows of `llmusage`.
    pub usages: Vec<Usage>,
    /// Rows of `llmusage_accounting_failed`.
    pub failures: Vec<FailedRecord>,
}

/// An id and the name that people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// Makes 5,000 usages and 1,200 failures of the ninety days before `now`, a naive time of the business zone.
pub fn generate(now: NaiveDateTime, seed: u64) -> Sample {
    let mut stage = Stage::new(now, seed);
    let mut incidents = incidents::all(&mut stage);
    settlement::settle(&mut stage, &mut incidents);
    let (mut usages, mut failures) = foreign::rows(&mut stage);
    for incident in incidents {
        usages.push(incident.usage);
        failures.extend(incident.failures);
    }
    usages.extend(usages::waiting(&mut stage));
    let charged = USAGES.saturating_sub(usages.len());
    usages.extend(usages::accounted(&mut stage, charged));
    usages.sort_by_key(|usage| usage.use_time);
    failures.sort_by_key(|failure| failure.failed_time);
    Sample { models: stage.models, users: stage.users, organisations: stage.organisations, usages, failures }
}
