//! The job that tests every few minutes whether causes are fixed: of each open cause of the families that a price, a model or
//! counts can mend one failure of each model, by the tables and the price of the platform. Only where that one would pass, some
//! hundred others of the model are looked at, by the tables alone. It writes what it found, and nothing else: a retry is asked for
//! by people. What cannot be told at the moment leaves what was found before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::fixed::{self, Fixed, Found};
use super::groups::{self, By};
use super::open;
use super::round::Round;
use super::sample::{self, Sample};
use crate::base::clock::Clock;
use crate::base::form::{NONE, key_of};
use crate::base::paging::Position;
use crate::causes::family::Family;
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::brief::{Brief, Wordings};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::forecast::{self, Half};
use crate::failed_accounting::list;
use crate::forecast::platform::Platform;
use crate::forecast::{Outlook, Sources, judged};

/// The families whose failures may pass without anybody touching them.
const FAMILIES: [Family; 4] = [Family::Model, Family::NoPrice, Family::PriceEngine, Family::NoUsage];

/// A step tests causes until so much time is over: each step writes that the job goes on.
const STEP: Duration = Duration::from_secs(1);

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

/// What tests of a cause come to.
enum Verdict {
    /// So much would pass.
    Fixed(Found),
    /// Nothing is open, or all that was tested would fail.
    Broken,
    /// What was found before may hold or not.
    Untold,
}

impl Tester {
    /// Of that database.
    pub fn new(database: Database, clock: Clock, sources: Arc<Sources>) -> Tester {
        Tester { database, clock, sources, round: Arc::default() }
    }

    /// Whether there is anything to test; where a round is due it is looked for, and noted for the steps.
    pub fn is_due(&self) -> Result<bool> {
        let now = Instant::now();
        if self.round().is_at_rest(now) {
            return Ok(false);
        }
        if self.round().has_more() {
            return Ok(true);
        }
        let causes = self.database.run_here(candidates);
        let mut round = self.round();
        round.begin(causes.as_ref().map_or(Default::default(), Vec::as_slice), now);
        causes?;
        Ok(round.has_more())
    }

