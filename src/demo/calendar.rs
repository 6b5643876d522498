//! When calls happen: more by day than by night, more on weekdays, a little more every week.
//!
//! The ninety days are cut into hours counted from `now - 90 days`; each hour has a weight.

use chrono::{Datelike, Duration, NaiveDateTime, Timelike, Weekday};

use super::DAYS;
use super::random::{Random, Weights};

/// Calls by hour of the day: two peaks around lunch, and an evening.
const HOURS: [u64; 24] =
    [4, 3, 2, 2, 2, 3, 6, 12, 22, 34, 38, 35, 24, 28, 37, 40, 36, 29, 20, 17, 18, 17, 13, 8];
const HOUR_MS: i64 = 3_600_000;

/// The ninety days before `now`.
pub(super) struct Calendar {
    start: NaiveDateTime,
    hours: Weights,
}

impl Calendar {
    pub(super) fn new(now: NaiveDateTime, random: &mut Random) -> Self {
        let start = now - Duration::days(i64::from(DAYS));
        let moods: Vec<u64> = (0..=DAYS).map(|_| random.below(31) + 85).collect();
        let hours = (0..DAYS * 24).map(|hour| {
            let time = start + Duration::hours(i64::from(hour));
            let growth = 70 + u64::from(hour) * 60 / u64::from(DAYS * 24);
            HOURS[time.hour() as usize] * weekday(time) * growth * moods[(hour / 24) as usize]
        });
        Self { start, hours: Weights::new(hours) }
    }

    /// A time of the ninety days that is not after `latest`, which must leave some of them.
    pub(super) fn time_until(&self, latest: NaiveDateTime, random: &mut Random) -> NaiveDateTime {
        loop {
            let hour = self.hours.draw(random) as i64;
            let ms = hour * HOUR_MS + random.between(0, HOUR_MS - 1);
            let time = self.start + Duration::milliseconds(ms);
            if time <= latest {
                return time;
            }
        }
    }
}

fn weekday(time: NaiveDateTime) -> u64 {
    match time.weekday() {
        Weekday::Sat => 38,
        Weekday::Sun => 32,
        Weekday::Fri => 90,
        _ => 100,
    }
}
