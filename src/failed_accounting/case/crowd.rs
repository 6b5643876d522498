//! A case of very many failures: an act that would change them all changes some hundred at a time, each step one transaction,
//! so that nobody waits long for it.

use serde_json::{Value, json};

use super::Case;
use super::changes::{FailureChange, Mark};
use crate::audit::event::Action;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::retry::Retry;

/// The most failures that one transaction changes.
pub const MOST: usize = 500;

/// Whether an act is done, or has to be tried again after a step towards it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    Done,
    Again,
}

impl Case {
    /// Acts on a failure. Where that would put more than [`MOST`] others behind one, some of these go there first; then the
    /// act is to be tried again, on the case as it is then.
    ///
    /// # Errors
    /// What `act` says; then nothing was changed.
    pub fn act(&mut self, act: impl FnOnce(&mut Case) -> Result<()>) -> Result<Acted> {
        if self.rest.is_empty() && self.failures.len() <= MOST {
            act(self)?;
            return Ok(Acted::Done);
        }
        let (mark, usage, failures) = (self.changes.mark(), self.usage.clone(), self.failures.clone());
        act(self)?;
        if self.changes.since(mark).len() <= MOST {
            return Ok(Acted::Done);
        }
        let (stands, behind) = self.put_behind(mark);
        self.changes.back_to(mark);
        (self.usage, self.failures) = (usage, failures);
        match stands {
            Some(stands) => self.step(&stands, behind)?,
            None => behind.into_iter().for_each(|after| self.put(after, Action::Supersede, Value::Null)),
        }
        Ok(Acted::Again)
    }

    /// Some of those that an act put behind one failure, as it left them, and the id of that one; or behind none, where it
    /// takes that one out.
    fn put_behind(&self, mark: Mark) -> (Option<String>, Vec<FailedRecord>) {
        let moved = self.changes.since(mark).iter().filter_map(|change| match change {
            FailureChange::Saved { before, after } if !before.is_retrying() && after.is_superseded() => {
                Some((after.retry.superseded_by.clone(), after))
            }
            _ => None,
        });
        let mut stands = None;
        let mut behind = Vec::new();
        for (by, after) in moved {
            if *stands.get_or_insert_with(|| by.clone()) == by && behind.len() < MOST {
                behind.push((**after).clone());
            }
        }
        (stands.flatten(), behind)
    }

    /// Puts these behind the one that stands for them: the one of the act, unless that is not open before the act.
    fn step(&mut self, stands: &str, behind: Vec<FailedRecord>) -> Result<()> {
        let is_fit = |record: &&FailedRecord| record.is_open() || record.is_superseded();
        let stands = self.lookup(stands).filter(is_fit).or_else(|| self.newest_open()).cloned();
        let mut stands = stands.ok_or_else(|| Error::internal("a crowd without an open failure"))?;
        for after in behind.into_iter().filter(|after| after.id != stands.id) {
            stands.retry_count = stands.retry_count.max(after.retry_count);
            stands.retry.supersedes = stands.retry.supersedes.take().or_else(|| Some(after.id.clone()));
            let retry = Retry { superseded_by: Some(stands.id.clone()), ..after.retry.clone() };
            self.put(FailedRecord { retry, ..after }, Action::Supersede, Value::Null);
        }
        self.put(stands, Action::CarryRetries, json!({}));
        Ok(())
    }
}
