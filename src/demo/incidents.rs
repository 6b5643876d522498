//! Usages that could not be accounted, each with its failure rows in order of time.
//!
//! Made open; `settlement` then decides which were closed and how. Only earlier attempts are closed here already.

use chrono::{Datelike, Duration, NaiveDateTime, NaiveTime, Weekday};

use super::FAILURES;
use super::reasons::{self, DEADLOCK, Shape, Sign};
use super::stage::Stage;
use super::{amounts, foreign, names, settlement, traps, usages};
use crate::base::money::Money;
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::Usage;

/// A usage and every attempt to account it.
pub(super) struct Incident {
    pub(super) usage: Usage,
    pub(super) failures: Vec<FailedRecord>,
}

/// Failures of the one bad morning.
const STORM: usize = 150;
/// The model of the bad morning, by position.
const STORM_MODEL: usize = 3;
/// Usages that were tried several times: attempts, usages.
const RETRIED: [(usize, usize); 3] = [(2, 70), (3, 25), (4, 8)];

/// How often each reason occurs at least.
const EACH_REASON: usize = 3;

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600_000;

/// All usages that could not be accounted, but for the platform's own odd rows.
pub(super) fn all(stage: &mut Stage) -> Vec<Incident> {
    let mut incidents = storm(stage);
    incidents.extend(retried(stage));
    let rows: usize = incidents.iter().map(|incident| incident.failures.len()).sum();
    incidents.extend(nasty(stage));
    let rest = FAILURES.saturating_sub(foreign::ROWS + rows + traps::reasons().len());
    incidents.extend(plain(stage, rest));
    for (incident, amount) in incidents.iter_mut().rev().zip([amounts::SMALLEST, amounts::LARGEST]) {
        price(incident, amount);
    }
    incidents
}

/// The failure that accounting `usage` at `failed_time` leaves behind, open.
pub(super) fn failure(
    stage: &mut Stage,
    usage: &Usage,
    failed_time: NaiveDateTime,
    failed_reason: Option<String>,
) -> FailedRecord {
    FailedRecord {
        id: stage.random.id(),
        llmusageid: Some(usage.id.clone()),
        llmid: usage.llmid.clone(),
        userid: usage.userid.clone(),
        userorgid: usage.userorgid.clone(),
        use_date: usage.use_date,
        use_time: usage.use_time,
        amount: usage.amount,
        cost: usage.cost,
        failed_reason,
        failed_time: Some(failed_time),
        retry_count: Some(0),
        handled: Some("0".to_owned()),
        ..FailedRecord::default()
    }
}

/// When the loop gave up on a call of `use_time`: 20 seconds to an hour later, before now.
pub(super) fn first_attempt(stage: &mut Stage, use_time: NaiveDateTime) -> NaiveDateTime {
    let latest = (stage.now - use_time).num_milliseconds().min(HOUR_MS);
    use_time + stage.draw_delay(20 * SECOND_MS, latest)
}

/// One model deadlocks for forty minutes; the loop runs every ten seconds, so many rows share a second.
fn storm(stage: &mut Stage) -> Vec<Incident> {
    let morning = storm_day(stage.now);
    let one = |_| {
        let tick = Duration::seconds(stage.random.between(0, 239) * 10);
        let failed_time = morning + tick + Duration::milliseconds(stage.random.between(0, 999));
        let use_time = failed_time - stage.draw_delay(20 * SECOND_MS, 600 * SECOND_MS);
        let mut usage = usages::draft(stage, use_time);
        usage.llmid = Some(stage.models[STORM_MODEL].id.clone());
        let failure = failure(stage, &usage, failed_time, Some(DEADLOCK.to_owned()));
        Incident { usage, failures: vec![failure] }
    };
    (0..STORM).map(one).collect()
}

/// Ten in the morning of the latest working day that is over for a day at least.
fn storm_day(now: NaiveDateTime) -> NaiveDateTime {
    let mut day = now.date() - Duration::days(2);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day -= Duration::days(1);
    }
    day.and_time(NaiveTime::MIN) + Duration::hours(10)
}

fn retried(stage: &mut Stage) -> Vec<Incident> {
    let attempts = RETRIED.iter().flat_map(|&(attempts, usages)| vec![attempts; usages]);
    let attempts: Vec<usize> = attempts.collect();
    let shapes = reasons::plan(&mut stage.random, attempts.len(), 0);
    attempts.into_iter().zip(shapes).map(|(attempts, shape)| chain(stage, attempts, shape)).collect()
}

/// A usage that failed, was retried and failed again; each new row supersedes the one before.
fn chain(stage: &mut Stage, attempts: usize, shape: &'static Shape) -> Incident {
    let use_time = stage.draw_time(Duration::days(4));
    let mut incident = single(stage, use_time, shape);
    let mut failed_time = incident.failures[0].failed_time.unwrap_or(use_time);
    for retry_count in (1..).take(attempts - 1) {
        failed_time += stage.draw_delay(HOUR_MS, 20 * HOUR_MS);
        let shape = reasons::again(&mut stage.random, shape);
        let reason = (shape.write)(&mut stage.random, &incident.usage);
        let mut next = failure(stage, &incident.usage, failed_time, Some(reason));
        next.retry_count = Some(retry_count);
        if let Some(previous) = incident.failures.last_mut() {
            settlement::supersede(stage, previous, failed_time);
        }
        incident.failures.push(next);
    }
    incident
}

fn nasty(stage: &mut Stage) -> Vec<Incident> {
    let one = |reason| {
        let use_time = stage.draw_time(Duration::minutes(2));
        let usage = usages::draft(stage, use_time);
        let failed_time = first_attempt(stage, use_time);
        let failure = failure(stage, &usage, failed_time, reason);
        Incident { usage, failures: vec![failure] }
    };
    traps::reasons().into_iter().map(one).collect()
}

fn plain(stage: &mut Stage, count: usize) -> Vec<Incident> {
    let shapes = reasons::plan(&mut stage.random, count, EACH_REASON);
    let one = |shape| {
        let use_time = stage.draw_time(Duration::minutes(2));
        single(stage, use_time, shape)
    };
    shapes.into_iter().map(one).collect()
}

fn single(stage: &mut Stage, use_time: NaiveDateTime, shape: &Shape) -> Incident {
    let mut usage = usages::draft(stage, use_time);
    mark(stage, &mut usage, shape.sign);
    let reason = (shape.write)(&mut stage.random, &usage);
    let failed_time = first_attempt(stage, use_time);
    let failure = failure(stage, &usage, failed_time, Some(reason));
    Incident { usage, failures: vec![failure] }
}

/// Makes the usage look as the reason says.
fn mark(stage: &mut Stage, usage: &mut Usage, sign: Sign) {
    match sign {
        Sign::Nothing => {}
        Sign::NoUsages => usage.usages = None,
        Sign::NullUsages => usage.usages = Some("null".to_owned()),
        Sign::CutUsages => usage.usages = usage.usages.take().map(usages::cut),
        Sign::RetiredModel => usage.llmid = Some(stage.draw_retired_model()),
        Sign::VideoModel => {
            usage.llmid = Some(stage.models[names::VIDEO].id.clone());
            usage.usages = Some(usages::video(&mut stage.random));
        }
    }
}

fn price(incident: &mut Incident, amount: i64) {
    let cost = Money::from_units((amount * 3 / 5).max(amounts::SMALLEST));
    let amount = Money::from_units(amount);
    (incident.usage.amount, incident.usage.cost) = (Some(amount), Some(cost));
    for failure in &mut incident.failures {
        (failure.amount, failure.cost) = (Some(amount), Some(cost));
    }
}
