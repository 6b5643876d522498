//! The job that runs batches: stretch after stretch, in turn where several are under way.
//!
//! What is done is in the database with the stretch that did it, so that a killed run goes on where it was.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::batch::{Action, Batch, State};
use super::pace::Pace;
use super::{canary, passed_over, store, stretch, undo};
use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::db::{Background, Database, DbConnection};
use crate::error::{Error, Result, quoted};
use crate::ledger::{Ledger, PATIENCE_FOR_MANY};

/// One step of the job lasts at most this long; a server that is told to stop does so between two steps.
const MAX_STEP: Duration = Duration::from_secs(2);

/// The pause after each transaction, in which others write.
const PAUSE: Duration = Duration::from_millis(3);

/// The author of what a batch notes about itself.
const AUTHOR: &str = "batch runner";

/// Runs what is under way.
#[derive(Debug, Clone)]
pub struct Runner {
    database: Database,
    clock: Clock,
    ledger: Ledger,
    pace: Pace,
}

/// What a batch needs next, as it was read.
enum Work {
    Rows(Vec<super::verdict::Item>),
    Look(super::batch::Canary),
    Undo(Vec<undo::Done>),
    Nothing,
}

impl Work {
    /// The usages that a retry is asked for: to take a withdrawal back is to ask for one again.
    fn asks_for(&self, batch: &Batch) -> Vec<String> {
        let ids = match self {
            Work::Rows(items) if batch.retries() => {
                let meant = items.iter().filter(|item| item.kept_by(batch).is_none());
                meant.map(|item| item.llmusageid.clone()).collect()
            }
            Work::Undo(rows) if batch.action == Action::Withdraw => {
                rows.iter().map(|row| row.llmusageid.clone()).collect()
            }
            _ => Vec::new(),
        };
        ids.into_iter().flatten().collect()
    }
}

impl Runner {
    /// A runner of that database's batches.
    pub fn new(database: Database, clock: Clock) -> Runner {
        Runner { database, clock, ledger: Ledger::default(), pace: Pace::default() }
    }

    /// The same, which asks that ledger before it retries.
    pub fn asking(self, ledger: &Ledger) -> Runner {
        Runner { ledger: ledger.clone(), ..self }
    }

    /// Does the beginning of a batch at once, so that nobody waits for the job with a few rows. What goes wrong here is the
    /// job's again.
    pub async fn begin(self, id: &str) {
        let id = id.to_owned();
        match tokio::task::spawn_blocking(move || self.stretch(&id)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the first stretch of a batch is left to the job"),
            Err(error) => tracing::error!(%error, "the first stretch of a batch broke off"),
        }
    }

    /// Whether any batch is under way.
    pub fn is_due(&self) -> Result<bool> {
        Ok(!self.database.run_here(store::under_way)?.is_empty())
    }

    /// Works on the batches under way until none can go on, or the step has lasted long enough; whether more is to do.
    pub fn step(&self) -> Result<bool> {
        let started = Instant::now();
        // A connection of its own: what it has read of the file stays with it.
        let mut background = self.database.background()?;
        loop {
            let mut has_moved = false;
            for id in self.database.run_here(store::under_way)? {
                match self.stretch_on(&mut background, &id) {
                    Ok(moved) => has_moved |= moved,
                    // Another instance is at it, or the platform holds one of its rows.
                    Err(Error::Held) => tracing::info!(batch = id, "somebody holds its rows; it comes again"),
                    // The others go on; this one comes again with the next step.
                    Err(error) => tracing::error!(batch = id, %error, "a stretch failed; it comes again"),
                }
                std::thread::sleep(PAUSE);
            }
            if !has_moved || started.elapsed() > MAX_STEP {
                return Ok(has_moved);
            }
        }
    }

    /// One stretch of one batch; whether anything was done.
    pub fn stretch(&self, id: &str) -> Result<bool> {
        self.stretch_on(&mut self.database.background()?, id)
    }

    fn stretch_on(&self, background: &mut Background, id: &str) -> Result<bool> {
        let (batch, work) = background.read(|connection| {
            let batch = store::find(connection, id)?;
            let work = next(connection, &batch, self.pace.rows())?;
            Ok((batch, work))
        })?;
        let author = self.author(&batch);
        // Outside of the transaction, so that nobody waits for the ledger with a lock in hand.
        let usages = work.asks_for(&batch);
        let answers =
            background.read(|connection| self.ledger.ask(connection, &usages, PATIENCE_FOR_MANY))?;
        match work {
            Work::Nothing => Ok(false),
            Work::Rows(items) => self.narrowed(
                background,
                &items,
                |connection, items| stretch::run(connection, &batch, items, &answers, &author),
                |connection, items| passed_over::in_run(connection, &batch, items, &author),
            ),
            Work::Undo(rows) => self.narrowed(
                background,
                &rows,
                |connection, rows| undo::run(connection, &batch, rows, &answers, &author),
                |connection, rows| passed_over::in_undo(connection, &batch, rows, &author),
            ),
            Work::Look(seen) => {
                background.transaction(|connection| canary::decide(connection, &batch, seen, &author))
            }
        }
    }

    /// Works on these rows; of some that the database refuses on the first half, down to the one that it refuses, which is
    /// passed over.
    fn narrowed<R>(
        &self,
        background: &mut Background,
        mut rows: &[R],
        work: impl Fn(&mut DbConnection, &[R]) -> Result<bool>,
        pass_over: impl Fn(&mut DbConnection, &[R]) -> Result<bool>,
    ) -> Result<bool> {
        loop {
            match self.paced(background, rows.len(), |connection| work(connection, rows)) {
                Err(Error::Refused(_)) if rows.len() > 1 => rows = rows.get(..rows.len() / 2).unwrap_or(rows),
                Err(Error::Refused(said)) => {
                    tracing::warn!(
                        said = quoted(&said),
                        "the database refuses a row of a batch; it is not done"
                    );
                    return background.transaction(|connection| pass_over(connection, rows));
                }
                ended => return ended,
            }
        }
    }

    /// Works on so many rows in one transaction, and learns how long others had to wait for it.
    fn paced(
        &self,
        background: &mut Background,
        rows: usize,
        work: impl FnOnce(&mut DbConnection) -> Result<bool> + Clone,
    ) -> Result<bool> {
        // Not while this one waits for others.
        let began = Cell::new(Instant::now());
        let moved = background.transaction(|connection| {
            began.set(Instant::now());
            work(connection)
        })?;
        self.pace.note(rows, began.get().elapsed());
        background.tidy()?;
        Ok(moved)
    }

    /// Who answers for what is done next.
    fn author(&self, batch: &Batch) -> Author {
        let person = match batch.state {
            State::Undoing => &batch.stored.undo_by,
            _ => &batch.stored.run_by,
        };
        let name = person.clone().unwrap_or_else(|| AUTHOR.to_owned());
        Author { name, source: Source::Batch, request_id: None, at: self.clock.now() }
    }
}

fn next(connection: &mut DbConnection, batch: &Batch, rows: i64) -> Result<Work> {
    Ok(match (batch.state, batch.canary) {
        (State::Running, _) => Work::Rows(stretch::next_items(connection, batch, rows)?),
        (State::Undoing, _) => Work::Undo(undo::next(connection, batch, rows)?),
        (State::Waiting, Some(canary)) => Work::Look(canary::look(connection, batch, canary)?),
        _ => Work::Nothing,
    })
}
