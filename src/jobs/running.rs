//! The loops that run jobs: is it due? Take the lease; do a step; say how it went.
//!
//! A step that fails or panics is logged, shown, and comes again. A stop lets the running step finish.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::job::{Job, Outcome, Turn, is_day_due};
use super::store;
use crate::base::clock::Clock;
use crate::base::secrets;
use crate::db::Database;
use crate::db::lease::Lease;
use crate::error::Result;

/// From the start of one job to that of the next.
const BETWEEN: Duration = Duration::from_millis(50);

/// Jobs that run in the background until they are stopped.
#[derive(Debug)]
pub struct Running {
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts the jobs, one shortly after the other: all at once, each would open connections of its own.
    pub fn start(jobs: Vec<Job>, database: &Database, clock: &Clock) -> Running {
        let now = clock.now();
        if let Err(error) = database.transaction_here(|connection| store::register(connection, &jobs, now)) {
            tracing::error!(%error, "the schedules of the jobs could not be written down");
        }
        let (stop, stopped) = watch::channel(false);
        let one = |(place, job): (u32, Job)| {
            let lease = job.lease.clone().unwrap_or_else(|| database.lease(job.name));
            let fenced = database.leased(&lease);
            let looper = Loop { job, database: database.clone(), fenced, clock: clock.clone(), lease };
            tokio::spawn(turns(looper, BETWEEN * place, stopped.clone()))
        };
        Running { loops: (0..).zip(jobs).map(one).collect(), stop }
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

/// A job with what its loop needs.
#[derive(Debug, Clone)]
struct Loop {
    job: Job,
    database: Database,
    /// The database as it may be written while the lease is held.
    fenced: Database,
    clock: Clock,
    lease: Lease,
}

async fn turns(this: Loop, after: Duration, mut stopped: watch::Receiver<bool>) {
    let mut goes_on = false;
    tokio::select! {
        () = tokio::time::sleep(after) => {}
        _ = stopped.changed() => {}
    }
    while !*stopped.borrow() {
        let one = this.clone();
        goes_on = match tokio::task::spawn_blocking(move || one.turn(goes_on)).await {
            Ok(turn) => turn == Turn::More,
            Err(error) => {
                tracing::error!(job = this.job.name, %error, "a turn broke; it comes again");
                false
            }
        };
        if goes_on {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(this.job.every) => {}
            _ = stopped.changed() => {}
        }
    }
    // The next instance need not wait for this one.
    let one = this.clone();
    let released = tokio::task::spawn_blocking(move || {
        one.database.transaction_here(|connection| one.lease.release(connection))
    });
    if let Ok(Err(error)) = released.await {
        tracing::warn!(job = this.job.name, %error, "a lease could not be given back; it lapses by itself");
    }
}

impl Loop {
    /// One turn: nothing where nothing is due, or another instance holds the lease.
    fn turn(&self, goes_on: bool) -> Turn {
        let taken = catch_unwind(AssertUnwindSafe(|| self.take(goes_on)));
        let outcome = match taken {
            Ok(Ok(None)) => return Turn::Done,
            Ok(Ok(Some(Turn::More))) => return Turn::More,
            Ok(Ok(Some(Turn::Done))) => Outcome::Done,
            Ok(Err(error)) => Outcome::Failed(secrets::mask(&error.to_string()).into_owned()),
            Err(panic) => Outcome::Panicked(secrets::mask(&words_of(&*panic)).into_owned()),
        };
        if outcome != Outcome::Done && self.is_lost() {
            tracing::warn!(
                job = self.job.name,
                why = outcome.message(),
                "the job is not this instance's; what it had begun is undone"
            );
            return Turn::Done;
        }
        match &outcome {
            Outcome::Done => {}
            Outcome::Failed(error) => {
                tracing::error!(job = self.job.name, error, "a step failed; it comes again");
            }
            Outcome::Panicked(error) => {
                tracing::error!(job = self.job.name, error, "a step panicked; it comes again");
            }
        }
        let now = self.clock.now();
        let noted =
            self.fenced.transaction_here(|connection| store::end(connection, &self.job, &outcome, now));
        if let Err(error) = noted {
            tracing::error!(job = self.job.name, %error, "how a job went could not be written down");
        }
        Turn::Done
    }

    fn take(&self, goes_on: bool) -> Result<Option<Turn>> {
        if !goes_on && !self.is_due()? {
            return Ok(None);
        }
        let instance = self.database.instance();
        instance.appear()?;
        let is_ours = self.database.transaction_here(|connection| self.lease.take(connection, instance))?;
        // Another instance may have done the day's run since one looked.
        if !is_ours || (!goes_on && self.job.daily_at.is_some() && !self.is_due()?) {
            return Ok(None);
        }
        if !goes_on {
            let began = self.clock.now();
            self.fenced.transaction_here(|connection| store::begin(connection, self.job.name, began))?;
        }
        self.step().map(Some)
    }

    /// The step, whose lease is renewed beside it: it may read for longer than a lease lasts.
    fn step(&self) -> Result<Turn> {
        let (ended, rest) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while rest.recv_timeout(Lease::lasts() / 4) == Err(RecvTimeoutError::Timeout) {
                    // A lease that was lost is told by the step's next transaction.
                    let _ = self.fenced.transaction_here(|_| Ok(()));
                }
            });
            // Dropped as the step ends, in a panic, too.
            let _ended = ended;
            (self.job.step)()
        })
    }

    /// Whether another instance holds the lease by now.
    fn is_lost(&self) -> bool {
        matches!(self.database.run_here(|connection| self.lease.is_held(connection)), Ok(false))
    }

    fn is_due(&self) -> Result<bool> {
        if let Some(at) = self.job.daily_at {
            let run = self.database.run_here(|connection| store::lookup(connection, self.job.name))?;
            let (done_for, failed_at) = run.map_or((None, None), |run| (run.done_for, run.failed_at()));
            if !is_day_due(self.clock.now(), at, done_for, failed_at) {
                return Ok(false);
            }
        }
        (self.job.is_due)()
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}
