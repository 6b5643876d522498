//! A transaction from begin to end, and its repetition where the database asks for one.
//!
//! Only whole transactions are repeated, so nothing is half written; tries and time are bounded, so a page answers.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::connection::Begin;
use super::{DbConnection, lock_order};
use crate::error::{Error, Result};

/// The most times a transaction is tried.
const TRIES: u32 = 8;

/// No new try is begun after so long; the last one may still wait for its locks.
const LONGEST: Duration = Duration::from_secs(12);

/// From so long on, a lock that was not given is not asked for again.
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
        Ok(value) => {
            connection.commit()?;
            Ok(value)
        }
        Err(error) => {
            // The first error is what went wrong; a failed rollback breaks the connection and the pool drops it.
            let _ = connection.rollback();
            Err(error)
        }
    }
}

/// Tries until it goes well, fails for good, or has been tried enough. Pauses differ by chance, so that two that met
/// do not meet again.
pub(super) fn repeated<T>(mut once: impl FnMut() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let mut longest = FIRST_PAUSE;
    for tried in 1.. {
        match once() {
            Err(Error::Transient(reason)) if tried < TRIES && started.elapsed() < LONGEST => {
                tracing::debug!(tried, reason, "a transaction is repeated");
                std::thread::sleep(longest.mul_f64(chance()));
                longest = LONGEST_PAUSE.min(longest * 2);
            }
            // One who waited as long as one waits for a lock is told; a shorter wait was no wait for one.
            Err(Error::Held) if tried < TRIES && started.elapsed() < HELD_AFTER => {
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

/// Whether the one who asked has been told already that nothing was done.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// To be asked last before a commit: what was given up must not happen later.
    pub(super) fn check(&self) -> Result<()> {
        match self.0.load(Ordering::SeqCst) {
            true => Err(Error::Unavailable("it took too long and was given up".to_owned())),
            false => Ok(()),
        }
    }
}

/// Work on a thread of its own, which is waited for so long and no longer: a database that hangs holds no page.
pub(super) async fn answered<T: Send + 'static>(
    work: impl FnOnce(GivenUp) -> Result<T> + Send + 'static,
) -> Result<T> {
    let given_up = GivenUp::default();
    let told = given_up.clone();
    match tokio::time::timeout(ANSWER_WITHIN, tokio::task::spawn_blocking(move || work(told))).await {
        Ok(ended) => ended.map_err(Error::internal)?,
        Err(_) => {
            given_up.0.store(true, Ordering::SeqCst);
            Err(Error::Unavailable(format!("no answer within {} s", ANSWER_WITHIN.as_secs())))
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
        assert_eq!(tries, TRIES);
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
