//! The first connection to a database, and looking into one before anything is decided or written.

use std::time::{Duration, Instant};

use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{Error as PoolError, ManageConnection};

use super::connection::Begin;
use super::opening::{BUSY_TIMEOUT, Manager};
use super::{Database, DbConnection, Engine, READ_CACHE, dialect, offset, transactions, url};
use crate::base::durability::Durability;
use crate::error::{Error, Result};

/// How long it may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long one waits for a place on a server that has none left, and how often one looks.
const WAIT_FOR_PLACE: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(250);

impl Database {
    /// Looks into the database of that URL with a connection of its own. A missing SQLite file is looked at as an empty
    /// database, and not made.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn look<T>(url: &str, work: impl FnOnce(&mut DbConnection) -> Result<T> + Clone) -> Result<T> {
        let engine = url::check(url)?;
        let url = if engine.is_missing_file(url) { "sqlite::memory:" } else { url };
        let manager = Manager {
            engine,
            cache: READ_CACHE,
            url: url.to_owned(),
            zone: Tz::UTC,
            durability: Durability::Full,
        };
        let mut connection = connection(move || connect_to_look(&manager))?;
        // An instance that starts at the same moment may be making its tables.
        transactions::repeated(|| transactions::within(&mut connection, Begin::Snapshot, work.clone()))
    }

    /// The database of that URL as people may see it: whole path of a file, no password.
    pub fn name_of(url: &str) -> String {
        url::shown(url)
    }

    /// Refuses an SQLite file that is not there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the file and what makes one; as [`Database::open`] where the URL cannot be meant.
    pub fn check_exists(url: &str) -> Result<()> {
        match url::check(url)?.is_missing_file(url) {
            true => Err(Error::Unavailable(format!(
                "--database-url: there is no {}; only serve and migrate make one",
                url::shown(url)
            ))),
            false => Ok(()),
        }
    }
}

/// The first connection is tried by itself: its error says why, the pool's only that time ran out. A host that does
/// not answer at all would keep us for minutes.
pub(super) fn connection(
    connect: impl Fn() -> std::result::Result<DbConnection, PoolError> + Send + 'static,
) -> Result<DbConnection> {
    let (sender, receiver) = std::sync::mpsc::channel();
    // Nobody listens any more where it took too long.
    std::thread::spawn(move || sender.send(patiently(connect).map_err(|error| error.to_string())));
    let silent = || Err(format!("no answer within {} s", ANSWER_WITHIN.as_secs()));
    receiver.recv_timeout(ANSWER_WITHIN).unwrap_or_else(|_| silent()).map_err(|error| {
        if error.starts_with(offset::NO_ZONE_TABLES) {
            return Error::Unavailable(error);
        }
        not_opened(&error)
    })
}

/// That a database cannot be opened, why, and what to do about it.
pub(super) fn not_opened(error: &str) -> Error {
    let remedy = dialect::remedy(error);
    Error::Unavailable(format!("--database-url: cannot open it: {error}; {remedy}"))
}

/// A connection for which one waits a little where a server has no place left: others that start at the same moment, or
/// end, need theirs only for a moment.
pub(super) fn patiently(
    connect: impl Fn() -> std::result::Result<DbConnection, PoolError>,
) -> std::result::Result<DbConnection, PoolError> {
    let began = Instant::now();
    loop {
        match connect() {
            Err(error) if began.elapsed() < WAIT_FOR_PLACE && dialect::is_crowded(&error.to_string()) => {
                std::thread::sleep(PAUSE);
            }
            ended => return ended,
        }
    }
}

/// Nothing of an SQLite file is changed, not even how it is written.
fn connect_to_look(manager: &Manager) -> std::result::Result<DbConnection, PoolError> {
    if manager.engine != Engine::Sqlite {
        return manager.connect();
    }
    let mut connection = manager.establish().map_err(PoolError::ConnectionError)?;
    let patience = format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}");
    connection.batch_execute(&patience).map_err(PoolError::QueryError)?;
    Ok(connection)
}