    /// Tests some causes; says whether there is more to do.
    pub fn step(&self) -> Result<bool> {
        let began = Instant::now();
        while began.elapsed() < STEP {
            // Not within the condition of a loop, where the lock would be held for as long as its body takes.
            let next = self.round().next();
            let Some((key, family)) = next else { break };
            if let Err(error) = self.test(&key, family) {
                self.round().rest(Instant::now());
                return Err(error);
            }
        }
        let mut round = self.round();
        if round.has_more() {
            return Ok(true);
        }
        round.rest(Instant::now());
        Ok(false)
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, and notes how long that took. A read that fails is tried in the next round.
    fn read<T>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Result<T> {
        let began = Instant::now();
        let read = self.database.run_once_here(work);
        self.round().add(began.elapsed());
        read
    }

    /// Tests a cause, and writes what it found; without a family it is none that is tested any more.
    fn test(&self, key: &str, family: Option<Family>) -> Result<()> {
        let noted = self.read(|connection| Ok(fixed::of_keys(connection, &[key.to_owned()])?.remove(key)))?;
        let verdict = match family {
            Some(family) => self.verdict(key, family, noted.as_ref())?,
            None => Verdict::Broken,
        };
        let found = match verdict {
            Verdict::Untold => return Ok(()),
            Verdict::Broken if noted.is_none() => return Ok(()),
            Verdict::Broken => None,
            Verdict::Fixed(found) => Some(found),
        };
        let (now, began) = (self.clock.now(), Instant::now());
        let written =
            self.database.transaction_here(|connection| fixed::note(connection, key, found.as_ref(), now));
        self.round().add(began.elapsed());
        written
    }

    fn verdict(&self, key: &str, family: Family, noted: Option<&Fixed>) -> Result<Verdict> {
        let first = if family == Family::NoUsage { FIRST_OF_COUNTS } else { FIRST };
        let mut samples = self.read(|connection| self.samples(connection, key, first))?;
        let open: Vec<_> = samples.iter_mut().filter_map(Sample::wanting).collect();
        if !self.round().is_silent {
            judged::ask_prices(open, &self.sources, PATIENCE);
        }
        // Who does not answer is not asked for the other causes either.
        self.round().is_silent |= samples.iter().any(Sample::is_given_up);
        let mut untold: Vec<String> = Vec::new();
        samples.retain(|sample| {
            let outlook = sample.outlook();
            untold.extend((outlook == Outlook::Untold).then(|| sample.model.clone()));
            outlook == Outlook::Passes
        });
        let found = match samples.is_empty() {
            true => Found::default(),
            false => self.read(|connection| self.others(connection, key, &samples, &mut untold))?,
        };
        let was_found = |model: &String| noted.is_some_and(|noted| noted.found.is_of(model));
        Ok(match found.records {
            _ if untold.iter().any(was_found) => Verdict::Untold,
            0 => Verdict::Broken,
            _ => Verdict::Fixed(found),
        })
    }

    /// The newest open failures of each model of a cause, so many of each, tested by tables.
    fn samples(&self, connection: &mut DbConnection, key: &str, first: usize) -> Result<Vec<Sample>> {
        let mut models = groups::grouped(connection, &open_of(key, None), &Search::Nothing, By::Model)?;
        models.truncate(MODELS);
        // One for all models: what it learnt of an organisation or a model is not asked again.
        let mut platform = Platform::new(&self.sources, self.clock.today());
        let mut samples = Vec::new();
        for model in models {
            let (halves, _) = tested(connection, &open_of(key, Some(&model.key)), first, &mut platform)?;
            let halves = halves.into_iter().filter_map(|(_, half)| half.ok()).collect();
            samples.push(Sample::new(model.key, halves));
        }
        Ok(samples)
    }

    /// What of these models would pass by the tables; adds those of which that cannot be told any more.
    fn others(
        &self,
        connection: &mut DbConnection,
        key: &str,
        samples: &[Sample],
        untold: &mut Vec<String>,
    ) -> Result<Found> {
        let mut platform = Platform::new(&self.sources, self.clock.today());
        let mut found = Found::default();
        for Sample { model, .. } in samples {
            let (halves, is_more) = tested(connection, &open_of(key, Some(model)), ROWS, &mut platform)?;
            let before = found.records;
            let passing = halves.iter().filter(|(_, half)| half.as_ref().is_ok_and(sample::may_pass));
            passing.for_each(|(brief, _)| found.add(brief.amount, brief.cost));
            let is_untold = |half: &Half| half.as_ref().is_ok_and(sample::is_untold);
            if found.records > before {
                found.models.push((!model.is_empty()).then(|| model.clone()));
                found.is_more |= is_more;
            } else if halves.iter().any(|(_, half)| is_untold(half)) {
                untold.push(model.clone());
            }
        }
        Ok(found)
    }
}

/// The newest failures of a filter, tested by tables, and whether there are more.
fn tested(
    connection: &mut DbConnection,
    filter: &Filter,
    rows: usize,
    platform: &mut Platform,
) -> Result<(Vec<(Brief, Half)>, bool)> {
    let page = list::rows(connection, filter, &Search::Nothing, &Position::Start, rows)?;
    let mut wordings = Wordings::default();
    let briefs: Vec<Brief> = page.rows.iter().map(|row| wordings.brief(&row.record)).collect();
    let halves = forecast::of_many(connection, &briefs, platform)?;
    Ok((briefs.into_iter().zip(halves).collect(), page.has_next))
}

/// The causes to test: those of the families with open failures, the most money first, and those that something was found of.
fn candidates(connection: &mut DbConnection) -> Result<Vec<(String, Option<Family>)>> {
    let open = open::of_families(connection, &FAMILIES)?;
    let mut causes: Vec<(String, Option<Family>)> =
        open.into_iter().map(|(key, family)| (key, Some(family))).collect();
    for noted in fixed::list(connection)? {
        if !causes.iter().any(|(key, _)| *key == noted.cause_key) {
            // Nothing of it is open, or it belongs elsewhere by now.
            causes.push((noted.cause_key, None));
        }
    }
    Ok(causes)
}

/// The open failures of a cause, or of one model of it; without a name those that have none.
fn open_of(key: &str, model: Option<&str>) -> Filter {
    let llmid = model.map(|model| match model {
        "" => NONE.to_owned(),
        model => key_of(model).into_owned(),
    });
    Filter { cause: Some(key.to_owned()), llmid, ..Filter::default() }
}
