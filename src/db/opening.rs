//! How a connection to each of the three databases is opened, and what its session is told.

#![expect(clippy::disallowed_methods, reason = "the pools open their connections here")]

use std::sync::RwLock;
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, R2D2Connection};

use super::sqlite::wal;
use super::url::sqlite_path;
use super::{DbConnection, Engine, durability, offset};
use crate::base::durability::Durability;

/// How long SQLite waits for others who write, in milliseconds.
pub(super) const BUSY_TIMEOUT: u32 = 5_000;

/// When it is looked again whether the other program has ended, where SQLite does not wait by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long a statement waits for a lock that another program holds, in seconds.
pub(super) const LOCK_TIMEOUT: u64 = 5;

/// Bytes of a page in an SQLite file that this app makes; one that is there keeps its own. Who changes a row of many
/// indexes writes pages of each to the log: small ones keep that short. Reading all of an index costs more with them; the
/// figures are in `docs/operations.md`.
const PAGE_SIZE: u32 = 1024;

/// Shared by all who open a connection, and taken whole by the end of the process. As a process exits, the libraries of the
/// servers and what they rest on are cleaned up: a thread of a pool that opens a connection meanwhile crashes it.
static OPENING: RwLock<()> = RwLock::new(());

/// The end of the process waits so long at most for those who open a connection.
const END_WITHIN: Duration = Duration::from_secs(3);

/// Lets no connection be opened any more, and waits for those that are being opened. To be called last in a process.
pub fn end() {
    let began = Instant::now();
    while began.elapsed() < END_WITHIN {
        match OPENING.try_write() {
            // For ever: whoever comes now waits until the process is gone.
            Ok(whole) => return std::mem::forget(whole),
            Err(_) => std::thread::sleep(END_WITHIN / 1_000),
        }
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
                let patience = format!("PRAGMA page_size = {PAGE_SIZE}; PRAGMA busy_timeout = {BUSY_TIMEOUT};");
                connection.batch_execute(&patience)?;
                write_ahead(connection)?;
                connection.batch_execute(&format!(
                    "{durability} PRAGMA foreign_keys = ON; PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;",
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

/// Has an SQLite file written by a log, where it is not yet: for that SQLite waits for no other program by itself.
fn write_ahead(connection: &mut DbConnection) -> QueryResult<()> {
    let began = Instant::now();
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error)
                if error.to_string().contains("database is locked")
                    && began.elapsed() < Duration::from_millis(BUSY_TIMEOUT.into()) =>
            {
                std::thread::sleep(LOOK_AGAIN);
            }
            ended => return ended,
        }
    }
}

/// "The session writes a binary log of statements."
pub(super) const LOGS_STATEMENTS: &str = "(@@log_bin AND @@SESSION.binlog_format = 'STATEMENT')";

/// Those who write read what is there now, not what was there at their first question, and lock no gaps. With a binary log
/// of statements InnoDB refuses to write so (error 1665): there they stay at REPEATABLE READ.
fn isolate_writers(connection: &mut DbConnection) -> QueryResult<()> {
    let set = |name: &str| {
        format!("SET SESSION {name} = IF({LOGS_STATEMENTS}, 'REPEATABLE-READ', 'READ-COMMITTED')")
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
        let _opening = OPENING.read();
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
