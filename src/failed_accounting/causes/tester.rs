//! The job that tests every few minutes whether causes are fixed: of each open cause of the families that a price, a model or
//! counts can mend one failure of each model, by the tables and the price of the platform. Only where that one would pass, some
//! hundred others of the model are looked at, by the tables alone. It writes what it found, and nothing else: a retry is asked for
//! by people.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::fixed::{self, Found};
use super::groups::{self, By};
use crate::base::clock::Clock;
use crate::base::form::{NONE, key_of};
use crate::base::paging::Position;
use crate::causes::family::Family;
use crate::causes::store as causes;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::brief::{Brief, Wordings};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::forecast::{self, Half};
use crate::failed_accounting::list;
use crate::forecast::judged::{self, Judged};
use crate::forecast::platform::Platform;
use crate::forecast::{Outlook, Sources};

/// The families whose failures may pass without anybody touching them.
const FAMILIES: [Family; 4] = [Family::Model, Family::NoPrice, Family::PriceEngine, Family::NoUsage];

/// So long after a round began the next one does, at the earliest; and a round that took long is followed by so many times as
/// long of rest.
const EVERY: Duration = Duration::from_secs(180);
const RESTS: u32 = 50;

/// Models of a cause that are tested, those with the most money.
const MODELS: usize = 20;

/// Failures of a model that the tables are asked about first, so that a single odd one hides nothing; more where each has counts
/// of its own. Of the first that they let pass the price is asked.
const FIRST: usize = 5;
const FIRST_OF_COUNTS: usize = 10;

/// Failures of a model that are looked at where one of it would pass.
const ROWS: usize = 300;

/// Prices of a cause are asked for no longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tests whether causes are fixed.
#[derive(Debug, Clone)]
pub struct Tester {
    database: Database,
    clock: Clock,
    sources: Arc<Sources>,
    round: Arc<Mutex<Round>>,
}

