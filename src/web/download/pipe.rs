//! What lies between the thread that writes a download and the client that takes it: a few chunks in memory, then a
//! temporary file.
//!
//! The writer never waits for the client, except where no temporary file can be made. A client that takes nothing for too
//! long is cut: its place is free again, and what it gets, if it ever reads on, ends as broken.

use std::collections::VecDeque;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use tokio::sync::{Notify, OwnedSemaphorePermit};

use super::{Broken, temporary_file};
use crate::error::{Error, Result};

/// Chunks that wait in memory.
const IN_MEMORY: usize = 8;

/// What is read back from the file at once.
const READ: u64 = 128 * 1024;

#[derive(Debug)]
struct Pipe {
    state: Mutex<State>,
    /// There is something to take.
    filled: Notify,
    /// There is room in memory, or nobody takes anything any more.
    taken: Condvar,
    patience: Duration,
}

#[derive(Debug)]
struct State {
    /// Come before what is in the file.
    chunks: VecDeque<Bytes>,
    /// Made once memory does not suffice.
    file: Option<Arc<File>>,
    written: u64,
    read: u64,
    ended: Option<Ended>,
    /// Since when the client has taken nothing though there is something; none while it waits for us.
    idle_since: Option<Instant>,
    /// The person's; given back when nobody takes anything any more.
    place: Option<OwnedSemaphorePermit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Whole,
    /// What is there is handed out, and then told as broken.
    Broken,
    /// The client is gone, or was cut.
    Cut,
}

/// Where a download's chunks go.
#[derive(Debug)]
pub struct Sink(Arc<Pipe>);

/// Where they come from.
#[derive(Debug)]
pub(super) struct Reader(Arc<Pipe>);

pub(super) fn new(place: OwnedSemaphorePermit, patience: Duration) -> (Sink, Reader) {
    let state = State {
        chunks: VecDeque::new(),
        file: None,
        written: 0,
        read: 0,
        ended: None,
        idle_since: Some(Instant::now()),
        place: Some(place),
    };
    let pipe =
        Arc::new(Pipe { state: Mutex::new(state), filled: Notify::new(), taken: Condvar::new(), patience });
    tokio::spawn(watch(Arc::downgrade(&pipe)));
    (Sink(pipe.clone()), Reader(pipe))
}

/// Cuts a client that takes nothing for too long.
async fn watch(pipe: Weak<Pipe>) {
    while let Some(watched) = pipe.upgrade() {
        let patience = watched.patience;
        {
            let mut state = watched.state();
            if state.ended == Some(Ended::Cut) {
                return;
            }
            if state.idle_since.is_some_and(|since| since.elapsed() >= patience) {
                tracing::warn!("a download was cut: its client took nothing for {} s", patience.as_secs());
                state.cut();
                watched.taken.notify_all();
            }
        }
        drop(watched);
        tokio::time::sleep(patience / 20).await;
    }
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Nothing is handed out any more; what was kept for it goes.
    fn cut(&mut self) {
        self.ended = Some(Ended::Cut);
        self.chunks.clear();
        self.file = None;
        self.place = None;
        self.idle_since = None;
    }
}

impl Sink {
    /// Hands a chunk over.
    ///
    /// # Errors
    /// [`Error::Internal`] when nobody takes it any more.
    pub fn send(&self, chunk: Vec<u8>) -> Result<()> {
        let mut state = self.0.state();
        loop {
            if state.ended == Some(Ended::Cut) {
                return Err(Error::internal("the client went away or stands still"));
            }
            if state.read == state.written && state.chunks.len() < IN_MEMORY {
                state.chunks.push_back(Bytes::from(chunk));
                break;
            }
            if state.file.is_none() {
                state.file = temporary_file();
            }
            if let Some(file) = state.file.clone() {
                let at = state.written;
                drop(state);
                file.write_all_at(&chunk, at).map_err(|error| {
                    Error::internal(format!("no room for what waits for a slow client: {error}"))
                })?;
                state = self.0.state();
                state.written += chunk.len() as u64;
                break;
            }
            // Without a file, whoever writes has to wait.
            let waited = self.0.taken.wait_timeout(state, self.0.patience);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.0.filled.notify_one();
        Ok(())
    }

    /// Ends the transfer: as whole, or as broken.
    pub(super) fn end(&self, is_whole: bool) {
        self.0.state().ended.get_or_insert(if is_whole { Ended::Whole } else { Ended::Broken });
        self.0.filled.notify_one();
    }
}

impl Drop for Sink {
    /// Who writes may have panicked.
    fn drop(&mut self) {
        self.end(false);
    }
}

/// What there is to take.
enum Next {
    Chunk(Bytes),
    InFile(Arc<File>, u64, usize),
    Nothing,
    End,
    Broken,
}

impl Reader {
    /// The next part, once there is one; none at the end.
    pub(super) async fn next(&mut self) -> Option<std::result::Result<Bytes, Broken>> {
        loop {
            match self.look() {
                Next::Chunk(chunk) => return Some(Ok(chunk)),
                Next::End => return None,
                Next::Broken => return Some(Err(Broken)),
                Next::Nothing => self.0.filled.notified().await,
                Next::InFile(file, at, length) => {
                    let read = move || {
                        let mut part = vec![0; length];
                        file.read_exact_at(&mut part, at).map(|()| Bytes::from(part))
                    };
                    let Ok(Ok(part)) = tokio::task::spawn_blocking(read).await else {
                        return Some(Err(Broken));
                    };
                    self.took(length as u64);
                    return Some(Ok(part));
                }
            }
        }
    }

    fn look(&self) -> Next {
        let mut state = self.0.state();
        if state.ended == Some(Ended::Cut) {
            return Next::Broken;
        }
        // Whoever asks has taken what came before.
        state.idle_since = Some(Instant::now());
        if let Some(chunk) = state.chunks.pop_front() {
            self.0.taken.notify_one();
            return Next::Chunk(chunk);
        }
        let left = state.written - state.read;
        if let Some(file) = state.file.clone().filter(|_| left > 0) {
            return Next::InFile(file, state.read, left.min(READ) as usize);
        }
        state.idle_since = None;
        match state.ended {
            None => Next::Nothing,
            Some(Ended::Whole) => Next::End,
            Some(Ended::Broken | Ended::Cut) => Next::Broken,
        }
    }

    fn took(&self, length: u64) {
        let mut state = self.0.state();
        state.idle_since = Some(Instant::now());
        state.read += length;
    }
}

impl Drop for Reader {
    /// The transfer is over, or the client went away.
    fn drop(&mut self) {
        self.0.state().cut();
        self.0.taken.notify_all();
    }
}
