//! Correcting fields of the usage of a case, and taking that back.

use serde_json::{Map, Value};

use super::changes::UsageChange;
use super::{Case, Evidence};
use crate::audit::event::{Action, Author, difference};
use crate::base::form::Message;
use crate::error::{Error, Result};
use crate::failed_accounting::correction::{Correction, Field};
use crate::usages::usage::{FAILED, Usage, Whereabouts};

impl Case {
    /// Corrects the usage of a failure, and has it accounted again where that is asked for, with what is known of whether the
    /// customer was charged. Possible where a retry is; what changes nothing is refused.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the rules refuse it, or the correction does not fit the usage; those of [`Case::retry`].
    pub fn correct(
        &mut self,
        id: &str,
        correction: &Correction,
        then_retry: Option<&Evidence>,
        author: &Author,
    ) -> Result<()> {
        let record = self.failure(id)?;
        if let Some(refusal) = self.view().retry_obstacle(record) {
            return Err(refusal.into());
        }
        // Before anything is changed.
        then_retry.map_or(Ok(()), |evidence| self.refuse_charged(record, evidence))?;
        let before = self.live_usage()?.clone();
        let after = correction.apply(&before).map_err(|key| {
            let message = Message::new(key).with("state", FAILED).with("usage", &before.id);
            Error::Conflict(message.with("record", id))
        })?;
        self.rewrite(before, after, Action::Correct);
        then_retry.map_or(Ok(()), |evidence| self.retry(id, evidence, author))
    }

    /// Gives the corrected fields their values of before, where the usage is failed and still holds what the correction
    /// made of it.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it has moved on.
    pub fn take_correction_back(
        &mut self,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> Result<()> {
        let moved_on = || Error::Conflict(Message::new("batch-moved-on"));
        let Some((usage, Whereabouts::Live)) = &self.usage else { return Err(moved_on()) };
        let (usage, mut restored) = (usage.clone(), usage.clone());
        let is_retrying = self.failures.iter().any(|record| record.is_retrying());
        if is_retrying || usage.accounting_status.as_deref() != Some(FAILED) {
            return Err(moved_on());
        }
        for field in Field::ALL {
            let name = field.as_str();
            let Some(made) = after.get(name) else { continue };
            if made.as_str() != field.of(&usage) {
                return Err(moved_on());
            }
            restored = field.set(restored, before.get(name).and_then(Value::as_str).map(str::to_owned));
        }
        self.rewrite(usage, restored, Action::UndoCorrect);
        Ok(())
    }

    fn rewrite(&mut self, before: Usage, after: Usage, action: Action) {
        let (old, new) = difference(&before.to_json(), &after.to_json());
        let change = UsageChange::Edited { before: Box::new(before), after: Box::new(after.clone()) };
        self.change_usage(change, action, [Some(old), Some(new)]);
        self.usage = Some((after, Whereabouts::Live));
    }
}
