//! Writing and reading audit events.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::event::{Action, Author, Change};
use crate::db::schema::audit_event;
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

/// How many events a timeline shows; the newest.
const TIMELINE: i64 = 200;

#[derive(Insertable)]
#[diesel(table_name = audit_event)]
struct NewEvent<'a> {
    happened_at: NaiveDateTime,
    author: &'a str,
    source: &'a str,
    action: &'a str,
    record_kind: &'a str,
    record_id: &'a str,
    before_state: Option<String>,
    after_state: Option<String>,
    request_id: Option<&'a str>,
}

/// One event as it is in the trail.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_event, check_for_backend(DbBackend))]
pub struct Event {
    pub id: i64,
    pub happened_at: NaiveDateTime,
    pub author: String,
    pub source: String,
    pub action: String,
    pub record_kind: String,
    pub record_id: String,
    /// JSON object, or none for a new record.
    pub before_state: Option<String>,
    /// JSON object, or none for a deleted record.
    pub after_state: Option<String>,
    pub request_id: Option<String>,
}

/// Adds an event; to be called in the transaction that makes the change.
pub fn record(connection: &mut DbConnection, author: &Author, change: Change<'_>) -> Result<()> {
    let event = NewEvent {
        happened_at: author.at,
        author: &author.name,
        source: author.source.as_str(),
        action: change.action.as_str(),
        record_kind: change.record_kind,
        record_id: change.record_id,
        before_state: change.before.map(|state| state.to_string()),
        after_state: change.after.map(|state| state.to_string()),
        request_id: author.request_id.as_deref(),
    };
    diesel::insert_into(audit_event::table).values(&event).execute(connection)?;
    Ok(())
}

/// The events of one record, newest first, at most 200.
pub fn timeline(connection: &mut DbConnection, record_kind: &str, record_id: &str) -> Result<Vec<Event>> {
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(audit_event::record_id.eq(record_id.to_owned()))
        .order(audit_event::id.desc())
        .limit(TIMELINE)
        .select(Event::as_select())
        .load(connection)?)
}

/// When that was last done to that record, by kind and id.
pub fn last_time(
    connection: &mut DbConnection,
    (record_kind, record_id): (&str, &str),
    action: Action,
) -> Result<Option<NaiveDateTime>> {
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(audit_event::record_id.eq(record_id.to_owned()))
        .filter(audit_event::action.eq(action.as_str()))
        .order(audit_event::id.desc())
        .select(audit_event::happened_at)
        .first(connection)
        .optional()?)
}
