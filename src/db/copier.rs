//! Copies SQLite's log into the file on a thread of its own, while others write: long work in many small transactions
//! fills the log faster than a commit now and then could copy it, and the one whose commit had to would wait for it.
//!
//! A log of which all is copied begins anew with the next write, unless somebody writes meanwhile, again and again. Then
//! writers have to wait until it does, for the little that is left; see [`Copier::shorten`].

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_types::BigInt;

use super::DbConnection;
use super::connection::{BUSY_TIMEOUT, CHECKPOINT_AFTER, Manager};
use crate::error::{Error, Result};

/// Pages in the log that are not copied yet, from which on it is worth two waits for the disk.
const WORTH: i64 = 2_000;

/// Pages in the log from which on it should begin anew: before the commits of others copy it.
const TALL: i64 = CHECKPOINT_AFTER / 8 * 7;

/// Pages that are copied while writers wait.
const FEW: i64 = 200;

/// So often the rest is copied beside those who write, until it is that short.
const ROUNDS: usize = 3;

/// How long the log waits for readers and writers before it begins anew another time, in milliseconds.
const PATIENCE: u32 = 60;

/// How long the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Length {
    /// Pages in it, and how many of them are copied.
    pages: i64,
    copied: i64,
}

impl Length {
    fn rest(self) -> i64 {
        self.pages - self.copied
    }
}

#[derive(Debug, Default)]
struct State {
    is_asked: bool,
    is_over: bool,
}

/// The thread that copies. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Copier {
    state: Arc<(Mutex<State>, Condvar)>,
    /// What the thread and [`Copier::shorten`] copy with, one after the other.
    connection: Arc<Mutex<DbConnection>>,
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    pub(super) fn start(manager: &Manager) -> Result<Copier> {
        let mut connection = manager.connect().map_err(|error| Error::Unavailable(error.to_string()))?;
        connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
        let connection = Arc::new(Mutex::new(connection));
        let state: Arc<(Mutex<State>, Condvar)> = Arc::default();
        let (asked, copying) = (state.clone(), connection.clone());
        let thread = std::thread::Builder::new()
            .name("log copier".to_owned())
            .spawn(move || copy_when_asked(&asked, &copying))
            .map_err(Error::internal)?;
        Ok(Copier { state, connection, thread: Some(thread) })
    }

    /// Copies what is worth it, soon and beside whoever asks. Gives whether the log should begin anew.
    pub(super) fn ask(&self, connection: &mut DbConnection) -> Result<bool> {
        let length = log(connection, "NOOP")?;
        if length.rest() >= WORTH {
            locked(&self.state.0).is_asked = true;
            self.state.1.notify_one();
        }
        Ok(length.pages >= TALL)
    }

    /// Has the log begin anew. All but little is copied while others may write; then they wait.
    pub(super) fn shorten(&self) -> Result<()> {
        let connection = &mut *locked(&self.connection);
        for _ in 0..ROUNDS {
            if log(connection, "NOOP")?.rest() <= FEW {
                break;
            }
            log(connection, "PASSIVE")?;
        }
        connection.batch_execute(&format!("PRAGMA busy_timeout = {PATIENCE}"))?;
        let ended = log(connection, "RESTART");
        connection.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}"))?;
        ended.map(drop)
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        locked(&self.state.0).is_over = true;
        self.state.1.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there was told there; nothing depends on it.
            let _ = thread.join();
        }
    }
}

fn copy_when_asked((state, told): &(Mutex<State>, Condvar), connection: &Mutex<DbConnection>) {
    loop {
        let mut wanted = locked(state);
        while !wanted.is_asked && !wanted.is_over {
            wanted = told.wait(wanted).unwrap_or_else(PoisonError::into_inner);
        }
        if wanted.is_over {
            return;
        }
        wanted.is_asked = false;
        drop(wanted);
        if let Err(error) = log(&mut locked(connection), "PASSIVE") {
            // Whoever writes is told what is wrong; here nothing is lost.
            tracing::debug!(%error, "the log was not copied");
        }
    }
}

/// Copies the log in that mode; `NOOP` only looks.
fn log(connection: &mut DbConnection, mode: &str) -> Result<Length> {
    #[derive(QueryableByName)]
    struct Log {
        #[diesel(sql_type = BigInt)]
        log: i64,
        #[diesel(sql_type = BigInt)]
        checkpointed: i64,
    }
    let rows: Vec<Log> = diesel::sql_query(format!("PRAGMA wal_checkpoint({mode})")).load(connection)?;
    let none = Length { pages: 0, copied: 0 };
    Ok(rows.first().map_or(none, |row| Length { pages: row.log, copied: row.checkpointed }))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
