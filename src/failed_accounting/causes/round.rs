//! A round of the job that tests whether causes are fixed: what is left of it, and how long it rests. Pure.

use std::time::{Duration, Instant};

use crate::causes::family::Family;

/// So long after a round began the next one does, at the earliest.
const EVERY: Duration = Duration::from_secs(180);

/// The database rests so many times as long as a round kept it busy, and no longer than that. Who waits for prices loads nothing.
const RESTS: u32 = 50;
const LONGEST: Duration = Duration::from_secs(600);

/// Where one is in a round.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// The causes that are still to be tested, the next one last; without a family those that are not tested any more.
    left: Vec<(String, Option<Family>)>,
    began: Option<Instant>,
    rests_until: Option<Instant>,
    /// How long the database was kept busy.
    busy: Duration,
    /// Whether who tells prices does not answer.
    pub is_silent: bool,
}

impl Round {
    /// Begins with these causes; without any it rests at once.
    pub fn begin(&mut self, causes: &[(String, Option<Family>)], now: Instant) {
        let left = causes.iter().rev().cloned().collect();
        *self = Round { left, began: Some(now), busy: now.elapsed(), ..Round::default() };
        if !self.has_more() {
            self.rest(now);
        }
    }

    pub fn is_at_rest(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }

    pub fn has_more(&self) -> bool {
        !self.left.is_empty()
    }

    pub fn next(&mut self) -> Option<(String, Option<Family>)> {
        self.left.pop()
    }

    /// Adds for how long the database was kept busy.
    pub fn add(&mut self, busy: Duration) {
        self.busy += busy;
    }

    /// Rests: at the end of a round, or in its midst, after an error.
    pub fn rest(&mut self, now: Instant) {
        let took = self.began.map(|began| now.saturating_duration_since(began)).unwrap_or_default();
        let since_begin = if self.has_more() { EVERY } else { EVERY.saturating_sub(took) };
        let rest = since_begin.max((self.busy * RESTS).min(LONGEST));
        (self.rests_until, self.busy) = (Some(now + rest), Duration::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes() -> Vec<(String, Option<Family>)> {
        ["a", "b"].map(|key| (key.to_owned(), Some(Family::Model))).to_vec()
    }

    #[test]
    fn a_round_rests_by_what_it_cost_the_database_and_never_for_hours() {
        let began = Instant::now();
        let later = |seconds| began + Duration::from_secs(seconds);
        // Busy for so long, over after so long: at rest until then.
        for (busy, over, until) in [(0, 60, 180), (0, 7_000, 7_000), (2, 1_000, 1_100), (90, 100, 700)] {
            let mut round = Round::default();
            round.begin(&causes(), began);
            round.busy = Duration::from_secs(busy);
            while round.next().is_some() {}
            round.rest(later(over));
            assert!(!round.is_at_rest(later(until)), "{busy} {over}");
            assert!(until == over || round.is_at_rest(later(until - 1)), "{busy} {over}");
        }
    }

    #[test]
    fn an_error_is_followed_by_a_rest_and_the_other_causes() {
        let (mut round, now) = (Round::default(), Instant::now());
        round.begin(&causes(), now);
        assert_eq!(round.next().unwrap().0, "a");
        round.rest(now);
        assert!(round.is_at_rest(now + Duration::from_secs(179)) && round.has_more());
        round.begin(&[], now);
        assert!(round.is_at_rest(now + Duration::from_secs(170)), "nothing is to be tested");
    }
}
