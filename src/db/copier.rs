//! Copies SQLite's log into the file on a thread of its own, beside all who write: no commit has to do it, and wait for
//! the disk meanwhile.
//!
//! A log of which all is copied begins anew with the next write. While others go on writing it never is: once it is
//! tall, writers have to wait until the little that is left is copied, too; see [`Log::shorten`].

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use super::connection::Manager;
use super::url::sqlite_file;
use super::wal::Log;
use crate::error::{Error, Result};

/// So long after a commit the log is looked at: others follow it.
const SOON: Duration = Duration::from_millis(200);

/// The thread that copies. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Copier {
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

impl Copier {
    /// The copier of that file: one for all who have opened it in this process, as two would be in each other's way.
    pub(super) fn of(manager: &Manager) -> Result<Arc<Copier>> {
        static COPIERS: LazyLock<Mutex<HashMap<PathBuf, Weak<Copier>>>> = LazyLock::new(Mutex::default);
        let mut copiers = locked(&COPIERS);
        let path = sqlite_file(&manager.url);
        if let Some(copier) = copiers.get(&path).and_then(Weak::upgrade) {
            return Ok(copier);
        }
        let copier = Arc::new(Copier::start(manager.clone())?);
        copiers.retain(|_, copier| copier.strong_count() > 0);
        copiers.insert(path, Arc::downgrade(&copier));
        Ok(copier)
    }

    fn start(manager: Manager) -> Result<Copier> {
        let shared = Arc::new(Shared {
            manager,
            state: Mutex::default(),
            told: Condvar::new(),
            log: Mutex::default(),
        });
        let copying = shared.clone();
        let thread = std::thread::Builder::new()
            .name("log copier".to_owned())
            .spawn(move || copy_when_written(&copying))
            .map_err(Error::internal)?;
        Ok(Copier { shared, thread: Some(thread) })
    }

    /// To be told after each commit.
    pub(super) fn wrote(&self) {
        let mut state = locked(&self.shared.state);
        if !state.is_written {
            state.is_written = true;
            self.shared.told.notify_one();
        }
    }

    /// Has a log that is tall begin anew; whoever asks writes nothing meanwhile. Gives how long others had to wait.
    pub(super) fn shorten(&self) -> Result<Duration> {
        self.shared.with_log(Log::shorten)
    }
}

impl Drop for Copier {
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
        let mut log = locked(&self.log);
        if log.is_none() {
            *log = Some(Log::open(&self.manager)?);
        }
        log.as_mut().map_or_else(|| Err(Error::internal("no log")), work)
    }

    /// Waits until somebody wrote, and a moment more; gives whether to go on.
    fn wait(&self) -> bool {
        let over = |state: &mut State| !state.is_over;
        let mut state = locked(&self.state);
        while !state.is_written && !state.is_over {
            state = self.told.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let (mut state, _) =
            self.told.wait_timeout_while(state, SOON, over).unwrap_or_else(PoisonError::into_inner);
        state.is_written = false;
        !state.is_over
    }
}

fn copy_when_written(shared: &Shared) {
    while shared.wait() {
        if let Err(error) = shared.with_log(Log::copy) {
            // Whoever writes is told what is wrong; here nothing is lost.
            tracing::debug!(%error, "the log was not copied");
            locked(&shared.log).take();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
