//! The order in which everybody locks rows, so that no two wait for each other: the batch, usages by id, failures by id,
//! and the end of the audit trail last. A job's transaction locks the row of its lease before all of these
//! ([`super::lease`]).
//!
//! Debug builds check it: whoever locks says so here first, and a lock out of order panics in the test that took it.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Engine;

/// What is locked, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    Batch,
    Usage,
    Failure,
    Trail,
}

/// What the transaction of this thread has locked last.
#[derive(Debug, Default)]
struct Held {
    transaction: u64,
    last: Option<(Lock, String)>,
}

/// How many transactions there were.
static COUNT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static HELD: RefCell<Held> = RefCell::default();
}

/// A transaction begins: nothing is locked. It ends with what is given here.
pub(super) fn begin() -> Begun {
    let held = Held { transaction: COUNT.fetch_add(1, Ordering::Relaxed) + 1, last: None };
    Begun(HELD.replace(held))
}

/// The transaction around this one, on another connection, if any.
pub(super) struct Begun(Held);

impl Drop for Begun {
    fn drop(&mut self) {
        HELD.set(std::mem::take(&mut self.0));
    }
}

/// Which transaction of this thread is under way: what was read and locked in another one is no more.
pub fn transaction() -> u64 {
    HELD.with_borrow(|held| held.transaction)
}

/// Rows are about to be locked, in the order of these ids.
pub fn note(engine: Engine, lock: Lock, ids: &[&str]) {
    if !cfg!(debug_assertions) {
        return;
    }
    let (first, last) = (ids.iter().min().copied().unwrap_or(""), ids.iter().max().copied().unwrap_or(""));
    HELD.with_borrow_mut(|held| {
        if let Some((before, id)) = &held.last {
            // SQLite has one lock for all; there only that the trail comes last is looked at.
            let is_right = match engine {
                Engine::Sqlite => *before != Lock::Trail || lock == Lock::Trail,
                _ => *before < lock || (*before == lock && (lock == Lock::Trail || id.as_str() <= first)),
            };
            assert!(is_right, "{lock:?} {first} is locked after {before:?} {id}");
        }
        held.last = Some((lock, last.to_owned()));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(engine: Engine, locks: &[(Lock, &str)]) -> bool {
        let locks: Vec<(Lock, String)> = locks.iter().map(|(lock, id)| (*lock, (*id).to_owned())).collect();
        let thread = std::thread::spawn(move || {
            let _begun = begin();
            locks.iter().for_each(|(lock, id)| note(engine, *lock, &[id]));
        });
        thread.join().is_ok()
    }

    #[test]
    fn whoever_locks_out_of_order_is_stopped() {
        use Lock::{Batch, Failure, Trail, Usage};
        let right = [(Batch, "b"), (Usage, "u1"), (Usage, "u2"), (Failure, "a"), (Trail, ""), (Trail, "")];
        assert!(order(Engine::Postgres, &right));
        for wrong in [
            [(Failure, "a"), (Usage, "u1")],
            [(Usage, "u2"), (Usage, "u1")],
            [(Usage, "u1"), (Batch, "b")],
            [(Trail, ""), (Failure, "a")],
        ] {
            assert!(!order(Engine::Mysql, &wrong), "{wrong:?}");
        }
        assert!(order(Engine::Sqlite, &[(Failure, "a"), (Usage, "u1")]));
        assert!(!order(Engine::Sqlite, &[(Trail, ""), (Usage, "u1")]));
    }
}
