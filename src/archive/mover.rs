//! Drives runs: one small transaction after the other, as large as the time that others may have to wait allows.
//!
//! Killed at any moment, a run goes on where its last transaction ended; two movers at once move each usage once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::holding;
use super::left::{Left, Reason};
use super::moving::{Moved, Shape};
use super::preview;
use super::run::{Run, State};
use super::store;
use super::walk::{self, Candidate};
use crate::base::clock::Clock;
use crate::base::secrets;
use crate::db::{Background, Database, DbConnection};
use crate::error::{Error, Result};

/// The name of the job that drives runs.
pub const JOB: &str = "archive mover";

/// A transaction should take this long; others wait for it, and on SQLite every writer.
const TARGET: Duration = Duration::from_millis(50);

/// Usages of one transaction: at first, at least and at most.
const FIRST: usize = 100;
const LEAST: usize = 10;
const MOST: usize = 5_000;

/// A command tells its progress at this interval.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// One step of the job lasts this long.
const STEP_TIME: Duration = Duration::from_millis(1_000);

/// Moves what runs ask for.
#[derive(Debug)]
pub struct Mover {
    database: Database,
    clock: Clock,
    /// This process, in the runs that it drives.
    holder: String,
    /// How many usages the next transaction takes.
    size: AtomicUsize,
}

impl Mover {
    /// A mover that drives nothing yet.
    pub fn new(database: Database, clock: Clock) -> Mover {
        let holder = database.instance().holder();
        Mover { database, clock, holder, size: AtomicUsize::new(FIRST) }
    }

    /// Whether a run waits to be driven.
    pub fn is_due(&self) -> Result<bool> {
        Ok(self.free()?.is_some())
    }

    /// The oldest run that nobody else drives.
    fn free(&self) -> Result<Option<Run>> {
        let instance = self.database.instance();
        self.database.run_here(|connection| holding::free(connection, instance, &self.holder))
    }

    /// The oldest run that somebody began to drive who is gone.
    pub fn abandoned(&self) -> Result<Option<Run>> {
        let instance = self.database.instance();
        self.database.run_here(|connection| holding::abandoned(connection, instance, &self.holder))
    }

    /// Drives the oldest run for a moment; says whether there is more to do.
    pub fn step(&self) -> Result<bool> {
        let Some(run) = self.free()? else { return Ok(false) };
        self.advance(&mut self.database.background()?, &run.id, STEP_TIME)?;
        self.is_due()
    }

    /// Drives one run to its end, telling how far it is about twice a second.
    pub fn drive(&self, run_id: &str, tell: &mut dyn FnMut(&Run)) -> Result<Run> {
        // One connection for all of it: what it has read of the file, and the texts of its statements, stay with it.
        let mut background = self.database.background()?;
        loop {
            self.advance(&mut background, run_id, PROGRESS_INTERVAL)?;
            let run = self.database.run_here(|connection| store::find(connection, run_id))?;
            tell(&run);
            if !run.is_active() {
                return Ok(run);
            }
        }
    }

    /// Ends a run that cannot go on.
    pub fn give_up(&self, run_id: &str, reason: &str) -> Result<()> {
        self.end(&mut self.database.background()?, run_id, State::Failed, Some(reason))
    }

    /// Drives a run for that time, or to its end.
    fn advance(&self, background: &mut Background, run_id: &str, budget: Duration) -> Result<()> {
        let started = Instant::now();
        let instance = self.database.instance();
        instance.appear()?;
        let hold = |connection: &mut DbConnection| holding::hold(connection, run_id, instance, &self.holder);
        if !background.transaction_in_turn(hold).0? {
            // Another process drives it.
            sleep(budget);
            return Ok(());
        }
        let shape = match background.read(Shape::read) {
            Err(Error::Unavailable(reason)) => {
                return self.end(background, run_id, State::Failed, Some(&reason));
            }
            shape => shape?,
        };
        while started.elapsed() < budget {
            let run = background.read(|connection| store::find(connection, run_id))?;
            if !run.is_active() || run.holder != self.holder {
                return Ok(());
            }
            if run.is(State::Stopping) {
                return self.end(background, run_id, State::Stopped, None);
            }
            if run.expected_rows.is_none() {
                let rows = background.read(|connection| walk::count(connection, run.cutoff))?;
                background.transaction(|connection| store::expect(connection, run_id, rows))?;
            }
            if !self.batch(background, &shape, &run)? {
                return self.finish(background, run_id);
            }
        }
        Ok(())
    }

