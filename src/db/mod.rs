//! The database: a pool for one of three engines, and the only two ways to use it.
//!
//! [`Database::run`] reads one consistent snapshot; [`Database::transaction`] writes, all or nothing.
//! A request makes one of either. Some more than 250 lines, so that both ways stand beside what they rest on.

pub mod access;
mod adoption;
mod attempt;
mod background;
mod connection;
pub mod dialect;
pub mod durability;
mod engine;
mod errors;
mod first;
pub mod instance;
pub mod lease;
pub mod lock_order;
pub mod memory;
pub mod migrations;
mod offset;
mod opening;
mod outage;
mod pools;
mod question;
pub mod schema;
mod sqlite;
mod transactions;
mod url;
pub mod values;
pub mod versions;
pub mod walk;
pub mod witness;
pub mod zone;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

pub use attempt::attempt;
pub use background::Background;
use connection::Begin;
pub use connection::{DbConnection, MultiBackend as DbBackend};
pub use engine::Engine;
pub use errors::is_duplicate;
pub use opening::end;
use opening::{LOCK_TIMEOUT, Manager};
pub use question::question;
pub use url::read_only as read_only_url;
pub use url::shown as url_without_secrets;

use self::instance::Instance;
use self::lease::Lease;
use self::memory::Memory;
use self::outage::Outage;
use self::pools::{READ_CACHE, WAIT_FOR_CONNECTION};
use self::sqlite::checkpointer::Checkpointer;
use crate::base::durability::Durability;
use crate::error::{Error, Result};

/// Whoever waits for a connection looks at this interval whether the server is away.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// A pool of connections to one database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    manager: Manager,
    reads: Pool<Manager>,
    /// Apart from those that read, so that writers who wait for a row take no reader's place. SQLite has one writer at a
    /// time: a pool of one queues writers fairly instead of by lock time-outs.
    writes: Pool<Manager>,
    /// On SQLite alone.
    checkpointer: Option<Arc<Checkpointer>>,
    instance: Instance,
    /// What each transaction that writes renews first.
    lease: Option<Arc<Lease>>,
    /// Whether the server is away.
    outage: Arc<Outage>,
    memory: Memory,
}

impl std::fmt::Debug for Database {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database of that URL; times are read and written in that zone.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with one line that names the setting and what would be right.
    pub fn open(url: &str, zone: Tz) -> Result<Database> {
        Database::open_as(url, zone, Durability::Full)
    }

    /// As [`Database::open`], with less promised of a commit.
    pub fn open_as(url: &str, zone: Tz, durability: Durability) -> Result<Database> {
        let engine = url::check(url)?;
        let manager = Manager { engine, cache: READ_CACHE, url: url.to_owned(), zone, durability };
        let outage = Outage::of(&manager);
        let first = manager.clone();
        first::connection(move || first.connect())?;
        let (reads, writes) = pools::of(&manager, &outage)?;
        let checkpointer = match engine {
            Engine::Sqlite => Some(Checkpointer::of(&manager)?),
            Engine::Mysql | Engine::Postgres => None,
        };
        let instance = Instance::new(manager.clone());
        let database = Database {
            engine,
            manager,
            reads,
            writes,
            checkpointer,
            instance,
            lease: None,
            outage,
            memory: Memory::default(),
        };
        database.run_here(dialect::learn_character_sets)?;
        if engine == Engine::Mysql {
            crate::base::clock::refuse_skipped_hours(zone);
        }
        Ok(database)
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Its URL as people may see it.
    pub fn name(&self) -> String {
        url_without_secrets(&self.manager.url)
    }

    /// Reads: all queries of `work` see one snapshot. Repeated from the start where a table was changed meanwhile, or the
    /// connection was lost: it may touch nothing but the database.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let database = self.clone();
        transactions::answered(&self.outage, move |_| database.run_here(work)).await
    }

