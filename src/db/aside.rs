//! A connection of its own, for long work in many small transactions beside people who wait for a page.
//!
//! SQLite has one lock for all who write, and whoever waits for it only looks now and then: [`Aside::transaction_in_turn`]
//! leaves it free for long enough between two transactions, and copies the log meanwhile.

use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;

use super::connection::{Begin, Manager};
use super::copier::Copier;
use super::{DbConnection, Engine, transactions};
use crate::error::{Error, Result};

/// So long nobody here holds SQLite's lock between two transactions: who waits for it looks every 25 ms in the first
/// 128 ms, then more seldom.
const FREE: Duration = Duration::from_millis(27);

/// A connection that no pool gives to others.
#[derive(Debug)]
pub struct Aside {
    connection: DbConnection,
    /// On SQLite alone.
    copier: Option<Copier>,
    /// Since when nobody here holds the lock.
    free_since: Option<Instant>,
}

impl Aside {
    pub(super) fn open(manager: &Manager) -> Result<Aside> {
        let mut connection = manager.connect().map_err(|error| Error::Unavailable(error.to_string()))?;
        let mut copier = None;
        if connection.engine() == Engine::Sqlite {
            connection.batch_execute("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -128000")?;
            copier = Some(Copier::start(manager)?);
        }
        Ok(Aside { connection, copier, free_since: None })
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        self.connection.engine()
    }

    /// Reads: all queries of `work` see one snapshot.
    pub fn read<T>(&mut self, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Result<T> {
        transactions::within(&mut self.connection, Begin::Snapshot, work)
    }

    /// Writes: everything in `work` happens, or nothing; repeated where the database asks for it.
    pub fn transaction<T>(&mut self, work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone) -> Result<T> {
        transactions::repeated(|| transactions::within(&mut self.connection, Begin::Write, work.clone()))
    }

    /// As [`Aside::transaction`], but not before others had their chance to write since the last one. Gives how long
    /// others had to wait for it, too.
    pub fn transaction_in_turn<T>(
        &mut self,
        work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone,
    ) -> (Result<T>, Duration) {
        if let (Some(_), Some(since)) = (&self.copier, self.free_since) {
            sleep(FREE.saturating_sub(since.elapsed()));
        }
        // From when on others had to wait: not while this one waits for them.
        let began = std::cell::Cell::new(Instant::now());
        let ended = self.transaction(|connection| {
            began.set(Instant::now());
            work(connection)
        });
        self.free_since = Some(Instant::now());
        (ended, began.get().elapsed())
    }

    /// What the engine likes to have done between two transactions, once there is enough of it.
    pub fn tidy(&mut self) -> Result<()> {
        if let Some(copier) = &self.copier
            && copier.ask(&mut self.connection)?
        {
            copier.shorten()?;
            self.free_since = Some(Instant::now());
        }
        Ok(())
    }
}
