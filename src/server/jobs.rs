//! The jobs of a server. Wiring only: what a job does is in its feature, how jobs run is in [`crate::jobs`].

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use crate::accounts::idempotency;
use crate::alerts::courier::Courier;
use crate::alerts::evaluation::Evaluator;
use crate::alerts::{destinations::Destinations, head, tidy as alert_history};
use crate::archive::mover::{self, Mover};
use crate::archive::{form, store as archive};
use crate::audit::event::{Author, Source};
use crate::audit::sealing;
use crate::base::clock::Clock;
use crate::batches::settled::Settler;
use crate::batches::{runner::Runner, tidy as previews};
use crate::causes::sorting;
use crate::check::runner as check;
use crate::config::Config;
use crate::db::lease::Lease;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::accounted::Accounted;
use crate::failed_accounting::arrivals::Arrivals;
use crate::forecast::Sources;
use crate::kept_totals::folding::Folder;
use crate::ledger::Ledger;

use super::retry_jobs::{likely_fixed, retry_watcher};
use crate::jobs::{Job, Turn};

/// What jobs need beside the settings, checked.
#[derive(Debug, Clone)]
pub struct Given {
    pub destinations: Destinations,
    /// Where a test looks at the platform.
    pub sources: Arc<Sources>,
    /// Who says whether somebody was charged.
    pub ledger: Ledger,
}

/// The jobs of a server: `Job::every(name, how often, step)` or `Job::daily(name, at, step)`, with `.when(is_due)` where
/// a look is cheaper than a step. The name in words is `job-<name>` in the catalogue.
pub fn all(config: &Config, given: &Given, database: &Database, clock: &Clock) -> Vec<Job> {
    let mut jobs = vec![
        tidying("tidy idempotency keys", (idempotency::is_due, idempotency::tidy), database, clock),
        tidying("tidy previews", (previews::is_due, previews::tidy), database, clock),
        tidying("tidy alert history", (alert_history::is_due, alert_history::tidy), database, clock),
        retry_watcher(config, given, database, clock),
        cause_sorting(database),
        kept_totals(database),
        new_failures(database, clock),
        accounted_usages(database, clock),
        likely_fixed(given, database, clock),
        batches(given, database, clock),
        batch_outcomes(database),
        archive_mover(database, clock),
        check_asked(database, clock),
        alerts(config, database, clock),
        alert_deliveries(&given.destinations, database, clock),
        audit_head(&given.destinations, database, clock),
        audit_watch(database, clock),
    ];
    jobs.extend(archive_schedule(config, database, clock));
    jobs
}

/// The lease of a job, and the database as its step writes it: while the lease is held.
pub(super) fn leased(name: &'static str, database: &Database) -> (Lease, Database) {
    let lease = database.lease(name);
    let database = database.leased(&lease);
    (lease, database)
}

/// Whether something is older than it is kept, and one step of removing such.
type Tidying = (Old, Old);
type Old = fn(&mut DbConnection, NaiveDateTime) -> Result<bool>;

fn tidying(name: &'static str, (is_due, tidy): Tidying, database: &Database, clock: &Clock) -> Job {
    let (looked_at, looked_when) = (database.clone(), clock.clone());
    let (lease, database) = leased(name, database);
    let clock = clock.clone();
    let step = move || {
        let now = clock.now();
        let more = database.transaction_here(|connection| tidy(connection, now))?;
        Ok(if more { Turn::More } else { Turn::Done })
    };
    Job::every(name, Duration::from_secs(600), step).under(lease).when(move || {
        let now = looked_when.now();
        looked_at.run_here(|connection| is_due(connection, now))
    })
}