    /// Writes: everything in `work` happens, or nothing. Where the database asks to try again (deadlock, lock
    /// time-out, serialization), `work` is repeated from the start: it may touch nothing but the database.
    pub async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let database = self.clone();
        transactions::answered(&self.outage, move |given_up| {
            database.transaction_here(move |connection| {
                given_up.begin()?;
                let done = work(connection)?;
                given_up.check()?;
                Ok(done)
            })
        })
        .await
        // SQLite locks the whole file, and names nobody.
        .map_err(|error| match error {
            Error::Unavailable(reason) if reason.contains("database is locked") => Error::Held,
            error => error,
        })
    }

    /// As [`Database::run`], on the present thread.
    pub fn run_here<T>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone) -> Result<T> {
        transactions::repeated(|| self.run_once_here(work.clone()))
    }

    /// As [`Database::run_here`], for work that cannot be repeated, such as writing what is read to a file.
    pub fn run_once_here<T>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Result<T> {
        transactions::within(&mut *self.checkout(&self.reads)?, Begin::Snapshot, work)
    }

    /// As [`Database::transaction`], on the present thread.
    pub fn transaction_here<T>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone,
    ) -> Result<T> {
        transactions::repeated(|| self.transaction_once_here(work.clone()))
    }

    /// As [`Database::transaction_here`], for work that cannot be repeated, such as reading a file to its end.
    pub fn transaction_once_here<T>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Result<T> {
        let asked = Instant::now();
        let mut connection = self.writer()?;
        self.slow_down();
        // Who waited for a connection waits for locks so much shorter.
        let waited = asked.elapsed().as_secs();
        if waited > 0 {
            connection.wait_for_locks(LOCK_TIMEOUT.saturating_sub(waited).max(1))?;
        }
        let ended = self.remembering(|| self.proven(&mut connection, self.fenced(work)));
        if waited > 0 && connection.wait_for_locks(LOCK_TIMEOUT).is_err() {
            tracing::debug!("a connection broke behind a transaction");
        }
        drop(connection);
        self.wrote();
        ended
    }

    /// As [`Database::transaction_here`], for a small write that waits for no row: on a server it takes a reader's place,
    /// so that it does not stand behind those who wait for one.
    pub(crate) fn probe<T>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone) -> Result<T> {
        match self.engine {
            Engine::Sqlite => self.transaction_here(work),
            Engine::Mysql | Engine::Postgres => transactions::repeated(|| {
                transactions::within(&mut *self.checkout(&self.reads)?, Begin::Write, work.clone())
            }),
        }
    }

    /// A connection to write with. Where none comes free though many are there, those who have them wait for others.
    fn writer(&self) -> Result<PooledConnection<Manager>> {
        self.checkout(&self.writes).map_err(|error| {
            let state = self.writes.state();
            // Some may have come free just now: those who had them waited as long.
            let is_busy = self.outage.check().is_ok() && state.connections > self.writes.max_size() / 2;
            if is_busy { Error::Held } else { error }
        })
    }

    /// The place of the one who writes, on SQLite.
    fn place(&self) -> Result<Option<PooledConnection<Manager>>> {
        (self.engine == Engine::Sqlite).then(|| self.checkout(&self.writes)).transpose()
    }

    /// Lets the log be restarted before more is written, where it is long.
    fn slow_down(&self) {
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.slow_down();
        }
    }

    fn wrote(&self) {
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.wrote();
        }
    }

    /// Connections in use and open, of all pools.
    pub fn connections(&self) -> (u32, u32) {
        let (reads, writes) = (self.reads.state(), self.writes.state());
        let used = |state: &diesel::r2d2::State| state.connections - state.idle_connections;
        (used(&reads) + used(&writes), self.reads.max_size() + self.writes.max_size())
    }

    /// A background connection, beside the pools: for long work in small transactions.
    pub fn background(&self) -> Result<Background> {
        Background::open(self.clone())
    }

    /// A connection without a transaction, for migrations only.
    pub(crate) fn connection(&self) -> Result<PooledConnection<Manager>> {
        self.checkout(&self.writes)
    }

    /// A connection of a pool; at once an error where the server is known to be away.
    fn checkout(&self, pool: &Pool<Manager>) -> Result<PooledConnection<Manager>> {
        let began = Instant::now();
        // Whoever waits for SQLite's one place to write keeps their turn.
        let patience = if self.engine == Engine::Sqlite { WAIT_FOR_CONNECTION } else { LOOK_INTERVAL };
        loop {
            self.outage.check()?;
            match pool.get_timeout(patience) {
                Ok(connection) => {
                    // It was tested.
                    self.outage.heard();
                    return Ok(connection);
                }
                Err(error) if began.elapsed() >= WAIT_FOR_CONNECTION => {
                    return Err(Error::Unavailable(error.to_string()));
                }
                Err(_) => {}
            }
        }
    }
}
