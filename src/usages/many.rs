//! Many usages in one transaction: locked in the order of their ids, looked at, moved to another state together.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store;
use super::usage::{Usage, Whereabouts};
use crate::db::schema::llmusage as live;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// Keeps these live usages unchanged until the transaction ends; before anything is read, and before their failures.
pub fn lock(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    dialect::lock_rows(connection, "llmusage", ids)
}

/// The usages of these ids, to the letter, live or else archived, by id.
pub fn find(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, (Usage, Whereabouts)>> {
    let found: Vec<Usage> =
        live::table.filter(live::id.eq_any(ids.to_vec())).select(Usage::as_select()).load(connection)?;
    let mut usages: HashMap<String, (Usage, Whereabouts)> =
        found.into_iter().map(|usage| (usage.id.clone(), (usage, Whereabouts::Live))).collect();
    for id in ids {
        if usages.contains_key(id) {
            continue;
        }
        // Few are archived before they are accounted.
        if let Some(archived) = store::find_archived(connection, id)?.filter(|(usage, _)| usage.id == *id) {
            usages.insert(id.clone(), archived);
        }
    }
    Ok(usages)
}

/// Moves live usages from one accounting state to another, only from that one; says how many it did.
pub fn move_states(connection: &mut DbConnection, ids: &[String], from: &str, to: &str) -> Result<usize> {
    let rows =
        live::table.filter(live::id.eq_any(ids.to_vec())).filter(live::accounting_status.eq(from.to_owned()));
    Ok(diesel::update(rows).set(live::accounting_status.eq(to.to_owned())).execute(connection)?)
}
