//! The job that keeps a usage at stake once: where the platform wrote a newer failure, it takes the place of the older open
//! ones; where the usage is accounted already, the failure is closed with that proof.
//!
//! It looks at what is new only; what stood there before this app, and what was imported, is left to people. The new
//! failures of one usage are looked at together, some hundred in one transaction. While a retry is under way they wait for
//! its outcome.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;

use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::causes::arrivals;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantText, TolerantWords};
use crate::db::{Database, DbConnection, dialect};
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case};
use crate::failed_accounting::failure::FailedRecord;

/// The author of what follows from a new failure.
pub const AUTHOR: &str = "new failures";

/// New failures that are read at once.
const SOME: i64 = 200;

/// Where all that is new waits for the outcomes of retries, the job looks again after this time.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks at new failures.
#[derive(Debug, Clone)]
pub struct Arrivals {
    database: Database,
    clock: Clock,
    walk: Arc<Mutex<Walk>>,
}

/// Where the job is in the queue.
#[derive(Debug, Clone, Default)]
struct Walk {
    /// The last failure that was looked at; empty at the start.
    after: String,
    /// Whether any failure was done with since the start.
    has_moved: bool,
    /// Until when nothing new is expected of those that wait.
    rests_until: Option<Instant>,
}

/// New failures by what they are about.
#[derive(Debug, Default)]
struct Found {
    /// The usages, with the ids of all their failures.
    usages: BTreeMap<String, Vec<String>>,
    /// The failures that share no usage with others, and those that are gone.
    alone: Vec<String>,
}

/// How one look at a usage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    Done,
    /// It has very many: another look is needed.
    Again,
    /// A retry is under way.
    Waits,
}

impl Arrivals {
    /// Of that database.
    pub fn new(database: Database, clock: Clock) -> Arrivals {
        Arrivals { database, clock, walk: Arc::default() }
    }

    /// Whether any is new.
    pub fn is_due(&self) -> Result<bool> {
        if self.walk().rests_until.is_some_and(|until| Instant::now() < until) {
            return Ok(false);
        }
        Ok(!self.database.run_here(|connection| arrivals::some(connection, "", 1))?.is_empty())
    }

    /// Looks at some; whether there are more.
    pub fn step(&self) -> Result<bool> {
        let mut walk = self.walk();
        let ids = self.database.run_here(|connection| arrivals::some(connection, &walk.after, SOME))?;
        let found = self.database.run_here(|connection| find(connection, &ids))?;
        self.database.transaction_here(|connection| arrivals::forget(connection, &found.alone))?;
        walk.has_moved |= !found.alone.is_empty();
        for (usage_id, failures) in &found.usages {
            match self.look(usage_id, failures) {
                // Between two steps others write, and a stopping server stops.
                Ok(Looked::Again) => return Ok(true),
                Ok(Looked::Done) => walk.has_moved = true,
                Ok(Looked::Waits) => {}
                // A rule of the platform's stands against this one: the others are not to wait for it.
                Err(Error::Refused(said)) => tracing::debug!(usage_id, said, "a new failure waits"),
                Err(error) => return Err(error),
            }
        }
        let is_end = (ids.len() as i64) < SOME;
        self.keep(match ids.last().filter(|_| !is_end) {
            Some(last) => Walk { after: last.clone(), ..walk },
            None => {
                Walk { rests_until: (!walk.has_moved).then(|| Instant::now() + PAUSE), ..Walk::default() }
            }
        });
        Ok(!is_end)
    }

    fn look(&self, usage_id: &str, failures: &[String]) -> Result<Looked> {
        let at = self.clock.now();
        let author = Author { name: AUTHOR.to_owned(), source: Source::Job, request_id: None, at };
        self.database.transaction_here(|connection| look(connection, usage_id, failures, &author))
    }

    fn walk(&self) -> Walk {
        self.walk.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, walk: Walk) {
        *self.walk.lock().unwrap_or_else(PoisonError::into_inner) = walk;
    }
}

/// What these new failures are about. All failures of a usage are read before its case is taken: the case has them all.
fn find(connection: &mut DbConnection, ids: &[String]) -> Result<Found> {
    let of_these = dialect::among::<failed::table>("id", ids);
    let new = rows(connection, of_these)?;
    let mut usage_ids: Vec<String> = new.iter().filter_map(|(_, usage_id)| usage_id.clone()).collect();
    usage_ids.sort();
    usage_ids.dedup();
    let shared: Vec<&String> = new.iter().filter(|(_, usage)| usage.is_some()).map(|(id, _)| id).collect();
    let alone = ids.iter().filter(|id| !shared.contains(id)).cloned().collect();
    let mut found = Found { usages: BTreeMap::new(), alone };
    for (id, usage_id) in rows(connection, dialect::among::<failed::table>("llmusageid", &usage_ids))? {
        if let Some(usage_id) = usage_id.filter(|id| usage_ids.binary_search(id).is_ok()) {
            found.usages.entry(usage_id).or_default().push(id);
        }
    }
    Ok(found)
}

/// The ids of failures, each with the usage that it shares with others.
fn rows(
    connection: &mut DbConnection,
    which: dialect::Condition<failed::table>,
) -> Result<Vec<(String, Option<String>)>> {
    let rows: Vec<(TolerantText, TolerantWords)> =
        failed::table.filter(which).select((failed::id, failed::llmusageid)).load(connection)?;
    let row = |(id, usage_id): (TolerantText, TolerantWords)| {
        (id.into(), Option::<String>::from(usage_id).filter(|id| !id.trim().is_empty()))
    };
    Ok(rows.into_iter().map(row).collect())
}

/// What follows from the new failures of a usage; these are all of its failures.
fn look(
    connection: &mut DbConnection,
    usage_id: &str,
    failures: &[String],
    author: &Author,
) -> Result<Looked> {
    let mut case = Case::of_usage(connection, usage_id)?;
    let is_retrying = case.failures().iter().any(FailedRecord::is_retrying);
    let acted = match case.newest_open().map(|record| record.id.clone()).filter(|_| case.usage().is_some()) {
        // Its outcome decides, which the watcher sees.
        Some(_) if is_retrying => return Ok(Looked::Waits),
        Some(newest) => case.act(|case| follow(case, &newest, author))?,
        None => Acted::Done,
    };
    if acted == Acted::Done {
        arrivals::forget(connection, failures)?;
    }
    case.save(connection, author)?;
    Ok(if acted == Acted::Again { Looked::Again } else { Looked::Done })
}

fn follow(case: &mut Case, newest: &str, author: &Author) -> Result<()> {
    let is_accounted = case.usage().is_some_and(|(usage, _)| usage.is_accounted());
    let done = match is_accounted {
        true => case.settle(newest, None, author),
        false => case.supersede(author).map(drop),
    };
    match done {
        // What the rules refuse is left to people.
        Err(Error::Conflict(_)) => Ok(()),
        done => done,
    }
}
