//! Deleting a failure: what it superseded is the work again, unless something else of the case is.

use serde_json::json;

use super::Case;
use super::rules::Decision;
use crate::audit::event::Action;
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::retry::Retry;

impl Case {
    /// Removes a failure for good.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) while it is retrying, or closed with money moved by hand.
    pub fn delete(&mut self, id: &str) -> Result<()> {
        let record = self.failure(id)?.clone();
        if let Some(refusal) = self.view().deleting_obstacle(&record) {
            return Err(refusal.into());
        }
        self.take_out(id);
        let followed_it = |other: &&FailedRecord| other.retry.superseded_by.as_deref() == Some(id);
        let mut behind: Vec<FailedRecord> = self.failures.iter().filter(followed_it).cloned().collect();
        if behind.is_empty() {
            return Ok(());
        }
        let mut heir = record.retry.superseded_by.clone().filter(|heir| self.lookup(heir).is_some());
        heir = heir.or_else(|| self.newest_open().map(|open| open.id.clone()));
        if heir.is_none() && !self.is_decided() {
            // They stand in the order of the case, the newest first.
            let newest = behind.remove(0);
            heir = Some(newest.id.clone());
            self.put(newest.opened(newest.handled_note.as_deref()), Action::Reopen, json!({ "deleted": id }));
        }
        let Some(mut heir) = heir.and_then(|heir| self.lookup(&heir).cloned()) else { return Ok(()) };
        for other in behind {
            heir.retry_count = heir.retry_count.max(other.retry_count);
            heir.retry.supersedes = heir.retry.supersedes.take().or_else(|| Some(other.id.clone()));
            let retry = Retry { superseded_by: Some(heir.id.clone()), ..other.retry.clone() };
            self.put(FailedRecord { retry, ..other }, Action::Supersede, json!({ "deleted": id }));
        }
        self.put(heir, Action::CarryRetries, json!({}));
        Ok(())
    }

    /// Whether the money of the usage is decided: it is accounted, or somebody closed a failure of it.
    fn is_decided(&self) -> bool {
        let accounted = self.usage.as_ref().is_some_and(|(usage, _)| usage.is_accounted());
        let decisions = [Decision::Moved, Decision::Credited, Decision::Waived].map(Some);
        accounted || self.failures.iter().any(|record| decisions.contains(&Decision::on(record)))
    }
}
