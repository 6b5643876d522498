//! A case: a usage with all its failures. Whatever acts on one of them takes the case first.
//!
//! The case is read by the statements that lock it, before any other question of the transaction, so that the present is
//! read whatever the isolation. What an act changes is written by [`Case::save`] alone: the functions that write these rows
//! are private to this room. The lock order is [`crate::db::lock_order`]'s; the end of the trail is locked last.

mod acts;
mod cases;
mod changes;
mod charged;
mod closing;
mod correcting;
pub mod crowd;
mod deleting;
mod handling;
mod held;
mod importing;
mod locking;
mod outline;
mod recording;
mod rows;
pub mod rules;
mod set_locking;
mod settling;
pub mod sketch;
mod usage_rows;
mod usages;

use diesel::prelude::*;

use super::failure::FailedRecord;
use super::store;
use crate::base::foreign;
use crate::base::form::Message;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TextOf, TolerantText, TolerantWords};
use crate::db::{DbConnection, lock_order};
use crate::error::{Error, Result};
use crate::usages::usage::{Usage, Whereabouts};

pub use cases::Cases;
use changes::Changes;
pub use changes::{Saved, Telling};
pub use charged::{CHARGED, CHECKED, Evidence, UNKNOWN_OUTCOME};
pub use crowd::Acted;
pub use held::Held;
pub(in crate::failed_accounting) use importing::unproven;
use outline::{Members, Rest};
pub(crate) use rows::insert as adopt;
pub use rules::{Refusal, Standing, View};
pub use settling::{Look, Settled};

/// Where a failure is: its id, and the usage that it names. The usage is locked first, so it has to be known before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: String,
    pub usage_id: Option<String>,
}

impl Place {
    /// Looks where a failure is; to be asked before the transaction that acts on it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such failure.
    pub fn find(connection: &mut DbConnection, id: &str) -> Result<Place> {
        let is_bytes = connection.engine().keeps_any_type();
        let mut by_id = |id: &str| -> Result<Option<Place>> {
            let row =
                failed::table.filter(failed::id.eq(TextOf::new(id))).select((failed::id, failed::llmusageid));
            let rows: Vec<(TolerantText, TolerantWords)> = row.load(connection)?;
            let mut found =
                rows.into_iter().map(|(id, usage_id)| Place { id: id.into(), usage_id: usage_id.into() });
            Ok(found.find(|found| found.id == id))
        };
        // An address has the bytes of an id, and does not say whether they are a text or a BLOB.
        let found = match (by_id(id)?, foreign::as_blob(id)) {
            (None, Some(blob)) if is_bytes => by_id(&blob)?,
            (found, _) => found,
        };
        found.ok_or(Error::NotFound)
    }

    /// The usage that it shares with other failures: blank ones are none.
    fn shared_usage(&self) -> Option<&str> {
        self.usage_id.as_deref().filter(|id| !id.trim().is_empty())
    }
}

/// A usage, where there is one, and all its failures; nobody else changes them until the transaction ends.
#[derive(Debug)]
pub struct Case {
    usage: Option<(Usage, Whereabouts)>,
    /// The newest first. Of very many these are the ones that the rules look at.
    failures: Vec<FailedRecord>,
    /// What is known of the others.
    rest: Rest,
    changes: Changes,
    /// The transaction that locked it.
    transaction: u64,
}

impl Case {
    /// The case of a failure.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone; [`Error::Conflict`] when it names another usage by now.
    pub fn of_failure(connection: &mut DbConnection, place: &Place) -> Result<Case> {
        let case = match place.shared_usage() {
            Some(usage_id) => Case::with(connection, usage_id, std::slice::from_ref(&place.id))?,
            None => {
                let failures = locking::failures(connection, std::slice::from_ref(&place.id))?;
                Case::new(None, Members::all(failures))
            }
        };
        let moved = || {
            let message = Message::new("case-moved").with("record", &place.id);
            Err(Error::Conflict(message.with("state", "moved").with("way_out", "repeat")))
        };
        match case.lookup(&place.id) {
            Some(record) if record.llmusageid == place.usage_id => Ok(case),
            Some(_) => moved(),
            None => match store::lookup(connection, &place.id)? {
                None => Err(Error::NotFound),
                Some(_) => moved(),
            },
        }
    }

    /// The case of a usage; there need not be any.
    pub fn of_usage(connection: &mut DbConnection, usage_id: &str) -> Result<Case> {
        let case = Case::with(connection, usage_id, &[])?;
        let is_known = case.usage.is_some() || !case.failures.is_empty();
        // An address has the bytes of an id, and does not say whether they are a text or a BLOB.
        match foreign::as_blob(usage_id) {
            Some(blob) if !is_known && connection.engine().keeps_any_type() => {
                Case::with(connection, &blob, &[])
            }
            _ => Ok(case),
        }
    }

    /// The case of a usage, in which these failures are wanted.
    fn with(connection: &mut DbConnection, usage_id: &str, wanted: &[String]) -> Result<Case> {
        let usage = locking::usage(connection, usage_id)?;
        let members = match usage.is_some() {
            true => locking::failures_of(connection, usage_id, wanted)?,
            false => locking::failures_of_none(connection, usage_id)?,
        };
        Ok(Case::new(usage, members))
    }

    fn new(usage: Option<(Usage, Whereabouts)>, members: Members) -> Case {
        let Members { mut failures, rest } = members;
        rules::order::sort(&mut failures);
        let transaction = lock_order::transaction();
        Case { usage, failures, rest, changes: Changes::default(), transaction }
    }

    /// The usage, live or archived.
    pub fn usage(&self) -> Option<&(Usage, Whereabouts)> {
        self.usage.as_ref()
    }

    /// All failures of the usage, the newest first; of very many those that the rules look at.
    pub fn failures(&self) -> &[FailedRecord] {
        &self.failures
    }

    /// The failure of that id, to the letter.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the case has none.
    pub fn failure(&self, id: &str) -> Result<&FailedRecord> {
        self.lookup(id).ok_or(Error::NotFound)
    }

    fn lookup(&self, id: &str) -> Option<&FailedRecord> {
        self.failures.iter().find(|record| record.id == id)
    }

    /// What the rules look at.
    pub fn view(&self) -> View<'_> {
        View { usage: self.usage.as_ref(), failures: &self.failures }
    }

    /// The failure that is the work now.
    pub fn newest_open(&self) -> Option<&FailedRecord> {
        self.view().newest_open()
    }
}
