//! One connection type for three databases, and how each is opened and its transactions begun.
//!
//! The only place, with its siblings, where an engine is named. Some more than 250 lines: what differs between the
//! engines is read side by side.

#![expect(clippy::disallowed_methods, reason = "the pools open their connections here")]

use chrono_tz::Tz;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, R2D2Connection};

use super::sqlite::wal;
use super::url::{sqlite_file, sqlite_path};
use super::{durability, offset};
use crate::base::durability::Durability;

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

/// Which database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    #[default]
    Sqlite,
    Mysql,
    Postgres,
}

impl Engine {
    /// The engine a database URL names by its scheme.
    pub fn of_url(url: &str) -> Option<Engine> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Engine::Sqlite),
            "mysql" | "mariadb" => Some(Engine::Mysql),
            "postgres" | "postgresql" => Some(Engine::Postgres),
            _ => None,
        }
    }

    /// The folder of its migrations, and the cargo feature that builds it in.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Mysql => "mysql",
            Engine::Postgres => "postgres",
        }
    }

    /// Whether one transaction writes at a time. Such a database is a file of this app, which it migrates by itself.
    pub fn has_one_writer(self) -> bool {
        self == Engine::Sqlite
    }

    /// Whether a cell holds a value of any type, whatever the type of its column.
    pub fn keeps_any_type(self) -> bool {
        self == Engine::Sqlite
    }

    /// Whether the URL names an SQLite file that does not exist.
    pub fn is_missing_file(self, url: &str) -> bool {
        self == Engine::Sqlite && !sqlite_file(url).exists()
    }

    /// Whether this build can talk to it.
    pub fn is_built_in(self) -> bool {
        match self {
            Engine::Sqlite => cfg!(feature = "sqlite"),
            Engine::Mysql => cfg!(feature = "mysql"),
            Engine::Postgres => cfg!(feature = "postgres"),
        }
    }
}

/// How long SQLite waits for others who write, in milliseconds.
pub(super) const BUSY_TIMEOUT: u32 = 10_000;

/// How long a statement waits for a lock that another program holds, in seconds.
pub(super) const LOCK_TIMEOUT: u64 = 5;

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
        <Self as Connection>::TransactionManager::rollback_transaction(self)
    }
}

/// Opens connections for the pool; chooses the engine by the URL's scheme.
#[derive(Debug, Clone)]
pub struct Manager {
    pub engine: Engine,
    /// What each connection keeps of an SQLite file in memory, in kB.
    pub cache: u32,
    pub url: String,
    pub zone: Tz,
    pub durability: Durability,
}

impl Manager {
    pub(super) fn establish(&self) -> Result<DbConnection, ConnectionError> {
        match self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite => {
                diesel::SqliteConnection::establish(sqlite_path(&self.url)).map(DbConnection::Sqlite)
            }
            #[cfg(feature = "mysql")]
            Engine::Mysql => {
                let url = self.url.replacen("mariadb:", "mysql:", 1);
                diesel::MysqlConnection::establish(&url).map(DbConnection::Mysql)
            }
            #[cfg(feature = "postgres")]
            Engine::Postgres => {
                diesel::PgConnection::establish(&impatient(&self.url)).map(DbConnection::Postgres)
            }
            #[allow(unreachable_patterns, reason = "reached only in builds without that engine")]
            other => Err(ConnectionError::BadConnection(format!("built without {}", other.name()))),
        }
    }

    /// Session settings that every query relies on.
    fn prepare(&self, connection: &mut DbConnection) -> QueryResult<()> {
        let durability = durability::statement(self.durability, self.engine);
        match self.engine {
            Engine::Sqlite => {
                connection.batch_execute(&format!(
                    "PRAGMA busy_timeout = {BUSY_TIMEOUT}; PRAGMA journal_mode = WAL; {durability} \
                     PRAGMA foreign_keys = ON; PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;",
                    self.cache
                ))?;
                wal::bound(connection)
            }
            Engine::Mysql => {
                // Diesel sets the session to UTC; TIMESTAMP columns hold the platform's local times.
                let named = format!("SET time_zone = '{}'", self.zone.name());
                match connection.batch_execute(&named) {
                    Err(error) if error.to_string().contains("time zone") => {
                        connection.batch_execute(&format!("SET time_zone = '{}'", offset::steady_offset(self.zone)?))?;
                    }
                    ended => ended?,
                }
                connection.wait_for_locks(LOCK_TIMEOUT)?;
                isolate_writers(connection)?;
                connection.batch_execute(
                    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
                )
            }
            // Incremental sorts tempt the planner to walk an index on the time alone past all other records. Compiling a
            // statement takes hundreds of milliseconds, running it one: the planner takes a search for much costlier.
            Engine::Postgres => connection.batch_execute(&format!(
                "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('enable_incremental_sort', 'jit'); \
                 SET datestyle = 'ISO'; SET lock_timeout = '{LOCK_TIMEOUT}s'; SET client_min_messages = 'warning'; {durability} \
                 SET TIME ZONE '{}';",
                self.zone.name()
            )),
        }
    }
}

/// Those who write read what is there now, not what was there at their first question, and lock no gaps. With a binary log
/// of statements InnoDB refuses to write so (error 1665): there they stay at REPEATABLE READ.
fn isolate_writers(connection: &mut DbConnection) -> QueryResult<()> {
    let set = |name: &str| {
        format!(
            "SET SESSION {name} = IF(@@log_bin AND @@SESSION.binlog_format = 'STATEMENT', 'REPEATABLE-READ', \
             'READ-COMMITTED')"
        )
    };
    // MariaDB before 11.1 and MySQL from 8.0 on have different names for it.
    match connection.batch_execute(&set("transaction_isolation")) {
        Err(_) => connection.batch_execute(&set("tx_isolation")),
        set => set,
    }
}

/// The URL with libpq told not to wait for minutes where a network swallows what is sent, unless it says otherwise.
#[cfg(feature = "postgres")]
fn impatient(url: &str) -> String {
    let wanted = [
        ("connect_timeout", "5"),
        ("tcp_user_timeout", "20000"),
        ("keepalives_idle", "30"),
        ("keepalives_interval", "10"),
        ("keepalives_count", "3"),
    ];
    let mut url = url.to_owned();
    for (name, value) in wanted {
        if !url.contains(name) {
            let sign = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{sign}{name}={value}"));
        }
    }
    url
}

impl ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<DbConnection, Self::Error> {
        let mut connection = self.establish().map_err(diesel::r2d2::Error::ConnectionError)?;
        self.prepare(&mut connection).map_err(diesel::r2d2::Error::QueryError)?;
        #[cfg(feature = "sqlite")]
        #[cfg_attr(
            not(any(feature = "mysql", feature = "postgres")),
            expect(irrefutable_let_patterns, reason = "with other engines built in there is a choice")
        )]
        if let DbConnection::Sqlite(connection) = &mut connection {
            super::sqlite::functions::register(connection).map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut DbConnection) -> Result<(), Self::Error> {
        connection.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut DbConnection) -> bool {
        connection.is_broken()
    }
}
