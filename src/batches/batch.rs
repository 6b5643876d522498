//! One batch and the rules of its state: what may be done with it when, and by whom.
//!
//! A preview is run by the one who made it: what somebody looked at is what they answer for. Stopping and undoing are
//! open to every operator. More than 250 lines: one set of rules.

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use super::canary::Canary;
use super::counts::{Outcomes, Progress, Summary, Tally};
use super::planned::Planned;
use super::testing::Tested;
use crate::audit::event;
use crate::base::form::Message;
use crate::db::DbBackend;
use crate::db::schema::batch;
use crate::error::{Error, Result};

/// What a batch does to each of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Handle,
    Retry,
    Reopen,
    Delete,
    /// Take a retry back.
    Withdraw,
    /// Let the newest open failure of each usage take the place of this older one.
    Supersede,
    /// Close with the proof that the usage is accounted.
    Settle,
    /// Change fields of the usages, and have them accounted again where that is asked for.
    Correct,
}

impl Action {
    pub const ALL: [Action; 8] = [
        Action::Handle,
        Action::Retry,
        Action::Withdraw,
        Action::Reopen,
        Action::Supersede,
        Action::Settle,
        Action::Correct,
        Action::Delete,
    ];

    /// As stored and as forms send it.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Handle => "handle",
            Action::Retry => "retry",
            Action::Reopen => "reopen",
            Action::Delete => "delete",
            Action::Withdraw => "withdraw",
            Action::Supersede => "supersede",
            Action::Settle => "settle",
            Action::Correct => "correct",
        }
    }

    /// The action of that name.
    pub fn parse(text: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// What the trail calls it for one row.
    pub(super) fn event(self) -> event::Action {
        match self {
            Action::Handle => event::Action::Handle,
            Action::Retry => event::Action::Retry,
            Action::Reopen => event::Action::Reopen,
            Action::Delete => event::Action::Delete,
            Action::Withdraw => event::Action::WithdrawRetry,
            Action::Supersede => event::Action::Supersede,
            Action::Settle => event::Action::Settle,
            Action::Correct => event::Action::Correct,
        }
    }

    /// Whether what it did can be taken back.
    pub fn is_undoable(self) -> bool {
        matches!(
            self,
            Action::Handle | Action::Reopen | Action::Withdraw | Action::Supersede | Action::Correct
        )
    }
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Frozen, looked at, not run.
    Preview,
    Running,
    /// The first rows were retried; the rest waits for what becomes of them.
    Waiting,
    /// Too many of the first rows failed again; the rest was left.
    Stopped,
    Aborted,
    Done,
    Undoing,
    Undone,
}

impl State {
    const ALL: [State; 8] = [
        State::Preview,
        State::Running,
        State::Waiting,
        State::Stopped,
        State::Aborted,
        State::Done,
        State::Undoing,
        State::Undone,
    ];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Preview => "preview",
            State::Running => "running",
            State::Waiting => "waiting",
            State::Stopped => "stopped",
            State::Aborted => "aborted",
            State::Done => "done",
            State::Undoing => "undoing",
            State::Undone => "undone",
        }
    }

    fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the job has work to do on it.
    pub fn is_under_way(self) -> bool {
        matches!(self, State::Running | State::Waiting | State::Undoing)
    }

    /// Whether running is over, however it ended.
    pub fn has_ended(self) -> bool {
        matches!(self, State::Stopped | State::Aborted | State::Done | State::Undone)
    }
}

/// The key of the words for a batch of corrections whose retries are under way.
pub const UNDO_WAITS: &str = "batch-undo-waits";

/// A row of `batch`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = batch, check_for_backend(DbBackend))]
pub struct Stored {
    pub id: String,
    pub action: String,
    pub state: String,
    pub created_at: NaiveDateTime,
    pub created_by: String,
    pub selection: Option<String>,
    pub rest_of: Option<String>,
    pub frozen_event: i64,
    pub size: i64,
    pub summary: String,
    pub resolution: Option<String>,
    pub note: Option<String>,
    pub canary: Option<String>,
    pub run_at: Option<NaiveDateTime>,
    pub run_by: Option<String>,
    pub position: i64,
    pub undo_by: Option<String>,
    pub undo_position: i64,
    pub progress: String,
    pub ended_at: Option<NaiveDateTime>,
    pub ended_by: Option<String>,
    pub outcomes: Option<String>,
    pub awaits_outcome: bool,
    pub correction: Option<String>,
}

