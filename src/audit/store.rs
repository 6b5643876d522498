//! Writing and reading audit events.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::chain;
use super::event::{Action, Author, Change};
use super::filter::Filter;
use crate::base::paging::Page;
use crate::db::schema::audit_event;
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

/// How many events a timeline shows; the newest.
const TIMELINE: i64 = 200;

/// One event as it is in the trail.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
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
    /// Over this event and the one before it; none on events from before the chain.
    pub hash: Option<String>,
}

/// Adds an event at the end of the chain; to be called in the transaction that makes the change, after
/// whatever else it locks.
pub fn record(connection: &mut DbConnection, author: &Author, change: Change<'_>) -> Result<()> {
    let head = chain::lock(connection)?;
    let mut event = Event {
        id: head.id + 1,
        happened_at: author.at,
        author: author.name.clone(),
        source: author.source.as_str().to_owned(),
        action: change.action.as_str().to_owned(),
        record_kind: change.record_kind.to_owned(),
        record_id: change.record_id.to_owned(),
        before_state: change.before.map(|state| state.to_string()),
        after_state: change.after.map(|state| state.to_string()),
        request_id: author.request_id.clone(),
        hash: None,
    };
    let hash = chain::hash(&head.hash, &event);
    event.hash = Some(hash.clone());
    let id = event.id;
    diesel::insert_into(audit_event::table).values(event).execute(connection)?;
    chain::append(connection, &chain::Head { id, hash })
}

/// A stretch of the trail, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// The events older than that one.
    OlderThan(i64),
    /// The events newer than that one, those next to it.
    NewerThan(i64),
}

/// One page of the events of a filter, newest first.
pub fn page(
    connection: &mut DbConnection,
    filter: &Filter,
    place: Place,
    limit: usize,
) -> Result<Page<Event>> {
    let query = filter.query().limit(limit as i64 + 1).select(Event::as_select());
    let mut rows: Vec<Event> = match place {
        Place::Newest => query.order(audit_event::id.desc()).load(connection)?,
        Place::OlderThan(id) => {
            query.filter(audit_event::id.lt(id)).order(audit_event::id.desc()).load(connection)?
        }
        Place::NewerThan(id) => {
            query.filter(audit_event::id.gt(id)).order(audit_event::id.asc()).load(connection)?
        }
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let newer = matches!(place, Place::NewerThan(_));
    if newer {
        rows.reverse();
    }
    Ok(Page {
        rows,
        has_previous: if newer { more } else { place != Place::Newest },
        has_next: newer || more,
    })
}

/// The events of a filter after that id, oldest first.
pub fn after(connection: &mut DbConnection, filter: &Filter, id: i64, limit: usize) -> Result<Vec<Event>> {
    Ok(filter
        .query()
        .filter(audit_event::id.gt(id))
        .order(audit_event::id)
        .limit(limit as i64)
        .select(Event::as_select())
        .load(connection)?)
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
