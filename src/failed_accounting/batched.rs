//! The failures of a batch.

use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};

use super::condition::Condition;

/// The rows that were frozen for a batch, whatever became of them.
pub(super) fn of_batch(id: &str) -> Condition {
    let among = sql::<Nullable<Bool>>("id IN (SELECT failed_id FROM batch_item WHERE batch_id = ");
    Box::new(among.bind::<Text, _>(id.to_owned()).sql(")"))
}
