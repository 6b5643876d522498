//! Ids that hold what was typed, looked for along the keys of each table, within a time.

use std::time::{Duration, Instant};

use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{
    llmusage as live, llmusage_accounting_failed as failed, llmusage_history as history,
};
use crate::db::values::{TextOf, TolerantText, TolerantWords};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::store as failures;
use crate::usages::store as usages;
use crate::usages::usage::{Usage, Whereabouts};

/// Shorter parts of ids are not looked for: too many ids hold them.
pub const SHORTEST_PART: usize = 6;

/// The most records of one kind that a page of results shows.
pub const MOST: usize = 20;

/// How long parts of ids are looked for, in all columns together. A million ids take some half a second.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Ids that are read at once.
const STEP: i64 = 20_000;

/// What has an id, or a part of one.
#[derive(Debug, Default)]
pub struct Found {
    /// With that in their own id, or in the id of their usage.
    pub failures: Vec<FailedRecord>,
    pub usages: Vec<(Usage, Whereabouts)>,
    /// Whether all ids were looked through, and all that were found are here.
    pub is_whole: bool,
}

/// Ids that hold a text, and how far a column was looked through.
#[derive(Default)]
struct Ids {
    found: Vec<String>,
    last: Option<String>,
    is_over: bool,
}

impl Ids {
    fn is_whole(&self) -> bool {
        self.is_over && self.found.len() <= MOST
    }
}

/// The time that is left for the columns that are left: each has its share, and what one leaves is the others'.
struct Patience {
    until: Instant,
    columns: u32,
}

impl Patience {
    /// For so many columns, from now on.
    fn new(columns: u32) -> Patience {
        Patience { until: Instant::now() + PATIENCE, columns }
    }

    /// What is left, for those of these columns that were not looked through.
    fn again(&mut self, columns: [&Ids; 6]) {
        self.columns = columns.iter().map(|ids| u32::from(!ids.is_over)).sum();
    }

    /// Until when the next column is looked through.
    fn next(&mut self) -> Instant {
        let now = Instant::now();
        let share = self.until.saturating_duration_since(now) / self.columns.max(1);
        self.columns = self.columns.saturating_sub(1);
        now + share
    }
}

/// The text of a cell, where there is one.
trait Cell {
    fn text(self) -> Option<String>;
}

impl Cell for TolerantText {
    fn text(self) -> Option<String> {
        Some(self.into())
    }
}

impl Cell for TolerantWords {
    fn text(self) -> Option<String> {
        self.into()
    }
}

/// Looks along the values of an indexed column that is a key, in its order, from where it was left.
macro_rules! look_on {
    ($ids:ident, $connection:expr, $table:ident, $column:ident as $text:ty, $key:expr, $part:expr, $patience:expr) => {
        if !$ids.is_over {
            let until = $patience.next();
            loop {
                let mut query = $table::table.select($table::$column).distinct().into_boxed();
                query = query.filter($table::$column.is_not_null());
                if let Some(last) = &$ids.last {
                    query = query.filter($key.gt(TextOf::new(last)));
                }
                let step: Vec<$text> = query.order($table::$column.asc()).limit(STEP).load($connection)?;
                let is_last = (step.len() as i64) < STEP;
                let step: Vec<String> = step.into_iter().filter_map(<$text as Cell>::text).collect();
                $ids.last = step.last().cloned();
                $ids.found.extend(step.into_iter().filter(|id| id.to_lowercase().contains($part)));
                $ids.is_over = is_last || $ids.found.len() > MOST;
                if $ids.is_over || Instant::now() > until {
                    break;
                }
            }
        }
    };
}

/// The records with that id; where there is none, those whose id holds it.
pub fn by_id(connection: &mut DbConnection, text: &str) -> Result<Found> {
    let exact = match exactly(connection, text) {
        // What no table can hold is in none.
        Err(Error::NotFound) => return Ok(Found { is_whole: true, ..Found::default() }),
        exact => exact?,
    };
    if !exact.failures.is_empty() || !exact.usages.is_empty() {
        return Ok(exact);
    }
    if text.chars().count() < SHORTEST_PART {
        return Ok(Found { is_whole: true, ..Found::default() });
    }
    holding(connection, &text.to_lowercase())
}

