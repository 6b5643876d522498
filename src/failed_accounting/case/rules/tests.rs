//! The table of the contract, row by row and column by column. More than 250 lines: the whole table.

use chrono::{NaiveDate, NaiveDateTime};

use super::*;
use crate::failed_accounting::retry::Retry;
use crate::usages::usage::{CREATED, FAILED, SUCCEEDED};

fn at(minute: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_opt(8, minute, 0)).expect("a time")
}

/// A failure of the usage `u` that failed in that minute.
fn failure(id: &str, minute: u32) -> FailedRecord {
    FailedRecord {
        id: id.to_owned(),
        llmusageid: Some("u".to_owned()),
        failed_time: Some(at(minute)),
        retry_count: Some(0),
        handled: Some("0".to_owned()),
        ..FailedRecord::default()
    }
}

fn closed(id: &str, minute: u32, resolution: Option<Resolution>) -> FailedRecord {
    FailedRecord {
        handled: Some("1".to_owned()),
        resolution: resolution.map(|resolution| resolution.as_str().to_owned()),
        ..failure(id, minute)
    }
}

fn retrying(id: &str, minute: u32) -> FailedRecord {
    let retry = Retry { retry_requested_at: Some(at(30)), ..Retry::default() };
    FailedRecord { retry, ..failure(id, minute) }
}

type Found = Option<(Usage, Whereabouts)>;

fn usage(state: Option<&str>, status: &str) -> Found {
    let usage = Usage {
        accounting_status: state.map(str::to_owned),
        status: Some(status.to_owned()),
        ..Usage::blank("u".to_owned())
    };
    Some((usage, Whereabouts::Live))
}

fn archived(state: &str) -> Found {
    usage(Some(state), SUCCEEDED).map(|(usage, _)| (usage, Whereabouts::Archived { backup_time: None }))
}

fn failed() -> Found {
    usage(Some(FAILED), SUCCEEDED)
}

/// The columns: retry, M, C, W, duplicate; whether each is possible for the failure `f`.
fn columns(usage: &Found, others: &[FailedRecord], f: &FailedRecord) -> [bool; 5] {
    let mut failures = vec![f.clone()];
    failures.extend(others.iter().cloned());
    order::sort(&mut failures);
    let view = View { usage: usage.as_ref(), failures: &failures };
    let close = |resolutions: &[Resolution]| {
        let can: Vec<bool> =
            resolutions.iter().map(|resolution| view.closing_obstacle(f, *resolution).is_none()).collect();
        assert!(
            can.windows(2).all(|two| two[0] == two[1]),
            "one column, one answer: {resolutions:?} {can:?}"
        );
        can[0]
    };
    [
        view.retry_obstacle(f).is_none(),
        close(&[Resolution::ChargedManually, Resolution::AccountedElsewhere]),
        close(&[Resolution::CustomerCredited]),
        close(&[Resolution::WrittenOff, Resolution::TestTraffic, Resolution::Other]),
        close(&[Resolution::Duplicate]),
    ]
}

const NOTHING: [bool; 5] = [false; 5];
const BY_HAND: [bool; 5] = [false, true, true, true, true];
const DUPLICATE: [bool; 5] = [false, false, false, false, true];

