//! Jobs in the database: their schedules, and how each last went.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::job::{Job, Outcome, last_day};
use crate::db::schema::job_run;
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

/// A job as it last went.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = job_run, check_for_backend(DbBackend))]
pub struct JobRun {
    pub name: String,
    /// Every so many seconds; none with `daily_at`, or when switched off.
    pub every_seconds: Option<i32>,
    /// `HH:MM` in the business zone.
    pub daily_at: Option<String>,
    pub done_for: Option<NaiveDate>,
    pub started_at: Option<NaiveDateTime>,
    /// None while it runs.
    pub ended_at: Option<NaiveDateTime>,
    /// `done`, `failed` or `panicked`.
    pub outcome: Option<String>,
    pub message: Option<String>,
}

impl JobRun {
    /// Whether a server runs it, going by its settings.
    pub fn is_on(&self) -> bool {
        self.every_seconds.is_some() || self.daily_at.is_some()
    }
    /// When its last run failed, unless it went well.
    pub fn failed_at(&self) -> Option<NaiveDateTime> {
        self.ended_at
            .filter(|_| self.outcome.as_deref().is_some_and(|outcome| outcome != Outcome::Done.as_str()))
    }
}

/// All jobs by name.
pub fn list(connection: &mut DbConnection) -> Result<Vec<JobRun>> {
    Ok(job_run::table.order(job_run::name.asc()).select(JobRun::as_select()).load(connection)?)
}

pub fn lookup(connection: &mut DbConnection, name: &str) -> Result<Option<JobRun>> {
    let row = job_run::table.filter(job_run::name.eq(name.to_owned()));
    Ok(row.select(JobRun::as_select()).first(connection).optional()?)
}

/// Writes down the schedules of a server's jobs; others that are known were switched off. A daily job that is new, or on
/// again, has missed nothing.
pub fn register(connection: &mut DbConnection, jobs: &[Job], now: NaiveDateTime) -> Result<()> {
    let names: Vec<String> = jobs.iter().map(|job| job.name.to_owned()).collect();
    diesel::update(job_run::table.filter(job_run::name.ne_all(names)))
        .set((job_run::every_seconds.eq(None::<i32>), job_run::daily_at.eq(None::<String>)))
        .execute(connection)?;
    for job in jobs {
        let known = lookup(connection, job.name)?;
        let daily_at = job.daily_at.map(|at| at.format("%H:%M").to_string());
        let seconds = i32::try_from(job.every.as_secs_f64().ceil() as i64).unwrap_or(i32::MAX);
        let every = job.daily_at.is_none().then_some(seconds);
        if known.is_none() {
            diesel::insert_into(job_run::table)
                .values(job_run::name.eq(job.name.to_owned()))
                .execute(connection)?;
        }
        let missed = known.is_some_and(|known| known.daily_at.is_some());
        let row = diesel::update(job_run::table.filter(job_run::name.eq(job.name.to_owned())));
        match job.daily_at.filter(|_| !missed) {
            Some(at) => row
                .set((
                    job_run::every_seconds.eq(every),
                    job_run::daily_at.eq(daily_at),
                    job_run::done_for.eq(last_day(now, at)),
                ))
                .execute(connection)?,
            None => row
                .set((job_run::every_seconds.eq(every), job_run::daily_at.eq(daily_at)))
                .execute(connection)?,
        };
    }
    Ok(())
}

/// Notes that a run begins.
pub fn begin(connection: &mut DbConnection, name: &str, now: NaiveDateTime) -> Result<()> {
    diesel::update(job_run::table.filter(job_run::name.eq(name.to_owned())))
        .set((job_run::started_at.eq(now), job_run::ended_at.eq(None::<NaiveDateTime>)))
        .execute(connection)?;
    Ok(())
}

/// Notes how a run ended. Only then is its day done: a run that died is made again.
pub fn end(connection: &mut DbConnection, job: &Job, outcome: &Outcome, now: NaiveDateTime) -> Result<()> {
    let row = diesel::update(job_run::table.filter(job_run::name.eq(job.name.to_owned())));
    row.set((
        job_run::ended_at.eq(now),
        job_run::outcome.eq(outcome.as_str()),
        job_run::message.eq(outcome.message().map(str::to_owned)),
    ))
    .execute(connection)?;
    if let Some(at) = job.daily_at.filter(|_| *outcome == Outcome::Done) {
        diesel::update(job_run::table.filter(job_run::name.eq(job.name.to_owned())))
            .set(job_run::done_for.eq(last_day(now, at)))
            .execute(connection)?;
    }
    Ok(())
}
