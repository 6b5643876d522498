//! A connection of its own, for long work in many small transactions beside people who wait for a page.
//!
//! SQLite has one lock for all who write. Those of this process queue for the pool of one, and so does what is written
//! here. Those of other processes only look now and then whether the lock is free: [`Background::transaction_in_turn`] leaves
//! it free for long enough between two transactions.

use std::cell::Cell;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;

use super::connection::Begin;
use super::opening::Manager;
use super::sqlite::wal;
use super::{Database, DbConnection, Engine, first, transactions};
use crate::error::{Error, Result};

/// What this connection keeps of an SQLite file, in kB.
const CACHE: u32 = 128_000;

/// How often SQLite looks whether the lock is free: every so many milliseconds at most, while it has waited less than so
/// many. A little is added for what a look takes.
const LOOKS: [(u64, u64); 2] = [(122, 27), (220, 53)];
const LAST_LOOKS: u64 = 105;

/// Between two transactions it waits at most this long for those who keep the log from restarting.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// A connection that no pool gives to others.
#[derive(Debug)]
pub struct Background {
    connection: DbConnection,
    database: Database,
    /// Since when nobody here holds SQLite's lock, and how long somebody did before.
    free: Option<(Instant, Duration)>,
}

impl Background {
    pub(super) fn open(database: Database) -> Result<Background> {
        let manager = Manager { cache: CACHE, ..database.manager.clone() };
        let connected = first::patiently(|| manager.connect());
        let mut connection = connected.map_err(|error| Error::Unavailable(error.to_string()))?;
        if connection.engine() == Engine::Sqlite {
            connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
        }
        Ok(Background { connection, database, free: None })
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
        transactions::repeated(|| {
            let _place = self.database.place()?;
            self.database.slow_down();
            let (database, connection) = (&self.database, &mut self.connection);
            let ended = database.remembering(|| {
                transactions::within(connection, Begin::Write, database.fenced(work.clone()))
            });
            self.database.wrote();
            ended
        })
    }

    /// As [`Background::transaction`], but not before others had their chance to write since the last one. Gives how long
    /// others had to wait for it, too.
    pub fn transaction_in_turn<T>(
        &mut self,
        work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone,
    ) -> (Result<T>, Duration) {
        self.give_way();
        // From when on others had to wait: not while this one waits for them.
        let began = Cell::new(Instant::now());
        let ended = self.transaction(|connection| {
            began.set(Instant::now());
            work(connection)
        });
        let held = began.get().elapsed();
        self.free = Some((Instant::now(), held));
        (ended, held)
    }

    /// What the engine likes to have done between two transactions, once there is enough of it.
    pub fn tidy(&mut self) -> Result<()> {
        let Some(checkpointer) = self.database.checkpointer.clone() else { return Ok(()) };
        let began = Instant::now();
        while wal::should_restart(&mut self.connection)? {
            self.give_way();
            let held = checkpointer.restart()?;
            self.free = Some((Instant::now(), held));
            // Somebody reads what the log has to keep; long work can wait until they have done, and the log stays short.
            if began.elapsed() >= MAX_PAUSE || !wal::must_restart(&mut self.connection)? {
                break;
            }
            sleep(MAX_PAUSE / 100);
        }
        Ok(())
    }

    /// Leaves SQLite's lock free until everybody who waits for it since it was taken has looked once.
    fn give_way(&self) {
        let (Some((since, held)), Engine::Sqlite) = (self.free, self.engine()) else { return };
        sleep(between_looks(held).saturating_sub(since.elapsed()));
    }
}

/// How long it takes at most until somebody who has waited so long for SQLite's lock looks again.
fn between_looks(waited: Duration) -> Duration {
    let looks = LOOKS.iter().find(|(until, _)| waited < Duration::from_millis(*until));
    Duration::from_millis(looks.map_or(LAST_LOOKS, |(_, every)| *every))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When somebody who waits for SQLite's lock looks, in milliseconds since it began to; as in SQLite's busy handler.
    fn looks() -> impl Iterator<Item = u64> {
        let pauses = [0, 1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50].into_iter().chain(std::iter::repeat(100));
        pauses.scan(0, |at, pause| {
            *at += pause;
            Some(*at)
        })
    }

    #[test]
    fn whoever_began_to_wait_while_the_lock_was_held_looks_while_it_is_free() {
        for held in 1..700 {
            let free = between_looks(Duration::from_millis(held)).as_millis() as u64;
            for waited in 0..=held {
                let look = looks().find(|look| *look >= waited).unwrap_or(u64::MAX);
                assert!(
                    look < waited + free,
                    "held {held} ms, waited {waited}: looks at {look}, free for {free}"
                );
            }
        }
    }
}
