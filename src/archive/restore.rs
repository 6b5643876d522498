//! The way back, for the day it is needed: named usages return from the history to the live table.
//!
//! As careful as the way there: a row leaves the history only when its copy is proved equal, and each has its event.

use serde_json::json;

use super::movement::Movement;
use super::moving::Shape;
use crate::audit::event::{Action, Author, Change, USAGE};
use crate::audit::store as audit;
use crate::base::form::{Fields, Message};
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};
use crate::failed_accounting::case::Cases;
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
/// [`Error::Invalid`] at `id` for one that is not in the history, whose id a live usage has, or that the platform would
/// charge beside a charge by hand; [`Error::Conflict`] where a live usage has its task.
pub fn restore(connection: &mut DbConnection, ids: &[String], author: &Author) -> Result<Vec<Usage>> {
    let cases = Cases::of_usages(connection, ids)?;
    let usages = ids.iter().map(|id| returning(&cases, id)).collect::<Result<Vec<Usage>>>()?;
    let shape = Shape::read(connection)?;
    let movement = Movement::new(&shape, cases.held());
    for usage in &usages {
        match movement.bring_back(connection, &usage.id)? {
            Err(error) if is_duplicate(&error) => {
                return Err(Error::Conflict(Message::new("restore-task").with("id", &usage.id)));
            }
            brought => brought?,
        };
    }
    movement.leave_history(connection, ids)?;
    let change = |usage| Change {
        action: Action::Restore,
        record_kind: USAGE,
        record_id: usage,
        before: Some(json!({ "table": "llmusage_history" })),
        after: Some(json!({ "table": "llmusage" })),
    };
    audit::record_each(connection, usages.iter().map(|usage| (author, change(&usage.id))))?;
    Ok(usages)
}

/// The archived usage of that id, where it may come back.
fn returning(cases: &Cases, id: &str) -> Result<Usage> {
    let refused = |key| Error::invalid("id", Message::new(key).with("id", id));
    let case = cases.of_usage(id).ok_or_else(|| refused("restore-unknown"))?;
    match case.usage() {
        Some((usage, Whereabouts::Archived { .. })) => {
            case.check_return()?;
            Ok(usage.clone())
        }
        Some(_) => Err(refused("restore-live")),
        None => Err(refused("restore-unknown")),
    }
}
