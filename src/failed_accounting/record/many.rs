//! Many failed records at once, to look at; who acts on many takes their cases.

use std::collections::HashMap;

use diesel::prelude::*;

use super::failure::FailedRecord;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The records of these ids, to the letter, by id.
pub fn find(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, FailedRecord>> {
    let rows =
        failed::table.filter(dialect::among::<failed::table>("id", ids)).select(FailedRecord::as_select());
    let rows: Vec<FailedRecord> = rows.load(connection)?;
    Ok(rows.into_iter().map(|record| (record.id.clone(), record)).collect())
}
