//! Deleting a failure: what it superseded is the work again, unless something else of the case is.

use serde_json::json;

use super::Case;
use super::rules::{Decision, order};
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
        let older = self.failures.iter().skip_while(|other| other.id != id).nth(1).cloned();
        self.take_out(id);
        self.hand_on(&record, older.as_ref());
        Ok(())
    }

    /// What stood behind a failure that is gone stands behind its heir; nothing names it any more. What followed it still is
    /// newer than the one that was older than it.
    fn hand_on(&mut self, gone: &FailedRecord, older: Option<&FailedRecord>) {
        let id = gone.id.as_str();
        let followed_it = |other: &&FailedRecord| other.retry.superseded_by.as_deref() == Some(id);
        let mut behind: Vec<FailedRecord> = self.failures.iter().filter(followed_it).cloned().collect();
        let mut heir = gone.retry.superseded_by.clone().filter(|heir| self.lookup(heir).is_some());
        heir = heir.or_else(|| self.newest_open().map(|open| open.id.clone()));
        if heir.is_none() && !behind.is_empty() && !self.is_decided() {
            // They stand in the order of the case, the newest first.
            let newest = behind.remove(0);
            heir = Some(newest.id.clone());
            self.put(newest.opened(newest.handled_note.as_deref()), Action::Reopen, json!({ "deleted": id }));
        }
        let carried = behind.iter().map(|other| other.retry_count).max().flatten();
        let has_more = !behind.is_empty();
        for other in behind {
            let retry = Retry { superseded_by: heir.clone(), ..other.retry.clone() };
            self.put(FailedRecord { retry, ..other }, Action::Supersede, json!({ "deleted": id }));
        }
        let is_heir = |other: &FailedRecord| has_more && heir.as_ref() == Some(&other.id);
        let leads = |other: &&FailedRecord| is_heir(other) || other.retry.supersedes.as_deref() == Some(id);
        let leading: Vec<FailedRecord> = self.failures.iter().filter(leads).cloned().collect();
        for mut leader in leading {
            let follows = |other: &&FailedRecord| other.retry.superseded_by.as_ref() == Some(&leader.id);
            let first = self.failures.iter().find(follows).map(|first| first.id.clone());
            let older = older.filter(|older| order::may_seem_older(&leader, older));
            leader.retry.supersedes = match leader.retry.supersedes.take() {
                Some(named) if named == id => older.map(|older| older.id.clone()).or(first),
                named => named.or(first),
            };
            if is_heir(&leader) {
                leader.retry_count = leader.retry_count.max(carried);
            }
            self.put(leader, Action::CarryRetries, json!({}));
        }
    }

    /// Whether the money of the usage is decided: it is accounted, or somebody closed a failure of it.
    fn is_decided(&self) -> bool {
        let accounted = self.usage.as_ref().is_some_and(|(usage, _)| usage.is_accounted());
        let decisions = [Decision::Moved, Decision::Credited, Decision::Waived].map(Some);
        accounted || self.failures.iter().any(|record| decisions.contains(&Decision::on(record)))
    }
}