#[test]
fn each_row_of_the_table_allows_what_it_says() {
    let open = failure("f", 5);
    let by = |resolution| vec![closed("o", 1, Some(resolution))];
    let rows: Vec<(&str, Found, Vec<FailedRecord>, [bool; 5])> = vec![
        ("1", failed(), vec![], [true; 5]),
        ("2", usage(Some(CREATED), SUCCEEDED), vec![retrying("o", 1)], NOTHING),
        ("2 newer", usage(Some(CREATED), SUCCEEDED), vec![retrying("o", 9)], NOTHING),
        ("2 failed already", failed(), vec![retrying("o", 1)], NOTHING),
        ("2 accounted already", usage(Some("accounted"), SUCCEEDED), vec![retrying("o", 1)], NOTHING),
        ("3", usage(Some(CREATED), SUCCEEDED), vec![], DUPLICATE),
        ("4", usage(Some(CREATED), "FAILED"), vec![], BY_HAND),
        ("4", usage(Some(CREATED), "UNKNOWN"), vec![], BY_HAND),
        ("4 lower case", usage(Some(CREATED), "succeeded"), vec![], BY_HAND),
        ("5", usage(Some("accounted"), SUCCEEDED), vec![], [false, false, true, false, true]),
        ("5 archived", archived("accounted"), vec![], [false, false, true, false, true]),
        ("6 gone", None, vec![], BY_HAND),
        ("6 gone, others stay apart", None, vec![failure("o", 9)], BY_HAND),
        ("6 archived", archived(FAILED), vec![], BY_HAND),
        ("6 foreign", usage(Some("frozen"), SUCCEEDED), vec![], BY_HAND),
        ("6 no state", usage(None, SUCCEEDED), vec![], BY_HAND),
        ("7 M", failed(), by(Resolution::ChargedManually), DUPLICATE),
        ("7 elsewhere", failed(), by(Resolution::AccountedElsewhere), DUPLICATE),
        ("7 C", failed(), by(Resolution::CustomerCredited), DUPLICATE),
        (
            "7 before 8",
            failed(),
            [by(Resolution::WrittenOff), by(Resolution::CustomerCredited)].concat(),
            DUPLICATE,
        ),
        ("8 W", failed(), by(Resolution::WrittenOff), [true; 5]),
        ("8 test", failed(), by(Resolution::TestTraffic), [true; 5]),
        ("8 other", failed(), by(Resolution::Other), [true; 5]),
        ("8 duplicate", failed(), by(Resolution::Duplicate), [true; 5]),
        ("9", failed(), vec![closed("o", 1, None)], [true; 5]),
        ("superseded ones block nothing", failed(), by(Resolution::Superseded), [true; 5]),
        ("10 the newest", failed(), vec![failure("o", 1)], [true; 5]),
        ("10 an older one", failed(), vec![failure("o", 9)], NOTHING),
        (
            "10 with 7",
            failed(),
            vec![failure("n", 1), closed("o", 2, Some(Resolution::ChargedManually))],
            DUPLICATE,
        ),
    ];
    for (row, usage, others, expected) in rows {
        assert_eq!(columns(&usage, &others, &open), expected, "row {row}");
    }
    let own = retrying("f", 5);
    assert_eq!(columns(&usage(Some(CREATED), SUCCEEDED), &[], &own), NOTHING, "row 2, its own retry");
    for blank in [None, Some(String::new()), Some("  ".to_owned())] {
        let without = FailedRecord { llmusageid: blank, ..failure("f", 5) };
        assert_eq!(columns(&None, &[], &without), BY_HAND, "row 6, no usage");
    }
}

#[test]
fn a_closed_record_is_changed_as_if_it_were_open() {
    for state in [failed(), usage(Some(CREATED), SUCCEEDED), usage(Some("accounted"), SUCCEEDED), None] {
        for others in [vec![], vec![closed("o", 1, Some(Resolution::ChargedManually))], vec![failure("o", 9)]]
        {
            let open = columns(&state, &others, &failure("f", 5));
            let record = closed("f", 5, Some(Resolution::WrittenOff));
            let mut failures = [vec![record.clone()], others.clone()].concat();
            order::sort(&mut failures);
            let view = View { usage: state.as_ref(), failures: &failures };
            let can = |resolution| view.changing_obstacle(&record, resolution).is_none();
            let changed =
                [Resolution::ChargedManually, Resolution::CustomerCredited, Resolution::Other].map(can);
            assert_eq!(changed, [open[1], open[2], open[3]], "{state:?} {others:?}");
            assert_eq!(can(Resolution::Duplicate), open[4], "{state:?} {others:?}");
        }
    }
}

fn reopening(
    usage: Found,
    record: &FailedRecord,
    others: Vec<FailedRecord>,
) -> Result<Option<String>, &'static str> {
    let mut failures = [vec![record.clone()], others].concat();
    order::sort(&mut failures);
    let view = View { usage: usage.as_ref(), failures: &failures };
    match view.reopening_obstacle(record) {
        Some(refusal) => Err(refusal.key),
        None => Ok(view.follower(record).map(|follower| follower.id.clone())),
    }
}

