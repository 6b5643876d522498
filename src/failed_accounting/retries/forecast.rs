//! Whether the next try of failures would pass, told without asking for it: by the rules of their cases, and by what the
//! platform's tables say.

use std::collections::{HashMap, HashSet};

use super::brief::{Brief, Wordings};
use crate::base::form::Message;
use crate::base::money::{Money, MoneySum};
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::store as causes;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::sketch;
use crate::failed_accounting::case::{Refusal, View};
use crate::failed_accounting::condition::{self, Search};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::chunks;
use crate::failed_accounting::list::totals::{self, Known};
use crate::forecast::Outlook;
use crate::forecast::checks::{Forecast, judge};
use crate::forecast::platform::Platform;
use crate::forecast::subject::Subject;
use crate::usages::usage::Whereabouts;

/// Failures that are tested together.
const SOME: usize = 500;

/// Tests one failure as it was read with its case; why not, where it cannot be retried at all.
pub fn of_one(
    connection: &mut DbConnection,
    view: View<'_>,
    record: &FailedRecord,
    platform: &mut Platform,
) -> Result<std::result::Result<Forecast, Refusal>> {
    let subject = match (view.retry_obstacle(record), view.usage) {
        (None, Some((usage, Whereabouts::Live))) => Subject::from(usage),
        (Some(refusal), _) => return Ok(Err(refusal)),
        // The rules refuse what is not live.
        (None, _) => Subject::default(),
    };
    platform.learn(connection, [&subject])?;
    Ok(Ok(judge(&subject, &Wordings::default().brief(record).needs, platform)))
}

/// Failures and their money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

impl Sum {
    fn add(&mut self, brief: &Brief) {
        let money = |money: Option<Money>| MoneySum::from(money.unwrap_or_default());
        self.count += 1;
        self.amount = self.amount + money(brief.amount);
        self.cost = self.cost + money(brief.cost);
    }
}

/// What tests of many failures come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tested {
    pub passes: Sum,
    pub fails: Sum,
    pub untold: Sum,
    /// What cannot be retried at all.
    pub refused: Sum,
    /// Those that would not pass, and those of which it cannot be told, by the key of the words for why.
    pub why: HashMap<(Option<Outlook>, &'static str), Sum>,
}

impl Tested {
    fn add(&mut self, brief: &Brief, told: &Told) {
        let (outlook, key) = match told {
            Ok(forecast) => (Some(forecast.outlook), forecast.key()),
            Err(key) => (None, Some(*key)),
        };
        match outlook {
            Some(Outlook::Passes) => self.passes.add(brief),
            Some(Outlook::Fails) => self.fails.add(brief),
            Some(Outlook::Untold) => self.untold.add(brief),
            None => self.refused.add(brief),
        }
        if let Some(key) = key {
            self.why.entry((outlook, key)).or_default().add(brief);
        }
    }

    /// Why, the most money first.
    pub fn reasons(&self) -> Vec<(Option<Outlook>, &'static str, Sum)> {
        let mut reasons: Vec<_> =
            self.why.iter().map(|((outlook, key), sum)| (*outlook, *key, *sum)).collect();
        reasons.sort_by(|one, other| {
            (one.0, other.2.amount, other.2.count, one.1).cmp(&(other.0, one.2.amount, one.2.count, other.1))
        });
        reasons
    }
}

/// What a test says of one of many: the key of the words for why not, where it cannot be retried.
pub type Told = std::result::Result<Forecast, &'static str>;

/// What is told of each failure that is tested.
pub type Tell<'a> = &'a mut dyn FnMut(&Brief, &Told) -> Result<()>;

/// Many tests in a row; what waits for its turn is never more than some hundred failures.
struct Tests<'a> {
    platform: &'a mut Platform,
    tell: Tell<'a>,
    waiting: Vec<Brief>,
    tested: Tested,
}

impl<'a> Tests<'a> {
    fn new(platform: &'a mut Platform, tell: Tell<'a>) -> Tests<'a> {
        Tests { platform, tell, waiting: Vec::new(), tested: Tested::default() }
    }

    fn add(&mut self, connection: &mut DbConnection, brief: Brief) -> Result<()> {
        self.waiting.push(brief);
        if self.waiting.len() < SOME { Ok(()) } else { self.test_waiting(connection) }
    }

    fn test_waiting(&mut self, connection: &mut DbConnection) -> Result<()> {
        let some = std::mem::take(&mut self.waiting);
        for (brief, told) in some.iter().zip(of_many(connection, &some, self.platform)?) {
            self.tested.add(brief, &told);
            (self.tell)(brief, &told)?;
        }
        Ok(())
    }

    fn end(mut self, connection: &mut DbConnection) -> Result<Tested> {
        self.test_waiting(connection)?;
        Ok(self.tested)
    }
}

