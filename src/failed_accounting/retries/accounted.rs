//! The job that closes new failures whose usage the platform accounts later, without a retry: somebody set its state, or had
//! it accounted again. Those whose usage is accounted as they arrive are seen by [`super::arrivals`].
//!
//! It walks what is open, a thousand at a time, and locks nothing while it looks. It changes only what is new: what the
//! trail says that the app recorded, and what the platform wrote since everything was sorted once. What was adopted or
//! imported is left to people, and so is what the rules refuse; a retry under way is left to the watcher.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::json;

use crate::audit::event::{Author, FAILED_ACCOUNTING, Source};
use crate::audit::store as audit;
use crate::base::clock::Clock;
use crate::base::paging::Cursor;
use crate::causes::arrivals;
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::TolerantText;
use crate::db::{Database, DbConnection, dialect};
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Cases, sketch};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::list::outlined;
use crate::usages::state::AccountingStatus;
use crate::usages::usage::ACCOUNTED;

/// The author of what follows from an accounted usage.
pub const AUTHOR: &str = "accounted usages";

/// Open failures that one look reads.
const SLICE: usize = 1_000;

/// Cases that one transaction settles.
const CASES: usize = 50;

/// One looks for this time, then rests so many times as long; and longer once everything was looked at.
const LOOKS: Duration = Duration::from_millis(50);
const RESTS: u32 = 20;
const BETWEEN_WALKS: Duration = Duration::from_secs(5);

/// Between two transactions others may write.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks for open failures of accounted usages.
#[derive(Debug, Clone)]
pub struct Accounted {
    database: Database,
    clock: Clock,
    walk: Arc<Mutex<Walk>>,
}

/// Where one is in what is open.
#[derive(Debug, Clone, Default)]
struct Walk {
    /// The last failure that was looked at; none at the start.
    after: Option<Cursor>,
    rests_until: Option<Instant>,
    /// Something was found here; where another instance does the job, one goes on.
    was_told: bool,
}

/// Some of what is open.
#[derive(Debug, Default)]
pub struct Slice {
    /// The failures to be closed, by their usages: of each the newest open one.
    pub found: Vec<(String, String)>,
    /// The last failure of it, where there may be more.
    pub last: Option<Cursor>,
}

impl Accounted {
    /// Of that database.
    pub fn new(database: Database, clock: Clock) -> Accounted {
        Accounted { database, clock, walk: Arc::default() }
    }

    /// Whether any is found: looks for some milliseconds, from where the last look ended.
    pub fn is_due(&self) -> Result<bool> {
        let begin = Instant::now();
        let mut walk = self.walk();
        if walk.rests_until.is_some_and(|until| begin < until) {
            return Ok(false);
        }
        loop {
            let Slice { found, last } = self.read(walk.after.as_ref())?;
            if !found.is_empty() && !walk.was_told {
                self.keep(Walk { was_told: true, ..walk });
                return Ok(true);
            }
            let is_end = last.is_none();
            walk = Walk { after: last, ..Walk::default() };
            if is_end || begin.elapsed() >= LOOKS {
                let rest = begin.elapsed().saturating_mul(RESTS);
                let rest = if is_end { rest.max(BETWEEN_WALKS) } else { rest };
                self.keep(Walk { rests_until: Some(Instant::now() + rest), ..walk });
                return Ok(false);
            }
        }
    }

    /// Closes what is found from there on; whether to go on at once.
    pub fn step(&self) -> Result<bool> {
        let Slice { found, last } = self.read(self.walk().after.as_ref())?;
        for some in found.chunks(CASES) {
            self.settle_all(some)?;
            std::thread::sleep(PAUSE);
        }
        let goes_on = !found.is_empty() && last.is_some();
        self.keep(Walk { after: last, ..Walk::default() });
        Ok(goes_on)
    }

    /// Closes these; where a rule of the platform's stands against one of them, the others one by one.
    fn settle_all(&self, found: &[(String, String)]) -> Result<()> {
        loop {
            match self.settle(found) {
                Err(Error::Refused(said)) if found.len() == 1 => {
                    tracing::debug!(said, "a failure of an accounted usage stays open");
                    return Ok(());
                }
                Err(Error::Refused(_)) => return found.chunks(1).try_for_each(|one| self.settle_all(one)),
                Ok(false) => return Ok(()),
                ended => ended.map(|_| std::thread::sleep(PAUSE))?,
            }
        }
    }

    fn read(&self, after: Option<&Cursor>) -> Result<Slice> {
        self.database.run_here(|connection| slice(connection, after))
    }

    /// Whether another look at these is needed.
    fn settle(&self, found: &[(String, String)]) -> Result<bool> {
        let at = self.clock.now();
        let author = Author { name: AUTHOR.to_owned(), source: Source::Job, request_id: None, at };
        self.database.transaction_here(|connection| settle(connection, found, &author))
    }

