//! What the trail says of one record.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::event::Action;
use super::store::Event;
use crate::db::schema::audit_event;
use crate::db::values::{TextOf, TolerantText};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// How many events a timeline shows; the newest.
const TIMELINE: i64 = 200;

/// What leaves the record as it was.
const NO_CHANGES: [Action; 2] = [Action::ShowSecret, Action::TestAlert];

/// The events of one record, newest first, at most 200.
pub fn timeline(connection: &mut DbConnection, record_kind: &str, record_id: &str) -> Result<Vec<Event>> {
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(audit_event::record_id.eq(TextOf::new(record_id)))
        .order(audit_event::id.desc())
        .limit(TIMELINE)
        .select(Event::as_select())
        .load(connection)?)
}

/// The newest event of that record that changed it. Only what goes through the app has events: the platform may have changed
/// the record since.
pub fn last(connection: &mut DbConnection, record_kind: &str, record_id: &str) -> Result<Option<Event>> {
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(audit_event::record_id.eq(TextOf::new(record_id)))
        .filter(audit_event::action.ne_all(NO_CHANGES.map(Action::as_str)))
        .order(audit_event::id.desc())
        .select(Event::as_select())
        .first(connection)
        .optional()?)
}

/// The newest event of that record that is one of these actions.
pub fn last_of(
    connection: &mut DbConnection,
    record_kind: &str,
    record_id: &str,
    actions: &[Action],
) -> Result<Option<Event>> {
    let actions: Vec<String> = actions.iter().map(|action| action.as_str().to_owned()).collect();
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(audit_event::record_id.eq(TextOf::new(record_id)))
        .filter(audit_event::action.eq_any(actions))
        .order(audit_event::id.desc())
        .select(Event::as_select())
        .first(connection)
        .optional()?)
}

/// When that was last done to that record, by kind and id.
pub fn last_time(
    connection: &mut DbConnection,
    record_kind: &str,
    record_id: &str,
    action: Action,
) -> Result<Option<NaiveDateTime>> {
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(audit_event::record_id.eq(TextOf::new(record_id)))
        .filter(audit_event::action.eq(action.as_str()))
        .order(audit_event::id.desc())
        .select(audit_event::happened_at)
        .first(connection)
        .optional()?)
}

/// Records in one statement.
const IDS: usize = 500;

/// Those of these records that were made through the app, as far as the trail knows, and not deleted since.
pub fn made(
    connection: &mut DbConnection,
    record_kind: &str,
    record_ids: &[String],
) -> Result<HashSet<String>> {
    let mut made = HashSet::new();
    for some in record_ids.chunks(IDS) {
        // Of one record there are few: an index leads to them by its id, and none by the action.
        let events: Vec<(TolerantText, String)> = audit_event::table
            .filter(audit_event::record_kind.eq(record_kind.to_owned()))
            .filter(dialect::among::<audit_event::table>("record_id", some))
            .order(audit_event::id)
            .select((audit_event::record_id, audit_event::action))
            .load(connection)?;
        for (id, action) in events {
            match action {
                action if action == Action::Create.as_str() => made.insert(id.into()),
                action if action == Action::Delete.as_str() => made.remove(&String::from(id)),
                _ => false,
            };
        }
    }
    Ok(made)
}
