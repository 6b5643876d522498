//! SQLite's log: how long it is, copying it into the file, and having it begin anew.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_types::BigInt;

use super::DbConnection;
use super::connection::{BUSY_TIMEOUT, Manager};
use super::url::sqlite_file;
use crate::error::{Error, Result};

/// Pages in the log that are not copied yet, from which on it is worth two waits for the disk: 32 MB. In a storm the same
/// pages are written again and again, and the more are copied at once, the fewer they are.
const WORTH: i64 = 8_000;

/// Pages in the log from which on it should begin anew: 128 MB. Long work pauses for that, and the more seldom, the less.
const TALL: i64 = 32_000;

/// Pages from which on it has to, before much more is written: 200 MB. More than 256 MB is promised to nobody.
const TALLEST: i64 = 50_000;

/// Pages in SQLite's log from which on a commit copies them into the file, and waits for it: 220 MB, should the thread
/// that copies them before be late.
pub(super) const CHECKPOINT_AFTER: i64 = 56_000;

/// Bytes of the log that stay on the disk once it begins anew.
pub(super) const LOG_KEPT: u64 = 64 << 20;

/// Pages that may be copied while writers wait.
const FEW: i64 = 500;

/// So often the rest is copied beside those who write, until it is that short.
const ROUNDS: usize = 4;

/// How long the log waits for readers and writers before it begins anew another time, in milliseconds.
const PATIENCE: u32 = 60;

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
pub(super) struct Log {
    connection: DbConnection,
    path: PathBuf,
    /// How long it was when it could not begin anew: readers were in the way.
    tried_at: i64,
}

impl Log {
    pub(super) fn open(manager: &Manager) -> Result<Log> {
        let mut connection = manager.connect().map_err(|error| Error::Unavailable(error.to_string()))?;
        connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
        Ok(Log { connection, path: sqlite_file(&manager.url), tried_at: 0 })
    }

    /// Copies what is worth it.
    pub(super) fn copy(&mut self) -> Result<()> {
        let length = self.length()?;
        if length.rest() >= WORTH {
            self.pass()?;
        }
        self.shorten().map(drop)
    }

    /// Has the log begin anew. All but little is copied while others may write; then they wait, so long as this gives.
    pub(super) fn shorten(&mut self) -> Result<Duration> {
        let mut length = self.length()?;
        if length.pages < self.tried_at {
            self.tried_at = 0;
        }
        if length.pages < TALL.max(self.tried_at + TALL / 8) {
            return Ok(Duration::ZERO);
        }
        for _ in 0..ROUNDS {
            if !self.pass()? {
                // Another process is at it.
                return Ok(Duration::ZERO);
            }
            length = self.length()?;
            if length.rest() <= FEW {
                break;
            }
        }
        if length.rest() > FEW && length.pages < TALLEST {
            // Others write as fast as this copies; a longer log does less harm than that they wait.
            return Ok(Duration::ZERO);
        }
        let started = Instant::now();
        self.connection.batch_execute(&format!("PRAGMA busy_timeout = {PATIENCE}"))?;
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

/// Whether the log should begin anew, looked at with that connection.
pub(super) fn is_tall(connection: &mut DbConnection) -> Result<bool> {
    Ok(checkpoint(connection, "NOOP")?.pages >= TALL)
}

/// Whether nothing more should be written to the log before it has begun anew.
pub(super) fn is_tallest(connection: &mut DbConnection) -> Result<bool> {
    Ok(checkpoint(connection, "NOOP")?.pages >= TALLEST)
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
