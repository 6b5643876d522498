//! Recording that a usage could not be accounted: what is recorded, when that is possible, and how it ended. Who writes it
//! takes the usage's case.

use chrono::NaiveDateTime;

use super::usage::{ACCOUNTED, FAILED, Usage, Whereabouts};
use crate::base::form::Message;
use crate::base::money::Money;
use crate::error::Error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The id that the failure gets; fresh.
    pub id: String,
    pub reason: String,
    /// In the business zone.
    pub failed_time: NaiveDateTime,
}

/// In the order of their codes, so that ids are in the order of time; none makes a table begin a formula.
const LETTERS: [char; 64] = nanoid::alphabet::SAFE;

impl Recording {
    /// An id for a failure that is recorded now: it begins with the time, in milliseconds, so that what is written
    /// together is together in every index that ends with the id. The rest is by chance.
    pub fn fresh_id(now: NaiveDateTime) -> String {
        let mut letters = LETTERS;
        letters.sort_unstable();
        let time = now.and_utc().timestamp_millis().max(0) as u64;
        let digit = |place: u32| letters[(time >> (6 * place)) as usize % letters.len()];
        let start: String = (0..7).rev().map(digit).collect();
        format!("{start}{}", nanoid::nanoid!(14))
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// The failure is written; its amount.
    Done { amount: Option<Money> },
    /// The usage is accounted, or archived as such: nothing failed.
    Accounted,
    /// The usage is archived without being accounted.
    Archived,
    /// The usage is failed already; its newest open failure, where it has one.
    AlreadyFailed { open: Option<String> },
}

impl Recorded {
    /// Why nothing was recorded of that usage, with the state and the record that stand in the way.
    pub fn refusal(self, usage_id: &str) -> Error {
        let told = |key: &'static str, state: &str| Message::new(key).with("state", state);
        let message = match self {
            Recorded::Accounted => told("fail-accounted", ACCOUNTED),
            Recorded::Archived => told("fail-archived", "archived"),
            Recorded::AlreadyFailed { open: Some(open) } => told("fail-already-open", FAILED)
                .with("id", &open)
                .with("open_failure", &open)
                .with("record", open)
                .with("way_out", "newest"),
            Recorded::AlreadyFailed { open: None } => told("fail-already", FAILED),
            Recorded::Done { .. } => return Error::internal("recorded, and yet refused"),
        };
        Error::Conflict(message.with("usage", usage_id))
    }
}

/// Why a usage cannot be recorded as failed now, if so: a key of the catalogue.
pub fn obstacle(usage: &Usage, whereabouts: Whereabouts) -> Option<&'static str> {
    match (usage.accounting_status.as_deref(), whereabouts) {
        _ if usage.is_accounted() => Some("fail-accounted"),
        (_, Whereabouts::Archived { .. }) => Some("fail-archived"),
        (Some(FAILED), _) => Some("fail-already"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    #[test]
    fn fresh_ids_are_in_the_order_of_time_fit_their_column_and_begin_no_formula() {
        let first = NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_milli_opt(8, 0, 0, 0));
        let first = first.expect("a time");
        let later = [0, 1, 63, 64, 4_095, 86_400_000, 31_536_000_000].map(TimeDelta::milliseconds);
        let ids: Vec<String> = later.iter().map(|later| Recording::fresh_id(first + *later)).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 21 && id.starts_with(|first: char| first.is_alphabetic())));
    }

    #[test]
    fn fresh_ids_of_one_moment_differ() {
        let now = NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_opt(8, 0, 0));
        let ids: HashSet<String> = (0..1_000).map(|_| Recording::fresh_id(now.expect("a time"))).collect();
        assert_eq!(ids.len(), 1_000);
    }
}
