//! How many rows the next stretch takes: as many as fit the time that others may have to wait for it.
//!
//! On SQLite every page of the file that a stretch touches is written with it, so that few long ones cost a fraction of
//! many short ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A transaction should take this long; on SQLite every writer waits for it.
const TARGET: Duration = Duration::from_millis(200);

/// Rows of one transaction: at first, at least and at most.
const FIRST: i64 = 400;
const LEAST: i64 = 50;
const MOST: i64 = 2_000;

/// The most where rows are read whole, or their usages, too.
pub(super) const MOST_WHOLE: i64 = 200;

/// The pace of a runner; its clones share it.
#[derive(Debug, Clone)]
pub(super) struct Pace(Arc<AtomicI64>);

impl Default for Pace {
    fn default() -> Pace {
        Pace(Arc::new(AtomicI64::new(FIRST)))
    }
}

impl Pace {
    /// How many rows to take next.
    pub fn rows(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns how long that number of rows took.
    pub fn note(&self, rows: usize, took: Duration) {
        let present = self.rows();
        let fitting = rows as f64 * TARGET.as_secs_f64() / took.as_secs_f64().max(0.000_1);
        // A short stretch, such as the last one, tells little.
        let next = (fitting as i64).clamp(present / 4, present + present / 2).clamp(LEAST, MOST);
        self.0.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_stretches_grow_step_by_step_up_to_a_bound() {
        let pace = Pace::default();
        pace.note(400, Duration::from_millis(20));
        assert_eq!(pace.rows(), 600);
        (0..20).for_each(|_| pace.note(pace.rows() as usize, Duration::ZERO));
        assert_eq!(pace.rows(), MOST);
    }

    #[test]
    fn slow_stretches_shrink_until_others_wait_no_longer_than_they_may() {
        let pace = Pace::default();
        pace.note(400, Duration::from_millis(800));
        assert_eq!(pace.rows(), 100);
        (0..20).for_each(|_| pace.note(pace.rows() as usize, Duration::from_secs(60)));
        assert_eq!(pace.rows(), LEAST);
    }
}