/// Tests every failure of a filter in its order, and tells each; nothing is written.
pub fn of_filter(
    connection: &mut DbConnection,
    filter: &Filter,
    platform: &mut Platform,
    tell: Tell<'_>,
) -> Result<Tested> {
    let search = condition::plan_search(connection, filter)?;
    let (mut tests, mut wordings) = (Tests::new(platform, tell), Wordings::default());
    chunks::each(connection, filter, &search, &mut |connection, record| {
        tests.add(connection, wordings.brief(record))
    })?;
    tests.end(connection)
}

/// The most failures of a cause that are tested while somebody waits; more are tested in the preview of a batch.
const MOST: i64 = 20_000;

/// Tests the open failures of a cause.
///
/// # Errors
/// [`Error::Conflict`] where they are too many to wait for, [`Error::NotFound`] where no failure ever had that cause.
pub fn of_cause(connection: &mut DbConnection, key: &str, platform: &mut Platform) -> Result<Tested> {
    if ![NO_REASON, UNSORTED].contains(&key) {
        causes::find(connection, key)?;
    }
    let filter = Filter { cause: Some(key.to_owned()), ..Filter::default() };
    match totals::known(connection, &filter, &Search::Nothing)? {
        Known::Exactly(totals) if totals.count <= MOST => {}
        _ => {
            return Err(Error::Conflict(
                Message::new("test-too-many").with("state", "too_many").with("limit", MOST),
            ));
        }
    }
    of_filter(connection, &filter, platform, &mut |_, _| Ok(()))
}

/// As [`of_filter`], of the failures of these ids.
///
/// # Errors
/// [`Error::Unavailable`] with the first of them that is no failure.
pub fn of_ids(
    connection: &mut DbConnection,
    ids: &[String],
    platform: &mut Platform,
    tell: Tell<'_>,
) -> Result<Tested> {
    let (mut tests, mut wordings) = (Tests::new(platform, tell), Wordings::default());
    for some in ids.chunks(SOME) {
        let briefs = wordings.find(connection, some)?;
        for id in some {
            let brief = briefs.get(id);
            let brief = brief.ok_or_else(|| Error::Unavailable(format!("there is no failure {id}")))?;
            tests.add(connection, brief.clone())?;
        }
    }
    tests.end(connection)
}

/// Tests these failures by a few questions for all of them together.
pub fn of_many(
    connection: &mut DbConnection,
    briefs: &[Brief],
    platform: &mut Platform,
) -> Result<Vec<Told>> {
    let usage_id = |brief: &Brief| brief.usage_id.clone().filter(|id| !id.trim().is_empty());
    let ids: HashSet<String> = briefs.iter().filter_map(usage_id).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let wanted: HashSet<&str> = briefs.iter().map(|brief| brief.id.as_str()).collect();
    let mut obstacles: HashMap<String, Option<&'static str>> = HashMap::new();
    let mut subjects: HashMap<String, Subject> = HashMap::new();
    for sketch in sketch::of(connection, &ids)? {
        for (id, outline) in sketch.failures().filter(|(id, _)| wanted.contains(id.as_str())) {
            let obstacle = sketch.look(outline, |view| view.retry_obstacle(outline));
            obstacles.insert(id.clone(), obstacle.map(|refusal| refusal.key));
        }
        if let Some((usage, Whereabouts::Live)) = sketch.usage() {
            subjects.insert(usage.id.clone(), Subject::from(usage));
        }
    }
    platform.learn(connection, subjects.values())?;
    let told = |brief: &Brief| {
        let of_usage = brief.usage_id.as_ref().and_then(|id| subjects.get(id));
        match (obstacles.get(&brief.id).copied().unwrap_or(Some("retry-no-usage")), of_usage) {
            (Some(key), _) => Err(key),
            (None, None) => Err("retry-gone"),
            (None, Some(subject)) => Ok(judge(subject, &brief.needs, platform)),
        }
    };
    Ok(briefs.iter().map(told).collect())
}
