//! Changing live usages: each change is saved with its event, in the transaction that found the usage.

use serde_json::Value;

use super::usage::{Usage, Whereabouts};
use super::{failures, store};
use crate::audit::event::{Action, Author, Change, USAGE, difference};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};

/// Adds a live usage.
///
/// # Errors
/// [`Error::Invalid`] at `id` or `taskid` where another usage has it.
pub fn insert(connection: &mut DbConnection, usage: &Usage, author: &Author) -> Result<()> {
    if store::find_anywhere(connection, &usage.id)?.is_some() {
        return Err(Error::invalid("id", Message::new("error-usage-id-taken")));
    }
    check_task(connection, usage)?;
    match store::insert(connection, usage) {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::Conflict(Message::new("conflict-usage-taken")));
        }
        inserted => inserted?,
    }
    record_event(connection, (Action::Create, author), &usage.id, (None, Some(usage.to_json())))
}

/// Saves a change of a usage that was found for update, and writes its event.
///
/// # Errors
/// [`Error::Invalid`] at `taskid` where another usage has it.
pub fn save(connection: &mut DbConnection, (before, after): (&Usage, &Usage), author: &Author) -> Result<()> {
    if after.taskid != before.taskid {
        check_task(connection, after)?;
    }
    if after == before {
        return Ok(());
    }
    store::save(connection, before, after)?;
    let (old, new) = difference(&before.to_json(), &after.to_json());
    record_event(connection, (Action::Edit, author), &before.id, (Some(old), Some(new)))
}

/// Removes a live usage that was found for update; the audit trail keeps the whole row.
///
/// # Errors
/// [`Error::Conflict`] while it has an open failure.
pub fn delete(connection: &mut DbConnection, usage: &Usage, author: &Author) -> Result<()> {
    if let (_, Some(open)) = failures::count_and_open(connection, &usage.id)? {
        return Err(Error::Conflict(Message::new("conflict-usage-open").with("id", open)));
    }
    store::delete(connection, &usage.id)?;
    record_event(connection, (Action::Delete, author), &usage.id, (Some(usage.to_json()), None))
}

/// The live usage of that id, which nobody changes until the transaction ends; the history is read-only.
pub fn live_for_update(connection: &mut DbConnection, id: &str) -> Result<Usage> {
    match store::find_for_update(connection, id)? {
        Some((usage, Whereabouts::Live)) => Ok(usage),
        Some(_) => Err(Error::Conflict(Message::new("conflict-usage-archived"))),
        None => Err(Error::NotFound),
    }
}

fn check_task(connection: &mut DbConnection, usage: &Usage) -> Result<()> {
    let Some(taskid) = usage.taskid.as_deref() else { return Ok(()) };
    if store::is_task_taken(connection, &usage.id, taskid)? {
        return Err(Error::invalid("taskid", Message::new("error-task-taken")));
    }
    Ok(())
}

fn record_event(
    connection: &mut DbConnection,
    (action, author): (Action, &Author),
    id: &str,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let change = Change { action, record_kind: USAGE, record_id: id, before, after };
    audit::record(connection, author, change)
}
