//! Changing failed records, each by one act on its case: taken, judged, saved with its events.

use super::case::{Acted, Case, Place};
use super::failure::FailedRecord;
use super::store;
use crate::audit::event::Author;
use crate::db::DbConnection;
use crate::error::Result;

/// Adds a record; the same one again changes nothing.
///
/// # Errors
/// [`Error::Conflict`](crate::error::Error::Conflict) when somebody adds one of that id at the same moment.
pub fn insert(connection: &mut DbConnection, record: &FailedRecord, author: &Author) -> Result<()> {
    let mut case = Case::for_new(connection, record.llmusageid.as_deref())?;
    if store::lookup(connection, &record.id)?.is_some() {
        return Ok(());
    }
    case.insert(record.clone(), author)?;
    case.save(connection, author).map(drop)
}

/// Takes the case of a failure, lets `act` change it, and saves that; gives the failure as it is then. A case of very many
/// failures may have to be acted on again, in another transaction.
///
/// # Errors
/// [`Error::NotFound`](crate::error::Error::NotFound), and what `act` says.
pub fn change(
    connection: &mut DbConnection,
    place: &Place,
    author: &Author,
    act: impl FnOnce(&mut Case) -> Result<()>,
) -> Result<(Acted, FailedRecord)> {
    let mut case = Case::of_failure(connection, place)?;
    let acted = case.act(&place.id, author, act)?;
    case.save(connection, author)?;
    Ok((acted, case.failure(&place.id)?.clone()))
}
