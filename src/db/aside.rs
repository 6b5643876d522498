//! A connection of its own, for long work in many small transactions beside people who wait for a page.
//!
//! On SQLite it copies the log into the file between its transactions, while others may write; the commits of others
//! then find little of that left to do.

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;

use super::connection::{Begin, Manager};
use super::{DbConnection, Engine, transactions};
use crate::error::{Error, Result};

/// A connection that no pool gives to others.
#[derive(Debug)]
pub struct Aside {
    connection: DbConnection,
}

impl Aside {
    pub(super) fn open(manager: &Manager) -> Result<Aside> {
        let mut connection = manager.connect().map_err(|error| Error::Unavailable(error.to_string()))?;
        if connection.engine() == Engine::Sqlite {
            connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
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

    /// What the engine likes to have done between two transactions.
    pub fn tidy(&mut self) -> Result<()> {
        if self.engine() == Engine::Sqlite {
            self.connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")?;
        }
        Ok(())
    }
}
