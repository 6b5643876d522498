//! `/jobs`: what the app does by itself, when it last did, how that went, and when it comes again; for administrators.

use chrono::{Days, NaiveDateTime, NaiveTime, TimeDelta};
use serde::Serialize;

use super::job::{AGAIN, last_day};
use super::store::{self, JobRun};
use crate::base::form::Message;
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;

#[derive(Serialize)]
struct IndexPage {
    /// What has a time of its day first, then what did something.
    jobs: Vec<JobView>,
    /// What looks every few seconds and found nothing to do yet.
    idle: Vec<JobView>,
}

#[derive(Serialize)]
struct JobView {
    id: String,
    name: String,
    schedule: String,
    started: Option<TimeView>,
    ended: Option<TimeView>,
    is_running: bool,
    /// Whether it looks every few seconds, and found nothing to do yet: only work is written down.
    is_idle: bool,
    /// `done`, `failed`, `panicked`, or none before the first run.
    outcome: Option<String>,
    message: Option<String>,
    next: Option<TimeView>,
    #[serde(skip)]
    is_daily: bool,
}

/// `GET /jobs`.
pub async fn index(visit: Visit) -> Answer {
    let state = &visit.state;
    let jobs = state.database.run(store::list).await?;
    let language = visit.language;
    let (mut jobs, idle): (Vec<JobView>, Vec<JobView>) =
        jobs.into_iter().map(|job| view(job, state, language)).partition(|job| !job.is_idle);
    jobs.sort_by_key(|job| !job.is_daily);
    visit.ok("jobs/index.html", &IndexPage { jobs, idle })
}

fn view(job: JobRun, state: &AppState, language: Language) -> JobView {
    let time = |time| TimeView::new(&state.clock, time);
    let key = format!("job-{}", job.name.replace(' ', "-"));
    let now = state.clock.now();
    JobView {
        name: locale::lookup(language, &key, &Default::default()).unwrap_or_else(|| job.name.clone()),
        schedule: locale::words(language, &schedule(&job)),
        started: job.started_at.map(time),
        ended: job.ended_at.map(time),
        is_running: job.started_at.is_some() && job.ended_at.is_none(),
        is_idle: job.started_at.is_none() && job.every_seconds.is_some(),
        outcome: job.outcome.clone(),
        message: job.message.clone(),
        next: next(&job, now).map(time),
        is_daily: job.daily_at.is_some(),
        id: job.name,
    }
}

fn schedule(job: &JobRun) -> Message {
    match (&job.daily_at, job.every_seconds) {
        (Some(at), _) => Message::new("job-daily").with("time", at),
        (None, Some(seconds)) => Message::new("job-every").with("number", seconds.max(1)),
        (None, None) => Message::new("job-off"),
    }
}

/// When a job comes again at the latest.
fn next(job: &JobRun, now: NaiveDateTime) -> Option<NaiveDateTime> {
    if let Some(seconds) = job.every_seconds {
        return Some(now + TimeDelta::seconds(seconds.max(1).into()));
    }
    let at = NaiveTime::parse_from_str(job.daily_at.as_deref()?, "%H:%M").ok()?;
    let last = last_day(now, at);
    match (job.done_for, job.failed_at()) {
        (Some(done), _) if done >= last => {
            done.max(last).checked_add_days(Days::new(1)).map(|day| day.and_time(at))
        }
        (_, Some(failed)) => Some(failed + AGAIN),
        _ => Some(now),
    }
}