fn batches(given: &Given, database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("batches", database);
    let runner = Runner::new(database, clock.clone()).asking(&given.ledger);
    let looked_at = runner.clone();
    Job::every(lease.name(), Duration::from_secs(1), move || runner.step().map(Turn::from))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// Writes what became of the retries that batches asked for.
fn batch_outcomes(database: &Database) -> Job {
    let (lease, database) = leased("batch outcomes", database);
    let settler = Settler::new(database);
    let looked_at = settler.clone();
    let step = move || settler.step().map(|()| Turn::Done);
    Job::every(lease.name(), Duration::from_secs(1), step).under(lease).when(move || looked_at.is_due())
}

/// Drives the runs of the archive that somebody, or the schedule, asked for.
fn archive_mover(database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased(mover::JOB, database);
    let mover = Arc::new(Mover::new(database, clock.clone()));
    let looked_at = mover.clone();
    let turn = move || Ok(if mover.step()? { Turn::More } else { Turn::Done });
    Job::every(lease.name(), Duration::from_secs(1), turn).under(lease).when(move || looked_at.is_due())
}

/// Asks for a run once a day, unless it is switched off or a run is under way.
fn archive_schedule(config: &Config, database: &Database, clock: &Clock) -> Option<Job> {
    let keep_days = config.archive_keep_days;
    let (lease, database) = leased("archive", database);
    let clock = clock.clone();
    let ask = move || {
        let cutoff = form::scheduled(clock.today(), keep_days);
        let author =
            Author { name: "archive".to_owned(), source: Source::Job, request_id: None, at: clock.now() };
        database.transaction_here(|connection| match archive::active(connection)? {
            Some(_) => Ok(Turn::Done),
            None => archive::ask(connection, cutoff, &author).map(|_| Turn::Done),
        })
    };
    config.archive_at.0.map(|at| Job::daily(lease.name(), at, ask).under(lease))
}

fn cause_sorting(database: &Database) -> Job {
    let (lease, sorted) = leased("cause sorting", database);
    let waiting = database.clone();
    let step = move || {
        // What a rule of the platform's refuses is due for ever, and tried again with the next turn.
        let has_sorted = sorting::step(&sorted)? > 0;
        Ok(if has_sorted && sorting::is_due(&sorted)? { Turn::More } else { Turn::Done })
    };
    Job::every(lease.name(), Duration::from_secs(2), step)
        .under(lease)
        .when(move || sorting::is_due(&waiting))
}

/// Folds what changed into the totals that are kept.
fn kept_totals(database: &Database) -> Job {
    let (lease, database) = leased("kept totals", database);
    let folder = Folder::new(database);
    let looked_at = folder.clone();
    Job::every(lease.name(), Duration::from_secs(1), move || folder.step().map(Turn::from))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// Sees what follows from failures that the platform wrote.
fn new_failures(database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("new failures", database);
    let arrivals = Arrivals::new(database, clock.clone());
    let looked_at = arrivals.clone();
    Job::every(lease.name(), Duration::from_secs(1), move || arrivals.step().map(Turn::from))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// Closes new failures whose usage was accounted since.
fn accounted_usages(database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("accounted usages", database);
    let accounted = Accounted::new(database, clock.clone());
    let looked_at = accounted.clone();
    Job::every(lease.name(), Duration::from_secs(1), move || accounted.step().map(Turn::from))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// Makes the check that somebody asked for on its page.
fn check_asked(database: &Database, clock: &Clock) -> Job {
    let (asked, clock) = (database.clone(), clock.clone());
    let (lease, database) = leased("check", database);
    let step = move || check::answer(&database, &clock).map(|()| Turn::Done);
    Job::every(lease.name(), Duration::from_secs(2), step).under(lease).when(move || check::is_asked(&asked))
}

/// Looks at the alert rules.
fn alerts(config: &Config, database: &Database, clock: &Clock) -> Job {
    let stuck_after = TimeDelta::minutes(config.retry_stuck_minutes.into());
    let (lease, database) = leased("alerts", database);
    let evaluator = Arc::new(Evaluator::new(database, clock.clone(), stuck_after));
    let looked_at = evaluator.clone();
    Job::every(lease.name(), Duration::from_secs(30), move || evaluator.step().map(|_| Turn::Done))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// Sends what alerts say.
fn alert_deliveries(destinations: &Destinations, database: &Database, clock: &Clock) -> Job {
    let (lease, database) = leased("alert deliveries", database);
    let courier = Courier::new(database, clock.clone(), destinations.clone());
    let looked_at = courier.clone();
    Job::every(lease.name(), Duration::from_secs(5), move || courier.step().map(Turn::from))
        .under(lease)
        .when(move || looked_at.is_due())
}

/// Tells the end of the audit trail to where it is kept.
fn audit_head(destinations: &Destinations, database: &Database, clock: &Clock) -> Job {
    let (destinations, clock) = (destinations.clone(), clock.clone());
    let (lease, database) = leased("audit head", database);
    let step = move || head::tell(&database, &clock, &destinations).map(|()| Turn::Done);
    Job::every(lease.name(), Duration::from_secs(3_600), step).under(lease)
}

/// Notes in the audit trail that it is not what this process wrote last: each instance looks by itself.
fn audit_watch(database: &Database, clock: &Clock) -> Job {
    let (looked_at, clock) = (database.clone(), clock.clone());
    let (lease, database) = leased("audit watch", database);
    let step = move || {
        let author = Author {
            name: "llmage-admin".to_owned(),
            source: Source::Job,
            request_id: None,
            at: clock.now(),
        };
        database.transaction_here(|connection| sealing::watch(connection, &author))?;
        Ok(Turn::Done)
    };
    Job::every(lease.name(), Duration::from_secs(60), step)
        .under(lease)
        .when(move || Ok(sealing::obstacle_of(&looked_at)?.is_some()))
}
