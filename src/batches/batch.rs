//! One batch: its row, and what was counted of its rows.

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use super::action::Action;
pub use super::canary::Canary;
use super::counts::{Outcomes, Progress, Summary, Tally};
use super::planned::Planned;
pub use super::state::State;
use super::testing::{OF_TESTS, UNCHECKED, UNCHECKED_FAILING, is_foreseen};
use crate::db::DbBackend;
use crate::db::schema::batch;
use crate::error::{Error, Result};

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

    /// The rows that are left out, because they would fail again, or were or may have been charged.
    pub fn left_out(&self) -> Tally {
        let tested = self.summary.tested.as_ref().filter(|_| self.retries());
        tested.map(|tested| tested.left_out(self.summary.with_unknown)).unwrap_or_default()
    }

    /// Of these the ones that a run may include.
    pub fn includable(&self) -> Tally {
        self.left_out() - self.including(true, true).left_out()
    }

    /// The same batch, where what would fail again is retried, too, or what may have been charged.
    pub fn including(&self, failing: bool, unknown: bool) -> Batch {
        let mut batch = self.clone();
        batch.summary.with_unknown |= unknown;
        if let Some(tested) = &mut batch.summary.tested {
            tested.includes_failing |= failing;
        }
        batch
    }

    /// Whether a row is worked on though that was foreseen of it; what is only corrected is not charged.
    pub fn includes(&self, obstacle: &str) -> bool {
        match obstacle {
            _ if !is_foreseen(obstacle) => false,
            _ if !self.retries() => true,
            UNCHECKED => self.summary.with_unknown,
            UNCHECKED_FAILING => self.summary.with_unknown && self.includes_failing(),
            _ => obstacle.starts_with(OF_TESTS) && self.includes_failing(),
        }
    }

    /// Whether rows are worked on, too, that would fail again; what is only corrected does not fail.
    pub fn includes_failing(&self) -> bool {
        let tested = self.summary.tested.as_ref().filter(|_| self.retries());
        tested.is_none_or(|tested| tested.includes_failing)
    }
}

/// A value that a column keeps as JSON, where it has one.
fn kept<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str).transpose().map_err(Error::internal)
}
