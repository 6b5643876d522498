//! Changing failed records: each change is saved with its event, in the transaction that found the record.

use serde_json::{Value, json};

use super::failure::FailedRecord;
use super::store;
use crate::audit::event::{Action, Author, Change, FAILED_ACCOUNTING, difference};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};

/// Adds a record; the same one again changes nothing.
///
/// # Errors
/// [`Error::Conflict`] when somebody adds one of that id at the same moment.
pub fn insert(connection: &mut DbConnection, record: &FailedRecord, author: &Author) -> Result<()> {
    if store::lookup(connection, &record.id)?.is_some() {
        return Ok(());
    }
    match store::insert(connection, record) {
        Err(error) if is_duplicate(&error) => return Err(Error::Conflict(Message::new("conflict-recorded"))),
        inserted => inserted?,
    }
    record_event(connection, (Action::Create, author), &record.id, (None, Some(record.to_json())))
}

/// Finds a record for update, lets `act` make its new state, and saves that.
///
/// # Errors
/// [`Error::NotFound`], and what `act` says.
pub fn change(
    connection: &mut DbConnection,
    id: &str,
    (action, author): (Action, &Author),
    act: impl FnOnce(&FailedRecord) -> Result<FailedRecord>,
) -> Result<FailedRecord> {
    let before = store::find_for_update(connection, id)?;
    let after = act(&before)?;
    if after != before {
        save(connection, (&before, &after), action, author)?;
    }
    Ok(after)
}

/// Removes a record for good; the audit trail keeps the whole row.
pub fn delete(connection: &mut DbConnection, record: &FailedRecord, author: &Author) -> Result<()> {
    store::delete(connection, &record.id)?;
    record_event(connection, (Action::Delete, author), &record.id, (Some(record.to_json()), None))
}

/// Saves a change of a record that was found for update, and writes its event.
pub fn save(
    connection: &mut DbConnection,
    (before, after): (&FailedRecord, &FailedRecord),
    action: Action,
    author: &Author,
) -> Result<()> {
    save_with(connection, (before, after), action, (author, json!({})))
}

/// As [`save`], with more facts for the event, such as the proof of an outcome.
pub fn save_with(
    connection: &mut DbConnection,
    (before, after): (&FailedRecord, &FailedRecord),
    action: Action,
    (author, facts): (&Author, Value),
) -> Result<()> {
    store::save(connection, before, after)?;
    let (old, mut new) = difference(&before.to_json(), &after.to_json());
    if let (Some(new), Value::Object(facts)) = (new.as_object_mut(), facts) {
        new.extend(facts);
    }
    record_event(connection, (action, author), &before.id, (Some(old), Some(new)))
}

fn record_event(
    connection: &mut DbConnection,
    (action, author): (Action, &Author),
    id: &str,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let change = Change { action, record_kind: FAILED_ACCOUNTING, record_id: id, before, after };
    audit::record(connection, author, change)
}
