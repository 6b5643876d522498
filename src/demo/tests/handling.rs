//! Open and handled: what must agree between failures, their usages and further attempts.

use std::collections::HashSet;

use chrono::Duration;

use super::{attempts, is_open, samples};
use crate::failed_accounting::failure::RESOLUTIONS;
use crate::usages::usage::Usage;

#[test]
fn three_in_eight_are_open_and_their_usages_are_failed() {
    for (_, sample) in samples() {
        let open = sample.failures.iter().filter(|failure| is_open(failure)).count();
        assert_eq!(open, 450);
        for (usage, failures) in attempts(sample) {
            let state = usage.accounting_status.as_deref();
            let last = failures.last().unwrap();
            if is_open(last) {
                assert_eq!(state, Some("failed"));
            } else if last.resolution.as_deref() == Some("accounted") {
                assert_eq!(state, Some("accounted"));
            }
        }
    }
}

#[test]
fn a_failed_usage_has_a_failure_and_the_others_are_accounted_or_wait() {
    for (_, sample) in samples() {
        let missed: HashSet<_> =
            sample.failures.iter().filter_map(|failure| failure.llmusageid.as_ref()).collect();
        let state = |usage: &&Usage, name: &str| usage.accounting_status.as_deref() == Some(name);
        assert!(
            sample
                .usages
                .iter()
                .filter(|usage| state(usage, "failed"))
                .all(|usage| missed.contains(&usage.id))
        );
        let created: Vec<_> = sample.usages.iter().filter(|usage| state(usage, "created")).collect();
        assert!((40..=75).contains(&created.len()));
        assert!(created.iter().all(|usage| usage.amount.is_none() && !missed.contains(&usage.id)));
        for status in ["SUCCEEDED", "FAILED", "UNKNOWN", "PENDING"] {
            assert!(sample.usages.iter().any(|usage| usage.status.as_deref() == Some(status)), "{status}");
        }
        let charged = sample.usages.iter().filter(|usage| !state(usage, "created"));
        assert!(charged.into_iter().all(|usage| usage.status.as_deref() == Some("SUCCEEDED")));
    }
}

#[test]
fn handled_rows_say_who_how_and_when_and_open_ones_do_not() {
    // The sample's platform has no second entry by which it could have charged.
    let names: HashSet<_> = RESOLUTIONS.into_iter().filter(|name| *name != "accounted_elsewhere").collect();
    for (_, sample) in samples() {
        let (open, handled): (Vec<_>, Vec<_>) = sample.failures.iter().partition(|failure| is_open(failure));
        let resolutions: HashSet<_> =
            handled.iter().map(|failure| failure.resolution.as_deref().unwrap()).collect();
        assert_eq!(resolutions, names);
        let people: HashSet<_> =
            handled.iter().map(|failure| failure.handled_by.as_deref().unwrap()).collect();
        assert_eq!(people, HashSet::from(["admin", "li.wei", "chen.yu", "sofia"]));
        for failure in &handled {
            let pause = failure.handled_time.unwrap() - failure.failed_time.unwrap();
            assert!(pause >= Duration::hours(1) && pause <= Duration::days(9), "{pause}");
            assert!(failure.resolution.as_deref() != Some("other") || failure.handled_note.is_some());
        }
        let notes: Vec<_> = handled.iter().filter_map(|failure| failure.handled_note.as_deref()).collect();
        assert!(notes.len() > 300 && notes.len() < handled.len() - 50);
        assert!(notes.iter().any(|note| note.is_ascii()) && notes.iter().any(|note| note.contains("核销")));
        assert!(notes.iter().all(|note| !note.contains("##")));
        for failure in open {
            assert!(
                failure.resolution.is_none()
                    && failure.handled_by.is_none()
                    && failure.handled_note.is_none()
            );
        }
    }
}

#[test]
fn each_retry_counts_on_and_supersedes_the_attempt_before() {
    for (_, sample) in samples() {
        let chains: Vec<_> = attempts(sample).into_iter().map(|it| it.1).filter(|it| it.len() > 1).collect();
        let lengths: HashSet<usize> = chains.iter().map(Vec::len).collect();
        assert_eq!(lengths, HashSet::from([2, 3, 4]));
        assert!(chains.iter().any(|chain| is_open(chain[chain.len() - 1])));
        for chain in &chains {
            for (count, failure) in (0..).zip(chain) {
                assert_eq!(failure.retry_count, Some(count));
            }
            for pair in chain.windows(2) {
                assert_eq!(pair[0].resolution.as_deref(), Some("superseded"));
                assert_eq!(pair[0].handled_time, pair[1].failed_time);
            }
            let last = chain[chain.len() - 1];
            assert!(is_open(last) || last.resolution.as_deref() == Some("accounted"));
        }
        let superseded =
            sample.failures.iter().filter(|it| it.resolution.as_deref() == Some("superseded")).count();
        assert_eq!(superseded, chains.iter().map(|chain| chain.len() - 1).sum::<usize>());
    }
}
