//! The way back, for the day it is needed: named usages return from the history to the live table.
//!
//! As careful as the way there: a row leaves the history only when its copy is proved equal, and each has its event.

use serde_json::json;

use super::moving::Shape;
use crate::audit::event::{Action, Author, Change, USAGE};
use crate::audit::store as audit;
use crate::base::form::{Fields, Message};
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};
use crate::usages::store;
use crate::usages::usage::{Usage, Whereabouts};

/// The most usages that come back at once.
pub const MOST: usize = 200;

/// The ids that people name: one in a line, or several with blanks or commas between them.
///
/// # Errors
/// [`Error::Invalid`] at `id` when there are none, or too many.
pub fn ids(fields: &Fields) -> Result<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    let named = fields.all("id").flat_map(|text| text.split([' ', ',', '\n', '\r', '\t']));
    for id in named.filter(|id| !id.is_empty()) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    match ids.len() {
        0 => Err(Error::invalid("id", Message::new("restore-none"))),
        count if count > MOST => Err(Error::invalid("id", Message::new("restore-many").with("limit", MOST))),
        _ => Ok(ids),
    }
}

/// The archived usages of these ids.
///
/// # Errors
/// [`Error::Invalid`] at `id`, naming one that is not in the history.
pub fn named(connection: &mut DbConnection, ids: &[String]) -> Result<Vec<Usage>> {
    let mut usages = Vec::new();
    for id in ids {
        match store::find_archived(connection, id)?.filter(|(usage, _)| usage.id == *id) {
            Some((usage, Whereabouts::Archived { .. })) => usages.push(usage),
            _ => return Err(Error::invalid("id", Message::new("restore-unknown").with("id", id))),
        }
    }
    Ok(usages)
}

/// Brings these usages back, all or none.
///
/// # Errors
/// [`Error::Invalid`] at `id` for one that is not in the history, or whose id or task a live usage has.
pub fn restore(connection: &mut DbConnection, ids: &[String], author: &Author) -> Result<Vec<Usage>> {
    let shape = Shape::read(connection)?;
    shape.lock_archived(connection, ids)?;
    let usages = named(connection, ids)?;
    for usage in &usages {
        if store::lookup(connection, &usage.id)?.is_some() {
            return Err(Error::invalid("id", Message::new("restore-live").with("id", &usage.id)));
        }
        match shape.bring_back(connection, &usage.id) {
            Err(error) if is_duplicate(&error) => {
                return Err(Error::Conflict(Message::new("restore-task").with("id", &usage.id)));
            }
            brought => brought?,
        };
    }
    shape.leave_history(connection, ids)?;
    for usage in &usages {
        let change = Change {
            action: Action::Restore,
            record_kind: USAGE,
            record_id: &usage.id,
            before: Some(json!({ "table": "llmusage_history" })),
            after: Some(json!({ "table": "llmusage" })),
        };
        audit::record(connection, author, change)?;
    }
    Ok(usages)
}
