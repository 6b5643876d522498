//! A thread that checkpoints SQLite's write-ahead log (WAL) beside all who write.
//!
//! Without it the commit that crosses SQLite's limit makes the checkpoint, and its writer waits for the disk. While others go
//! on writing, a log never gets to its end: once it is long, writers have to wait until the little that is left is copied,
//! too; see [`Log::restart`].

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::wal::{self, Log, slowed};
use crate::db::opening::Manager;
use crate::db::url::sqlite_file;
use crate::error::{Error, Result};

/// The log is looked at this long after a commit, for others follow it.
const DELAY: Duration = Duration::from_millis(200);

/// Who waits for the log while somebody else is at it looks again after this long.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The handle of the thread, which ends when this is dropped.
#[derive(Debug)]
pub(in crate::db) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    manager: Manager,
    state: Mutex<State>,
    told: Condvar,
    /// Opened when there is something to copy; used by one at a time.
    log: Mutex<Option<Log>>,
}

#[derive(Debug, Default)]
struct State {
    is_written: bool,
    is_over: bool,
}

impl Checkpointer {
    /// The checkpointer of that file: one for all who have opened it in this process, as two would be in each other's way.
    pub(in crate::db) fn of(manager: &Manager) -> Result<Arc<Checkpointer>> {
        static CHECKPOINTERS: LazyLock<Mutex<HashMap<PathBuf, Weak<Checkpointer>>>> =
            LazyLock::new(Mutex::default);
        let mut checkpointers = locked(&CHECKPOINTERS);
        let path = sqlite_file(&manager.url);
        if let Some(checkpointer) = checkpointers.get(&path).and_then(Weak::upgrade) {
            return Ok(checkpointer);
        }
        let checkpointer = Arc::new(Checkpointer::start(manager.clone())?);
        checkpointers.retain(|_, checkpointer| checkpointer.strong_count() > 0);
        checkpointers.insert(path, Arc::downgrade(&checkpointer));
        Ok(checkpointer)
    }

    fn start(manager: Manager) -> Result<Checkpointer> {
        let shared = Arc::new(Shared {
            manager,
            state: Mutex::default(),
            told: Condvar::new(),
            log: Mutex::default(),
        });
        let checkpointing = shared.clone();
        let thread = std::thread::Builder::new()
            .name("log checkpointer".to_owned())
            .spawn(move || checkpoint_when_written(&checkpointing))
            .map_err(Error::internal)?;
        Ok(Checkpointer { shared, thread: Some(thread) })
    }

    /// To be told after each commit.
    pub(in crate::db) fn wrote(&self) {
        let mut state = locked(&self.shared.state);
        if !state.is_written {
            state.is_written = true;
            self.shared.told.notify_one();
        }
    }

    /// To be called by whoever is next to write: waits where the log is near its bound and somebody reads what it holds.
    /// Each writer looks for itself, for the thread may be waiting for a slow disk while writers are fast.
    pub(in crate::db) fn slow_down(&self) {
        let begun = Instant::now();
        // The file is at least as long as the log, and costs least to look at.
        let at_most = slowed(wal::file_length(&self.shared.manager));
        while begun.elapsed() < at_most {
            let Some(looked) = self.shared.try_with_log(Log::slowed) else {
                std::thread::sleep(LOOK_AGAIN);
                continue;
            };
            match looked {
                Ok(slowed) => std::thread::sleep(slowed.saturating_sub(begun.elapsed())),
                Err(error) => tracing::debug!(%error, "nobody knows how long the log is"),
            }
            return;
        }
    }

    /// Restarts a long log; whoever asks writes nothing meanwhile. Gives for how long others had to wait.
    pub(in crate::db) fn restart(&self) -> Result<Duration> {
        self.shared.with_log(Log::restart)
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        locked(&self.shared.state).is_over = true;
        self.shared.told.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there was told there; nothing depends on it.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn with_log<T>(&self, work: impl FnOnce(&mut Log) -> Result<T>) -> Result<T> {
        self.opened(locked(&self.log), work)
    }

    /// Nothing where somebody else is at the log.
    fn try_with_log<T>(&self, work: impl FnOnce(&mut Log) -> Result<T>) -> Option<Result<T>> {
        match self.log.try_lock() {
            Ok(log) => Some(self.opened(log, work)),
            Err(TryLockError::Poisoned(log)) => Some(self.opened(log.into_inner(), work)),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn opened<T>(
        &self,
        mut log: MutexGuard<'_, Option<Log>>,
        work: impl FnOnce(&mut Log) -> Result<T>,
    ) -> Result<T> {
        if log.is_none() {
            *log = Some(Log::open(&self.manager)?);
        }
        let Some(log) = log.as_mut() else { return Err(Error::internal("no log")) };
        work(log)
    }

    /// Waits until somebody wrote, and a moment more; gives whether to go on.
    fn wait(&self) -> bool {
        let over = |state: &mut State| !state.is_over;
        let mut state = locked(&self.state);
        while !state.is_written && !state.is_over {
            state = self.told.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let (mut state, _) =
            self.told.wait_timeout_while(state, DELAY, over).unwrap_or_else(PoisonError::into_inner);
        state.is_written = false;
        !state.is_over
    }
}

fn checkpoint_when_written(shared: &Shared) {
    while shared.wait() {
        if let Err(error) = shared.with_log(Log::keep_short) {
            // Whoever writes is told what is wrong; here nothing is lost.
            tracing::debug!(%error, "the log was not checkpointed");
            locked(&shared.log).take();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
