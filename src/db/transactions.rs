//! A transaction from begin to end, and its repetition where the database asks for one.
//!
//! Only whole transactions are repeated, so nothing is half written; tries and time are bounded, so a page answers.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::connection::Begin;
use super::outage::Outage;
use super::{DbConnection, Engine, dialect, lock_order};
use crate::error::{Error, Result};

/// A transaction is tried at most this many times.
const MAX_ATTEMPTS: u32 = 8;

/// No attempt begins later than this; the last one may still wait for its locks.
const TIMEOUT: Duration = Duration::from_secs(12);

/// A lock that was not given within this time is not asked for again.
const HELD_AFTER: Duration = Duration::from_secs(3);

/// The longest pause before the second try; doubled with each one after it.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(640);

/// Begins, works, commits; rolls back when anything fails.
pub(super) fn within<T>(
    connection: &mut DbConnection,
    begin: Begin,
    work: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    connection.begin(begin)?;
    let _begun = lock_order::begin();
    match work(connection) {
        Ok(value) => match connection.commit() {
            Ok(()) => Ok(value),
            // Nobody told how it ended. SQLite is no server: what it refuses is not done.
            Err(error) if connection.engine() != Engine::Sqlite && is_lost(&error) => {
                Err(if begin == Begin::Write { Error::Unknown(error.to_string()) } else { error.into() })
            }
            Err(error) => Err(refused(connection, begin, error.into())),
        },
        Err(error) => {
            let is_raised = matches!(error, Error::Fault(_)) && dialect::is_raised(connection);
            // The first error is what went wrong; a failed rollback breaks the connection and the pool drops it.
            let _ = connection.rollback();
            Err(match error {
                Error::Fault(said) if is_raised && begin == Begin::Write => Error::Refused(said),
                error => refused(connection, begin, error),
            })
        }
    }
}

/// What a trigger of the platform's said is no fault of ours. To be asked after the transaction, within which PostgreSQL
/// answers nothing any more.
fn refused(connection: &mut DbConnection, begin: Begin, error: Error) -> Error {
    match error {
        Error::Fault(said) if begin == Begin::Write && dialect::has_rules(connection).unwrap_or(false) => {
            Error::Refused(said)
        }
        error => error,
    }
}

fn is_lost(error: &DieselError) -> bool {
    match error {
        DieselError::RollbackErrorOnCommit { commit_error, .. } => is_lost(commit_error),
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => true,
        DieselError::DatabaseError(_, details) => dialect::is_lost(details.message()),
        // The connection was seen to be broken before the commit was sent, or after.
        DieselError::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Tries until it goes well, fails for good, or has been tried enough. Pauses differ by chance, so that two that met
/// do not meet again.
pub(super) fn repeated<T>(mut once: impl FnMut() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let mut longest = FIRST_PAUSE;
    for tried in 1.. {
        match once() {
            Err(Error::Transient(reason)) if tried < MAX_ATTEMPTS && started.elapsed() < TIMEOUT => {
                tracing::debug!(tried, reason, "a transaction is repeated");
                std::thread::sleep(longest.mul_f64(chance()));
                longest = LONGEST_PAUSE.min(longest * 2);
            }
            // One who waited as long as one waits for a lock is told; a shorter wait was no wait for one.
            Err(Error::Held) if tried < MAX_ATTEMPTS && started.elapsed() < HELD_AFTER => {
                std::thread::sleep(longest.mul_f64(chance()));
            }
            Err(Error::Transient(reason)) => {
                return Err(Error::Unavailable(format!("given up after {tried} tries: {reason}")));
            }
            ended => return ended,
        }
    }
    Err(Error::internal("no try was made"))
}

/// From 0 to 1, of no quality but that two processes differ: the standard hasher is seeded by chance.
fn chance() -> f64 {
    f64::from((RandomState::new().hash_one(0) >> 32) as u32) / f64::from(u32::MAX)
}

/// How long a request waits for the database before its page says that it is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// After this time without an answer, somebody looks whether the database is there at all.
const SUSPICIOUS: Duration = Duration::from_secs(3);

/// How far work is, for the one who waits for it: before its commit it can be given up, and then must not happen later.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenUp(Arc<AtomicU8>);

const WORKING: u8 = 0;
const COMMITTING: u8 = 1;
const GIVEN_UP: u8 = 2;

impl GivenUp {
    /// To be said first: what is repeated is not at its commit any more.
    pub(super) fn begin(&self) -> Result<()> {
        self.go(COMMITTING, WORKING)
    }

    /// To be asked last before a commit.
    pub(super) fn check(&self) -> Result<()> {
        self.go(WORKING, COMMITTING)
    }

    fn go(&self, from: u8, to: u8) -> Result<()> {
        match self.0.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst) {
            Err(GIVEN_UP) => Err(Error::Unavailable("it took too long and was given up".to_owned())),
            _ => Ok(()),
        }
    }

    /// Gives it up; false where it is at its commit, whose outcome nobody knows yet.
    fn give_up(&self) -> bool {
        self.0.compare_exchange(WORKING, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// Work on a thread of its own, for which a page waits only so long: a database that hangs holds no page.
pub(super) async fn answered<T: Send + 'static>(
    outage: &Arc<Outage>,
    work: impl FnOnce(GivenUp) -> Result<T> + Send + 'static,
) -> Result<T> {
    let given_up = GivenUp::default();
    let told = given_up.clone();
    let mut asked = tokio::task::spawn_blocking(move || work(told));
    if let Ok(ended) = tokio::time::timeout(SUSPICIOUS, &mut asked).await {
        return ended.map_err(Error::internal)?;
    }
    outage.suspect();
    match tokio::time::timeout(ANSWER_WITHIN - SUSPICIOUS, asked).await {
        Ok(ended) => ended.map_err(Error::internal)?,
        Err(_) => {
            let why = format!("no answer within {} s", ANSWER_WITHIN.as_secs());
            Err(if given_up.give_up() { Error::Unavailable(why) } else { Error::Unknown(why) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadlock<T>() -> Result<T> {
        Err(Error::Transient("Deadlock found when trying to get lock".to_owned()))
    }

    #[test]
    fn what_goes_well_at_last_is_told_as_if_at_once() {
        let mut tries = 0;
        let ended = repeated(|| {
            tries += 1;
            if tries < 4 { deadlock() } else { Ok(tries) }
        });
        assert_eq!(ended.expect("the fourth try"), 4);
    }

    #[test]
    fn what_never_goes_well_ends_as_unavailable_after_bounded_tries() {
        let mut tries = 0;
        let ended: Result<()> = repeated(|| {
            tries += 1;
            deadlock()
        });
        assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
        assert_eq!(tries, MAX_ATTEMPTS);
    }

    #[test]
    fn what_is_at_its_commit_is_not_given_up() {
        let work = GivenUp::default();
        assert!(work.begin().is_ok() && work.check().is_ok());
        assert!(!work.give_up(), "nobody knows how it ends");
        assert!(work.begin().is_ok(), "it is repeated");
        assert!(work.give_up());
        assert!(matches!(work.check(), Err(Error::Unavailable(_))), "what was given up is not committed");
        assert!(matches!(work.begin(), Err(Error::Unavailable(_))), "and not tried again");
    }

    #[test]
    fn other_errors_are_not_repeated() {
        let mut tries = 0;
        let ended: Result<()> = repeated(|| {
            tries += 1;
            Err(Error::NotFound)
        });
        assert!(matches!(ended, Err(Error::NotFound)));
        assert_eq!(tries, 1);
    }
}
