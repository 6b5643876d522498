//! A case of very many failures, in outline: what the rules ask of each is read by one question, and only those that an act
//! can touch are locked and read whole.
//!
//! The usage is locked before, so that nobody changes the others meanwhile.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::prelude::*;

use super::crowd::MOST;
use super::rules::{Decision, order};
use super::settling;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantText, TolerantTime, TolerantWords};
use crate::db::{DbBackend, DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::retry::Retry;

/// The newest of each standing that are read whole: the rules ask for the newest other one.
const NEWEST: usize = 2;

/// More of the older ones than one transaction changes, so that an act on all of them is known by what it wants to change.
const OLDER: usize = MOST + 2;

/// The failures of a case as they were read.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub failures: Vec<FailedRecord>,
    pub rest: Rest,
}

impl Members {
    pub fn all(failures: Vec<FailedRecord>) -> Members {
        Members { failures, rest: Rest::default() }
    }
}

/// The failures of a case that are neither locked nor read whole, in outline.
#[derive(Debug, Clone, Default)]
pub(super) struct Rest(Arc<[FailedRecord]>);

impl Rest {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &FailedRecord> {
        self.0.iter()
    }

    /// Whether any of them is open.
    pub fn has_work(&self) -> bool {
        self.iter().any(FailedRecord::is_open)
    }
}

/// What the rules ask of a failure that they do not act on.
#[derive(Queryable, Selectable)]
#[diesel(table_name = failed, check_for_backend(DbBackend))]
struct Outline {
    #[diesel(deserialize_as = TolerantText)]
    id: String,
    #[diesel(deserialize_as = TolerantWords)]
    llmusageid: Option<String>,
    #[diesel(deserialize_as = TolerantTime)]
    failed_time: Option<chrono::NaiveDateTime>,
    #[diesel(deserialize_as = TolerantWords)]
    handled: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    resolution: Option<String>,
    #[diesel(embed)]
    retry: Retry,
}

/// The failures of these usages in outline, the newest first.
pub(super) fn read(connection: &mut DbConnection, usage_ids: &[String]) -> Result<Vec<FailedRecord>> {
    let rows = failed::table
        .filter(dialect::among::<failed::table>("llmusageid", usage_ids))
        .select(Outline::as_select());
    let rows: Vec<Outline> = rows.load(connection)?;
    let is_of = |row: &Outline| row.llmusageid.as_ref().is_some_and(|id| usage_ids.contains(id));
    let mut outlines: Vec<FailedRecord> = rows.into_iter().filter(is_of).map(FailedRecord::from).collect();
    order::sort(&mut outlines);
    Ok(outlines)
}

impl From<Outline> for FailedRecord {
    fn from(outline: Outline) -> FailedRecord {
        let Outline { id, llmusageid, failed_time, handled, resolution, retry } = outline;
        FailedRecord { id, llmusageid, failed_time, handled, resolution, retry, ..FailedRecord::default() }
    }
}

/// Parts these outlines, the newest first: the ids of those that an act on the wanted ones can touch or asks about, and
/// the rest.
pub(super) fn part(outlines: Vec<FailedRecord>, wanted: &[String]) -> (Vec<String>, Rest) {
    let mut needed: HashSet<&str> = HashSet::new();
    needed.extend(newest(&outlines).map(|record| record.id.as_str()));
    needed.extend(linked(&outlines, wanted));
    needed.extend(outcomes(&outlines));
    let work = outlines.iter().rev().filter(|record| is_work(record)).take(OLDER);
    needed.extend(work.map(|record| record.id.as_str()));
    let needed: Vec<String> = needed.into_iter().map(str::to_owned).collect();
    let chosen: HashSet<&String> = needed.iter().collect();
    let rest = outlines.into_iter().filter(|record| !chosen.contains(&record.id)).collect();
    (needed, Rest(rest))
}

/// Whether a failure is open, and no retry of it is under way.
pub(super) fn is_work(record: &FailedRecord) -> bool {
    record.is_open() && !record.is_retrying()
}

/// The newest ones of each standing.
pub(super) fn newest(outlines: &[FailedRecord]) -> impl Iterator<Item = &FailedRecord> {
    let mut seen: Vec<((bool, Option<Decision>), usize)> = Vec::new();
    outlines.iter().filter(move |record| {
        let standing = (record.is_retrying(), Decision::on(record));
        let known = seen.iter().position(|(known, _)| *known == standing).unwrap_or_else(|| {
            seen.push((standing, 0));
            seen.len() - 1
        });
        seen.get_mut(known).is_some_and(|(_, count)| {
            *count += 1;
            *count <= NEWEST
        })
    })
}

/// The wanted ones, what took their place, and the newest of what they took the place of.
fn linked<'a>(outlines: &'a [FailedRecord], wanted: &[String]) -> Vec<&'a str> {
    let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let (mut linked, mut behind) = (Vec::new(), 0);
    for record in outlines {
        let follower = record.retry.superseded_by.as_deref();
        if wanted.contains(record.id.as_str()) {
            linked.push(record.id.as_str());
            linked.extend(follower.filter(|id| outlines.iter().any(|other| other.id == *id)));
        } else if behind < OLDER * wanted.len() && follower.is_some_and(|id| wanted.contains(id)) {
            behind += 1;
            linked.push(record.id.as_str());
        }
    }
    linked
}

/// What the retries under way ended in.
fn outcomes(outlines: &[FailedRecord]) -> impl Iterator<Item = &str> {
    let retrying = outlines.iter().filter(|record| record.is_retrying());
    let outcome = |record: &FailedRecord| {
        settling::outcome_among(outlines.iter().filter(|other| other.id != record.id), record)
    };
    retrying.filter_map(outcome).map(|record| record.id.as_str())
}
