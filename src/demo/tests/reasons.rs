//! The reasons: every wording, every trap, the storm.
//!
//! The wordings are written out again, from the platform's facts, so that a slip in the generator is seen.

use std::collections::HashMap;

use chrono::{Datelike, Duration, NaiveDate, Weekday};

use super::{Sample, samples};

const DEADLOCK: &str = "(1213, 'Deadlock found when trying to get lock; try restarting transaction')";

/// Reasons of no known wording that are set on purpose.
const TRAPS: usize = 13;

/// Each wording that must occur three times; `<>` is what varies.
const WORDINGS: [&str; 35] = [
    "usages is None",
    "accounting failed",
    "llm not found(<>)",
    "llm (<>) donot has a pricing_program",
    "llm_charging failed: ppid='<>', usages=<>llmusage.id='<>'  env.buffered_charging() return None",
    "llm_charging failed: ppid=None, usages=<>llmusage.id='<>'  env.buffered_charging() return None",
    "llm_charging failed: <> data not found",
    "llm_charging failed: Expecting value: line 1 column 1 (char 0)",
    "llm_charging failed: unsupported operand type(s) for *: 'float' and 'NoneType'",
    "llm_charging failed: unsupported operand type(s) for +=: 'int' and 'NoneType'",
    "llm_charging failed: 'NoneType' object has no attribute 'get'",
    "llm_charging failed: 'NoneType' object has no attribute 'items'",
    "llm_charging failed: 'prompt_tokens'",
    "llm_charging failed: 'completion_tokens'",
    "llm_charging failed: 'duration'",
    "llm_charging failed: 'size'",
    "{'status': 'error', 'message': '余额不足'} tpac accounting error",
    "'status'",
    "502, message='Bad Gateway', url='https://<>'",
    "504, message='Gateway Time-out', url='https://<>'",
    "Cannot connect to host <>:<> ssl:default [Connect call failed ('<>', <>)]",
    "account not found: orgid=<>, subject=客户资金账户",
    "账户余额不够",
    "insufficient balance",
    DEADLOCK,
    "(1205, 'Lock wait timeout exceeded; try restarting transaction')",
    "(2013, 'Lost connection to MySQL server during query')",
    r#"(2006, "MySQL server has gone away (<>)")"#,
    r#"(1062, "Duplicate entry '<>' for key 'PRIMARY'")"#,
    r#"(1054, "Unknown column 'cost' in 'field list'")"#,
    r#"(1406, "Data too long for column 'transno' at row 1")"#,
    r#"(1146, "Table 'sage.biz_order' doesn't exist")"#,
    "(1040, 'Too many connections')",
    "HTTP 429, {'error': {'code': 'insufficient_quota'<>}}",
    "[Errno 111] Connect call failed (<>, 3306)",
];

/// Whether a reason has this wording, from its first to its last character.
fn fits(reason: &str, wording: &str) -> bool {
    let Some((head, last)) = wording.rsplit_once("<>") else {
        return reason == wording;
    };
    let mut parts = head.split("<>");
    let Some(mut rest) = parts.next().and_then(|start| reason.strip_prefix(start)) else {
        return false;
    };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
    }
    rest.ends_with(last)
}

fn reasons(sample: &Sample) -> impl Iterator<Item = &str> {
    let failures = sample.failures.iter();
    failures.filter_map(|failure| failure.failed_reason.as_deref())
}

#[test]
fn every_wording_occurs_three_times_and_few_dominate() {
    for (_, sample) in samples() {
        let mut counts = WORDINGS.map(|wording| {
            let rows = reasons(sample).filter(|reason| fits(reason, wording));
            let count = rows.count();
            assert!(count >= 3, "{wording}: {count}");
            count
        });
        counts.sort_unstable();
        assert!(counts[27..].iter().sum::<usize>() > 650, "{counts:?}");
    }
}

#[test]
fn every_other_reason_is_a_trap_a_cut_text_or_another_refusal() {
    for (_, sample) in samples() {
        let is_known = |reason: &&str| WORDINGS.iter().any(|wording| fits(reason, wording));
        let others: Vec<_> = reasons(sample).filter(|it| !is_known(it)).collect();
        let starting = |start| others.iter().filter(|it| it.starts_with(start)).count();
        let cut = starting("llm_charging failed: ppid=");
        let refused = starting("{'status': ");
        assert!(cut < 20 && refused < 40, "{cut} {refused}");
        assert_eq!(others.len() - cut - refused, TRAPS, "{others:?}");
    }
}

#[test]
fn every_trap_is_set() {
    for (_, sample) in samples() {
        let any = |test: &dyn Fn(&str) -> bool| reasons(sample).any(test);
        assert!(any(&|it| it.len() >= 100_000 && it.len() < 110_000));
        for part in ["<script>", "\n", "\r\n", "\"", "😵", "api_key=sk-", "Bearer ", "NOTaREALkey"] {
            assert!(any(&|it| it.contains(part)), "{part}");
        }
        for start in ["=HYPERLINK", "+1", "-1", "@SUM", "\t=", "'="] {
            assert!(any(&|it| it.starts_with(start)), "{start}");
        }
        let mut failures = sample.failures.iter();
        assert!(failures.any(|it| it.failed_reason.is_none() && it.amount.is_some()));
        assert!(failures.all(|it| it.failed_reason.is_some()));
    }
}

/// How many deadlocks each model had on each day.
fn deadlocks(sample: &Sample) -> HashMap<(NaiveDate, &str), usize> {
    let mut counts = HashMap::new();
    for failure in &sample.failures {
        if failure.failed_reason.as_deref() == Some(DEADLOCK) {
            let day = failure.failed_time.unwrap().date();
            let model = failure.llmid.as_deref().unwrap();
            *counts.entry((day, model)).or_default() += 1;
        }
    }
    counts
}

#[test]
fn one_working_day_of_the_last_week_brings_a_storm_of_one_cause_in_one_model() {
    for &(now, ref sample) in samples() {
        let worst = deadlocks(sample).into_iter().max_by_key(|it| it.1);
        let ((day, model), count) = worst.unwrap();
        assert!((150..160).contains(&count), "{count}");
        assert!(day >= now.date() - Duration::days(6) && day < now.date());
        assert!(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
        assert!(sample.models.iter().any(|named| named.id == model));
    }
}
