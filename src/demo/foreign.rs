//! Failures as the platform itself leaves them: NULL in any nullable column, short ids, whole seconds,
//! `handled_time` filled on open rows, usages that are gone. All are open.

use chrono::{Duration, NaiveDateTime, Timelike};

use super::stage::Stage;
use super::{SampleFailure, SampleUsage, incidents, usages};

/// How many such rows there are.
pub(super) const ROWS: usize = 10;
/// The rows whose usage still exists.
const WITH_USAGE: [usize; 3] = [2, 5, 8];

/// The rows, and the usages that still exist.
pub(super) fn rows(stage: &mut Stage) -> (Vec<SampleUsage>, Vec<SampleFailure>) {
    let (mut kept, mut failures) = (Vec::new(), Vec::<SampleFailure>::new());
    for position in 0..ROWS {
        let use_time = whole_second(stage.draw_time(Duration::hours(2)));
        let mut usage = usages::draft(stage, use_time);
        usage.accounting_status = Some("failed".to_owned());
        let mut failure = left(stage, &usage, position);
        if position == 6 {
            share_time(&mut failure, failures.last());
        }
        failures.push(failure);
        if WITH_USAGE.contains(&position) {
            kept.push(usage);
        }
    }
    (kept, failures)
}

fn left(stage: &mut Stage, usage: &SampleUsage, position: usize) -> SampleFailure {
    let use_time = usage.use_time.unwrap_or(stage.now);
    let failed_time = use_time + Duration::seconds(stage.random.between(20, 3_600));
    let reason = stage.random.pick(&["accounting failed", "usages is None", "insufficient balance"]);
    let failure = SampleFailure {
        handled: None,
        handled_time: Some(failed_time),
        ..incidents::failure(stage, usage, failed_time, Some(reason.to_owned()))
    };
    strip(failure, position)
}

/// Takes away what the row at this position lacks.
fn strip(row: SampleFailure, position: usize) -> SampleFailure {
    match position {
        0 => bare("0", row),
        1 => SampleFailure { id: "7".to_owned(), userorgid: Some("0".to_owned()), ..row },
        2 => SampleFailure { handled: Some("0".to_owned()), ..row },
        3 => SampleFailure { llmusageid: None, amount: None, cost: None, ..row },
        4 => SampleFailure { use_date: None, use_time: None, userid: None, ..row },
        5 => SampleFailure { retry_count: None, userid: None, ..row },
        6 => SampleFailure { id: "x1".to_owned(), cost: None, retry_count: None, ..row },
        7 => SampleFailure { llmid: None, llmusageid: Some("0".to_owned()), ..row },
        8 => SampleFailure { use_date: None, userorgid: None, cost: None, ..row },
        _ => SampleFailure { failed_time: None, handled_time: None, userorgid: None, ..row },
    }
}

/// Nothing but an id and a reason.
fn bare(id: &str, row: SampleFailure) -> SampleFailure {
    SampleFailure {
        id: id.to_owned(),
        llmusageid: None,
        llmid: None,
        userid: None,
        userorgid: None,
        use_date: None,
        use_time: None,
        amount: None,
        cost: None,
        failed_time: None,
        retry_count: None,
        handled_time: None,
        ..row
    }
}

/// Two rows of the very same time: only their ids can order them.
fn share_time(row: &mut SampleFailure, other: Option<&SampleFailure>) {
    let Some(other) = other else { return };
    row.use_date = other.use_date;
    row.use_time = other.use_time;
    row.failed_time = other.failed_time;
    row.handled_time = other.handled_time;
}

/// The next whole second, as MySQL keeps no parts of it.
fn whole_second(time: NaiveDateTime) -> NaiveDateTime {
    time + Duration::nanoseconds(1_000_000_000 - i64::from(time.nanosecond()))
}