/// Where one is in a round.
#[derive(Debug, Default)]
struct Round {
    /// The causes that are still to be tested.
    left: Vec<(String, Family)>,
    began: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Tester {
    /// Of that database.
    pub fn new(database: Database, clock: Clock, sources: Arc<Sources>) -> Tester {
        Tester { database, clock, sources, round: Arc::default() }
    }

    /// Whether it is time for a round.
    pub fn is_due(&self) -> bool {
        self.round().rests_until.is_none_or(|until| Instant::now() >= until)
    }

    /// Begins a round, or tests the next cause; says whether there is more to do.
    pub fn step(&self) -> Result<bool> {
        let next = self.round().left.pop();
        match next {
            Some((key, family)) => self.test(&key, family)?,
            None => self.begin()?,
        }
        let mut round = self.round();
        if !round.left.is_empty() {
            return Ok(true);
        }
        let took = round.began.map(|began| began.elapsed()).unwrap_or_default();
        let rest = EVERY.saturating_sub(took).max(took * RESTS);
        round.rests_until = Some(Instant::now() + rest);
        Ok(false)
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which causes are to be tested, and forgets what was found of others.
    fn begin(&self) -> Result<()> {
        let began = Instant::now();
        let known = self.database.run_here(causes::list)?;
        let testable = known.into_iter().filter(|cause| FAMILIES.contains(&cause.family()));
        let left: Vec<(String, Family)> =
            testable.map(|cause| (cause.cause_key.clone(), cause.family())).collect();
        let keys: Vec<String> = left.iter().map(|(key, _)| key.clone()).collect();
        let noted = self.database.run_here(fixed::list)?;
        if noted.iter().any(|fixed| !keys.contains(&fixed.cause_key)) {
            self.database.transaction_here(|connection| fixed::keep_only(connection, &keys))?;
        }
        let mut round = self.round();
        (round.left, round.began) = (left, Some(began));
        Ok(())
    }

    fn test(&self, key: &str, family: Family) -> Result<()> {
        let first = if family == Family::NoUsage { FIRST_OF_COUNTS } else { FIRST };
        let mut samples = self.database.run_here(|connection| self.samples(connection, key, first))?;
        let open = samples.iter_mut().filter_map(Sample::wanting);
        judged::ask_prices(open, &self.sources, PATIENCE);
        samples.retain(Sample::passes);
        let found = match samples.is_empty() {
            true => None,
            false => self.database.run_here(|connection| self.others(connection, key, &samples))?,
        };
        let now = self.clock.now();
        let keys = [key.to_owned()];
        let is_noted =
            self.database.run_here(|connection| Ok(!fixed::of_keys(connection, &keys)?.is_empty()))?;
        if found.is_none() && !is_noted {
            return Ok(());
        }
        self.database.transaction_here(|connection| fixed::note(connection, key, found.as_ref(), now))
    }

    /// The newest open failures of each model of a cause, so many of each, tested by tables.
    fn samples(&self, connection: &mut DbConnection, key: &str, first: usize) -> Result<Vec<Sample>> {
        let mut models = groups::grouped(connection, &open_of(key, None), &Search::Nothing, By::Model)?;
        models.truncate(MODELS);
        let mut samples = Vec::new();
        for model in models {
            let (halves, _) = self.tested(connection, &open_of(key, Some(&model.key)), first)?;
            let halves = halves.into_iter().filter_map(|(_, half)| half.ok()).collect();
            samples.push(Sample { model: model.key, halves });
        }
        Ok(samples)
    }

    /// What of these models would pass by the tables; none where nothing would any more.
    fn others(&self, connection: &mut DbConnection, key: &str, samples: &[Sample]) -> Result<Option<Found>> {
        let mut found = Found::default();
        for Sample { model, .. } in samples {
            let (halves, is_more) = self.tested(connection, &open_of(key, Some(model)), ROWS)?;
            let passing = halves.iter().filter(|(_, half)| half.as_ref().is_ok_and(may_pass));
            let before = found.records;
            for (brief, _) in passing {
                found.records += 1;
                found.amount = found.amount + brief.amount.unwrap_or_default().into();
                found.cost = found.cost + brief.cost.unwrap_or_default().into();
            }
            if found.records > before {
                found.models.push((!model.is_empty()).then(|| model.clone()));
                found.is_more |= is_more;
            }
        }
        Ok((found.records > 0).then_some(found))
    }

    /// The newest failures of a filter, tested by tables, and whether there are more.
    fn tested(
        &self,
        connection: &mut DbConnection,
        filter: &Filter,
        rows: usize,
    ) -> Result<(Vec<(Brief, Half)>, bool)> {
        let mut platform = Platform::new(&self.sources, self.clock.today());
        let page = list::rows(connection, filter, &Search::Nothing, &Position::Start, rows)?;
        let mut wordings = Wordings::default();
        let briefs: Vec<Brief> = page.rows.iter().map(|row| wordings.brief(&row.record)).collect();
        let halves = forecast::of_many(connection, &briefs, &mut platform)?;
        Ok((briefs.into_iter().zip(halves).collect(), page.has_next))
    }
}

/// Some failures of a model, tested.
struct Sample {
    /// Empty where they have none.
    model: String,
    halves: Vec<Judged>,
}

impl Sample {
    /// The first one that the tables let pass and that wants a price.
    fn wanting(&mut self) -> Option<&mut Judged> {
        self.halves.iter_mut().find(|judged| judged.forecast.wants_price())
    }

    fn passes(&self) -> bool {
        self.halves.iter().any(|judged| judged.forecast.outlook == Outlook::Passes)
    }
}

/// Whether nothing but a price is open, which was told for one of the same model.
fn may_pass(judged: &Judged) -> bool {
    judged.forecast.outlook == Outlook::Passes || judged.forecast.wants_only_a_price()
}

/// The open failures of a cause, or of one model of it; without a name those that have none.
fn open_of(key: &str, model: Option<&str>) -> Filter {
    let llmid = model.map(|model| match model {
        "" => NONE.to_owned(),
        model => key_of(model).into_owned(),
    });
    Filter { cause: Some(key.to_owned()), llmid, ..Filter::default() }
}
