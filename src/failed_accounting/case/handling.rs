//! Writing how failures are handled and retried. The one rule: what did not change stays as the platform wrote it.

use std::collections::HashMap;

use crate::db::DbConnection;
use crate::db::dialect::Statement;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;

/// What the platform may have written in a way that reads as none: it stays to the letter unless it changes.
#[derive(Debug, Clone, Copy)]
struct Odd {
    is_time_changed: bool,
    is_count_changed: bool,
}

impl Odd {
    fn of(before: &FailedRecord, after: &FailedRecord) -> Odd {
        Odd {
            is_time_changed: before.handled_time != after.handled_time,
            is_count_changed: before.retry_count != after.retry_count,
        }
    }

    fn time(self, statement: Statement, record: &FailedRecord) -> Statement {
        match self.is_time_changed {
            true => statement.time(record.handled_time),
            // Said all the same: a column of MariaDB may renew itself.
            false => statement.sql("handled_time"),
        }
    }

    fn count(self, statement: Statement, record: &FailedRecord) -> Statement {
        match self.is_count_changed {
            true => statement.number(record.retry_count.map(i64::from)),
            false => statement.sql("retry_count"),
        }
    }
}

/// Writes the fields of handling and retrying; records that end alike are written together.
pub(super) fn write(connection: &mut DbConnection, changed: &[(&FailedRecord, &FailedRecord)]) -> Result<()> {
    let mut alike: Vec<(&FailedRecord, Odd, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (before, record) in changed {
        let odd = Odd::of(before, record);
        let place = *places.entry(format!("{odd:?} {}", written(record))).or_insert_with(|| {
            alike.push((record, odd, Vec::new()));
            alike.len() - 1
        });
        alike[place].2.push(record.id.clone());
    }
    for (record, odd, ids) in alike {
        let retry = &record.retry;
        let statement =
            Statement::new(connection.engine(), "UPDATE llmusage_accounting_failed SET handled = ")
                .text(record.handled.as_deref())
                .sql(", handled_time = ");
        let statement = odd
            .time(statement, record)
            .sql(", handled_note = ")
            .text(record.handled_note.as_deref())
            .sql(", resolution = ")
            .text(record.resolution.as_deref())
            .sql(", handled_by = ")
            .text(record.handled_by.as_deref())
            .sql(", retry_count = ");
        let written = odd
            .count(statement, record)
            .sql(", retry_requested_at = ")
            .time(retry.retry_requested_at)
            .sql(", retry_requested_by = ")
            .text(retry.retry_requested_by.as_deref())
            .sql(", retry_known = ")
            .text(retry.retry_known.as_deref())
            .sql(", supersedes = ")
            .text(retry.supersedes.as_deref())
            .sql(", superseded_by = ")
            .text(retry.superseded_by.as_deref())
            .sql(" WHERE id IN ")
            .ids(&ids)
            .execute(connection)?;
        if written != ids.len() {
            return Err(Error::internal(format!("{} records are locked, {written} written", ids.len())));
        }
    }
    Ok(())
}

/// What [`write`] writes of a record.
fn written(record: &FailedRecord) -> String {
    let handling = (&record.handled, &record.handled_time, &record.handled_note);
    let closing = (&record.resolution, &record.handled_by, &record.retry_count);
    format!("{:?}", (handling, closing, &record.retry))
}