#[test]
fn what_was_closed_by_hand_opens_unless_its_usage_is_accounted_or_a_newer_one_is_the_work() {
    let by_hand = [
        Some(Resolution::ChargedManually),
        Some(Resolution::CustomerCredited),
        Some(Resolution::WrittenOff),
        Some(Resolution::Duplicate),
        None,
    ];
    for resolution in by_hand {
        let record = closed("f", 5, resolution);
        assert_eq!(reopening(failed(), &record, vec![]), Ok(None));
        assert_eq!(reopening(None, &record, vec![]), Ok(None));
        assert_eq!(reopening(failed(), &record, vec![failure("n", 9)]), Ok(Some("n".to_owned())));
        assert_eq!(reopening(failed(), &record, vec![retrying("n", 9)]), Ok(Some("n".to_owned())));
        assert_eq!(reopening(failed(), &record, vec![failure("o", 1)]), Ok(None));
        assert_eq!(reopening(failed(), &record, vec![retrying("o", 1)]), Err("case-retrying"));
        for accounted in [usage(Some("accounted"), SUCCEEDED), archived("accounted")] {
            let key = match resolution {
                Some(Resolution::CustomerCredited) => "case-reopen-credited",
                _ => "case-reopen-accounted",
            };
            assert_eq!(reopening(accounted, &record, vec![]), Err(key));
        }
    }
    let accounted = closed("f", 5, Some(Resolution::Accounted));
    assert_eq!(reopening(failed(), &accounted, vec![]), Ok(None), "the platform took the charge back");
    for other in [usage(Some("accounted"), SUCCEEDED), usage(Some(CREATED), SUCCEEDED), None] {
        assert_eq!(reopening(other, &accounted, vec![]), Err("conflict-closed-as-accounted"));
    }
    let superseded = closed("f", 5, Some(Resolution::Superseded));
    assert_eq!(reopening(failed(), &superseded, vec![]), Err("conflict-closed-as-superseded"));
    assert_eq!(reopening(failed(), &failure("f", 5), vec![]), Err("conflict-already-open"));
}

#[test]
fn the_proof_closes_what_is_open_given_up_or_charged_twice_and_nothing_else() {
    let accounted = usage(Some("accounted"), SUCCEEDED);
    let settling = |usage: &Found, record: &FailedRecord| {
        let failures = [record.clone()];
        View { usage: usage.as_ref(), failures: &failures }
            .settling_obstacle(record)
            .map(|refusal| refusal.key)
    };
    for record in [
        failure("f", 5),
        retrying("f", 5),
        closed("f", 5, Some(Resolution::WrittenOff)),
        closed("f", 5, Some(Resolution::Duplicate)),
        closed("f", 5, Some(Resolution::ChargedManually)),
        closed("f", 5, None),
    ] {
        assert_eq!(settling(&accounted, &record), None, "{record:?}");
        assert_eq!(settling(&archived("accounted"), &record), None, "{record:?}");
        for other in [failed(), usage(Some(CREATED), SUCCEEDED), archived(FAILED), None] {
            assert_eq!(settling(&other, &record), Some("settle-not-accounted"), "{other:?}");
        }
    }
    let of = |resolution| closed("f", 5, Some(resolution));
    assert_eq!(settling(&accounted, &of(Resolution::CustomerCredited)), Some("settle-credited"));
    assert_eq!(settling(&accounted, &of(Resolution::Accounted)), Some("settle-already"));
    assert_eq!(settling(&accounted, &of(Resolution::Superseded)), Some("conflict-closed-as-superseded"));
}

#[test]
fn what_is_retried_or_moved_money_is_not_deleted() {
    let deleting = |record: FailedRecord| {
        let (usage, failures) = (failed(), [record.clone()]);
        View { usage: usage.as_ref(), failures: &failures }
            .deleting_obstacle(&record)
            .map(|refusal| refusal.key)
    };
    assert_eq!(deleting(retrying("f", 5)), Some("delete-retrying"));
    for by_hand in [Resolution::ChargedManually, Resolution::AccountedElsewhere, Resolution::CustomerCredited]
    {
        assert_eq!(deleting(closed("f", 5, Some(by_hand))), Some("delete-decided"));
    }
    for other in
        [Resolution::WrittenOff, Resolution::Duplicate, Resolution::Accounted, Resolution::Superseded]
    {
        assert_eq!(deleting(closed("f", 5, Some(other))), None);
    }
    assert_eq!(deleting(failure("f", 5)), None);
}

