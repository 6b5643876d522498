//! Failures as the platform itself leaves them: NULL in any nullable column, short ids, whole seconds,
//! `handled_time` filled on open rows, usages that are gone. All are open.

use chrono::{Duration, NaiveDateTime, Timelike};

use super::stage::Stage;
use super::{incidents, usages};
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::Usage;

/// How many such rows there are.
pub(super) const ROWS: usize = 10;
/// The rows whose usage still exists.
const WITH_USAGE: [usize; 3] = [2, 5, 8];

/// The rows, and the usages that still exist.
pub(super) fn rows(stage: &mut Stage) -> (Vec<Usage>, Vec<FailedRecord>) {
    let (mut kept, mut failures) = (Vec::new(), Vec::<FailedRecord>::new());
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

fn left(stage: &mut Stage, usage: &Usage, position: usize) -> FailedRecord {
    let use_time = usage.use_time.unwrap_or(stage.now);
    let failed_time = use_time + Duration::seconds(stage.random.between(20, 3_600));
    let reason = stage.random.pick(&["accounting failed", "usages is None", "insufficient balance"]);
    let failure = FailedRecord {
        handled: None,
        handled_time: Some(failed_time),
        ..incidents::failure(stage, usage, failed_time, Some(reason.to_owned()))
    };
    strip(failure, position)
}

/// Takes away what the row at this position lacks.
fn strip(row: FailedRecord, position: usize) -> FailedRecord {
    match position {
        0 => bare("0", row),
        1 => FailedRecord { id: "7".to_owned(), userorgid: Some("0".to_owned()), ..row },
        2 => FailedRecord { handled: Some("0".to_owned()), ..row },
        3 => FailedRecord { llmusageid: None, amount: None, cost: None, ..row },
        4 => FailedRecord { use_date: None, use_time: None, userid: None, ..row },
        5 => FailedRecord { retry_count: None, userid: None, ..row },
        6 => FailedRecord { id: "x1".to_owned(), cost: None, retry_count: None, ..row },
        7 => FailedRecord { llmid: None, llmusageid: Some("0".to_owned()), ..row },
        8 => FailedRecord { use_date: None, userorgid: None, cost: None, ..row },
        _ => FailedRecord { failed_time: None, handled_time: None, userorgid: None, ..row },
    }
}

/// Nothing but an id and a reason.
fn bare(id: &str, row: FailedRecord) -> FailedRecord {
    FailedRecord {
        id: id.to_owned(),
        failed_reason: row.failed_reason,
        handled: row.handled,
        ..FailedRecord::default()
    }
}

/// Two rows of the very same time: only their ids can order them.
fn share_time(row: &mut FailedRecord, other: Option<&FailedRecord>) {
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
