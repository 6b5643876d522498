//! Many cases held and not read: the archive moves rows as they are, thousands at once.

use super::{locking, set_locking};
use crate::db::{DbConnection, lock_order};
use crate::error::{Error, Result};

/// Usages of which nobody changes the row, nor one of the failures, until the transaction ends. Whoever moves usages between
/// the live table and the history shows it.
#[derive(Debug)]
#[must_use]
pub struct Held {
    transaction: u64,
}

impl Held {
    /// Takes the cases of these live usages.
    pub fn take(connection: &mut DbConnection, mut usage_ids: Vec<String>) -> Result<Held> {
        usage_ids.sort_unstable();
        let locked = locking::lock_usages(connection, &usage_ids)?;
        // Where one lock is for all, whoever writes has it.
        if !locked.is_empty() {
            set_locking::lock_failures_of(connection, &usage_ids)?;
        }
        Ok(Held::of(lock_order::transaction()))
    }

    /// What that transaction holds.
    pub(super) fn of(transaction: u64) -> Held {
        Held { transaction }
    }

    /// Whether the present transaction holds them still.
    ///
    /// # Errors
    /// [`Error::Internal`] where another one did.
    pub fn check(&self) -> Result<()> {
        match self.transaction == lock_order::transaction() {
            true => Ok(()),
            false => Err(Error::internal("usages are moved in another transaction than holds them")),
        }
    }
}
