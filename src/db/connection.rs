//! One connection type for three databases, and how its transactions begin and end.
//!
//! The only place, with its siblings, where an engine is named.

#![expect(clippy::disallowed_methods, reason = "the type of all connections can open one")]

use diesel::connection::{AnsiTransactionManager, CacheSize, SimpleConnection, TransactionManager};
use diesel::prelude::*;

use super::Engine;

/// A connection to any of the databases that this build knows.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    #[cfg(feature = "mysql")]
    Mysql(diesel::MysqlConnection),
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

impl std::fmt::Debug for DbConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DbConnection").field(&self.engine()).finish()
    }
}

/// How a transaction is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// One snapshot for all queries; writes nothing.
    Snapshot,
    /// Takes the write lock at once where an engine has a single one.
    Write,
}

impl DbConnection {
    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match self {
            #[cfg(feature = "sqlite")]
            DbConnection::Sqlite(_) => Engine::Sqlite,
            #[cfg(feature = "mysql")]
            DbConnection::Mysql(_) => Engine::Mysql,
            #[cfg(feature = "postgres")]
            DbConnection::Postgres(_) => Engine::Postgres,
        }
    }

    /// SQLite's deferred write transactions fail when two meet, hence IMMEDIATE.
    pub(super) fn begin(&mut self, begin: Begin) -> QueryResult<()> {
        match self {
            #[cfg(feature = "sqlite")]
            DbConnection::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(
                connection,
                if begin == Begin::Write { "BEGIN IMMEDIATE" } else { "BEGIN DEFERRED" },
            ),
            #[cfg(feature = "mysql")]
            DbConnection::Mysql(connection) => AnsiTransactionManager::begin_transaction_sql(
                connection,
                match begin {
                    Begin::Write => "START TRANSACTION READ WRITE",
                    // The session is READ COMMITTED, for those who write.
                    Begin::Snapshot => {
                        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
                         START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
                    }
                },
            ),
            #[cfg(feature = "postgres")]
            DbConnection::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(
                connection,
                match begin {
                    Begin::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
                    Begin::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                },
            ),
        }
    }

    /// How many seconds a statement of this connection waits for a lock, where an engine has locks on rows.
    pub(super) fn wait_for_locks(&mut self, seconds: u64) -> QueryResult<()> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Mysql => self.batch_execute(&format!(
                "SET SESSION innodb_lock_wait_timeout = {seconds}, SESSION lock_wait_timeout = {seconds}"
            )),
            Engine::Postgres => self.batch_execute(&format!("SET lock_timeout = '{seconds}s'")),
        }
    }

    pub(super) fn commit(&mut self) -> QueryResult<()> {
        <Self as Connection>::TransactionManager::commit_transaction(self)
    }

    pub(super) fn rollback(&mut self) -> QueryResult<()> {
        let ended = <Self as Connection>::TransactionManager::rollback_transaction(self);
        if self.engine() == Engine::Mysql {
            self.forget_statements();
        }
        ended
    }

    /// Prepares every statement anew from here on. MariaDB sends the columns of a result once for each prepared statement;
    /// where that try then fails, its client waits for them for ever at the next one.
    fn forget_statements(&mut self) {
        self.set_prepared_statement_cache_size(CacheSize::Disabled);
        self.set_prepared_statement_cache_size(CacheSize::Unbounded);
    }
}
