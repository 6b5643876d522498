//! Writing how failures are handled and retried. The one rule: what did not change stays as the platform wrote it.

use std::collections::HashMap;

use crate::base::columns::{Cell, Column, Place};
use crate::db::DbConnection;
use crate::db::dialect::Statement;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::{COLUMNS, FailedRecord};

/// Whether an act writes that column.
fn is_written(column: &&Column<FailedRecord>) -> bool {
    match column.place {
        Place::Platform => column.name.starts_with("handled") || column.name == "retry_count",
        Place::Added | Place::Programs | Place::Trail => true,
        Place::Derived => false,
    }
}

/// What the platform may have written in a way that reads as none: it stays to the letter unless it changes.
const ODD: [&str; 2] = ["handled_time", "retry_count"];

/// Writes the fields of handling and retrying; records that end alike are written together.
pub(super) fn write(connection: &mut DbConnection, changed: &[(&FailedRecord, &FailedRecord)]) -> Result<()> {
    let columns: Vec<_> = COLUMNS.iter().filter(is_written).collect();
    let mut alike: Vec<(Vec<Option<Cell<'_>>>, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (before, record) in changed {
        let cell = |column: &&Column<FailedRecord>| {
            let (old, new) = ((column.get)(before), (column.get)(record));
            (!ODD.contains(&column.name) || old != new).then_some(new)
        };
        let cells: Vec<_> = columns.iter().map(cell).collect();
        let place = *places.entry(format!("{cells:?}")).or_insert_with(|| {
            alike.push((cells, Vec::new()));
            alike.len() - 1
        });
        alike[place].1.push(record.id.clone());
    }
    for (cells, ids) in alike {
        let mut statement = Statement::new(connection.engine(), "UPDATE llmusage_accounting_failed SET ");
        for (number, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let start = if number == 0 { "" } else { ", " };
            statement = statement.sql(&format!("{start}{} = ", column.name));
            statement = match cell {
                Some(cell) => statement.cell(cell),
                // Said all the same: a column of MariaDB may renew itself.
                None => statement.sql(column.name),
            };
        }
        let written = statement.sql(" WHERE id IN ").ids(&ids).execute(connection)?;
        if written != ids.len() {
            return Err(Error::internal(format!("{} records are locked, {written} written", ids.len())));
        }
    }
    Ok(())
}
