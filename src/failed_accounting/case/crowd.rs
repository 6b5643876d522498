//! A case of very many failures: an act that would change them all changes some hundred at a time, each step one transaction,
//! so that nobody waits long for it.

use super::Case;
use crate::audit::event::{Action, Author};
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;

/// The most failures that one transaction changes.
pub const MOST: usize = 500;

/// Whether an act is done, or has to be tried again after a step towards it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    Done,
    Again,
}

impl Case {
    /// Acts on a failure. Where that would change too many others, some of the older ones end first, superseded by the one
    /// that stands for them; then the act is to be tried again, on the case as it is then.
    ///
    /// # Errors
    /// What `act` says; then nothing was changed.
    pub fn act(
        &mut self,
        id: &str,
        author: &Author,
        act: impl FnOnce(&mut Case) -> Result<()>,
    ) -> Result<Acted> {
        let is_work = |record: &&FailedRecord| record.is_open() && !record.is_retrying();
        if self.failures.iter().filter(is_work).count() <= MOST {
            act(self)?;
            return Ok(Acted::Done);
        }
        // Judged by those that the rules look at: all but most of the older open ones.
        let mut left = MOST;
        let looked_at = self.failures.iter().filter(|record| {
            let counts = record.id != id && record.is_open() && !record.is_retrying();
            left = left.saturating_sub(usize::from(counts));
            !counts || left > 0
        });
        let mut judged = Case::new(self.usage.clone(), looked_at.cloned().collect());
        act(&mut judged)?;
        if judged.changes.failures.len() < MOST - 1 {
            // It leaves the others alone.
            *self = judged;
            return Ok(Acted::Done);
        }
        self.end_some(id, author);
        Ok(Acted::Again)
    }

    /// The oldest open ones end, so many, superseded by the failure that is acted on where it is open, else the newest.
    fn end_some(&mut self, id: &str, author: &Author) {
        let stands = self.lookup(id).filter(|record| record.is_open()).or_else(|| self.newest_open());
        let Some(stands) = stands.cloned() else { return };
        let is_work =
            |other: &&FailedRecord| other.is_open() && !other.is_retrying() && other.id != stands.id;
        let old: Vec<FailedRecord> = self.failures.iter().rev().filter(is_work).take(MOST).cloned().collect();
        let carried = self.stand_for(&stands, &old, (Action::Supersede, author));
        self.put(carried, Action::CarryRetries, serde_json::json!({}));
    }
}
