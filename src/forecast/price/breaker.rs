//! Whether it is any use to ask: who did not answer several times in a row is left alone for a moment, by all tests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// After so many questions in a row without an answer no more are asked.
const GIVEN_UP: usize = 8;

/// So long nobody asks then.
const REST: Duration = Duration::from_secs(15);

/// What came of the last questions.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// Questions in a row without an answer.
    silent: usize,
    rests_until: Option<Instant>,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    Ask,
    /// Once, to see whether it answers again.
    Try,
    Not,
}

impl Breaker {
    /// Whether a test that begins at that time may ask.
    pub fn begin(&self, now: Instant) -> May {
        let mut last = self.last();
        if last.silent < GIVEN_UP {
            return May::Ask;
        }
        if last.rests_until.is_some_and(|until| now < until) {
            return May::Not;
        }
        // Others do not try meanwhile.
        last.rests_until = Some(now + REST);
        May::Try
    }

    /// Whether it has not answered several times in a row.
    pub fn is_silent(&self) -> bool {
        self.last().silent >= GIVEN_UP
    }

    /// Notes what came of a question at that time.
    pub fn note(&self, has_answered: bool, now: Instant) {
        let mut last = self.last();
        if has_answered {
            *last = Last::default();
            return;
        }
        last.silent += 1;
        last.rests_until = Some(now + REST);
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_silent_is_left_alone_and_then_tried_once() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        let later = |seconds| now + Duration::from_secs(seconds);
        for _ in 1..GIVEN_UP {
            breaker.note(false, now);
        }
        breaker.note(true, now);
        for _ in 0..GIVEN_UP {
            assert_eq!((breaker.begin(now), breaker.is_silent()), (May::Ask, false));
            breaker.note(false, now);
        }
        assert!(breaker.is_silent());
        assert_eq!(
            [0, 14, 15, 16].map(|seconds| breaker.begin(later(seconds))),
            [May::Not, May::Not, May::Try, May::Not]
        );
        breaker.note(false, later(17));
        assert_eq!([31, 32].map(|seconds| breaker.begin(later(seconds))), [May::Not, May::Try]);
        breaker.note(true, later(33));
        assert_eq!((breaker.begin(later(33)), breaker.is_silent()), (May::Ask, false));
    }
}
