//! The job that looks at all rules: what crossed its threshold since the last look, what is over, what is new.
//!
//! Values are read in one snapshot; then one transaction turns rules by compare-and-set and writes their events and
//! deliveries. Of two evaluations at once, one turns a rule, and tells it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta};

use super::event::{Event, Facts, What};
use super::occurrences::{self, Ended, Unseen};
use super::outbox;
use super::reading::{self, Reading};
use super::rule::{Kind, Rule, Unit};
use super::{standing, store};
use crate::base::clock::Clock;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};

/// Causes that are told one by one; more of them at once are told together.
const ONE_BY_ONE: usize = 5;

/// Causes that a message about many names.
const NAMED: usize = 10;

/// Looking takes at most a hundredth of the time, however much is open.
const RESTS: u32 = 100;

/// Looks at rules.
#[derive(Debug)]
pub struct Evaluator {
    database: Database,
    clock: Clock,
    stuck_after: TimeDelta,
    /// Until when it rests after a look that took long.
    rests_until: Mutex<Option<Instant>>,
}

/// What was found for a rule.
#[derive(Debug, Clone)]
enum Found {
    Reading(Box<Reading>),
    Causes,
    Runs,
}

/// All that one evaluation found.
#[derive(Debug, Clone, Default)]
struct Look {
    rules: Vec<(Rule, Found)>,
    causes: Vec<Unseen>,
    runs: Vec<Ended>,
}

impl Evaluator {
    /// An evaluator for which retries are stuck after so long.
    pub fn new(database: Database, clock: Clock, stuck_after: TimeDelta) -> Evaluator {
        Evaluator { database, clock, stuck_after, rests_until: Mutex::default() }
    }

    /// Whether it is time to look.
    pub fn is_due(&self) -> Result<bool> {
        let rests = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rests.is_none_or(|until| Instant::now() >= until))
    }

    /// Looks at all rules once; gives how many events that made.
    pub fn step(&self) -> Result<usize> {
        let began = Instant::now();
        let now = self.clock.now();
        let stuck_since = now - self.stuck_after;
        let look = self.database.run_here(|connection| Look::take(connection, now, stuck_since))?;
        let took = began.elapsed();
        let rest = if took > Duration::from_millis(300) { took * RESTS } else { Duration::ZERO };
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(began + rest);
        if look.rules.is_empty() {
            return Ok(0);
        }
        let moment = Moment { now, milliseconds: self.clock.milliseconds() };
        let events = match self.database.transaction_here(|connection| look.tell(connection, &moment)) {
            // Another instance was faster; what it left is found by the next look.
            Err(Error::Conflict(_)) => 0,
            told => told?,
        };
        if events > 0 {
            tracing::info!(events, "alerts");
        }
        Ok(events)
    }
}

struct Moment {
    now: NaiveDateTime,
    milliseconds: i64,
}

impl Moment {
    /// Writes an event of a rule and its deliveries.
    fn write(&self, connection: &mut DbConnection, rule: &Rule, what: What, facts: &Facts) -> Result<()> {
        let event = Event::new(rule, what, facts, self.now);
        outbox::write(connection, rule, &event, self.milliseconds).map(drop)
    }
}

impl Look {
    fn take(connection: &mut DbConnection, now: NaiveDateTime, stuck_since: NaiveDateTime) -> Result<Look> {
        let mut look = Look::default();
        // Rules of one kind share its reading.
        let mut readings: Vec<(Kind, Reading)> = Vec::new();
        for rule in store::list(connection)?.into_iter().filter(|rule| rule.is_on) {
            let Some(kind) = rule.kind() else { continue };
            let known = readings.iter().find(|(known, _)| *known == kind).map(|(_, reading)| reading.clone());
            let reading = match known {
                None => reading::of(connection, kind, now, stuck_since)?,
                known => known,
            };
            let found = match (reading, kind) {
                (Some(reading), _) => {
                    readings.push((kind, reading.clone()));
                    Found::Reading(Box::new(reading))
                }
                (None, Kind::NewCause) => Found::Causes,
                (None, _) => Found::Runs,
            };
            look.rules.push((rule, found));
        }
        let looks_for = |kind| look.rules.iter().any(|(rule, _)| rule.kind() == Some(kind));
        let (for_causes, for_runs) = (looks_for(Kind::NewCause), looks_for(Kind::ArchiveFailed));
        if for_causes {
            look.causes = occurrences::unseen_causes(connection)?;
        }
        if for_runs {
            look.runs = occurrences::ended_runs(connection)?;
        }
        Ok(look)
    }

