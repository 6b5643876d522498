//! The rows as the platform itself leaves them.

use chrono::Timelike;

use super::{by_id, is_foreign, samples};
use crate::failed_accounting::failure::FailedRecord;

#[test]
fn ten_rows_are_as_the_platform_leaves_them() {
    for (_, sample) in samples() {
        let rows: Vec<_> = sample.failures.iter().filter(|failure| is_foreign(failure)).collect();
        assert_eq!(rows.len(), 10);
        assert!(rows.iter().any(|row| row.id == "0" && row.failed_time.is_none() && row.amount.is_none()));
        assert!(rows.iter().filter(|row| row.handled.is_none()).count() >= 8);
        assert!(rows.iter().filter(|row| row.handled_time.is_some()).count() >= 8);
        assert!(rows.iter().filter_map(|row| row.failed_time).all(|time| time.nanosecond() == 0));
        let usages = by_id(sample);
        let gone =
            |row: &&&FailedRecord| row.llmusageid.as_deref().is_some_and(|id| !usages.contains_key(id));
        assert!(rows.iter().filter(gone).count() >= 3);
        let kept = |row: &&&FailedRecord| usages.contains_key(row.llmusageid.as_deref().unwrap_or(""));
        assert_eq!(rows.iter().filter(kept).count(), 3);
        let lacks: [fn(&FailedRecord) -> bool; 9] = [
            |it| it.llmusageid.is_none(),
            |it| it.llmid.is_none(),
            |it| it.userid.is_none(),
            |it| it.userorgid.is_none(),
            |it| it.use_date.is_none(),
            |it| it.use_time.is_none(),
            |it| it.amount.is_none(),
            |it| it.cost.is_none(),
            |it| it.retry_count.is_none(),
        ];
        assert!(lacks.iter().all(|lack| rows.iter().any(|row| lack(row))));
    }
}