/// A batch, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub stored: Stored,
    pub action: Action,
    pub state: State,
    pub summary: Summary,
    pub progress: Progress,
    pub canary: Option<Canary>,
    /// What became of its retries, as far as that is known.
    pub outcomes: Outcomes,
    /// What is to be corrected; none for the other actions.
    pub planned: Option<Planned>,
}

impl Batch {
    /// Reads what is stored.
    ///
    /// # Errors
    /// [`Error::Internal`] for what no version of this app has written.
    pub fn read(stored: Stored) -> Result<Batch> {
        let unknown = |what: &str| Error::Internal(format!("batch {}: unknown {what}", stored.id));
        Ok(Batch {
            action: Action::parse(&stored.action).ok_or_else(|| unknown("action"))?,
            state: State::parse(&stored.state).ok_or_else(|| unknown("state"))?,
            summary: serde_json::from_str(&stored.summary).map_err(Error::internal)?,
            progress: serde_json::from_str(&stored.progress).map_err(Error::internal)?,
            canary: kept(stored.canary.as_deref())?,
            outcomes: kept(stored.outcomes.as_deref())?.unwrap_or_default(),
            planned: kept(stored.correction.as_deref())?,
            stored,
        })
    }

    pub fn id(&self) -> &str {
        &self.stored.id
    }

    /// Rows that nobody has looked at, because the batch was ended before.
    pub fn untouched(&self) -> i64 {
        if self.state.has_ended() { self.stored.size - self.stored.position } else { 0 }
    }

    /// All that was not done: skipped, refused, and left.
    pub fn not_done(&self) -> i64 {
        self.progress.not_done.count + self.untouched()
    }

    /// Whether it asks for retries.
    pub fn retries(&self) -> bool {
        match self.action {
            Action::Retry => true,
            Action::Correct => self.planned.as_ref().is_some_and(|planned| planned.then_retry),
            _ => false,
        }
    }

    /// The retries that were asked for and whose outcome is not known yet.
    pub fn waiting(&self) -> Tally {
        if self.retries() { self.progress.done - self.outcomes.known() } else { Tally::default() }
    }

    /// Whether its run may ask for retries.
    pub fn may_retry(&self) -> bool {
        matches!(self.action, Action::Retry | Action::Correct)
    }

    /// The same batch, where what is corrected is retried in the same act, or is not.
    pub fn then_retry(&self, then_retry: bool) -> Batch {
        let planned = self.planned.clone().map(|planned| Planned { then_retry, ..planned });
        Batch { planned, ..self.clone() }
    }

    /// The rows that the action is meant for.
    pub fn wanted(&self) -> Tally {
        let can_be_done = match self.planned.as_ref().and_then(|planned| planned.foreseen.as_ref()) {
            Some(foreseen) => foreseen.corrected,
            None => self.summary.all - self.summary.skipped(),
        };
        can_be_done - self.left_out()
    }

    /// The rows that are left out because they would fail again.
    pub fn left_out(&self) -> Tally {
        let tested = self.summary.tested.as_ref().filter(|_| self.retries());
        tested.map(Tested::left_out).unwrap_or_default()
    }

    /// Whether rows are worked on, too, that would fail again; what is only corrected does not fail.
    pub fn includes_failing(&self) -> bool {
        let tested = self.summary.tested.as_ref().filter(|_| self.retries());
        tested.is_none_or(|tested| tested.includes_failing)
    }

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
            State::Preview if (self.wanted() + self.left_out()).count == 0 => because("batch-nothing-to-do"),
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

/// A value that a column keeps as JSON, where it has one.
fn kept<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str).transpose().map_err(Error::internal)
}
