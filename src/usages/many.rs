//! Many usages at once, to look at; who acts on many takes their cases.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store;
use super::usage::{Usage, Whereabouts};
use crate::db::schema::llmusage as live;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The usages of these ids, to the letter, live or else archived, by id.
pub fn find(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, (Usage, Whereabouts)>> {
    let found: Vec<Usage> = live::table
        .filter(dialect::among::<live::table>("id", ids))
        .select(Usage::as_select())
        .load(connection)?;
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
