//! Which failure of a usage is newer.
//!
//! The platform's are told apart by their times. What the app records is the newest whatever its time says: it follows the
//! one that was the newest then, and keeps the id of that one in `supersedes` where the times would tell it otherwise.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::TimeDelta;

use crate::failed_accounting::failure::FailedRecord;

/// Engines keep times with more or fewer digits, and round what has more.
const ROUNDED: TimeDelta = TimeDelta::seconds(1);

/// Puts failures in order, those of one usage the newest first.
pub fn sort(failures: &mut [FailedRecord]) {
    failures.sort_by(by_time);
    // Each pass settles at least one link; links in a circle, which nobody writes, end with the passes.
    for _ in 0..failures.len() {
        let Some((place, behind)) = misplaced(failures) else { return };
        failures[behind..=place].rotate_right(1);
    }
}

/// Whether one stands before the other in that order.
pub fn is_newer(failures: &[FailedRecord], one: &FailedRecord, other: &FailedRecord) -> bool {
    let place = |record: &FailedRecord| failures.iter().position(|known| known.id == record.id);
    match (place(one), place(other)) {
        (Some(one), Some(other)) => one < other,
        _ => by_time(one, other).is_lt(),
    }
}

/// Whether a failure that is recorded now may seem older than that one, by what is kept of their times.
pub fn may_seem_older(new: &FailedRecord, newest: &FailedRecord) -> bool {
    match (new.failed_time, newest.failed_time) {
        (Some(_), None) => false,
        (Some(new), Some(newest)) => newest + ROUNDED >= new,
        (None, _) => true,
    }
}

/// The later one first, without a time last, then by id.
fn by_time(one: &FailedRecord, other: &FailedRecord) -> Ordering {
    (other.failed_time, &other.id).cmp(&(one.failed_time, &one.id))
}

/// The first failure that stands behind the one that it follows, and the place of that one.
fn misplaced(failures: &[FailedRecord]) -> Option<(usize, usize)> {
    let linked = |record: &FailedRecord| record.retry.supersedes.is_some();
    if !failures.iter().any(linked) {
        return None;
    }
    let places: HashMap<&str, usize> =
        failures.iter().enumerate().map(|(place, record)| (record.id.as_str(), place)).collect();
    failures.iter().enumerate().find_map(|(place, record)| {
        let behind = *places.get(record.retry.supersedes.as_deref()?)?;
        (behind < place).then_some((place, behind))
    })
}
