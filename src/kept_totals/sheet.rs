//! Totals in memory: what deltas add up to, or what a count of the rows gives.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

use super::store::Delta;
use crate::base::money::MoneySum;

/// What a total is of, over all time; by day, too, and by month for organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    All,
    Model,
    Cause,
    Organisation,
    Resolution,
}

/// The kinds of a day or a month are so many further.
const OF_SPAN: i64 = 10;

impl Kind {
    /// As stored: over all time.
    pub(super) fn number(self) -> i64 {
        self as i64
    }

    /// As stored: of a day, or of a month.
    pub(super) fn number_of_span(self) -> i64 {
        self.number() + OF_SPAN
    }
}

/// The state of a failure, as kept apart; every failure is in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Handled,
    /// Open, and no retry under way.
    Open,
    Superseded,
    /// Open, and a retry under way.
    Retrying,
}

impl State {
    pub const ALL: [State; 4] = [State::Handled, State::Open, State::Superseded, State::Retrying];

    pub(super) fn of(number: i64) -> Option<State> {
        State::ALL.into_iter().find(|state| *state as i64 == number)
    }
}

/// Count and sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub records: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        self.records += other.records;
        self.amount = self.amount + other.amount;
        self.cost = self.cost + other.cost;
    }
}

/// Where a total stands: kind as stored, key, day or month, state as stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub kind: i64,
    pub key: String,
    pub day: String,
    pub state: i64,
}

/// Totals by their places.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet(pub BTreeMap<Place, Sum>);

impl Sheet {
    /// Adds to one total.
    pub fn add(&mut self, place: Place, sum: Sum) {
        *self.0.entry(place).or_default() += sum;
    }

    /// Adds to the total of all time, and to that of a day or a month.
    pub fn note(&mut self, kind: Kind, key: &str, span: Option<&str>, state: i64, sum: Sum) {
        let key = stored_key(key);
        if let Some(span) = span {
            let place =
                Place { kind: kind.number_of_span(), key: key.clone(), day: stored_span(span), state };
            self.add(place, sum);
        }
        self.add(Place { kind: kind.number(), key, day: String::new(), state }, sum);
    }

    /// Adds what one change of a failure adds.
    pub fn note_delta(&mut self, delta: &Delta) {
        let day = delta.day.as_deref();
        let month = day.map(month_of);
        let (state, sum) = (delta.state, delta.sum);
        self.note(Kind::All, "", day, state, sum);
        self.note(Kind::Model, &delta.model, day, state, sum);
        self.note(Kind::Cause, &delta.cause, day, state, sum);
        self.note(Kind::Organisation, &delta.organisation, month.as_deref(), state, sum);
        if !delta.resolution.is_empty() {
            self.note(Kind::Resolution, &delta.resolution, day, state, sum);
        }
    }

    /// What is more or less than nothing.
    pub fn rows(&self) -> Vec<(&Place, &Sum)> {
        self.0.iter().filter(|(_, sum)| **sum != Sum::default()).collect()
    }

    /// Where two say different things, nothing being the same as zero.
    pub fn differences(&self, other: &Sheet) -> Vec<Place> {
        let places = self.0.keys().chain(other.0.keys().filter(|place| !self.0.contains_key(place)));
        let sum = |sheet: &Sheet, place: &Place| sheet.0.get(place).copied().unwrap_or_default();
        places.filter(|place| sum(self, place) != sum(other, place)).cloned().collect()
    }
}

/// The most bytes of a key that are stored as they are.
const LONGEST: usize = 60;

/// A key as it is stored: a longer one than an index may hold, by its hash.
pub(super) fn stored_key(key: &str) -> String {
    if key.len() <= LONGEST {
        return key.to_owned();
    }
    Sha256::digest(key).iter().take(24).map(|byte| format!("{byte:02x}")).collect()
}

/// A day or month as it is stored: its beginning says as much of the order as the whole of what is none.
fn stored_span(span: &str) -> String {
    span.chars().take(15).collect()
}

/// The month of a day; what is none stays apart, behind a `=`.
fn month_of(day: &str) -> String {
    let is_day = |date: &NaiveDate| date.year() > 0 && date.to_string() == day;
    match day.parse::<NaiveDate>().ok().filter(is_day) {
        Some(_) => day.chars().take(7).collect(),
        None => format!("={day}"),
    }
}

impl std::fmt::Display for Place {
    /// As `check` names it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const KINDS: [&str; 5] = ["all", "model", "cause", "organisation", "resolution"];
        const STATES: [&str; 4] = ["handled", "open", "superseded", "retrying"];
        let name = |names: &'static [&'static str], number: i64| {
            usize::try_from(number).ok().and_then(|number| names.get(number).copied()).unwrap_or("?")
        };
        let words = [name(&KINDS, self.kind % OF_SPAN), &self.key, &self.day, name(&STATES, self.state)];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        f.write_str(&words.join(" "))
    }
}
