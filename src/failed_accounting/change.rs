//! Changing failed records, each by one act on its case: taken, judged, saved with its events.

use chrono::{NaiveDateTime, SubsecRound};

use super::case::{Acted, Case, Evidence, Place};
use super::failure::FailedRecord;
use super::inquiry::Inquiry;
use super::store;
use crate::audit::event::Author;
use crate::db::{DbConnection, Engine, dialect};
use crate::error::Result;

/// How adding a record ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Inserted {
    /// It was added just now; as the database keeps it.
    There(Box<FailedRecord>),
    /// It was recorded before, with this content; nothing was written.
    Before(Box<FailedRecord>),
    /// Under its id another content was recorded before; nothing was written.
    Other(Box<FailedRecord>),
}

/// Adds a record; the same one again changes nothing.
///
/// # Errors
/// [`Error::Conflict`](crate::error::Error::Conflict) when somebody adds one of that id at the same moment.
pub fn insert(connection: &mut DbConnection, record: &FailedRecord, author: &Author) -> Result<Inserted> {
    let mut case = Case::for_new(connection, record.llmusageid.as_deref())?;
    if let Some(present) = store::lookup(connection, &record.id)? {
        let is_same = is_same_content(connection.engine(), &present, record);
        return Ok(if is_same { Inserted::Before(present.into()) } else { Inserted::Other(present.into()) });
    }
    case.insert(record.clone(), author)?;
    case.save(connection, author)?;
    Ok(Inserted::There(store::find(connection, &record.id)?.into()))
}

/// Whether two records tell the same failure: what is recorded of it, not what was done since.
fn is_same_content(engine: Engine, present: &FailedRecord, sent: &FailedRecord) -> bool {
    let told = |record: &FailedRecord| {
        let seconds = |time: NaiveDateTime| {
            if dialect::keeps_milliseconds(engine) { time } else { time.trunc_subsecs(0) }
        };
        let record = record.clone();
        (
            [record.llmusageid, record.llmid, record.userid, record.userorgid, record.failed_reason],
            (record.use_date, record.use_time.map(seconds)),
            (record.amount, record.cost),
        )
    };
    told(present) == told(sent)
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
    change_knowing(connection, place, author, &Inquiry::default(), |case, _| act(case))
}

/// As [`change`], with what the ledger tells once the case is held.
///
/// # Errors
/// As [`change`].
pub fn change_knowing(
    connection: &mut DbConnection,
    place: &Place,
    author: &Author,
    inquiry: &Inquiry,
    act: impl FnOnce(&mut Case, &Evidence) -> Result<()>,
) -> Result<(Acted, FailedRecord)> {
    let mut case = Case::of_failure(connection, place)?;
    let evidence = inquiry.end(connection, place)?;
    let acted = case.act(|case| act(case, &evidence))?;
    case.save(connection, author)?;
    Ok((acted, case.failure(&place.id)?.clone()))
}
