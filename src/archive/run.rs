//! One run of the archive: who asked for it, how far it is, what it moved, and the proof.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::walk::Place;
use crate::base::money::{Money, MoneySum};
use crate::db::DbBackend;
use crate::db::schema::archive_run;

/// Where a run is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Asked for; nobody drives it yet.
    Waiting,
    Running,
    /// Somebody pressed stop; the running transaction is finished.
    Stopping,
    Stopped,
    Done,
    Failed,
}

impl State {
    /// As stored, and as its words `archive-state-<..>` in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Stopping => "stopping",
            State::Stopped => "stopped",
            State::Done => "done",
            State::Failed => "failed",
        }
    }

    /// The states in which there is still something to do.
    pub const ACTIVE: [State; 3] = [State::Waiting, State::Running, State::Stopping];
}

/// Rows and their money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    pub rows: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl Sums {
    /// One more usage; missing money counts as nothing.
    pub fn add(&mut self, amount: Option<Money>, cost: Option<Money>) {
        self.rows += 1;
        self.amount = self.amount + amount.unwrap_or_default().into();
        self.cost = self.cost + cost.unwrap_or_default().into();
    }

    /// Both together.
    pub fn plus(self, other: Sums) -> Sums {
        Sums {
            rows: self.rows + other.rows,
            amount: self.amount + other.amount,
            cost: self.cost + other.cost,
        }
    }
}

/// A row of `archive_run`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = archive_run, check_for_backend(DbBackend))]
pub struct Run {
    pub id: String,
    pub asked_at: NaiveDateTime,
    pub asked_by: String,
    pub source: String,
    /// Usages used before this day are moved.
    pub cutoff: NaiveDate,
    /// Whole seconds, so that all databases keep it.
    pub backup_time: NaiveDateTime,
    pub state: String,
    pub holder: String,
    /// Milliseconds since 1970, UTC.
    pub held_until: i64,
    pub expected_rows: Option<i64>,
    pub position_date: Option<String>,
    pub position_key: Option<String>,
    pub taken_rows: i64,
    pub taken_amount: String,
    pub taken_cost: String,
    pub kept_rows: i64,
    pub kept_amount: String,
    pub kept_cost: String,
    pub known_rows: i64,
    pub worked_milliseconds: i64,
    pub ended_at: Option<NaiveDateTime>,
    pub message: Option<String>,
}

impl Run {
    /// Whether there is still something to do.
    pub fn is_active(&self) -> bool {
        State::ACTIVE.iter().any(|state| state.as_str() == self.state)
    }

    /// Whether it is in that state.
    pub fn is(&self, state: State) -> bool {
        self.state == state.as_str()
    }

    /// The usages that left the live table, as they were there.
    pub fn taken(&self) -> Sums {
        sums(self.taken_rows, &self.taken_amount, &self.taken_cost)
    }

    /// The same usages as they are in the history.
    pub fn kept(&self) -> Sums {
        sums(self.kept_rows, &self.kept_amount, &self.kept_cost)
    }

    /// The last row that was looked at.
    pub fn place(&self) -> Option<Place> {
        Some(Place { date: self.position_date.clone()?, key: self.position_key.clone()? })
    }

    /// How many were moved; those that the history had already only left the live table.
    pub fn moved_rows(&self) -> i64 {
        self.taken_rows - self.known_rows
    }
}

/// Money as these tables keep it: whole units as text.
pub fn sums(rows: i64, amount: &str, cost: &str) -> Sums {
    let money = |units: &str| MoneySum::from_units(units.parse().unwrap_or_default());
    Sums { rows, amount: money(amount), cost: money(cost) }
}
