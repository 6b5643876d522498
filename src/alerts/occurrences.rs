//! What happens once and is told once: causes that were never seen before, and how runs of the archive ended.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::event::{CauseFact, RunFact};
use crate::archive::mover::JOB as MOVER;
use crate::archive::run::State;
use crate::archive::store as archive;
use crate::base::form::Message;
use crate::base::secrets;
use crate::db::schema::cause::dsl as cause;
use crate::db::schema::llmusage_accounting_failed::dsl as failed;
use crate::db::values::TolerantTime;
use crate::db::{DbConnection, dialect};
use crate::error::{Error, Result};
use crate::failed_accounting::filter::ALL_TABS;
use crate::jobs::store as jobs;

/// New causes that one evaluation looks at; what is left comes with the next one.
const CAUSES: i64 = 500;

/// Failures may be written so long after they happened and still tell of something new; older ones are a backlog that is
/// being sorted.
const LATE: TimeDelta = TimeDelta::days(1);

/// Runs of the archive that one evaluation looks at, and that are remembered.
const RUNS: i64 = 20;

/// A cause that no evaluation has seen, with the earliest of its failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    pub fact: CauseFact,
    /// None: there is no failure of it any more.
    first: Option<Option<NaiveDateTime>>,
}

impl Unseen {
    /// Whether it is news for a rule that is on since then. A failure of no known time may be new.
    pub fn is_news(&self, on_since: NaiveDateTime) -> bool {
        self.first.is_some_and(|first| first.is_none_or(|first| first >= on_since - LATE))
    }
}

/// Causes that no evaluation has seen.
pub fn unseen_causes(connection: &mut DbConnection) -> Result<Vec<Unseen>> {
    let rows: Vec<(String, String)> = cause::cause
        .filter(cause::announced.eq(0))
        .order(cause::cause_key)
        .limit(CAUSES)
        .select((cause::cause_key, cause::title))
        .load(connection)?;
    let mut unseen = Vec::with_capacity(rows.len());
    for (key, title) in rows {
        let first = first_failure(connection, &key)?;
        unseen.push(Unseen { fact: CauseFact { key, title }, first });
    }
    Ok(unseen)
}

/// The earliest failure of a cause; of no known time where none has one.
fn first_failure(connection: &mut DbConnection, key: &str) -> Result<Option<Option<NaiveDateTime>>> {
    let mut earliest: Option<Option<NaiveDateTime>> = None;
    for tab in ALL_TABS {
        let of_cause = || {
            failed::llmusage_accounting_failed
                .filter(dialect::is_in(connection.engine(), tab))
                .filter(failed::cause.eq(key.to_owned()))
                .select(failed::failed_time)
        };
        let (timed, any) = (of_cause().filter(failed::failed_time.is_not_null()), of_cause());
        let timed: Option<TolerantTime> =
            timed.order(failed::failed_time.asc()).first(connection).optional()?;
        let first = match timed {
            Some(time) => Some(time.into()),
            None => any.first::<TolerantTime>(connection).optional()?.map(|_| None),
        };
        earliest = match (earliest.flatten(), first.flatten()) {
            (Some(one), Some(other)) => Some(Some(one.min(other))),
            (one, other) => one.or(other).map(Some).or(earliest).or(first),
        };
    }
    Ok(earliest)
}

/// Notes that these causes were seen.
///
/// # Errors
/// [`Error::Conflict`] when another evaluation saw one of them meanwhile: the next one looks again.
pub fn see_causes(connection: &mut DbConnection, unseen: &[Unseen]) -> Result<()> {
    let keys: Vec<String> = unseen.iter().map(|one| one.fact.key.clone()).collect();
    let rows = cause::cause.filter(cause::cause_key.eq_any(keys)).filter(cause::announced.eq(0));
    let seen = diesel::update(rows).set(cause::announced.eq(1)).execute(connection)?;
    if seen == unseen.len() { Ok(()) } else { Err(Error::Conflict(Message::new("alert-conflict-changed"))) }
}