fn exactly(connection: &mut DbConnection, text: &str) -> Result<Found> {
    let mut found = failures::attempts(connection, text)?;
    found.extend(failures::lookup(connection, text)?);
    let usages = usages_of(connection, &[text], &[text])?;
    for (usage, _) in usages.iter().filter(|(usage, _)| usage.id != text).take(MOST) {
        found.extend(failures::attempts(connection, &usage.id)?);
    }
    Ok(Found::of(found, usages, true))
}

fn holding(connection: &mut DbConnection, part: &str) -> Result<Found> {
    let [mut own, mut of_usage, mut lived, mut archived, mut tasks, mut old_tasks] = <[Ids; 6]>::default();
    let usage = || failed::llmusageid.assume_not_null();
    let (of_live, of_archived) = (|| live::taskid.assume_not_null(), || history::taskid.assume_not_null());
    let mut left = Patience::new(6);
    // What the small tables left of their shares is for the large ones.
    for _ in 0..2 {
        look_on!(own, connection, failed, id as TolerantText, failed::id, part, left);
        look_on!(of_usage, connection, failed, llmusageid as TolerantWords, usage(), part, left);
        look_on!(lived, connection, live, id as TolerantText, live::id, part, left);
        look_on!(archived, connection, history, id as TolerantText, history::id, part, left);
        look_on!(tasks, connection, live, taskid as TolerantWords, of_live(), part, left);
        look_on!(old_tasks, connection, history, taskid as TolerantWords, of_archived(), part, left);
        left.again([&own, &of_usage, &lived, &archived, &tasks, &old_tasks]);
        if Instant::now() >= left.until {
            break;
        }
    }
    let mut all = [own, of_usage, lived, archived, tasks, old_tasks];
    let is_whole = all.iter().all(Ids::is_whole);
    all.iter_mut().for_each(|ids| ids.found.truncate(MOST));
    let [own, of_usage, lived, archived, tasks, old_tasks] = all;
    let mut found = Vec::new();
    for id in &own.found {
        found.extend(failures::lookup(connection, id)?);
    }
    for id in &of_usage.found {
        found.extend(failures::attempts(connection, id)?);
    }
    let ids = [lived.found, archived.found].concat();
    let usages = usages_of(connection, &ids, &[tasks.found, old_tasks.found].concat())?;
    Ok(Found::of(found, usages, is_whole))
}

/// The usages with these ids and of these tasks, each once; of more than a page shows, one more.
fn usages_of<T: AsRef<str>>(
    connection: &mut DbConnection,
    ids: &[T],
    tasks: &[T],
) -> Result<Vec<(Usage, Whereabouts)>> {
    let most = MOST + 1;
    let mut all: Vec<String> = ids.iter().map(|id| id.as_ref().to_owned()).collect();
    for task in tasks {
        all.extend(usages::ids_of_task(connection, task.as_ref(), most)?);
    }
    let mut found: Vec<(Usage, Whereabouts)> = Vec::new();
    for id in all {
        if found.len() < most && found.iter().all(|(other, _)| other.id != id) {
            let usage = usages::find_anywhere(connection, &id)?;
            found.extend(usage.filter(|(usage, _)| found.iter().all(|(other, _)| other.id != usage.id)));
        }
    }
    Ok(found)
}

impl Found {
    /// What a page shows of these; they are all only if nothing was left out.
    fn of(found: Vec<FailedRecord>, mut usages: Vec<(Usage, Whereabouts)>, is_whole: bool) -> Found {
        let mut failures = distinct(found);
        let is_whole = is_whole && failures.len() <= MOST && usages.len() <= MOST;
        failures.truncate(MOST);
        usages.truncate(MOST);
        Found { failures, usages, is_whole }
    }
}

/// Each once; of more than a page shows, one more.
fn distinct(records: Vec<FailedRecord>) -> Vec<FailedRecord> {
    let mut kept: Vec<FailedRecord> = Vec::new();
    for record in records {
        if kept.len() <= MOST && kept.iter().all(|other| other.id != record.id) {
            kept.push(record);
        }
    }
    kept
}
