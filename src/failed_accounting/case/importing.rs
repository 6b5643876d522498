//! Decisions that a file brings in: what it says was charged by hand is not charged by the platform, too.

use diesel::prelude::*;

use super::{locking, rules};
use crate::db::schema::llmusage_history as history;
use crate::db::values::TolerantText;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// Usages in one question.
const IDS: usize = 500;

/// The first of these usages that the platform has accounted, or will account; to be asked last in the transaction that
/// writes the decisions. Keeps them as they are until it ends.
pub(in crate::failed_accounting) fn charged_twice(
    connection: &mut DbConnection,
    usage_ids: &[String],
) -> Result<Option<(String, &'static str)>> {
    let mut ids = usage_ids.to_vec();
    ids.sort();
    ids.dedup();
    locking::lock_usages(connection, &ids)?;
    for some in ids.chunks(IDS) {
        for usage in locking::read_usages(connection, some)? {
            let key = match usage.is_accounted() {
                true => "csv-charged-accounted",
                false => "csv-charged-awaited",
            };
            if some.contains(&usage.id) && (usage.is_accounted() || rules::is_awaited(&usage)) {
                return Ok(Some((usage.id, key)));
            }
        }
        let archived = history::table
            .filter(dialect::among::<history::table>("id", some))
            .filter(history::accounting_status.eq(crate::usages::usage::ACCOUNTED))
            .select(history::id);
        let archived: Vec<TolerantText> = archived.load(connection)?;
        let mut archived = archived.into_iter().map(String::from);
        if let Some(id) = archived.find(|id| some.contains(id)) {
            return Ok(Some((id, "csv-charged-accounted")));
        }
    }
    Ok(None)
}
