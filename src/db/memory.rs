//! What this process knows of a database beyond what stands in it: the end of the audit trail as it last wrote it. Whoever
//! rewrites the trail beside a running server cannot rewrite that.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use super::Database;
use crate::error::Result;

/// An event by its id and its hash.
pub type Known = (i64, String);

/// Shared by all that write to one database in this process.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Option<Known>>>);

impl Memory {
    fn get(&self) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A transaction that ended later may tell an earlier event.
    fn keep(&self, learnt: Learnt) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if learnt.begins_anew || known.as_ref().is_none_or(|(id, _)| *id <= learnt.event.0) {
            *known = Some(learnt.event);
        }
    }
}

struct Learnt {
    event: Known,
    /// The trail was found broken: what was known of it before stands no more.
    begins_anew: bool,
}

#[derive(Default)]
struct Present {
    known: Option<Known>,
    learnt: Option<Learnt>,
}

thread_local! {
    // Work runs on one thread from begin to commit.
    static PRESENT: RefCell<Present> = RefCell::default();
}

/// The last event that this process wrote to the database of the present transaction.
pub fn known() -> Option<Known> {
    PRESENT.with(|present| {
        let present = present.borrow();
        present.learnt.as_ref().map(|learnt| learnt.event.clone()).or_else(|| present.known.clone())
    })
}

/// Notes an event of the present transaction; it counts once that is committed.
pub fn learn(event: Known, begins_anew: bool) {
    PRESENT.with(|present| {
        let mut present = present.borrow_mut();
        let begins_anew = begins_anew || present.learnt.as_ref().is_some_and(|learnt| learnt.begins_anew);
        present.learnt = Some(Learnt { event, begins_anew });
    });
}

impl Database {
    /// The last event of the audit trail that this process wrote, if it wrote any.
    pub fn known_event(&self) -> Option<Known> {
        self.memory.get()
    }

    /// Runs a transaction that may ask what is known, and keeps what it learnt where it was committed.
    pub(super) fn remembering<T>(&self, transaction: impl FnOnce() -> Result<T>) -> Result<T> {
        PRESENT.with(|present| *present.borrow_mut() = Present { known: self.memory.get(), learnt: None });
        let ended = transaction();
        let learnt = PRESENT.with(|present| present.take().learnt);
        if let (Ok(_), Some(learnt)) = (&ended, learnt) {
            self.memory.keep(learnt);
        }
        ended
    }
}