    fn tell(self, connection: &mut DbConnection, moment: &Moment) -> Result<usize> {
        if !self.causes.is_empty() {
            occurrences::see_causes(connection, &self.causes)?;
        }
        let mut events = 0;
        for (rule, found) in &self.rules {
            events += match found {
                Found::Reading(reading) => tell_reading(connection, rule, reading, moment)?,
                Found::Causes => tell_causes(connection, rule, &self.causes, moment)?,
                Found::Runs => tell_runs(connection, rule, &self.runs, moment)?,
            };
        }
        Ok(events)
    }
}

fn tell_reading(
    connection: &mut DbConnection,
    rule: &Rule,
    reading: &Reading,
    moment: &Moment,
) -> Result<usize> {
    let unit = rule.kind().map_or(Unit::None, Kind::unit);
    standing::note_value(connection, rule, reading.value.text(unit), moment.now)?;
    let is_above = reading.value.exceeds(rule.threshold.unwrap_or_default());
    let what = match (rule.firing_since, is_above) {
        (None, true) => What::Fired,
        (Some(_), false) => What::Recovered,
        _ => return Ok(0),
    };
    if !standing::turn(connection, rule, is_above.then_some(moment.now))? {
        return Ok(0);
    }
    let facts = Facts { since: rule.firing_since, ..reading.facts.clone() };
    moment.write(connection, rule, what, &facts)?;
    Ok(1)
}

/// A new cause has no recovery: it is told once.
fn tell_causes(
    connection: &mut DbConnection,
    rule: &Rule,
    unseen: &[Unseen],
    moment: &Moment,
) -> Result<usize> {
    standing::note_value(connection, rule, None, moment.now)?;
    let news: Vec<&Unseen> = unseen.iter().filter(|cause| cause.is_news(rule.on_since)).collect();
    let told = |causes: &[&Unseen], count: usize| Facts {
        count: i64::try_from(count).ok(),
        causes: causes.iter().map(|cause| cause.fact.clone()).collect(),
        ..Facts::default()
    };
    if news.len() > ONE_BY_ONE {
        let named = news.get(..NAMED.min(news.len())).unwrap_or_default();
        moment.write(connection, rule, What::Fired, &told(named, news.len()))?;
        return Ok(1);
    }
    for cause in &news {
        moment.write(connection, rule, What::Fired, &told(&[cause], 1))?;
    }
    Ok(news.len())
}

/// Each run that failed is told; the first one that went well after it is the recovery.
fn tell_runs(connection: &mut DbConnection, rule: &Rule, runs: &[Ended], moment: &Moment) -> Result<usize> {
    standing::note_value(connection, rule, occurrences::last_state(runs).map(str::to_owned), moment.now)?;
    let unseen = occurrences::unseen_runs(runs, rule.seen.as_deref());
    if unseen.is_empty() && (rule.seen.is_some() || !runs.is_empty()) {
        return Ok(0);
    }
    if !standing::see(connection, rule, occurrences::marks(runs))? {
        return Ok(0);
    }
    let (mut firing_since, mut events) = (rule.firing_since, 0);
    for run in unseen {
        let facts = Facts { run: Some(run.fact.clone()), since: firing_since, ..Facts::default() };
        match (run.has_failed, firing_since) {
            (true, _) => {
                moment.write(connection, rule, What::Fired, &Facts { since: None, ..facts })?;
                firing_since = firing_since.or(Some(moment.now));
            }
            (false, Some(_)) => {
                moment.write(connection, rule, What::Recovered, &facts)?;
                firing_since = None;
            }
            (false, None) => continue,
        }
        events += 1;
    }
    if firing_since != rule.firing_since {
        standing::turn(connection, rule, firing_since)?;
    }
    Ok(events)
}
