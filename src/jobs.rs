//! Work that the app does by itself: one loop for each job, the same for all of them.
//!
//! Is anything due? Take the lease, so that of many instances one runs it; do a step; say how it went. A step that
//! fails or panics is logged and comes again. Leases save work; what keeps rows right are the steps' transactions.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::base::clock::Clock;
use crate::config::Config;
use crate::db::schema::job_lease;
use crate::db::{Database, DbConnection, is_duplicate};
use crate::error::{Error, Result};
use crate::failed_accounting::watcher::Watcher;

/// A lease lasts so many turns of its job, and at least a minute: another instance waits so long for one that died.
const TURNS: u32 = 4;
const SHORTEST_LEASE: Duration = Duration::from_secs(60);

type Due = dyn Fn() -> Result<bool> + Send + Sync;
type Step = dyn Fn() -> Result<()> + Send + Sync;

/// Something to do again and again.
#[derive(Clone)]
pub struct Job {
    /// Its row in `job_lease`.
    pub name: &'static str,
    pub every: Duration,
    /// Whether there is anything to do; cheap, because it is asked at each turn.
    pub is_due: Arc<Due>,
    /// One stretch of work, on a thread of its own.
    pub step: Arc<Step>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("name", &self.name).field("every", &self.every).finish_non_exhaustive()
    }
}

/// The jobs of a server.
pub fn all(config: &Config, database: &Database, clock: &Clock) -> Vec<Job> {
    let watcher = Arc::new(Watcher::new(database.clone(), clock.clone()));
    let looked_at = watcher.clone();
    vec![Job {
        name: "retry watcher",
        every: Duration::from_secs(config.retry_watch_seconds.into()),
        is_due: Arc::new(move || looked_at.is_due()),
        step: Arc::new(move || watcher.step().map(drop)),
    }]
}

/// Jobs that run in the background until they are stopped.
#[derive(Debug)]
pub struct Running {
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts the jobs; each takes its first turn at once.
    pub fn start(jobs: Vec<Job>, database: &Database) -> Running {
        let (stop, stopped) = watch::channel(false);
        let holder = nanoid::nanoid!();
        let one = |job| tokio::spawn(turns(job, database.clone(), holder.clone(), stopped.clone()));
        Running { loops: jobs.into_iter().map(one).collect(), stop }
    }

    /// Lets running steps finish and begins no more.
    pub async fn stop(self) {
        // Nobody listens any more where every loop has ended.
        let _ = self.stop.send(true);
        for ended in self.loops {
            if let Err(error) = ended.await {
                tracing::error!(%error, "the loop of a job broke");
            }
        }
    }
}

async fn turns(job: Job, database: Database, holder: String, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let (turn, database, holder) = (job.clone(), database.clone(), holder.clone());
        let taken = tokio::task::spawn_blocking(move || take(&turn, &database, &holder)).await;
        match taken {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(job = job.name, %error, "a step failed; it comes again"),
            Err(error) => tracing::error!(job = job.name, %error, "a step panicked; it comes again"),
        }
        tokio::select! {
            () = tokio::time::sleep(job.every) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// One turn: nothing where nothing is due, or another instance holds the lease.
fn take(job: &Job, database: &Database, holder: &str) -> Result<()> {
    if !(job.is_due)()? {
        return Ok(());
    }
    let lease = SHORTEST_LEASE.max(job.every * TURNS);
    let now = Clock::epoch_milliseconds();
    let until = now + i64::try_from(lease.as_millis()).map_err(Error::internal)?;
    if database.transaction_here(|connection| lease_until(connection, job.name, holder, (now, until)))? {
        (job.step)()?;
    }
    Ok(())
}

/// Takes or keeps the lease of a job, unless another instance holds it still.
fn lease_until(
    connection: &mut DbConnection,
    name: &str,
    holder: &str,
    (now, until): (i64, i64),
) -> Result<bool> {
    let row = job_lease::table.filter(job_lease::name.eq(name.to_owned()));
    let free = row.filter(job_lease::holder.eq(holder.to_owned()).or(job_lease::held_until.lt(now)));
    let mine = (job_lease::holder.eq(holder.to_owned()), job_lease::held_until.eq(until));
    if diesel::update(free).set(mine).execute(connection)? == 1 {
        return Ok(true);
    }
    let is_known = job_lease::table.filter(job_lease::name.eq(name.to_owned())).select(job_lease::name);
    if is_known.first::<String>(connection).optional()?.is_some() {
        return Ok(false);
    }
    let row = (
        job_lease::name.eq(name.to_owned()),
        job_lease::holder.eq(holder.to_owned()),
        job_lease::held_until.eq(until),
    );
    match diesel::insert_into(job_lease::table).values(row).execute(connection) {
        // Another instance was first; on PostgreSQL the transaction is over with that.
        Err(error) if is_duplicate(&error) => Err(Error::Unavailable("the lease was just taken".to_owned())),
        inserted => Ok(inserted? == 1),
    }
}
