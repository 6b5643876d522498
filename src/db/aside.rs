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

/// Pages in SQLite's log from which on it is copied: three quarters of what makes the commits of others do it.
const LONG: i64 = CHECKPOINT_AFTER * 3 / 4;

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
        if self.engine() != Engine::Sqlite || self.log()? < LONG {
            return Ok(());
        }
        // Most of it while others write; for the rest they wait, so that the log begins anew.
        self.connection.batch_execute(&format!(
            "PRAGMA wal_checkpoint(PASSIVE); PRAGMA busy_timeout = {PATIENCE}; PRAGMA wal_checkpoint(RESTART); \
             PRAGMA busy_timeout = {BUSY_TIMEOUT}"
        ))?;
        Ok(())
    }

    /// How many pages SQLite's log holds.
    fn log(&mut self) -> Result<i64> {
        #[derive(QueryableByName)]
        struct Log {
            #[diesel(sql_type = BigInt)]
            log: i64,
        }
        let rows: Vec<Log> = diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").load(&mut self.connection)?;
        Ok(rows.first().map_or(0, |row| row.log))
    }
}