/// Notes that all causes of today were seen: for a rule that begins to look.
pub fn see_all_causes(connection: &mut DbConnection) -> Result<()> {
    let rows = cause::cause.filter(cause::announced.eq(0));
    diesel::update(rows).set(cause::announced.eq(1)).execute(connection)?;
    Ok(())
}

/// How a run of the archive ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its id; with a mark where it still waits, and the job that should drive it broke.
    pub mark: String,
    pub has_failed: bool,
    pub fact: RunFact,
}

/// How the newest runs ended, oldest first. Stopped ones tell nothing: somebody wanted that.
pub fn ended_runs(connection: &mut DbConnection) -> Result<Vec<Ended>> {
    let mover = jobs::lookup(connection, MOVER)?.filter(|job| job.failed_at().is_some());
    let runs = archive::list(connection, RUNS)?;
    let ended = runs.into_iter().rev().filter_map(|run| {
        let (mark, has_failed, message) = if run.is(State::Failed) {
            (run.id.clone(), true, run.message.clone())
        } else if run.is(State::Done) {
            (run.id.clone(), false, None)
        } else {
            let job = mover.as_ref().filter(|_| run.is_active())?;
            (format!("{} {MOVER}", run.id), true, job.message.clone())
        };
        let message = message.map(|message| secrets::mask(&message).into_owned());
        Some(Ended { mark, has_failed, fact: RunFact { id: run.id, cutoff: run.cutoff, message } })
    });
    Ok(ended.collect())
}

/// The runs that a rule has not looked at. One that looks for the first time sees the last one only.
pub fn unseen_runs<'a>(ended: &'a [Ended], seen: Option<&str>) -> &'a [Ended] {
    let Some(seen) = seen else { return ended.get(ended.len().saturating_sub(1)..).unwrap_or_default() };
    let seen: Vec<String> = serde_json::from_str(seen).unwrap_or_default();
    let known = ended.iter().rposition(|run| seen.contains(&run.mark));
    known.map_or(ended, |place| ended.get(place + 1..).unwrap_or_default())
}

/// What a rule remembers after it looked at these.
pub fn marks(ended: &[Ended]) -> String {
    let marks: Vec<&str> = ended.iter().map(|run| run.mark.as_str()).collect();
    serde_json::to_string(&marks).unwrap_or_default()
}

/// How the last run ended, in the words of its state.
pub fn last_state(ended: &[Ended]) -> Option<&'static str> {
    ended.last().map(|run| if run.has_failed { State::Failed.as_str() } else { State::Done.as_str() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(mark: &str) -> Ended {
        let fact = RunFact { id: mark.to_owned(), cutoff: NaiveDateTime::default().date(), message: None };
        Ended { mark: mark.to_owned(), has_failed: true, fact }
    }

    #[test]
    fn each_run_is_looked_at_once_and_only_the_last_one_of_before() {
        let runs = [ended("a"), ended("b")];
        assert_eq!(unseen_runs(&runs, None), &runs[1..]);
        let seen = marks(&runs);
        assert!(unseen_runs(&runs, Some(&seen)).is_empty());
        let more = [ended("b"), ended("c"), ended("d")];
        assert_eq!(unseen_runs(&more, Some(&seen)), &more[1..]);
        assert_eq!(unseen_runs(&more, Some("[]")).len(), 3);
        assert!(unseen_runs(&[], None).is_empty());
    }

    #[test]
    fn a_backlog_is_no_news_and_a_late_failure_is() {
        let at = |text: &str| -> NaiveDateTime { text.parse().unwrap() };
        let since = at("2026-05-22T12:00:00");
        let unseen = |first| Unseen { fact: CauseFact { key: String::new(), title: String::new() }, first };
        assert!(unseen(Some(Some(at("2026-05-21T13:00:00")))).is_news(since));
        assert!(!unseen(Some(Some(at("2026-05-21T11:00:00")))).is_news(since));
        assert!(unseen(Some(None)).is_news(since), "nobody knows when");
        assert!(!unseen(None).is_news(since), "gone already");
    }
}
