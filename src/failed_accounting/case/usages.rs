//! Changing the usage of a case: making, editing and deleting it, by the rules of the case.

use super::Case;
use super::changes::UsageChange;
use super::rules;
use crate::audit::event::{Action, difference};
use crate::base::form::Message;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED, Usage, Whereabouts};

impl Case {
    /// The live usage; the history is read-only.
    ///
    /// # Errors
    /// [`Error::Conflict`] for an archived one, [`Error::NotFound`] for none.
    pub fn live_usage(&self) -> Result<&Usage> {
        match &self.usage {
            Some((usage, Whereabouts::Live)) => Ok(usage),
            Some((usage, _)) => {
                let message = Message::new("conflict-usage-archived").with("state", "archived");
                Err(Error::Conflict(message.with("usage", &usage.id)))
            }
            None => Err(Error::NotFound),
        }
    }

    /// Adds the usage; to be called on the case of its id.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `id` where there is one, at `accounting_status` where its failures forbid that state.
    pub fn make_usage(&mut self, usage: &Usage) -> Result<()> {
        if self.usage.is_some() {
            return Err(Error::invalid("id", Message::new("error-usage-id-taken")));
        }
        self.check_charged(usage)?;
        let change = UsageChange::Made(Box::new(usage.clone()));
        self.change_usage(change, Action::Create, [None, Some(usage.to_json())]);
        self.usage = Some((usage.clone(), Whereabouts::Live));
        Ok(())
    }

    /// Saves an edit of the live usage.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `accounting_status` for a state that only an act leads to.
    pub fn edit_usage(&mut self, after: &Usage) -> Result<()> {
        let before = self.live_usage()?.clone();
        if before == *after {
            return Ok(());
        }
        if before.accounting_status != after.accounting_status {
            self.check_state(&before, after)?;
        }
        let charging = |usage: &Usage| (rules::is_awaited(usage), usage.is_accounted());
        if charging(&before) != charging(after) {
            self.check_charged(after)?;
        }
        let (old, new) = difference(&before.to_json(), &after.to_json());
        let change = UsageChange::Edited { before: Box::new(before), after: Box::new(after.clone()) };
        self.change_usage(change, Action::Edit, [Some(old), Some(new)]);
        self.usage = Some((after.clone(), Whereabouts::Live));
        Ok(())
    }

    /// Whether an edit may change the accounting state like that: what a retry, its withdrawal or a recorded failure does
    /// is not done past them.
    fn check_state(&self, before: &Usage, after: &Usage) -> Result<()> {
        let refuse = |key, way_out, record: Option<&FailedRecord>| {
            let state = before.accounting_status.as_deref().unwrap_or("none");
            let message = Message::new(key).with("state", state).with("way_out", way_out);
            let message = record.map_or(message.clone(), |record| message.with("record", &record.id));
            Err(Error::invalid("accounting_status", message))
        };
        if let Some(retrying) = self.failures.iter().find(|record| record.is_retrying()) {
            return refuse("error-usage-retrying", "withdraw", Some(retrying));
        }
        let (open, was_failed) = (self.newest_open(), before.accounting_status.as_deref() == Some(FAILED));
        match after.accounting_status.as_deref() {
            Some(ACCOUNTED) => refuse("error-only-platform-accounts", "wait", None),
            Some(CREATED) if was_failed || open.is_some() => {
                refuse("error-only-retry-creates", "retry", open)
            }
            Some(FAILED) if before.accounting_status.as_deref() == Some(CREATED) || open.is_none() => {
                refuse("error-only-recording-fails", "fail", open)
            }
            _ => Ok(()),
        }
    }

    /// A usage whose money was moved by hand is not charged by the platform, nor waits to be.
    fn check_charged(&self, usage: &Usage) -> Result<()> {
        match self.failures.iter().find(|record| rules::charges_beside(usage, record)) {
            Some(record) => {
                let message = Message::new("error-usage-decided").with("record", &record.id);
                let message = message.with("state", "decided").with("way_out", "reopen");
                Err(Error::invalid("accounting_status", message))
            }
            None => Ok(()),
        }
    }

    /// Whether the archived usage may be live again: the platform would take one that waits to be accounted.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `id` where its money was moved by hand.
    pub fn check_return(&self) -> Result<()> {
        let Some((usage, _)) = self.usage.as_ref().filter(|(usage, _)| rules::is_awaited(usage)) else {
            return Ok(());
        };
        match self.failures.iter().find(|record| rules::charges_beside(usage, record)) {
            Some(record) => {
                let message = Message::new("restore-decided").with("id", &usage.id);
                Err(Error::invalid("id", message.with("record", &record.id)))
            }
            None => Ok(()),
        }
    }

    /// Removes the live usage for good.
    ///
    /// # Errors
    /// [`Error::Conflict`] while it has an open failure; [`Error::Invalid`] at `confirm` where it is accounted and
    /// the id was not typed.
    pub fn delete_usage(&mut self, confirmed: Option<&str>) -> Result<()> {
        let usage = self.live_usage()?.clone();
        if let Some(open) = self.newest_open() {
            let message = Message::new("conflict-usage-open").with("id", &open.id).with("state", "open");
            return Err(Error::Conflict(message.with("record", &open.id).with("way_out", "handle")));
        }
        if usage.is_accounted() && confirmed != Some(&usage.id) {
            let message = Message::new("error-confirm-delete-accounted").with("id", &usage.id);
            return Err(Error::invalid("confirm", message));
        }
        let change = UsageChange::Removed(usage.id.clone());
        self.change_usage(change, Action::Delete, [Some(usage.to_json()), None]);
        self.usage = None;
        Ok(())
    }
}
