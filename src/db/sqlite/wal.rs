//! SQLite's write-ahead log (WAL): its size, its checkpoints, and its restarts.
//!
//! A checkpoint copies pages from the log into the file. A log of which all is copied restarts: the next write begins at its
//! start, and the log does not grow.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_types::BigInt;

use crate::db::DbConnection;
use crate::db::opening::{BUSY_TIMEOUT, Manager};
use crate::db::url::sqlite_file;
use crate::error::{Error, Result};

const MB: i64 = 1 << 20;

/// A checkpoint starts when the log has at least this many bytes that are not in the file yet: each costs two waits for the
/// disk. In a storm the same pages are written again and again, so that a later checkpoint copies fewer of them.
const CHECKPOINT_FROM: i64 = 32 * MB;

/// The log should restart from this many bytes on. Long work pauses for a restart, hence not sooner.
const RESTART_FROM: i64 = 96 * MB;

/// From this many bytes on long work waits until the log has restarted: it is to stay below 256 MB.
const RESTART_BEFORE: i64 = 144 * MB;

/// From this many bytes on a commit makes the checkpoint itself and waits for it, should the checkpointer be late.
const AUTO_CHECKPOINT: i64 = 160 * MB;

/// How long each write waits first, from so many bytes of the log on: while somebody reads, nothing restarts it, and it must
/// not reach 256 MB before they have done.
const SLOWED: [(i64, Duration); 2] =
    [(200 * MB, Duration::from_secs(1)), (176 * MB, Duration::from_millis(50))];

/// The log is cut to this many bytes when it restarts.
const SIZE_LIMIT: i64 = 64 * MB;

/// Writers wait while at most this many bytes are copied.
const MAX_REST: i64 = 2 * MB;

/// Checkpoint beside the writers at most this many times before giving up.
const MAX_PASSES: usize = 4;

/// A restart gives up when readers and writers are in its way for this many milliseconds.
const RESTART_TIMEOUT: u32 = 60;

/// What SQLite tells of a checkpoint.
#[derive(Debug, QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = BigInt)]
    busy: i64,
    /// Pages in the log, and how many of them are copied; -1 where there is no log.
    #[diesel(sql_type = BigInt)]
    log: i64,
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

/// How long the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Length {
    /// Whether somebody was in the way.
    is_busy: bool,
    /// Bytes of the pages in it, and of those that are not copied yet.
    bytes: i64,
    rest: i64,
}

/// The log, and what it is copied into.
#[derive(Debug)]
pub(in crate::db) struct Log {
    connection: DbConnection,
    path: PathBuf,
    /// Its bytes when a restart failed because of readers.
    tried_at: i64,
}

impl Log {
    pub(in crate::db) fn open(manager: &Manager) -> Result<Log> {
        let mut connection = manager.connect().map_err(|error| Error::Unavailable(error.to_string()))?;
        connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
        Ok(Log { connection, path: sqlite_file(&manager.url), tried_at: 0 })
    }

    /// Makes a checkpoint where there is enough to copy, and a restart where the log is long.
    pub(in crate::db) fn keep_short(&mut self) -> Result<()> {
        let length = self.length()?;
        if length.rest >= CHECKPOINT_FROM {
            self.pass()?;
        }
        self.restart().map(drop)
    }

