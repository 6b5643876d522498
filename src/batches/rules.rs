//! What may be done with a batch when, and by whom.
//!
//! A preview is run by the one who made it: what somebody looked at is what they answer for. Stopping and undoing are
//! open to every operator.

use chrono::NaiveDateTime;

use super::batch::{Action, Batch, State};
use crate::base::form::Message;
use crate::error::{Error, Result};

/// The key of the words for a batch of corrections whose retries are under way.
pub const UNDO_WAITS: &str = "batch-undo-waits";

impl Batch {
    /// That nobody may run it any more, if so.
    pub fn expiry(&self, now: NaiveDateTime) -> Option<Message> {
        self.stored.has_expired(now).then(|| Message::new("batch-expired"))
    }

    /// Why that person cannot run it now, if so.
    pub fn run_obstacle(&self, person: &str, now: NaiveDateTime) -> Option<Message> {
        let because = |key| Some(Message::new(key));
        match self.state {
            State::Preview if self.stored.created_by != person => {
                Some(Message::new("batch-foreign").with("name", &self.stored.created_by))
            }
            State::Preview if self.stored.has_expired(now) => because("batch-expired"),
            State::Preview if (self.wanted() + self.includable()).count == 0 => {
                because("batch-nothing-to-do")
            }
            State::Preview if self.lacks_correction() => because("batch-no-correction"),
            State::Preview => None,
            State::Aborted => because("batch-was-aborted"),
            State::Running | State::Waiting | State::Undoing => because("batch-is-running"),
            State::Stopped | State::Done | State::Undone => because("batch-was-run"),
        }
    }

    /// Why that person cannot say now what is to be corrected, if so.
    pub fn correcting_obstacle(&self, person: &str, now: NaiveDateTime) -> Option<Message> {
        let says_so = ["batch-nothing-to-do", "batch-no-correction"];
        self.run_obstacle(person, now).filter(|message| !says_so.contains(&message.key))
    }

    /// Whether nobody has said yet what is to be corrected.
    pub fn lacks_correction(&self) -> bool {
        self.action == Action::Correct
            && self.planned.as_ref().is_none_or(|planned| planned.correction.is_none())
    }

    /// Whether it corrects nothing but these fields, as whoever touches it may; before anybody has said what it corrects it
    /// is theirs who may correct any.
    pub fn corrects_only(&self, allowed: &[&str]) -> bool {
        let planned = self.planned.as_ref().and_then(|planned| planned.correction.as_ref());
        match (self.action, planned) {
            (Action::Correct, Some(correction)) => {
                correction.fields().all(|field| allowed.contains(&field.as_str()))
            }
            (Action::Correct, None) => !allowed.is_empty(),
            _ => true,
        }
    }

    /// Why it cannot be stopped now, if so.
    pub fn abort_obstacle(&self) -> Option<Message> {
        match self.state {
            State::Preview | State::Running | State::Waiting => None,
            State::Undoing => Some(Message::new("batch-is-undoing")),
            _ => Some(Message::new("batch-has-ended")),
        }
    }

    /// Why it cannot be undone now, if so.
    pub fn undo_obstacle(&self) -> Option<Message> {
        let key = match self.state {
            _ if !self.action.is_undoable() => "batch-not-undoable",
            State::Undoing => "batch-is-undoing",
            State::Undone => "batch-was-undone",
            State::Preview | State::Running | State::Waiting => "batch-not-ended",
            _ if self.progress.done.count == 0 => "batch-nothing-to-undo",
            // The platform may price what was corrected at any moment.
            _ if self.waiting().count > 0 => UNDO_WAITS,
            _ => return None,
        };
        Some(Message::new(key))
    }

    /// Why its rest cannot be taken up now, if so.
    pub fn rest_obstacle(&self) -> Option<Message> {
        match self.state {
            State::Preview | State::Running | State::Waiting | State::Undoing => {
                Some(Message::new("batch-not-ended"))
            }
            _ if self.not_done() == 0 => Some(Message::new("batch-no-rest")),
            _ => None,
        }
    }

    /// The refusal of an obstacle, if there is one, with the batch and its state.
    pub fn refuse(&self, obstacle: Option<Message>) -> Result<()> {
        let told = |message: Message| message.with("batch", self.id()).with("state", self.state.as_str());
        obstacle.map_or(Ok(()), |message| Err(Error::Conflict(told(message))))
    }
}
