//! Asking for a retry, taking it back, and letting the newest open failure stand for the older ones.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::rules::{Refusal, Standing};
use super::settling::may_follow;
use super::{Case, Evidence};
use crate::audit::event::{Action, Author};
use crate::error::Result;
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::failed_accounting::retry::Retry;
use crate::usages::usage::{CREATED, FAILED, Whereabouts};

impl Case {
    /// Asks the platform to account the usage again: it becomes `created`, the failure retrying.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where the rules refuse it, or the customer was charged already;
    /// [`Error::Invalid`](crate::error::Error::Invalid) where nobody knows, and nobody looked.
    pub fn retry(&mut self, id: &str, evidence: &Evidence, author: &Author) -> Result<()> {
        self.ask(id, evidence, author, 1)
    }

    /// As [`Case::retry`], for one that was taken back: it was counted when it was asked for first.
    ///
    /// # Errors
    /// As [`Case::retry`].
    pub fn resume_retry(&mut self, id: &str, evidence: &Evidence, author: &Author) -> Result<()> {
        self.ask(id, evidence, author, 0)
    }

    fn ask(&mut self, id: &str, evidence: &Evidence, author: &Author, count: i32) -> Result<()> {
        let record = self.failure(id)?.clone();
        if let Some(refusal) = self.view().retry_obstacle(&record) {
            return Err(refusal.into());
        }
        self.refuse_charged(&record, evidence)?;
        let known = self.known(id, author.at);
        let standing = self.stand_for_older(&record, author);
        let after = FailedRecord {
            retry_count: Some(standing.retry_count.unwrap_or(0).saturating_add(count)),
            retry: Retry {
                retry_requested_at: Some(author.at),
                retry_requested_by: Some(author.name.clone()),
                retry_known: Some(known),
                ..standing.retry.ended()
            },
            ..standing
        };
        self.put(after, Action::Retry, json!({}));
        self.move_usage(CREATED, Action::Retry);
        Ok(())
    }

    /// The other failures, as a JSON array of ids; of very many those that could be taken for the outcome of a retry that
    /// was asked for then.
    pub(super) fn known(&self, id: &str, asked: NaiveDateTime) -> String {
        let is_crowd = !self.rest.is_empty();
        let could_be = |other: &&FailedRecord| other.id != id && (!is_crowd || may_follow(other, asked));
        let known = self.failures.iter().chain(self.rest.iter()).filter(could_be);
        json!(known.map(|other| other.id.as_str()).collect::<Vec<_>>()).to_string()
    }

    /// Takes a retry back while the platform has not touched the usage: it becomes `failed` again, the failure open.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where no retry is under way, or the platform was faster.
    pub fn withdraw(&mut self, id: &str, author: &Author) -> Result<()> {
        let record = self.failure(id)?.clone();
        if !record.is_retrying() {
            let standing = self.view().standing(&record);
            let refusal = Refusal::new("withdraw-not-retrying", standing.as_str());
            return Err(match standing {
                Standing::Retrying(other) => refusal.by(other).out("withdraw").into(),
                _ => refusal.into(),
            });
        }
        let waits = matches!(&self.usage, Some((usage, Whereabouts::Live))
            if usage.accounting_status.as_deref() == Some(CREATED));
        if !waits {
            return Err(Refusal::new("withdraw-too-late", "retrying").by(&record).out("wait").into());
        }
        self.put(
            FailedRecord { retry: record.retry.ended(), ..record.clone() },
            Action::WithdrawRetry,
            json!({}),
        );
        self.move_usage(FAILED, Action::WithdrawRetry);
        self.supersede(author)?;
        Ok(())
    }

    /// Lets the newest open failure take the place of the older open ones; says how many those were.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) while a retry is under way.
    pub fn supersede(&mut self, author: &Author) -> Result<usize> {
        let Some(newest) = self.newest_open().cloned() else { return Ok(0) };
        if let Standing::Retrying(other) = self.view().standing(&newest) {
            return Err(Refusal::new("case-retrying", "retrying").by(other).out("withdraw").into());
        }
        Ok(self.supersede_older(&newest.id, author))
    }

