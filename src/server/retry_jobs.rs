//! The jobs around retries: how they ended, whether the next ones would pass, and who plays the platform in the demo.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::jobs::{Given, leased};
use crate::base::clock::Clock;
use crate::config::Config;
use crate::db::Database;
use crate::demo::simulator::Simulator;
use crate::failed_accounting::causes::tester::Tester;
use crate::failed_accounting::watcher::Watcher;
use crate::jobs::{Job, Turn};

/// Of 100 usages that the demo's platform takes so many fail.
const SIMULATED_FAILING: u64 = 20;

pub(super) fn retry_watcher(config: &Config, given: &Given, database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("retry watcher", database);
    let watcher = Arc::new(Watcher::new(database, clock.clone()).asking(&given.ledger));
    let looked_at = watcher.clone();
    let every = Duration::from_secs(config.retry_watch_seconds.into());
    Job::every(lease.name(), every, move || watcher.step().map(|_| Turn::Done))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// The demo's platform: it takes what waits, and fails some.
pub fn simulated_platform(database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("simulated platform", database);
    let simulator = Mutex::new(Simulator::new(Clock::epoch_milliseconds().unsigned_abs(), SIMULATED_FAILING));
    let clock = clock.clone();
    let step = move || {
        let mut simulator = simulator.lock().unwrap_or_else(PoisonError::into_inner);
        simulator.round(&database, clock.now()).map(|_| Turn::Done)
    };
    Job::every(lease.name(), Duration::from_secs(2), step).under(lease)
}

/// Tests whether causes are fixed. How often, it says itself.
pub(super) fn likely_fixed(given: &Given, database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("likely fixed", database);
    let tester = Tester::new(database, clock.clone(), given.sources.clone());
    let looked_at = tester.clone();
    Job::every(lease.name(), Duration::from_secs(10), move || tester.step().map(Turn::from))
        .under(lease)
        .when(move || looked_at.is_due())
}
