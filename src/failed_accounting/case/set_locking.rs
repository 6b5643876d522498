//! The statements that lock many cases at once and read them, in the order of [`super::locking`].

use std::collections::{HashMap, HashSet};

use super::Place;
use super::crowd::MOST;
use super::locking::{Found, anywhere, lock_failures, lock_usages, read_failures, read_usages};
use super::outline::{self, Rest};
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::{Usage, Whereabouts};

/// Locks the failures of these locked live usages, which are sorted; of very many of one usage none.
pub(super) fn lock_failures_of(connection: &mut DbConnection, usage_ids: &[String]) -> Result<()> {
    let (named, _) = members(connection, usage_ids, &|_| true)?;
    lock_failures(connection, &named).map(drop)
}

/// What belongs to many cases.
#[derive(Debug, Default)]
pub(super) struct Many {
    pub usages: HashMap<String, Found>,
    pub failures: Vec<FailedRecord>,
    /// Of usages with very many failures those that were not read.
    pub rests: HashMap<String, Rest>,
}

/// These usages, sorted, with all their failures and those at these places; of very many those that the places have to do
/// with.
pub(super) fn many(connection: &mut DbConnection, usage_ids: &[String], places: &[Place]) -> Result<Many> {
    let live = lock_usages(connection, usage_ids)?;
    let mut usages = not_live(connection, usage_ids, &live)?;
    let is_there = |usage_id: &str| live.contains(usage_id) || usages.contains_key(usage_id);
    let (named, crowds) = members(connection, usage_ids, &is_there)?;
    let alone = places.iter().filter(|place| place.shared_usage().is_none());
    let mut wanted: Vec<String> = named.into_iter().chain(alone.map(|place| place.id.clone())).collect();
    let mut rests = HashMap::new();
    for usage_id in crowds {
        let asked = places.iter().filter(|place| place.usage_id.as_ref() == Some(&usage_id));
        let asked: Vec<String> = asked.map(|place| place.id.clone()).collect();
        let (needed, rest) =
            outline::part(outline::read(connection, std::slice::from_ref(&usage_id))?, &asked);
        wanted.extend(needed);
        rests.insert(usage_id, rest);
    }
    let wanted = lock_failures(connection, &wanted)?;
    let live: Vec<String> = usage_ids.iter().filter(|id| live.contains(*id)).cloned().collect();
    usages.extend(by_id(read_usages(connection, &live)?));
    Ok(Many { usages, failures: read_failures(connection, &wanted)?, rests })
}

/// The ids of all failures of these usages, sorted and locked; and those of the usages that have too many of them. What is
/// not there is not locked: its failures are, however many.
fn members(
    connection: &mut DbConnection,
    usage_ids: &[String],
    is_there: &dyn Fn(&str) -> bool,
) -> Result<(Vec<String>, Vec<String>)> {
    let mut crowds = dialect::crowds(connection, usage_ids, MOST)?;
    crowds.retain(|usage_id| is_there(usage_id));
    let few: Vec<String> = usage_ids.iter().filter(|id| !crowds.contains(id)).cloned().collect();
    let mut named: HashMap<String, Vec<String>> = HashMap::new();
    for (id, usage_id) in dialect::failures_of(connection, &few, None)? {
        named.entry(usage_id).or_default().push(id);
    }
    named.retain(|usage_id, ids| {
        let is_crowd = ids.len() > MOST && is_there(usage_id);
        crowds.extend(is_crowd.then(|| usage_id.clone()));
        !is_crowd && few.binary_search(usage_id).is_ok()
    });
    Ok((named.into_values().flatten().collect(), crowds))
}

/// Those of these usages that are not among the locked live ones, locked in the history; where one lock is for all, all of
/// them.
fn not_live(
    connection: &mut DbConnection,
    ids: &[String],
    locked: &HashSet<String>,
) -> Result<HashMap<String, Found>> {
    let mut usages = HashMap::new();
    if connection.engine().has_one_writer() {
        usages.extend(by_id(read_usages(connection, ids)?));
    }
    for id in ids {
        // Few are archived before they are accounted.
        if !locked.contains(id)
            && !usages.contains_key(id)
            && let Some(found) = anywhere(connection, id)?
        {
            usages.insert(id.clone(), found);
        }
    }
    Ok(usages)
}

fn by_id(live: Vec<Usage>) -> impl Iterator<Item = (String, Found)> {
    live.into_iter().map(|usage| (usage.id.clone(), (usage, Whereabouts::Live)))
}