    /// Restarts a long log; gives for how long writers waited. All but the last [`MAX_REST`] bytes are copied beside them.
    pub(in crate::db) fn restart(&mut self) -> Result<Duration> {
        let mut length = self.length()?;
        if length.bytes < self.tried_at {
            self.tried_at = 0;
        }
        // Each try makes writers wait a little; those who are slowed down wait longer until one succeeds.
        let is_due = length.bytes >= RESTART_FROM.max(self.tried_at + RESTART_FROM / 8);
        if !is_due && slowed(length.bytes).is_zero() {
            return Ok(Duration::ZERO);
        }
        for _ in 0..MAX_PASSES {
            if !self.pass()? {
                // Another process is at it.
                return Ok(Duration::ZERO);
            }
            length = self.length()?;
            if length.rest <= MAX_REST {
                break;
            }
        }
        if length.rest > MAX_REST && length.bytes < RESTART_BEFORE {
            // Others write as fast as this copies; a longer log does less harm than that they wait.
            return Ok(Duration::ZERO);
        }
        let started = Instant::now();
        self.connection.batch_execute(&format!("PRAGMA busy_timeout = {RESTART_TIMEOUT}"))?;
        let ended = checkpoint(&mut self.connection, "RESTART");
        self.connection.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}"))?;
        self.tried_at = if ended?.is_busy { length.bytes } else { 0 };
        Ok(started.elapsed())
    }

    /// How long a write should wait before it begins.
    pub(in crate::db) fn slowed(&mut self) -> Result<Duration> {
        Ok(slowed(self.length()?.bytes))
    }

    fn length(&mut self) -> Result<Length> {
        checkpoint(&mut self.connection, "NOOP")
    }

    /// Copies beside those who write, unless somebody else does. SQLite asks the disk for the pages only once all of the
    /// log is copied, which is when writers wait: here it is asked before.
    fn pass(&mut self) -> Result<bool> {
        let passed = checkpoint(&mut self.connection, "PASSIVE")?;
        kept_open(&self.path).and_then(|file| file.sync_data()).map_err(Error::internal)?;
        Ok(!passed.is_busy)
    }
}

/// How long a write should wait before it begins where the log has so many bytes.
pub(super) fn slowed(bytes: i64) -> Duration {
    let step = SLOWED.iter().find(|(from, _)| bytes >= *from);
    step.map_or(Duration::ZERO, |(_, slowed)| *slowed)
}

/// Bytes of the file that holds the log, whose end may be left from before a restart; none where there is none.
pub(super) fn file_length(manager: &Manager) -> i64 {
    let mut path = sqlite_file(&manager.url).into_os_string();
    path.push("-wal");
    std::fs::metadata(path).map_or(0, |file| file.len().cast_signed())
}

/// Whether the log is long enough for a restart.
pub(in crate::db) fn should_restart(connection: &mut DbConnection) -> Result<bool> {
    Ok(checkpoint(connection, "NOOP")?.bytes >= RESTART_FROM)
}

/// Whether long work must wait for the restart of the log.
pub(in crate::db) fn must_restart(connection: &mut DbConnection) -> Result<bool> {
    Ok(checkpoint(connection, "NOOP")?.bytes >= RESTART_BEFORE)
}

/// Copies the log in that mode; `NOOP` only looks.
fn checkpoint(connection: &mut DbConnection, mode: &str) -> Result<Length> {
    let told: Checkpoint =
        diesel::sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(connection)?;
    let page = page_size(connection)?;
    Ok(Length {
        is_busy: told.busy != 0,
        bytes: told.log * page,
        rest: (told.log - told.checkpointed) * page,
    })
}

/// Bytes of a page, which whoever made the file chose.
fn page_size(connection: &mut DbConnection) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Size {
        #[diesel(sql_type = BigInt)]
        page_size: i64,
    }
    let size: Size = diesel::sql_query("PRAGMA page_size").get_result(connection)?;
    Ok(size.page_size)
}

/// Bounds the log for what a connection commits.
pub(in crate::db) fn bound(connection: &mut DbConnection) -> QueryResult<()> {
    let pages = AUTO_CHECKPOINT / page_size(connection)?.max(1);
    connection.batch_execute(&format!(
        "PRAGMA wal_autocheckpoint = {pages}; PRAGMA journal_size_limit = {SIZE_LIMIT};"
    ))
}

/// The file, opened once and never closed: on Unix, whoever closes it gives up all locks that this process has on it.
fn kept_open(path: &PathBuf) -> std::io::Result<Arc<File>> {
    static OPENED: LazyLock<Mutex<HashMap<PathBuf, Arc<File>>>> = LazyLock::new(Mutex::default);
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = opened.get(path) {
        return Ok(file.clone());
    }
    let file = Arc::new(OpenOptions::new().read(true).write(true).open(path)?);
    opened.insert(path.clone(), file.clone());
    Ok(file)
}
