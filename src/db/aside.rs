//! A connection of its own, for long work in many small transactions beside people who wait for a page.
//!
//! On SQLite it copies the log into the file between its transactions, while others may write, and soon enough that no
//! commit of theirs has to. Not after each transaction: the same pages are written again and again.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_types::BigInt;

use super::connection::{BUSY_TIMEOUT, Begin, CHECKPOINT_AFTER, Manager};
use super::{DbConnection, Engine, transactions};
use crate::error::{Error, Result};

/// Pages in SQLite's log from which on it is copied: far from what makes the commits of others do it.
const LONG: i64 = CHECKPOINT_AFTER / 4;

/// How long the log waits for readers and writers before it starts anew another time, in milliseconds.
const PATIENCE: u32 = 40;

/// A connection that no pool gives to others.
#[derive(Debug)]
pub struct Aside {
    connection: DbConnection,
}

impl Aside {
    pub(super) fn open(manager: &Manager) -> Result<Aside> {
        let mut connection = manager.connect().map_err(|error| Error::Unavailable(error.to_string()))?;
        if connection.engine() == Engine::Sqlite {
            connection.batch_execute("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -128000")?;
        }
        Ok(Aside { connection })
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

    /// What the engine likes to have done between two transactions, once there is enough of it.
    pub fn tidy(&mut self) -> Result<()> {
        if self.engine() != Engine::Sqlite || self.log("NOOP")?.0 < LONG {
            return Ok(());
        }
        // While others write; when all of it is copied, the next one to write begins the log anew.
        let (pages, copied) = self.log("PASSIVE")?;
        if copied < pages && pages > CHECKPOINT_AFTER / 2 {
            // Somebody wrote meanwhile, again and again: for that little others wait.
            self.connection.batch_execute(&format!("PRAGMA busy_timeout = {PATIENCE}"))?;
            self.log("RESTART")?;
            self.connection.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}"))?;
        }
        Ok(())
    }

    /// Copies the log in that mode; how many pages it holds, and how many of them are copied.
    fn log(&mut self, mode: &str) -> Result<(i64, i64)> {
        #[derive(QueryableByName)]
        struct Log {
            #[diesel(sql_type = BigInt)]
            log: i64,
            #[diesel(sql_type = BigInt)]
            checkpointed: i64,
        }
        let question = format!("PRAGMA wal_checkpoint({mode})");
        let rows: Vec<Log> = diesel::sql_query(question).load(&mut self.connection)?;
        Ok(rows.first().map_or((0, 0), |row| (row.log, row.checkpointed)))
    }
}