#[test]
fn a_refusal_names_the_record_in_the_way_and_the_way_out() {
    let usage = failed();
    let failures = [failure("n", 9), failure("f", 5)];
    let view = View { usage: usage.as_ref(), failures: &failures };
    let refusal = view.retry_obstacle(&failures[1]).expect("an older one");
    assert_eq!((refusal.record.as_deref(), refusal.way_out), (Some("n"), Some("newest")));
    let failures = [failure("f", 5), closed("o", 1, Some(Resolution::ChargedManually))];
    let view = View { usage: usage.as_ref(), failures: &failures };
    let refusal = view.retry_obstacle(&failures[0]).expect("decided elsewhere");
    assert_eq!((refusal.record.as_deref(), refusal.way_out), (Some("o"), Some("reopen")));
    let message = refusal.message();
    assert_eq!(message.arguments["record"], "o");
    assert_eq!(message.arguments["state"], "decided");
    let failures = [failure("n", 9), closed("f", 5, Some(Resolution::Superseded))];
    let view = View { usage: usage.as_ref(), failures: &failures };
    let refusal = view.retry_obstacle(&failures[1]).expect("its place was taken");
    assert_eq!((refusal.record.as_deref(), refusal.way_out), (Some("n"), Some("newest")));
    let failures = [closed("f", 5, Some(Resolution::WrittenOff))];
    let view = View { usage: usage.as_ref(), failures: &failures };
    let refusal = view.retry_obstacle(&failures[0]).expect("it is handled");
    assert_eq!((refusal.record.as_deref(), refusal.way_out), (Some("f"), Some("reopen")));
    // What leads nowhere is not offered: what was charged and credited is the end of it.
    let accounted = archived("accounted");
    let failures = [closed("f", 5, Some(Resolution::CustomerCredited))];
    let view = View { usage: accounted.as_ref(), failures: &failures };
    assert_eq!(view.reopening_obstacle(&failures[0]).expect("it stays").way_out, None);
    assert_eq!(view.settling_obstacle(&failures[0]).expect("it stays").key, "settle-credited");
}

#[test]
fn failures_stand_in_the_order_of_their_time_then_their_id_and_without_a_time_last() {
    let without = FailedRecord { failed_time: None, ..failure("z", 0) };
    let mut failures = [without, failure("a", 1), failure("b", 1), failure("c", 2)];
    order::sort(&mut failures);
    assert_eq!(failures.map(|record| record.id), ["c", "b", "a", "z"]);
}

#[test]
fn what_follows_another_is_newer_than_that_whatever_their_times_say() {
    let following = |id: &str, minute: u32, other: &str| {
        let retry = Retry { supersedes: Some(other.to_owned()), ..Retry::default() };
        FailedRecord { retry, ..failure(id, minute) }
    };
    let sorted = |mut failures: Vec<FailedRecord>| {
        order::sort(&mut failures);
        failures.into_iter().map(|record| record.id).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(sorted(vec![failure("a", 9), following("b", 5, "a")]), "b a");
    assert_eq!(sorted(vec![following("c", 1, "b"), failure("a", 9), following("b", 5, "a")]), "c b a");
    assert_eq!(sorted(vec![following("c", 7, "b"), failure("a", 9), following("b", 5, "a")]), "c b a");
    assert_eq!(
        sorted(vec![failure("d", 20), failure("a", 9), following("b", 5, "a")]),
        "d b a",
        "it came later"
    );
    assert_eq!(sorted(vec![failure("a", 9), following("b", 5, "gone")]), "a b");
    let circle = sorted(vec![following("a", 9, "b"), following("b", 5, "a")]);
    assert!(circle == "a b" || circle == "b a", "nobody writes this, and it ends");
    let failures = [following("b", 5, "a"), failure("a", 9)];
    let view = View { usage: None, failures: &failures };
    assert!(view.is_newer(&failures[0], &failures[1]) && !view.is_newer(&failures[1], &failures[0]));
}