    /// Ends a run that has moved all it could. What has no day was never a candidate, so it is looked for now.
    fn finish(&self, background: &mut Background, run_id: &str) -> Result<()> {
        let stays = background.read(|connection| preview::without_day(connection, None))?;
        let now = self.clock.now();
        background
            .transaction(|connection| store::finish(connection, run_id, &self.holder, stays.as_ref(), now))?;
        tracing::info!(run = run_id, state = State::Done.as_str(), "a run of the archive ended");
        background.tidy()
    }

    fn end(
        &self,
        background: &mut Background,
        run_id: &str,
        state: State,
        message: Option<&str>,
    ) -> Result<()> {
        let now = self.clock.now();
        let message = message.map(secrets::mask);
        background.transaction(|connection| {
            store::end(connection, run_id, &self.holder, state, message.as_deref(), now).map(drop)
        })?;
        tracing::info!(run = run_id, state = state.as_str(), "a run of the archive ended");
        background.tidy()
    }

    /// One transaction; says whether there was anything to look at.
    fn batch(&self, background: &mut Background, shape: &Shape, run: &Run) -> Result<bool> {
        let size = self.size.load(Ordering::Relaxed);
        let place = run.place();
        let candidates =
            background.read(|connection| shape.next(connection, run.cutoff, place.as_ref(), size))?;
        if candidates.is_empty() {
            return Ok(false);
        }
        let took = self.take(background, shape, run, &candidates)?;
        // A short one tells little: at most half as much again.
        let fitting = candidates.len() as f64 * TARGET.as_secs_f64() / took.as_secs_f64().max(0.000_1);
        let size = (fitting as usize).clamp(size / 4, size + size / 2 + 1).clamp(LEAST, MOST);
        self.size.store(size, Ordering::Relaxed);
        background.tidy()?;
        Ok(true)
    }

    /// Takes the candidates in one transaction; where the database refuses one of them, in two halves. Gives how long the
    /// longest transaction took.
    fn take(
        &self,
        background: &mut Background,
        shape: &Shape,
        run: &Run,
        candidates: &[Candidate],
    ) -> Result<Duration> {
        let Some(last) = candidates.last() else { return Ok(Duration::ZERO) };
        let add = |connection: &mut DbConnection, moved: &Moved, milliseconds: i64| {
            store::add(connection, &run.id, &self.holder, moved, &last.place, milliseconds)
        };
        let (taken, took) = background.transaction_in_turn(|connection| {
            let began = Instant::now();
            let moved = shape.take(connection, candidates, run.cutoff, run.backup_time)?;
            add(connection, &moved, milliseconds(began.elapsed()))
        });
        match (taken, candidates) {
            (Ok(()), _) => Ok(took),
            (Err(Error::Internal(reason) | Error::Fault(reason) | Error::Refused(reason)), [alone]) => {
                tracing::warn!(usage = alone.id, reason, "a usage cannot be archived; it stays");
                let mut left = Left::none(Reason::NotCopied);
                left.sums.add(None, None);
                left.ids.push(alone.id.clone());
                let moved = Moved { left: vec![left], ..Moved::default() };
                background.transaction(|connection| add(connection, &moved, 0))?;
                Ok(took)
            }
            (Err(Error::Internal(_) | Error::Fault(_) | Error::Refused(_)), _) => {
                let (one, other) = candidates.split_at(candidates.len() / 2);
                let first = self.take(background, shape, run, one)?;
                Ok(first.max(self.take(background, shape, run, other)?))
            }
            (Err(error), _) => Err(error),
        }
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
