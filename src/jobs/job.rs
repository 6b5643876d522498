//! What a job is: a name, a schedule, and a step that is called until it says that it is done.
//!
//! Steps are short (seconds): between two of them a stopping server stops, and the lease is renewed.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::db::lease::Lease;
use crate::error::Result;

/// How often one looks whether the hour of a daily job has come.
const LOOK: Duration = Duration::from_secs(15);

/// A daily job that failed is tried again after this time.
pub const AGAIN: TimeDelta = TimeDelta::minutes(10);

type Due = dyn Fn() -> Result<bool> + Send + Sync;
type Step = dyn Fn() -> Result<Turn> + Send + Sync;

/// What a step says when it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The run is over.
    Done,
    /// The run goes on with another step, unless the server stops.
    More,
}

impl From<bool> for Turn {
    /// What a step says that tells whether there is more.
    fn from(has_more: bool) -> Turn {
        if has_more { Turn::More } else { Turn::Done }
    }
}

/// Something to do again and again.
#[derive(Clone)]
pub struct Job {
    /// Its row in `job_lease` and `job_run`; its words are `job-<name>` in the catalogue, blanks as dashes.
    pub name: &'static str,
    /// How often one looks whether it is due.
    pub every: Duration,
    /// Once a day at that time of the business zone; none: at each look.
    pub daily_at: Option<NaiveTime>,
    /// Whether there is anything to do; cheap, because it is asked at each look.
    pub is_due: Arc<Due>,
    /// One stretch of work, on a thread of its own.
    pub step: Arc<Step>,
    /// The lease that the step's transactions renew; none: they renew none.
    pub lease: Option<Lease>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("name", &self.name).field("every", &self.every).finish_non_exhaustive()
    }
}

impl Job {
    /// A job that runs at that interval.
    pub fn every(
        name: &'static str,
        every: Duration,
        step: impl Fn() -> Result<Turn> + Send + Sync + 'static,
    ) -> Job {
        let (is_due, step): (Arc<Due>, Arc<Step>) = (Arc::new(|| Ok(true)), Arc::new(step));
        Job { name, every, daily_at: None, is_due, step, lease: None }
    }

    /// A job that runs once a day at that time of the business zone. A run that was missed is caught up once, however
    /// many were missed; one that failed is tried again after 10 minutes.
    pub fn daily(
        name: &'static str,
        at: NaiveTime,
        step: impl Fn() -> Result<Turn> + Send + Sync + 'static,
    ) -> Job {
        Job { daily_at: Some(at), ..Job::every(name, LOOK, step) }
    }

    /// The same job, whose step writes to the database of that lease.
    pub fn under(self, lease: Lease) -> Job {
        Job { lease: Some(lease), ..self }
    }

    /// The same job, which runs only while that says so.
    pub fn when(self, is_due: impl Fn() -> Result<bool> + Send + Sync + 'static) -> Job {
        Job { is_due: Arc::new(is_due), ..self }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// With an error.
    Failed(String),
    /// With a panic: a fault of ours.
    Panicked(String),
}

impl Outcome {
    /// As stored, and as its words `job-outcome-<..>` in the catalogue.
    pub fn as_str(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Failed(_) => "failed",
            Outcome::Panicked(_) => "panicked",
        }
    }

    /// What went wrong.
    pub fn message(&self) -> Option<&str> {
        match self {
            Outcome::Done => None,
            Outcome::Failed(message) | Outcome::Panicked(message) => Some(message),
        }
    }
}

/// The last day whose daily run should have begun by now. By the clock on the wall, so that the hours which summer time
/// skips or repeats neither drop a run nor add one.
pub fn last_day(now: NaiveDateTime, at: NaiveTime) -> NaiveDate {
    let today = now.date();
    if now.time() >= at { today } else { today.pred_opt().unwrap_or(today) }
}

/// Whether the daily run is to be made: that of the last day is not done, and has not failed just now.
pub fn is_day_due(
    now: NaiveDateTime,
    at: NaiveTime,
    done_for: Option<NaiveDate>,
    failed_at: Option<NaiveDateTime>,
) -> bool {
    let is_missing = done_for.is_none_or(|done| done < last_day(now, at));
    // A clock that was set back must not keep the job from running.
    let is_resting = failed_at.is_some_and(|failed| failed <= now && now - failed < AGAIN);
    is_missing && !is_resting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time")
    }

    fn half_past_two() -> NaiveTime {
        at("2026-01-01 02:30").time()
    }

    /// The runs of a daily job while the clock on the wall shows these times, one after the other.
    fn runs(times: &[&str], first_done: &str) -> Vec<String> {
        let mut done: Option<NaiveDate> = Some(first_done.parse().expect("a date"));
        let mut runs = Vec::new();
        for time in times {
            if is_day_due(at(time), half_past_two(), done, None) {
                done = Some(last_day(at(time), half_past_two()));
                runs.push((*time).to_owned());
            }
        }
        runs
    }

    #[test]
    fn it_runs_once_each_day_after_its_time() {
        let times = ["2026-05-20 02:29", "2026-05-20 02:30", "2026-05-20 23:00", "2026-05-21 02:30"];
        assert_eq!(runs(&times, "2026-05-19"), ["2026-05-20 02:30", "2026-05-21 02:30"]);
    }

    #[test]
    fn missed_runs_are_caught_up_once() {
        let times = ["2026-05-25 01:00", "2026-05-25 01:01", "2026-05-25 02:30"];
        assert_eq!(runs(&times, "2026-05-19"), ["2026-05-25 01:00", "2026-05-25 02:30"]);
    }

    #[test]
    fn the_hour_that_summer_time_skips_drops_no_run_and_the_one_it_repeats_adds_none() {
        // Berlin, 29 March: 01:59 is followed by 03:00.
        assert_eq!(runs(&["2026-03-29 01:59", "2026-03-29 03:00"], "2026-03-28"), ["2026-03-29 03:00"]);
        // 25 October: 02:00 to 02:59 come twice.
        let times = ["2026-10-25 02:30", "2026-10-25 02:59", "2026-10-25 02:00", "2026-10-25 02:30"];
        assert_eq!(runs(&times, "2026-10-24"), ["2026-10-25 02:30"]);
    }

    #[test]
    fn a_failed_run_rests_for_ten_minutes() {
        let due = |now, failed| is_day_due(at(now), half_past_two(), None, Some(at(failed)));
        assert!(!due("2026-05-20 02:35", "2026-05-20 02:30"));
        assert!(due("2026-05-20 02:40", "2026-05-20 02:30"));
        assert!(due("2026-05-20 02:40", "2026-05-21 02:30"), "a clock that was set back");
    }
}
