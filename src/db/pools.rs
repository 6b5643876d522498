//! The pools of a database: so many connections to read and to write, and how long each is kept.

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;

use super::opening::Manager;
use super::outage::{Failures, Outage};
use super::{Engine, first};
use crate::error::Result;

/// How long a request waits for a free connection before the page says that the database is away.
pub(super) const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);

/// How long a connection to a server is kept that nobody uses: its places are shared with the platform and other instances.
const IDLE: Duration = Duration::from_secs(60);
/// Those of a file take nobody's place, and what they keep of it is of use.
const FILE_IDLE: Duration = Duration::from_secs(600);

/// What a connection keeps of an SQLite file, in kB. The one that writes keeps less: most of its commits look through
/// all that it keeps, and in a storm there are hundreds a second.
pub(super) const READ_CACHE: u32 = 4_000;
const WRITE_CACHE: u32 = 8_000;

/// Connections to read and to write on a server.
const ON_SERVER: u32 = 12;
/// Those that read a file; it has one writer at a time.
const READ_FILE: u32 = 8;

/// The pools of those who read and of those who write.
///
/// # Errors
/// [`Error::Unavailable`] with one line that names the setting, where no connection is made.
pub(super) fn of(manager: &Manager, outage: &Arc<Outage>) -> Result<(Pool<Manager>, Pool<Manager>)> {
    let (reads, writes, idle) = match manager.engine {
        Engine::Sqlite => (READ_FILE, 1, FILE_IDLE),
        Engine::Mysql | Engine::Postgres => (ON_SERVER, ON_SERVER, IDLE),
    };
    let pool = |size, manager: Manager| {
        Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .idle_timeout(Some(idle))
            .test_on_check_out(manager.engine != Engine::Sqlite)
            .connection_timeout(WAIT_FOR_CONNECTION)
            .error_handler(Box::new(Failures(outage.clone())))
            .build(manager)
            .map_err(|error| first::not_opened(&error.to_string()))
    };
    let writer = Manager { cache: WRITE_CACHE, ..manager.clone() };
    Ok((pool(reads, manager.clone())?, pool(writes, writer)?))
}
