//! What people decide: closing a failure, changing how it was closed, opening it again, editing its fields.

use serde_json::json;

use super::Case;
use super::acts::superseded;
use super::rules::Refusal;
use crate::audit::event::{Action, Author};
use crate::error::Result;
use crate::failed_accounting::failure::{Edit, FailedRecord, Handling};
use crate::failed_accounting::retry::Retry;

impl Case {
    /// Closes the newest open failure without charging; older open ones end with it.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where the rules refuse it.
    pub fn handle(&mut self, id: &str, handling: &Handling, author: &Author) -> Result<()> {
        let after = self.closed(id, handling, author)?;
        self.put(after, Action::Handle, json!({}));
        Ok(())
    }

    /// The record as it is once it is closed, the older ones superseded by it; not yet put.
    pub(super) fn closed(&mut self, id: &str, handling: &Handling, author: &Author) -> Result<FailedRecord> {
        let record = self.failure(id)?.clone();
        if let Some(refusal) = self.view().taken_over(&record) {
            return Err(refusal.into());
        }
        // What the record itself refuses comes first.
        record.handle(handling, &author.name, author.at)?;
        if let Some(refusal) = self.view().closing_obstacle(&record, handling.resolution) {
            return Err(refusal.into());
        }
        self.stand_for_older(&record, author).handle(handling, &author.name, author.at)
    }

    /// Opens a failure again; where a newer one is open, it becomes superseded by that instead.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where the rules refuse it.
    pub fn reopen(&mut self, id: &str, note: Option<&str>, author: &Author) -> Result<()> {
        let after = self.opened(id, note, author)?;
        self.put(after, Action::Reopen, json!({}));
        Ok(())
    }

    /// The record as it is once it is opened again, or put behind a newer one; not yet put.
    pub(super) fn opened(&mut self, id: &str, note: Option<&str>, author: &Author) -> Result<FailedRecord> {
        let record = self.failure(id)?.clone();
        if let Some(refusal) = self.view().reopening_obstacle(&record) {
            return Err(refusal.into());
        }
        let open = record.opened(note);
        if let Some(follower) = self.view().follower(&record).cloned() {
            let carried = FailedRecord {
                retry_count: follower.retry_count.max(record.retry_count),
                retry: Retry {
                    supersedes: follower.retry.supersedes.clone().or_else(|| Some(record.id.clone())),
                    ..follower.retry.clone()
                },
                ..follower.clone()
            };
            self.put(carried, Action::CarryRetries, json!({}));
            return Ok(FailedRecord {
                handled_note: open.handled_note,
                ..superseded(&record, &follower.id, author)
            });
        }
        Ok(self.stand_for_older(&open, author))
    }

    /// Makes a failure what it was before an act of a batch: open, or closed as it was, by the rules of either.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where the rules refuse it.
    pub fn restore(&mut self, before: FailedRecord, action: Action, author: &Author) -> Result<()> {
        let record = self.failure(&before.id)?.clone();
        let restored = match before.closed_as() {
            _ if before.is_open() => {
                let open = self.opened(&record.id, before.handled_note.as_deref(), author)?;
                let FailedRecord { handled, handled_time, .. } = before;
                if open.is_open() { FailedRecord { handled, handled_time, ..open } } else { open }
            }
            Some(resolution) => {
                if let Some(refusal) = self.view().closing_obstacle(&record, resolution) {
                    return Err(refusal.into());
                }
                FailedRecord { retry: record.retry.ended(), ..before }
            }
            None => before,
        };
        self.put(restored, action, json!({}));
        Ok(())
    }

    /// Saves an edit of a failure. One that closes, opens, or closes it in another way follows the same rules.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::error::Error::Conflict) where the rules refuse it.
    pub fn edit(&mut self, id: &str, edit: &Edit, author: &Author) -> Result<()> {
        let record = self.failure(id)?.clone();
        // What the platform was asked to charge stays as it was asked for; what people note is theirs.
        let is_note = (edit.amount, edit.cost, &edit.failed_reason)
            == (record.amount, record.cost, &record.failed_reason);
        if record.is_retrying() && !is_note {
            return Err(Refusal::new("conflict-retrying", "retrying").by(&record).out("withdraw").into());
        }
        let base = match (record.is_open(), edit.handled, edit.resolution) {
            (true, true, Some(resolution)) => {
                self.closed(id, &Handling { resolution, note: edit.handled_note.clone() }, author)?
            }
            (false, false, _) => self.opened(id, edit.handled_note.as_deref(), author)?,
            (false, true, Some(resolution)) if record.closed_as() != Some(resolution) => {
                if let Some(refusal) = self.view().changing_obstacle(&record, resolution) {
                    return Err(refusal.into());
                }
                let closed = record.edit(edit, &author.name, author.at)?;
                let standing = self.stand_for_older(&closed, author);
                self.put(standing, Action::Edit, json!({}));
                return Ok(());
            }
            _ => {
                self.put(record.edit(edit, &author.name, author.at)?, Action::Edit, json!({}));
                return Ok(());
            }
        };
        let after = FailedRecord {
            amount: edit.amount,
            cost: edit.cost,
            failed_reason: edit.failed_reason.clone(),
            handled_note: edit.handled_note.clone(),
            ..base
        };
        self.put(after, Action::Edit, json!({}));
        Ok(())
    }
}
