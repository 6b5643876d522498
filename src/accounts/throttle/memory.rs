//! Waits that the database gave a moment ago, so that a storm of tries asks it once a second.
//!
//! Only refusals are remembered: whoever is let in was counted in the database, which all instances share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;

use super::{Subject, Wait};

/// How long a wait is believed without asking again.
const FRESH: Duration = Duration::from_secs(1);

/// The most waits that are remembered at once.
const MAX_WAITS: usize = 10_000;

/// Waits by their subjects. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<HashMap<String, (Instant, Wait)>>>);

impl Memory {
    /// The first of the subjects that is known to have to wait.
    pub fn lookup(&self, subjects: &[Subject], now: NaiveDateTime) -> Option<Wait> {
        let known = self.known();
        let mut found = subjects.iter().filter_map(|subject| known.get(&subject.key));
        let fresh =
            |(since, wait): &&(Instant, Wait)| since.elapsed() < FRESH && Wait::is_needed(wait.until, now);
        found.find(fresh).map(|(_, wait)| wait.clone())
    }

    /// Remembers a wait that the database gave just now.
    pub fn keep(&self, wait: &Wait) {
        let mut known = self.known();
        if known.len() >= MAX_WAITS {
            known.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if known.len() < MAX_WAITS {
            known.insert(wait.subject.key.clone(), (Instant::now(), wait.clone()));
        }
    }

    /// Forgets the waits of somebody whose password was right.
    pub fn forget(&self, subjects: &[Subject]) {
        let mut known = self.known();
        for subject in subjects {
            known.remove(&subject.key);
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Instant, Wait)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    fn noon() -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 5, 4).and_then(|day| day.and_hms_opt(12, 0, 0)).expect("a time")
    }

    #[test]
    fn a_wait_is_known_until_it_ends_or_the_password_was_right() {
        let (memory, subject) = (Memory::default(), Subject::account("li.wei"));
        let wait = Wait::new(&subject, noon() + TimeDelta::seconds(2));
        memory.keep(&wait);
        let asked = [Subject::account("wang.fang"), subject];
        assert_eq!(memory.lookup(&asked, noon()), Some(wait));
        assert_eq!(memory.lookup(&asked[..1], noon()), None);
        assert_eq!(memory.lookup(&asked, noon() + TimeDelta::seconds(2)), None);
        memory.forget(&asked);
        assert_eq!(memory.lookup(&asked, noon()), None);
    }
}
