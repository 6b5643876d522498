//! Recording failures at the rate of a storm: whoever comes while a transaction is written shares the next one.
//!
//! An answer goes out only after its commit. One that cannot be written fails alone: its group is taken back and each
//! of the others is written by itself. Where the database lets many write at once, nobody is grouped.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::group::Group;
use crate::accounts::idempotency::Key;
use crate::audit::event::Author;
use crate::causes::cause::Cause;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::recording::{Recorded, Recording};

/// The most failures that one transaction writes; others than recorders want to write, too.
const MAX_GROUP: usize = 64;

/// A group waits this long for programs that were just answered, because they come again.
const GROUP_DELAY: Duration = Duration::from_millis(2);

/// Writes the answer to the program that recorded a failure.
pub type Render = Arc<dyn Fn(&FailedRecord) -> Result<String> + Send + Sync>;

/// A failure to record.
#[derive(Clone)]
pub struct Asked {
    pub usage_id: String,
    pub recording: Recording,
    pub author: Author,
    pub key: Option<Key>,
    pub render: Render,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("usage_id", &self.usage_id).finish_non_exhaustive()
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The failure of that id is written; what is answered.
    Written { id: String, answer: String },
    /// It was written before, for the same key.
    Repeated { id: String, answer: String },
    /// The key was used for something else.
    KeyTaken,
    /// Nothing can be recorded of that usage now.
    Refused(Recorded),
    /// There is no such usage.
    Unknown,
}

/// What is asked, and what can be known of it before anybody has to wait for it.
#[derive(Debug)]
pub(in crate::failed_accounting) struct Prepared {
    pub asked: Asked,
    pub cause: Cause,
}

impl From<Asked> for Prepared {
    fn from(asked: Asked) -> Prepared {
        Prepared { cause: Cause::of(Some(&asked.recording.reason)), asked }
    }
}

struct Waiting {
    asked: Prepared,
    answer: oneshot::Sender<Result<Outcome>>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    is_writing: bool,
    /// How many the next group waits for.
    wanted: usize,
}

/// Takes failures from all requests. Cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    database: Database,
    queue: Arc<(Mutex<Queue>, Condvar)>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("database", &self.database).finish_non_exhaustive()
    }
}

impl Recorder {
    /// A recorder for that database; nothing runs until something is recorded.
    pub fn new(database: Database) -> Recorder {
        Recorder { database, queue: Arc::default() }
    }

    /// Records a failure; comes back after its commit.
    pub async fn record(&self, asked: Asked) -> Result<Outcome> {
        let (recorder, asked) = (self.clone(), Prepared::from(asked));
        if !self.database.engine().has_one_writer() {
            return tokio::task::spawn_blocking(move || recorder.alone(&asked))
                .await
                .map_err(Error::internal)?;
        }
        let (answer, outcome) = oneshot::channel();
        let begins = {
            let mut queue = self.queue();
            queue.waiting.push(Waiting { asked, answer });
            if queue.waiting.len() == queue.wanted {
                self.queue.1.notify_one();
            }
            !std::mem::replace(&mut queue.is_writing, true)
        };
        if begins {
            tokio::task::spawn_blocking(move || recorder.write_all());
        }
        outcome.await.map_err(Error::internal)?
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes group after group until nobody waits.
    fn write_all(&self) {
        let _broken = Broken(self);
        let mut last = 0;
        loop {
            let group = self.gather(last);
            if group.is_empty() {
                return;
            }
            last = group.len();
            self.write(group);
        }
    }

    /// The next group: as many as wait, and those of the last one if they come again soon. The fewer groups, the fewer
    /// commits.
    fn gather(&self, last: usize) -> Vec<Waiting> {
        let mut queue = self.queue();
        queue.wanted = (queue.waiting.len() + last).min(MAX_GROUP);
        let is_short = |queue: &mut Queue| queue.waiting.len() < queue.wanted;
        let waited = self.queue.1.wait_timeout_while(queue, GROUP_DELAY, is_short);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let count = queue.waiting.len().min(MAX_GROUP);
        queue.is_writing = count > 0;
        queue.waiting.drain(..count).collect()
    }

    fn write(&self, group: Vec<Waiting>) {
        let (asked, answers): (Vec<Prepared>, Vec<_>) =
            group.into_iter().map(|waiting| (waiting.asked, waiting.answer)).unzip();
        let outcomes: Vec<Result<Outcome>> = match self.together(&asked) {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(Error::Unavailable(why)) => {
                asked.iter().map(|_| Err(Error::Unavailable(why.clone()))).collect()
            }
            // All of them may have been written.
            Err(Error::Unknown(why)) => asked.iter().map(|_| Err(Error::Unknown(why.clone()))).collect(),
            // One of them cannot be written; nothing of the group is.
            Err(_) => asked.iter().map(|asked| self.alone(asked)).collect(),
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Who went away is not told.
            let _ = answer.send(outcome);
        }
    }

    fn together(&self, asked: &[Prepared]) -> Result<Vec<Outcome>> {
        self.database.transaction_here(|connection| {
            let mut group = Group::default();
            for asked in asked {
                group.one(connection, asked)?;
            }
            group.finish(connection)
        })
    }

    fn alone(&self, asked: &Prepared) -> Result<Outcome> {
        let tried = self.together(std::slice::from_ref(asked));
        let tried = match tried {
            // Somebody used the key at the same moment: now it is there to be found.
            Err(Error::Conflict(_)) => self.together(std::slice::from_ref(asked)),
            tried => tried,
        };
        tried?.pop().ok_or_else(|| Error::internal("no outcome"))
    }
}

/// Lets others write again when a group breaks off, and those that waited know.
struct Broken<'a>(&'a Recorder);

impl Drop for Broken<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            *self.0.queue() = Queue::default();
        }
    }
}
