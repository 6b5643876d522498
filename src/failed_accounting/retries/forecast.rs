//! Whether the next try of failures would pass, told without asking for it: by the rules of their cases, and by what the
//! platform's tables say.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::brief::{Brief, Wordings};
use super::tested::Tested;
use crate::base::form::Message;
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::store as causes;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};
use crate::failed_accounting::case::sketch;
use crate::failed_accounting::case::{Refusal, View};
use crate::failed_accounting::condition::{self, Search};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::chunks;
use crate::failed_accounting::list::totals::{self, Known};
use crate::forecast::Sources;
use crate::forecast::checks::Forecast;
use crate::forecast::judged::{self, Judged};
use crate::forecast::platform::Platform;
use crate::forecast::price::service::PATIENCE;
use crate::forecast::subject::Subject;
use crate::usages::usage::Whereabouts;

/// Failures that are tested together.
pub const SOME: usize = 500;

/// Tests one failure as it was read with its case, by tables; why not, where it cannot be retried at all.
pub fn of_one(
    connection: &mut DbConnection,
    view: View<'_>,
    record: &FailedRecord,
    platform: &mut Platform,
) -> Result<std::result::Result<Judged, Refusal>> {
    let subject = match (view.retry_obstacle(record), view.usage) {
        (None, Some((usage, Whereabouts::Live))) => Subject::from(usage),
        (Some(refusal), _) => return Ok(Err(refusal)),
        // The rules refuse what is not live.
        (None, _) => Subject::default(),
    };
    platform.learn(connection, [&subject])?;
    Ok(Ok(Judged::new(&subject, &Wordings::default().brief(record).needs, platform)))
}

/// Asks for the price of a usage that was tested by tables, where the settings say whom; never inside a transaction.
pub async fn priced(mut judged: Judged, sources: Arc<Sources>) -> Result<Forecast> {
    if !judged.forecast.wants_price() {
        return Ok(judged.forecast);
    }
    let ask = move || {
        judged::ask_prices([&mut judged], &sources, PATIENCE);
        judged.forecast
    };
    tokio::task::spawn_blocking(ask).await.map_err(Error::internal)
}

/// What a test says of one of many: the key of the words for why not, where it cannot be retried.
pub type Told = std::result::Result<Forecast, &'static str>;

/// What is told of each failure that is tested.
pub type Tell<'a> = &'a mut dyn FnMut(&Brief, &Told) -> Result<()>;

/// One of many as far as the tables tell: the key of the words for why not, where it cannot be retried.
pub type Half = std::result::Result<Judged, &'static str>;

/// Tests that are done by tables, and wait for their prices.
#[derive(Debug, Default)]
pub struct Halves(Vec<(Brief, Half)>);

impl Halves {
    fn add(
        &mut self,
        connection: &mut DbConnection,
        briefs: Vec<Brief>,
        platform: &mut Platform,
    ) -> Result<()> {
        let halves = of_many(connection, &briefs, platform)?;
        self.0.extend(briefs.into_iter().zip(halves));
        Ok(())
    }

    /// Asks for the prices, tells each test in its order, and adds them up. It blocks: never inside a transaction.
    pub fn end(mut self, sources: &Sources, tested: &mut Tested, tell: Tell<'_>) -> Result<()> {
        let open = self.0.iter_mut().filter_map(|(_, half)| half.as_mut().ok());
        judged::ask_prices(open, sources, PATIENCE);
        for (brief, half) in self.0 {
            let told = half.map(|judged| judged.forecast);
            tested.add(&brief, &told);
            tell(&brief, &told)?;
        }
        Ok(())
    }
}

/// The failures of a filter in its order.
pub fn ids_of(connection: &mut DbConnection, filter: &Filter) -> Result<Vec<String>> {
    let search = condition::plan_search(connection, filter)?;
    let mut ids = Vec::new();
    chunks::each(connection, filter, &search, &mut |_, record| {
        ids.push(record.id.clone());
        Ok(())
    })?;
    Ok(ids)
}

/// The most failures of a cause that are tested while somebody waits; more are tested in the preview of a batch.
const MOST: i64 = 20_000;

/// Tests the open failures of a cause by tables.
///
/// # Errors
/// [`Error::Conflict`] where they are too many to wait for, [`Error::NotFound`] where no failure ever had that cause.
pub fn of_cause(connection: &mut DbConnection, key: &str, platform: &mut Platform) -> Result<Halves> {
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
    let (mut halves, mut wordings, mut waiting) = (Halves::default(), Wordings::default(), Vec::new());
    let search = condition::plan_search(connection, &filter)?;
    chunks::each(connection, &filter, &search, &mut |connection, record| {
        waiting.push(wordings.brief(record));
        if waiting.len() < SOME {
            return Ok(());
        }
        halves.add(connection, std::mem::take(&mut waiting), platform)
    })?;
    halves.add(connection, waiting, platform)?;
    Ok(halves)
}

/// What tests of the open failures of a cause come to, with their prices.
///
/// # Errors
/// As [`of_cause`].
pub async fn cause(
    database: &Database,
    key: String,
    sources: Arc<Sources>,
    today: NaiveDate,
) -> Result<Tested> {
    let mut platform = Platform::new(&sources, today);
    let halves = database.run(move |connection| of_cause(connection, &key, &mut platform)).await?;
    let ask = move || {
        let mut tested = Tested::default();
        halves.end(&sources, &mut tested, &mut |_, _| Ok(())).map(|()| tested)
    };
    tokio::task::spawn_blocking(ask).await.map_err(Error::internal)?
}

/// Tests the failures of these ids, some hundred at most, by tables; gives those ids, too, that are no failure's.
pub fn of_ids(
    connection: &mut DbConnection,
    ids: &[String],
    platform: &mut Platform,
) -> Result<(Halves, Vec<String>)> {
    let known = Wordings::default().find(connection, ids)?;
    let briefs = ids.iter().filter_map(|id| known.get(id).cloned()).collect();
    let unknown = ids.iter().filter(|id| !known.contains_key(*id)).cloned().collect();
    let mut halves = Halves::default();
    halves.add(connection, briefs, platform)?;
    Ok((halves, unknown))
}

/// Tests these failures by a few questions for all of them together.
pub fn of_many(
    connection: &mut DbConnection,
    briefs: &[Brief],
    platform: &mut Platform,
) -> Result<Vec<Half>> {
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
            (None, Some(subject)) => Ok(Judged::new(subject, &brief.needs, platform)),
        }
    };
    Ok(briefs.iter().map(told).collect())
}
