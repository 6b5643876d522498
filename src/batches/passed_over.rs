//! Rows that a rule of the platform's in the database refuses: noted as not done, so that the others of their batch go on.

use super::batch::Batch;
use super::outcome::{self, Outcome};
use super::undo::{self, Done};
use super::verdict::{Item, Reason};
use super::{store, stretch};
use crate::audit::event::Author;
use crate::db::DbConnection;
use crate::error::Result;

fn refused(number: i64) -> Outcome {
    Outcome { number, not_done: Some(Reason::plain("batch-refused-by-database")), event_id: None }
}

/// Passes over rows of a running batch; false where another instance was first.
pub(super) fn in_run(
    connection: &mut DbConnection,
    batch: &Batch,
    items: &[Item],
    author: &Author,
) -> Result<bool> {
    if !store::take(connection, batch)? {
        return Ok(false);
    }
    let outcomes: Vec<Outcome> = items.iter().map(|item| refused(item.number)).collect();
    stretch::note(connection, batch, items, &outcomes, author)?;
    Ok(true)
}

/// Passes over rows that were to be taken back; likewise.
pub(super) fn in_undo(
    connection: &mut DbConnection,
    batch: &Batch,
    rows: &[Done],
    author: &Author,
) -> Result<bool> {
    if !store::take(connection, batch)? {
        return Ok(false);
    }
    let outcomes: Vec<Outcome> = rows.iter().map(|row| refused(row.number)).collect();
    outcome::write(connection, batch.id(), "undo", &outcomes)?;
    store::advance(connection, batch, &undo::step_after(batch, rows, &outcomes, author))?;
    Ok(true)
}