    fn walk(&self) -> Walk {
        self.walk.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, walk: Walk) {
        *self.walk.lock().unwrap_or_else(PoisonError::into_inner) = walk;
    }
}

/// The open failures after that one, and what is to be closed of them.
pub fn slice(connection: &mut DbConnection, after: Option<&Cursor>) -> Result<Slice> {
    let (open, last) = outlined::open(connection, after, SLICE)?;
    let shared = |usage_id: &Option<String>| usage_id.clone().filter(|id| !id.trim().is_empty());
    let waiting: HashMap<String, String> = {
        let waiting = open.into_iter().filter(|failure| !failure.is_retrying);
        waiting.filter_map(|failure| Some((failure.id, shared(&failure.usage_id)?))).collect()
    };
    let usage_ids: BTreeSet<String> = waiting.values().cloned().collect();
    let accounted = accounted(connection, &usage_ids.into_iter().collect::<Vec<_>>())?;
    let stand: Vec<String> = {
        let of_accounted = waiting.iter().filter(|(_, usage_id)| accounted.contains(*usage_id));
        of_accounted.map(|(id, _)| id.clone()).collect()
    };
    if stand.is_empty() {
        return Ok(Slice { found: Vec::new(), last });
    }
    let new = new_among(connection, &stand)?;
    let usage_ids: BTreeSet<&String> = new.iter().filter_map(|id| waiting.get(id)).collect();
    let usage_ids: Vec<String> = usage_ids.into_iter().cloned().collect();
    Ok(Slice { found: newest_of(connection, &usage_ids, &new)?, last })
}

/// Those of these usages that are accounted, live or archived.
fn accounted(connection: &mut DbConnection, usage_ids: &[String]) -> Result<HashSet<String>> {
    type States = Vec<(TolerantText, AccountingStatus)>;
    let states = |states: States| -> HashMap<String, Option<String>> {
        states.into_iter().map(|(id, state)| (id.into(), state.into())).collect()
    };
    let mut found = HashMap::new();
    if !usage_ids.is_empty() {
        let rows = live::table.filter(dialect::among::<live::table>("id", usage_ids));
        found = states(rows.select((live::id, live::accounting_status)).load(connection)?);
    }
    let gone: Vec<String> = usage_ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect();
    if !gone.is_empty() {
        let rows = history::table.filter(dialect::among::<history::table>("id", &gone));
        found.extend(states(rows.select((history::id, history::accounting_status)).load(connection)?));
    }
    found.retain(|_, state| state.as_deref() == Some(ACCOUNTED));
    Ok(found.into_keys().collect())
}

/// Those of these failures that neither were adopted nor imported.
fn new_among(connection: &mut DbConnection, ids: &[String]) -> Result<HashSet<String>> {
    let mut new = arrivals::among(connection, ids)?;
    let others: Vec<String> = ids.iter().filter(|id| !new.contains(*id)).cloned().collect();
    new.extend(audit::made(connection, FAILED_ACCOUNTING, &others)?);
    Ok(new)
}

/// The newest open failure of each of these usages, where it is new.
fn newest_of(
    connection: &mut DbConnection,
    usage_ids: &[String],
    new: &HashSet<String>,
) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    if usage_ids.is_empty() {
        return Ok(found);
    }
    for sketch in sketch::of(connection, usage_ids)? {
        // The newest comes first.
        let open = sketch.failures().map(|(_, record)| record).find(|record| record.is_open());
        let is_retrying = sketch.failures().any(|(_, record)| record.is_retrying());
        let newest = open.filter(|record| new.contains(&record.id) && !is_retrying);
        found.extend(newest.and_then(|record| Some((record.llmusageid.clone()?, record.id.clone()))));
    }
    Ok(found)
}

/// Closes these, as far as they are still what was found; whether another look is needed.
fn settle(connection: &mut DbConnection, found: &[(String, String)], author: &Author) -> Result<bool> {
    let usage_ids: Vec<String> = found.iter().map(|(usage_id, _)| usage_id.clone()).collect();
    let mut cases = Cases::of_usages(connection, &usage_ids)?;
    let mut is_going = false;
    for (_, newest) in found {
        let Some(case) = cases.of_mut(newest).filter(|case| is_to_close(case, newest)) else { continue };
        let acted = case.act(|case| match case.settle(newest, None, author) {
            // What the rules refuse is left to people.
            Err(Error::Conflict(_)) => Ok(()),
            done => done,
        })?;
        if acted == Acted::Again {
            is_going = true;
            break;
        }
    }
    cases.save(connection, author, &json!({}))?;
    Ok(is_going)
}

fn is_to_close(case: &Case, newest: &str) -> bool {
    let is_retrying = case.failures().iter().any(FailedRecord::is_retrying);
    let is_accounted = case.usage().is_some_and(|(usage, _)| usage.is_accounted());
    is_accounted && !is_retrying && case.newest_open().is_some_and(|record| record.id == newest)
}
