//! Asking for kept totals: exact, with what waits to be folded into them, in one statement.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::question::{self, Asked, Span};
use super::sheet::{Kind, State, Sum};
use crate::base::grouping::{FIRST_DAY, LAST_DAY};
use crate::db::DbConnection;
use crate::error::Result;

/// Which totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub kind: Kind,
    /// Which one of the kind; empty for failures without one.
    pub key: String,
    /// From and to which day of use, both inclusive.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
}

/// A total by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts([Sum; 4]);

impl Parts {
    /// What is in these states.
    pub fn of(&self, states: &[State]) -> Sum {
        let mut sum = Sum::default();
        for state in states {
            sum += self.0.get(*state as usize).copied().unwrap_or_default();
        }
        sum
    }

    fn add(&mut self, state: i64, sum: Sum) {
        if let Some(part) = State::of(state).and_then(|state| self.0.get_mut(state as usize)) {
            *part += sum;
        }
    }
}

/// One total; none where it is not kept.
pub fn total(connection: &mut DbConnection, wanted: &Question) -> Result<Option<Parts>> {
    let Some(mut asked) = asked(wanted.kind, wanted.days.0, wanted.days.1) else { return Ok(None) };
    asked.key = (wanted.kind != Kind::All).then(|| wanted.key.clone());
    let Some(answer) = question::ask(connection, &asked)? else { return Ok(None) };
    let mut parts = Parts::default();
    answer.into_iter().for_each(|(_, state, sum)| parts.add(state, sum));
    Ok(Some(parts))
}

/// All totals of a kind by their keys; none where they are not kept.
pub fn totals(
    connection: &mut DbConnection,
    kind: Kind,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Option<BTreeMap<String, Parts>>> {
    let Some(asked) = asked(kind, from, to) else { return Ok(None) };
    let Some(answer) = question::ask(connection, &asked)? else { return Ok(None) };
    let mut totals: BTreeMap<String, Parts> = BTreeMap::new();
    for (key, state, sum) in answer {
        totals.entry(key).or_default().add(state, sum);
    }
    Ok(Some(totals))
}

/// None where days are asked for and only months are kept.
fn asked(kind: Kind, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<Asked> {
    let text = |day: NaiveDate, length| day.to_string().chars().take(length).collect();
    let (whole, month) = (usize::MAX, 7);
    let (first, last) = (from.unwrap_or(FIRST_DAY), to.unwrap_or(LAST_DAY));
    let span = |length| Span { from: text(first, length), to: text(last, length) };
    let days = (from.is_some() || to.is_some()).then(|| span(whole));
    let is_by_month = kind == Kind::Organisation && days.is_some();
    let begins = from.is_none_or(|day| day.day() == 1);
    let ends = to.is_none_or(|day| day.succ_opt().is_some_and(|next| next.day() == 1));
    if is_by_month && !(begins && ends) {
        return None;
    }
    Some(Asked { kind, key: None, days, months: is_by_month.then(|| span(month)) })
}
