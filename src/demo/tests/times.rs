//! When things happen: never after now, in a believable order, in the rhythm of offices.

use std::collections::HashSet;

use chrono::{Datelike, Duration, NaiveDateTime, Timelike, Weekday};

use super::super::generate;
use super::{attempts, samples};

#[test]
fn all_times_lie_within_the_ninety_days_before_now_in_milliseconds() {
    for &(now, ref sample) in samples() {
        let used = sample.usages.iter().filter_map(|usage| usage.use_time);
        let failed =
            sample.failures.iter().flat_map(|it| [it.use_time, it.failed_time, it.handled_time]).flatten();
        let earliest = now - Duration::days(90) - Duration::milliseconds(1);
        for time in used.chain(failed) {
            assert!(time <= now && time >= earliest, "{time}");
            assert_eq!(time.nanosecond() % 1_000_000, 0);
        }
        assert!(sample.usages.iter().all(|usage| usage.use_date == usage.use_time.map(|time| time.date())));
        let first = sample.usages.first().unwrap().use_time.unwrap();
        let last = sample.failures.last().unwrap().failed_time.unwrap();
        assert!(first < now - Duration::days(88) && last > now - Duration::days(2), "{first} {last}");
    }
}

#[test]
fn no_seed_brings_a_time_after_now_or_more_rows() {
    let now = samples()[0].0;
    for seed in 100..130 {
        let sample = generate(now, seed);
        assert_eq!((sample.usages.len(), sample.failures.len()), (5_000, 1_200));
        let failures = sample.failures.iter();
        let times = failures.flat_map(|it| [it.use_time, it.failed_time, it.handled_time]);
        assert!(times.flatten().all(|time| time <= now), "seed {seed}");
    }
}

#[test]
fn a_first_attempt_fails_twenty_seconds_to_an_hour_after_the_use() {
    for (_, sample) in samples() {
        for (usage, failures) in attempts(sample) {
            let lag = failures[0].failed_time.unwrap() - usage.use_time.unwrap();
            assert!(lag >= Duration::seconds(20) && lag <= Duration::hours(1), "{lag}");
        }
    }
}

#[test]
fn rows_come_in_order_of_time_and_some_share_a_second() {
    for (_, sample) in samples() {
        assert!(sample.usages.is_sorted_by_key(|usage| usage.use_time));
        assert!(sample.failures.is_sorted_by_key(|failure| failure.failed_time));
        let times: Vec<_> = sample.failures.iter().filter_map(|failure| failure.failed_time).collect();
        let seconds: HashSet<_> = times.iter().map(|time| time.and_utc().timestamp()).collect();
        assert!(times.len() - seconds.len() >= 20);
        assert!(times.windows(2).any(|pair| pair[0] == pair[1]));
    }
}

#[test]
fn calls_follow_the_hours_and_the_week_and_grow() {
    for &(now, ref sample) in samples() {
        let times: Vec<_> = sample.usages.iter().filter_map(|usage| usage.use_time).collect();
        let count = |test: &dyn Fn(&NaiveDateTime) -> bool| times.iter().filter(|time| test(time)).count();
        let night = count(&|time| time.hour() < 6);
        assert!(night * 8 < count(&|time| (9..18).contains(&time.hour())) && night > 10);
        let on = |day: Weekday| count(&|time| time.weekday() == day);
        for day in [Weekday::Sat, Weekday::Sun] {
            assert!(on(day) * 2 < on(Weekday::Wed) && on(day) > 100, "{day}");
        }
        let (early, late) = (now - Duration::days(60), now - Duration::days(30));
        assert!(count(&|time| *time < early) + 400 < count(&|time| *time >= late));
    }
}
