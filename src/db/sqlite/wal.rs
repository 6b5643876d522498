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
use crate::db::connection::{BUSY_TIMEOUT, Manager};
use crate::db::url::sqlite_file;
use crate::error::{Error, Result};

/// A checkpoint starts when the log has at least this many pages that are not in the file yet (32 MB): each costs two waits
/// for the disk. In a storm the same pages are written again and again, so that a later checkpoint copies fewer of them.
const CHECKPOINT_FROM: i64 = 8_000;

/// The log should restart from this many pages on (128 MB). Long work pauses for a restart, hence not sooner.
const RESTART_FROM: i64 = 32_000;

/// From this many pages on (200 MB) long work waits until the log has restarted: it is to stay below 256 MB.
const RESTART_BEFORE: i64 = 50_000;

/// From this many pages on (220 MB) a commit makes the checkpoint itself and waits for it, should the checkpointer be late.
pub(in crate::db) const AUTO_CHECKPOINT: i64 = 56_000;

/// The log is cut to this many bytes when it restarts.
pub(in crate::db) const SIZE_LIMIT: u64 = 64 << 20;

/// Writers wait while at most this many pages are copied.
const MAX_REST: i64 = 500;

/// Checkpoint beside the writers at most this many times before giving up.
const MAX_PASSES: usize = 4;

/// A restart gives up when readers and writers are in its way for this many milliseconds.
const RESTART_TIMEOUT: u32 = 60;

/// How long the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
struct Length {
    /// Whether somebody was in the way.
    #[diesel(sql_type = BigInt)]
    busy: i64,
    /// Pages in it, and how many of them are copied.
    #[diesel(sql_type = BigInt, column_name = "log")]
    pages: i64,
    #[diesel(sql_type = BigInt, column_name = "checkpointed")]
    copied: i64,
}

impl Length {
    fn rest(self) -> i64 {
        self.pages - self.copied
    }
}

/// The log, and what it is copied into.
#[derive(Debug)]
pub(in crate::db) struct Log {
    connection: DbConnection,
    path: PathBuf,
    /// Its pages when a restart failed because of readers.
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
        if length.rest() >= CHECKPOINT_FROM {
            self.pass()?;
        }
        self.restart().map(drop)
    }

    /// Restarts a long log; gives for how long writers waited. All but the last [`MAX_REST`] pages are copied beside them.
    pub(in crate::db) fn restart(&mut self) -> Result<Duration> {
        let mut length = self.length()?;
        if length.pages < self.tried_at {
            self.tried_at = 0;
        }
        if length.pages < RESTART_FROM.max(self.tried_at + RESTART_FROM / 8) {
            return Ok(Duration::ZERO);
        }
        for _ in 0..MAX_PASSES {
            if !self.pass()? {
                // Another process is at it.
                return Ok(Duration::ZERO);
            }
            length = self.length()?;
            if length.rest() <= MAX_REST {
                break;
            }
        }
        if length.rest() > MAX_REST && length.pages < RESTART_BEFORE {
            // Others write as fast as this copies; a longer log does less harm than that they wait.
            return Ok(Duration::ZERO);
        }
        let started = Instant::now();
        self.connection.batch_execute(&format!("PRAGMA busy_timeout = {RESTART_TIMEOUT}"))?;
        let ended = checkpoint(&mut self.connection, "RESTART");
        self.connection.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}"))?;
        self.tried_at = if ended?.busy == 0 { 0 } else { length.pages };
        Ok(started.elapsed())
    }

    fn length(&mut self) -> Result<Length> {
        checkpoint(&mut self.connection, "NOOP")
    }

    /// Copies beside those who write, unless somebody else does. SQLite asks the disk for the pages only once all of the
    /// log is copied, which is when writers wait: here it is asked before.
    fn pass(&mut self) -> Result<bool> {
        let passed = checkpoint(&mut self.connection, "PASSIVE")?;
        kept_open(&self.path).and_then(|file| file.sync_data()).map_err(Error::internal)?;
        Ok(passed.busy == 0)
    }
}

/// Whether the log is long enough for a restart.
pub(in crate::db) fn should_restart(connection: &mut DbConnection) -> Result<bool> {
    Ok(checkpoint(connection, "NOOP")?.pages >= RESTART_FROM)
}

/// Whether long work must wait for the restart of the log.
pub(in crate::db) fn must_restart(connection: &mut DbConnection) -> Result<bool> {
    Ok(checkpoint(connection, "NOOP")?.pages >= RESTART_BEFORE)
}

/// Copies the log in that mode; `NOOP` only looks.
fn checkpoint(connection: &mut DbConnection, mode: &str) -> Result<Length> {
    Ok(diesel::sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(connection)?)
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
