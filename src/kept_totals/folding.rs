//! The job that folds deltas into the totals.
//!
//! It takes the deltas that it read by their ids and no others: ids are given before a commit, so "all up to this one"
//! would lose what another transaction commits later. Where somebody else took one of them, nothing of it happens.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::counting;
use super::sheet::Sheet;
use super::standing::{self, Standing};
use super::store;
use crate::base::clock::Clock;
use crate::db::{Database, DbConnection, migrations};
use crate::error::{Error, Result};

/// Deltas that one transaction folds.
const MOST: i64 = 2_000;

/// From so many on they are folded at once: until then, whoever asks adds them up in a fraction of a millisecond.
const ENOUGH: i64 = 500;

/// Fewer wait this long: each fold writes the pages of its totals.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often one looks whether the triggers are there.
const LOOK: Duration = Duration::from_secs(60);

/// A count that began so long ago in milliseconds was cut off.
const CUT_OFF: i64 = 30 * 60 * 1_000;

/// Folds what waits, up to `MOST` deltas; gives how many. Nothing while totals are counted: whoever counts them sees the
/// deltas. While they differ from the rows nobody reads them, and only what would pile up is folded: they differ by as much
/// then, until they are counted.
pub fn fold(connection: &mut DbConnection) -> Result<usize> {
    let is_worth = match standing::lock(connection)? {
        Standing::Kept => true,
        Standing::Different => store::waiting(connection, ENOUGH)? >= ENOUGH,
        Standing::Counting { .. } | Standing::Unknown => false,
    };
    if !is_worth {
        return Ok(0);
    }
    let deltas = store::deltas(connection, MOST)?;
    let ids: Vec<i64> = deltas.iter().map(|delta| delta.id).collect();
    if store::forget(connection, &ids)? != ids.len() {
        return Err(Error::Transient("somebody else folds".to_owned()));
    }
    let mut sheet = Sheet::default();
    deltas.iter().for_each(|delta| sheet.note_delta(delta));
    store::add(connection, &sheet.rows())?;
    Ok(ids.len())
}

/// The job: folds, counts what was never counted, and looks after the triggers.
#[derive(Debug, Clone)]
pub struct Folder {
    database: Database,
    /// When it last folded, and last looked at the triggers.
    last: Arc<Mutex<(Instant, Option<Instant>)>>,
}

impl Folder {
    pub fn new(database: Database) -> Folder {
        Folder { database, last: Arc::new(Mutex::new((Instant::now(), None))) }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, (Instant, Option<Instant>)> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is something to do.
    pub fn is_due(&self) -> Result<bool> {
        let (folded, looked) = *self.last();
        if looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            return Ok(true);
        }
        let (standing, waiting) = self.database.run_here(|connection| {
            Ok((standing::standing(connection)?, store::waiting(connection, ENOUGH)?))
        })?;
        Ok(match standing {
            Standing::Different => waiting >= ENOUGH,
            Standing::Kept => waiting >= ENOUGH || (waiting > 0 && folded.elapsed() >= PATIENCE),
            standing => is_to_be_counted(&standing),
        })
    }

    /// Does a little; gives whether there is more.
    pub fn step(&self) -> Result<bool> {
        if self.last().1.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.look()?;
        }
        if is_to_be_counted(&self.database.run_here(standing::standing)?) {
            return counting::count(&self.database).map(|_| false);
        }
        let folded = self.database.transaction_here(fold)?;
        self.last().0 = Instant::now();
        Ok(folded as i64 >= ENOUGH)
    }

    /// Without its triggers nothing is kept: pages count for themselves until `migrate` has made them again.
    fn look(&self) -> Result<()> {
        if counting::doubt_if_unkept(&self.database)? {
            self.last().1 = Some(Instant::now());
            return Ok(());
        }
        let generation = self.database.run_here(standing::generation)?;
        if let Some(words) = migrations::totals_obstacle(&self.database)? {
            tracing::error!(words, "totals are not kept: triggers");
            self.database.transaction_here(|connection| standing::doubt(connection, generation))?;
        }
        self.last().1 = Some(Instant::now());
        Ok(())
    }
}

fn is_to_be_counted(standing: &Standing) -> bool {
    match standing {
        Standing::Kept | Standing::Different => false,
        Standing::Counting { since, .. } => Clock::epoch_milliseconds() - since > CUT_OFF,
        Standing::Unknown => true,
    }
}
