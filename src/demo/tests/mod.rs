//! What the demo promises, held for several seeds and times of the week; here the rows, below it the rest.

mod foreign;
mod handling;
mod reasons;
mod times;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use chrono::{Duration, NaiveDate, NaiveDateTime};

use super::{Sample, generate};
use crate::base::money::Money;
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::Usage;

/// A Wednesday afternoon, with more digits than we keep; a Monday; the first millisecond of a year, a Tuesday.
static SAMPLES: LazyLock<Vec<(NaiveDateTime, Sample)>> = LazyLock::new(|| {
    [
        (1, noon(2026, 7, 15, 8_592_987_654)),
        (2, noon(2026, 11, 2, -43_000_000)),
        (77, noon(2030, 1, 1, -43_199_999_000)),
    ]
    .map(|(seed, now)| (now, generate(now, seed)))
    .into()
});

fn samples() -> &'static [(NaiveDateTime, Sample)] {
    &SAMPLES
}

fn noon(year: i32, month: u32, day: u32, microseconds: i64) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
    date.and_hms_opt(12, 0, 0).unwrap() + Duration::microseconds(microseconds)
}

fn is_open(failure: &FailedRecord) -> bool {
    failure.handled.as_deref() != Some("1")
}

/// A row of the platform's own: the only ones that say nothing of being handled, or a time for an open row.
fn is_foreign(failure: &FailedRecord) -> bool {
    failure.handled.is_none() || (is_open(failure) && failure.handled_time.is_some())
}

fn by_id(sample: &Sample) -> HashMap<&str, &Usage> {
    sample.usages.iter().map(|usage| (usage.id.as_str(), usage)).collect()
}

/// The failures of each usage that exists, by time.
fn attempts(sample: &Sample) -> Vec<(&Usage, Vec<&FailedRecord>)> {
    let usages = by_id(sample);
    let mut attempts: HashMap<&str, Vec<&FailedRecord>> = HashMap::new();
    for failure in &sample.failures {
        if let Some(id) = failure.llmusageid.as_deref().filter(|id| usages.contains_key(id)) {
            attempts.entry(id).or_default().push(failure);
        }
    }
    attempts.into_iter().map(|(id, failures)| (usages[id], failures)).collect()
}

#[test]
fn counts_are_exact() {
    for (_, sample) in samples() {
        assert_eq!((sample.usages.len(), sample.failures.len()), (5_000, 1_200));
        assert_eq!(sample.models.len(), 12);
        assert_eq!(sample.organisations.len(), 40);
        assert_eq!(sample.users.len(), 150);
    }
}

#[test]
fn the_same_seed_and_now_give_the_same_rows_and_another_seed_gives_others() {
    let now = noon(2026, 7, 15, 0);
    assert!(generate(now, 5) == generate(now, 5));
    assert!(generate(now, 5) != generate(now, 6));
    assert!(generate(now, 5) == generate(now + Duration::microseconds(999), 5));
}

#[test]
fn no_id_comes_twice_in_any_case_and_all_fit_the_columns() {
    for (_, sample) in samples() {
        let failures = sample.failures.iter().map(|failure| &failure.id);
        let names = [&sample.models, &sample.users, &sample.organisations];
        let mut lists: Vec<Vec<&String>> =
            names.map(|list| list.iter().map(|named| &named.id).collect()).into();
        lists.push(failures.collect());
        lists.push(sample.usages.iter().map(|usage| &usage.id).collect());
        lists.push(sample.usages.iter().filter_map(|usage| usage.taskid.as_ref()).collect());
        for ids in lists {
            let distinct: HashSet<String> = ids.iter().map(|id| id.to_lowercase()).collect();
            assert_eq!(distinct.len(), ids.len());
            assert!(ids.iter().all(|id| (1..=32).contains(&id.len())), "{ids:?}");
        }
        let nanoid =
            |id: &str| id.len() == 21 && id.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        assert!(sample.usages.iter().all(|usage| nanoid(&usage.id)));
        assert_eq!(sample.failures.iter().filter(|failure| !nanoid(&failure.id)).count(), 3);
        assert!(sample.organisations.iter().any(|organisation| organisation.id == "0"));
    }
}

#[test]
fn every_name_is_distinct() {
    let (_, sample) = &samples()[0];
    for list in [&sample.models, &sample.users, &sample.organisations] {
        let names: HashSet<_> = list.iter().map(|named| &named.name).collect();
        assert_eq!(names.len(), list.len());
    }
}

#[test]
fn amounts_reach_both_ends_and_spread_over_the_powers_of_ten() {
    for (_, sample) in samples() {
        let amounts: Vec<i64> =
            sample.failures.iter().filter_map(|failure| Some(failure.amount?.units())).collect();
        assert_eq!(amounts.iter().min(), Some(&1));
        assert_eq!(amounts.iter().max(), Some(&500_000_000));
        let charged = sample.usages.iter().filter_map(|usage| Some(usage.amount?.units()));
        let mut decades = [0; 9];
        for amount in charged {
            assert!((1..=500_000_000).contains(&amount));
            decades[amount.ilog10() as usize] += 1;
        }
        assert!(decades.iter().all(|&count| count >= 5), "{decades:?}");
        let losses = sample.failures.iter().filter(|failure| failure.cost > failure.amount).count();
        assert!((20..200).contains(&losses), "{losses}");
        assert!(sample.failures.iter().all(|failure| failure.cost.is_none_or(|cost| cost > Money::ZERO)));
    }
}

#[test]
fn a_failure_repeats_the_facts_of_its_usage() {
    for (_, sample) in samples() {
        for (usage, failures) in attempts(sample) {
            for failure in failures.into_iter().filter(|failure| !is_foreign(failure)) {
                let told = (
                    &failure.llmid,
                    &failure.userid,
                    &failure.userorgid,
                    failure.use_time,
                    failure.amount,
                    failure.cost,
                );
                assert_eq!(
                    told,
                    (&usage.llmid, &usage.userid, &usage.userorgid, usage.use_time, usage.amount, usage.cost)
                );
            }
        }
    }
}

#[test]
fn usage_texts_are_mostly_tokens_and_sometimes_odd() {
    for (_, sample) in samples() {
        let count = |test: &dyn Fn(Option<&str>) -> bool| {
            sample.usages.iter().filter(|it| test(it.usages.as_deref())).count()
        };
        assert!(
            count(&|it| it.is_some_and(|it| it.starts_with("{\"prompt_tokens\":") && it.ends_with('}')))
                > 4_000
        );
        assert!(count(&|it| it == Some("null")) >= 3);
        assert!(count(&|it| it == Some("{}")) >= 3);
        assert!(count(&|it| it.is_none()) >= 3);
        assert!(count(&|it| it.is_some_and(|it| it.starts_with("{\"") && !it.ends_with('}'))) >= 3);
        assert!(
            sample
                .usages
                .iter()
                .all(|usage| { usage.finish_seconds.is_none_or(|end| Some(end) > usage.responsed_seconds) })
        );
    }
}
