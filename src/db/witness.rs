//! What proves that a transaction was committed, where its connection broke before the answer: a row that nobody else
//! can have written.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::connection::Begin;
use super::{Database, DbConnection, transactions};
use crate::error::{Error, Result};

/// Looks for the row; waits until a commit that is still under way has ended.
type Proof = Box<dyn Fn(&mut DbConnection) -> Result<bool>>;

/// The proof is looked for during this time, with this pause between two attempts.
const TIMEOUT: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(100);

thread_local! {
    // Work runs on one thread from begin to commit.
    static LEFT: RefCell<Option<Proof>> = const { RefCell::new(None) };
}

/// Leaves what will prove the present transaction; the last one counts.
pub fn leave(proof: impl Fn(&mut DbConnection) -> Result<bool> + 'static) {
    LEFT.with(|left| *left.borrow_mut() = Some(Box::new(proof)));
}

/// Takes what was left, so that it proves no other transaction.
pub(super) fn take() -> Option<Proof> {
    LEFT.with(|left| left.borrow_mut().take())
}

impl Database {
    /// Work within a write transaction. Where the connection breaks at the commit, its outcome is looked up.
    ///
    /// # Errors
    /// [`Error::Unknown`] where nothing tells whether it was committed; [`Error::Transient`] where it was not.
    pub(super) fn proven<T>(
        &self,
        connection: &mut DbConnection,
        work: impl FnOnce(&mut DbConnection) -> Result<T>,
    ) -> Result<T> {
        take();
        let mut done = None;
        let ended = transactions::within(connection, Begin::Write, |connection| {
            done = Some(work(connection)?);
            Ok(())
        });
        let proof = take();
        match (ended, done) {
            (Ok(()), Some(value)) => Ok(value),
            (Err(Error::Unknown(why)), Some(value)) => {
                let is_written =
                    proof.ok_or_else(|| Error::Unknown(why.clone())).and_then(|proof| self.ask(&*proof));
                match is_written {
                    Ok(true) => Ok(value),
                    Ok(false) => Err(Error::Transient(why)),
                    Err(_) => Err(Error::Unknown(why)),
                }
            }
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(Error::internal("nothing was done")),
        }
    }

    /// Asks over another connection, again and again while the database is away.
    fn ask(&self, proof: &dyn Fn(&mut DbConnection) -> Result<bool>) -> Result<bool> {
        let started = Instant::now();
        loop {
            let asked = self
                .checkout(&self.writes)
                .and_then(|mut connection| transactions::within(&mut connection, Begin::Write, proof));
            match asked {
                Err(_) if started.elapsed() < TIMEOUT => std::thread::sleep(PAUSE),
                asked => return asked,
            }
        }
    }
}