    /// Closes the open failures that are older than this one, which carries their retries on; says how many.
    pub(super) fn supersede_older(&mut self, id: &str, author: &Author) -> usize {
        let Ok(record) = self.failure(id).cloned() else { return 0 };
        let count = self.older_open(&record).len();
        let standing = self.stand_for_older(&record, author);
        self.put(standing, Action::CarryRetries, json!({}));
        count
    }

    /// Lets the newest open failure take the place of this one alone.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where it is the newest itself, or a retry is under way.
    pub fn supersede_one(&mut self, id: &str, author: &Author) -> Result<()> {
        let record = self.failure(id)?.clone();
        if let Some(refusal) = self.view().superseding_obstacle(&record) {
            return Err(refusal.into());
        }
        if let Some(newest) = self.newest_open().cloned() {
            let standing = self.stand_for(&newest, &[record], Action::Supersede, author);
            self.put(standing, Action::CarryRetries, json!({}));
        }
        Ok(())
    }

    /// Opens a superseded failure again beside the one that took its place, as long as that is still open: what a batch did
    /// is taken back.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where the follower was closed or is retried since.
    pub fn stand_again(&mut self, id: &str, author: &Author) -> Result<()> {
        let record = self.failure(id)?.clone();
        let follower = record.retry.superseded_by.as_deref();
        let follower = self.view().others(id).find(|other| Some(other.id.as_str()) == follower).cloned();
        let Some(follower) = follower.filter(|other| other.is_open() && !other.is_retrying()) else {
            return Err(Refusal::new("batch-moved-on", "superseded").by(&record).into());
        };
        let open = FailedRecord {
            handled: Some("0".to_owned()),
            handled_time: None,
            resolution: None,
            handled_by: None,
            retry: Retry { superseded_by: None, ..record.retry.clone() },
            ..record.clone()
        };
        self.put(open, Action::UndoSupersede, json!({ "undone_by": author.name }));
        if follower.retry.supersedes.as_deref() == Some(id) {
            let retry = Retry { supersedes: None, ..follower.retry.clone() };
            self.put(FailedRecord { retry, ..follower }, Action::UndoSupersede, json!({}));
        }
        Ok(())
    }

    fn older_open(&self, record: &FailedRecord) -> Vec<FailedRecord> {
        let is_older = |other: &&FailedRecord| {
            other.is_open() && !other.is_retrying() && self.view().is_newer(record, other)
        };
        self.view().others(&record.id).filter(is_older).cloned().collect()
    }

    /// Closes the open failures that are older than this one; gives it as it is with their retries, not yet put.
    pub(super) fn stand_for_older(&mut self, record: &FailedRecord, author: &Author) -> FailedRecord {
        let older = self.older_open(record);
        self.stand_for(record, &older, Action::Supersede, author)
    }

    /// Closes these failures as superseded by that one; gives that one as it is then, not yet put.
    pub(super) fn stand_for(
        &mut self,
        record: &FailedRecord,
        others: &[FailedRecord],
        action: Action,
        author: &Author,
    ) -> FailedRecord {
        let mut standing = record.clone();
        for other in others {
            standing.retry_count = standing.retry_count.max(other.retry_count);
            let supersedes = standing.retry.supersedes.take().or_else(|| Some(other.id.clone()));
            standing.retry.supersedes = supersedes;
            self.put(superseded(other, &record.id, author), action, Value::Null);
        }
        standing
    }
}

/// A failure as it is once that one has taken its place.
pub(super) fn superseded(record: &FailedRecord, by: &str, author: &Author) -> FailedRecord {
    let closed = closed_as(record, Resolution::Superseded, author);
    FailedRecord { retry: Retry { superseded_by: Some(by.to_owned()), ..record.retry.ended() }, ..closed }
}

/// A failure as it is once it is closed like that; nothing is under way any more.
pub(super) fn closed_as(record: &FailedRecord, resolution: Resolution, author: &Author) -> FailedRecord {
    FailedRecord {
        handled: Some("1".to_owned()),
        handled_time: Some(author.at),
        resolution: Some(resolution.as_str().to_owned()),
        handled_by: Some(author.name.clone()),
        retry: record.retry.ended(),
        ..record.clone()
    }
}
