//! After which failures nobody knows whether the customer was charged before they came.

use std::sync::LazyLock;

use super::family::Family;

/// A wording: its family, its text in small letters, and whether the wording begins with that.
struct Wording {
    family: Family,
    text: &'static str,
    is_start: bool,
}

static WORDINGS: LazyLock<Vec<Wording>> = LazyLock::new(|| {
    let lines = include_str!("unknown_outcomes.txt").lines().filter(|line| !line.starts_with('#'));
    let wording = |(family, text): (&str, &'static str)| Wording {
        family: Family::parse(family),
        text: text.strip_prefix('^').unwrap_or(text),
        is_start: text.starts_with('^'),
    };
    lines.filter_map(|line| line.split_once(' ')).map(wording).collect()
});

/// Whether a failure of that wording leaves it open whether the customer was charged.
pub fn is_unknown(template: &str, family: Family) -> bool {
    let small = template.to_lowercase();
    let is_told = |wording: &Wording| match wording.is_start {
        true => small.starts_with(wording.text),
        false => small.contains(wording.text),
    };
    WORDINGS.iter().any(|wording| wording.family == family && is_told(wording))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::cause::Cause;

    #[test]
    fn lost_answers_leave_the_outcome_open_and_refusals_do_not() {
        let is_unknown = |reason: &str| {
            let cause = Cause::of(Some(reason));
            super::is_unknown(&cause.template, cause.family)
        };
        for reason in [
            "502, message='Bad Gateway', url='https://a.example.com/x'",
            "504, message='Gateway Time-out', url='https://a.example.com/x'",
            "HTTP request to tpac timed out after 30 s",
            "Server disconnected without sending a response: connection",
            "(2013, 'Lost connection to MySQL server during query')",
            "(2006, \"MySQL server has gone away (BrokenPipeError(32, 'Broken pipe'))\")",
        ] {
            assert!(is_unknown(reason), "{reason}");
        }
        for reason in [
            "usages is None",
            "llm not found(m1)",
            "账户余额不够",
            "{'status': 'error', 'message': '余额不足'} tpac accounting error",
            "503, message='Service Unavailable', url='https://a.example.com/x'",
            // Nothing was sent yet.
            "Cannot connect to host a.example.com:443 ssl:default [Connect call failed ('203.0.113.7', 443)]",
            // What waited for a lock was taken back.
            "(1205, 'Lock wait timeout exceeded; try restarting transaction')",
            "(1213, 'Deadlock found when trying to get lock; try restarting transaction')",
            "(1040, 'Too many connections')",
        ] {
            assert!(!is_unknown(reason), "{reason}");
        }
        assert!(
            WORDINGS.iter().all(|wording| matches!(wording.family, Family::RemoteCentre | Family::Database))
        );
    }
}
