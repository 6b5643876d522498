//! The figures of the desk, kept for a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use tokio::sync::Mutex;

use crate::alerts::delivery::{GIVEN_UP, WAITING};
use crate::alerts::{history, store as alerts};
use crate::base::clock::Clock;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::condition::{self, Search};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::totals::{self, Totals};
use crate::jobs::store::{self as jobs, JobRun};

/// Figures are given again for at least this long.
const MIN_TTL: Duration = Duration::from_secs(15);

/// Figures are given again for this many times as long as they took.
const TTL_FACTOR: u32 = 100;

/// The desk at a moment.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub open: Totals,
    pub retrying: i64,
    /// Retrying for longer than the platform should take.
    pub stuck: i64,
    pub jobs: Vec<JobRun>,
    /// Alert rules that fire, and deliveries that wait or were given up.
    pub alerts_firing: usize,
    pub deliveries_waiting: i64,
    pub deliveries_given_up: i64,
}

impl Figures {
    /// Asks the database: along indexes of open records and of retries only.
    pub fn of(connection: &mut DbConnection, stuck_since: NaiveDateTime) -> Result<Figures> {
        let retrying = || failed::table.filter(condition::is_retrying());
        Ok(Figures {
            open: totals::exact(connection, &Filter::default(), &Search::Nothing)?,
            retrying: retrying().count().get_result(connection)?,
            stuck: retrying()
                .filter(failed::retry_requested_at.lt(stuck_since))
                .count()
                .get_result(connection)?,
            jobs: jobs::list(connection)?,
            alerts_firing: alerts::firing(connection)?.len(),
            deliveries_waiting: history::count(connection, WAITING)?,
            deliveries_given_up: history::count(connection, GIVEN_UP)?,
        })
    }
}

#[derive(Debug)]
struct Kept {
    asked: Instant,
    took: Duration,
    /// None when the database was away.
    figures: Option<Figures>,
}

/// The last figures; one request at a time asks for new ones. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Mutex<Option<Kept>>>);

impl Watch {
    /// The present figures, or those of a while ago; none while the database is away.
    pub async fn figures(&self, database: &Database, stuck_since: NaiveDateTime) -> Option<Figures> {
        let mut kept = self.0.lock().await;
        if let Some(known) =
            kept.as_ref().filter(|known| known.asked.elapsed() < MIN_TTL.max(known.took * TTL_FACTOR))
        {
            return known.figures.clone();
        }
        let started = Instant::now();
        let asked = database.run(move |connection| Figures::of(connection, stuck_since)).await;
        if let Err(error) = &asked {
            tracing::warn!(%error, "no figures for /metrics");
        }
        let figures = asked.ok();
        // What is away is asked again soon: its return shall be seen.
        let took = if figures.is_some() { started.elapsed() } else { Duration::ZERO };
        *kept = Some(Kept { asked: Instant::now(), took, figures: figures.clone() });
        figures
    }
}

/// Seconds from a time of the business zone until now.
pub fn age_in_seconds(clock: &Clock, time: NaiveDateTime) -> i64 {
    (clock.now() - time).num_seconds().max(0)
}
