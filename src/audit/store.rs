//! Writing and reading audit events.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::chain::{self, Head};
use super::event::{Author, Change};
use super::sealing;
use crate::db::dialect::{self, Statement};
use crate::db::schema::{audit_chain, audit_event};
use crate::db::values::{TolerantText, TolerantWords};
use crate::db::{DbBackend, DbConnection};
use crate::error::{Error, Result};

pub use super::of_record::{last, last_of, last_time, made, timeline};

/// Events in one statement.
const EVENTS: usize = 100;

/// One event as it is in the trail. A row that another program wrote, or whose record has an id of bytes, takes no other
/// event from anybody.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_event, check_for_backend(DbBackend))]
pub struct Event {
    pub id: i64,
    pub happened_at: NaiveDateTime,
    #[diesel(deserialize_as = TolerantText)]
    pub author: String,
    #[diesel(deserialize_as = TolerantText)]
    pub source: String,
    #[diesel(deserialize_as = TolerantText)]
    pub action: String,
    #[diesel(deserialize_as = TolerantText)]
    pub record_kind: String,
    #[diesel(deserialize_as = TolerantText)]
    pub record_id: String,
    /// JSON object, or none for a new record.
    #[diesel(deserialize_as = TolerantWords)]
    pub before_state: Option<String>,
    /// JSON object, or none for a deleted record.
    #[diesel(deserialize_as = TolerantWords)]
    pub after_state: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub request_id: Option<String>,
    /// Over this event and the one before it; none on events from before the chain.
    #[diesel(deserialize_as = TolerantWords)]
    pub hash: Option<String>,
}

/// Adds an event at the end of the chain; to be called in the transaction that makes the change, after
/// whatever else it locks.
pub fn record(connection: &mut DbConnection, author: &Author, change: Change<'_>) -> Result<()> {
    let head = sealing::open(connection, author)?;
    record_at(connection, head, author, change, false).map(|_| ())
}

/// Adds an event behind that end, and gives the new end.
pub(super) fn record_at(
    connection: &mut DbConnection,
    mut head: Head,
    author: &Author,
    change: Change<'_>,
    begins_anew: bool,
) -> Result<Head> {
    head.id = next(head.id)?;
    let mut event = event_of(head.id, author, change);
    head.hash = chain::hash(&head, &event)?;
    event.hash = Some(head.hash.clone());
    insert_all(connection, &[event])?;
    chain::append(connection, &head, begins_anew)?;
    Ok(head)
}

/// A foreign row may have the highest id of all.
fn next(id: i64) -> Result<i64> {
    id.checked_add(1).ok_or_else(|| Error::internal("the audit trail has no id left"))
}

/// Adds many events of one author at once, in their order; gives the id of the first, the others follow it. To be called
/// as [`record`], once in a transaction.
pub fn record_all(connection: &mut DbConnection, author: &Author, changes: Vec<Change<'_>>) -> Result<i64> {
    record_each(connection, changes.into_iter().map(|change| (author, change)))
}

/// As [`record_all`], each with an author of its own.
pub fn record_each<'a>(
    connection: &mut DbConnection,
    changes: impl IntoIterator<Item = (&'a Author, Change<'a>)>,
) -> Result<i64> {
    let mut changes = changes.into_iter().peekable();
    let Some((author, _)) = changes.peek() else { return Ok(last_id(connection)? + 1) };
    let mut head = sealing::open(connection, author)?;
    let first = next(head.id)?;
    let mut events = Vec::new();
    for (author, change) in changes {
        head.id = next(head.id)?;
        let mut event = event_of(head.id, author, change);
        head.hash = chain::hash(&head, &event)?;
        event.hash = Some(head.hash.clone());
        events.push(event);
    }
    insert_all(connection, &events)?;
    chain::append(connection, &head, false)?;
    Ok(first)
}

fn event_of(id: i64, author: &Author, change: Change<'_>) -> Event {
    Event {
        id,
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
    }
}

const COLUMNS: &str = "audit_event (id, happened_at, author, source, action, record_kind, record_id, before_state, \
                       after_state, request_id, hash)";

/// Several rows in one statement: on a server each statement is a journey, and SQLite keeps the text of each number.
fn insert_all(connection: &mut DbConnection, events: &[Event]) -> Result<()> {
    for some in events.chunks(EVENTS) {
        let mut statement = Statement::new(connection.engine(), &format!("INSERT INTO {COLUMNS} VALUES "));
        for (number, event) in some.iter().enumerate() {
            statement = row(statement.sql(if number == 0 { "(" } else { ", (" }), event).sql(")");
        }
        statement.execute(connection)?;
    }
    Ok(())
}

fn row(statement: Statement, event: &Event) -> Statement {
    let who = [&event.author, &event.source, &event.action, &event.record_kind];
    let what = [&event.before_state, &event.after_state, &event.request_id, &event.hash];
    let statement = statement.number(event.id).sql(", ").time(event.happened_at);
    let statement =
        who.into_iter().fold(statement, |statement, text| statement.sql(", ").words(text.as_str()));
    // The id to the byte, as the record has it: the two are compared. A state holds ids among other words, and is text.
    let statement = statement.sql(", ").text(event.record_id.as_str());
    what.into_iter().fold(statement, |statement, text| statement.sql(", ").words(text.as_deref()))
}

/// The id of the last event that was chained, 0 at the beginning.
pub fn last_id(connection: &mut DbConnection) -> Result<i64> {
    Ok(audit_chain::table.find(1).select(audit_chain::last_id).first(connection)?)
}

/// The last event of each of these records that came after that one, by the record's id.
pub fn last_since(
    connection: &mut DbConnection,
    record_kind: &str,
    record_ids: &[String],
    since: i64,
) -> Result<HashMap<String, Event>> {
    let last = last_ids_since(connection, record_kind, record_ids, since)?;
    let events = of_ids(connection, last.into_values().collect())?.into_values();
    Ok(events.map(|event| (event.record_id.clone(), event)).collect())
}

/// As [`last_since`], the ids of the events alone: an index has them, the trail itself is not looked at.
pub fn last_ids_since(
    connection: &mut DbConnection,
    record_kind: &str,
    record_ids: &[String],
    since: i64,
) -> Result<HashMap<String, i64>> {
    let ids = audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(dialect::among::<audit_event::table>("record_id", record_ids))
        .filter(audit_event::id.gt(since))
        .order(audit_event::id)
        .select((audit_event::record_id, audit_event::id));
    let ids: Vec<(TolerantText, i64)> = ids.load(connection)?;
    Ok(ids.into_iter().map(|(record, id)| (record.into(), id)).collect())
}

/// The events of these records that came after that one, in their order.
pub fn since(
    connection: &mut DbConnection,
    record_kind: &str,
    record_ids: &[String],
    since: i64,
) -> Result<Vec<Event>> {
    Ok(audit_event::table
        .filter(audit_event::record_kind.eq(record_kind.to_owned()))
        .filter(dialect::among::<audit_event::table>("record_id", record_ids))
        .filter(audit_event::id.gt(since))
        .order(audit_event::id)
        .select(Event::as_select())
        .load(connection)?)
}

/// The events of these ids.
pub fn of_ids(connection: &mut DbConnection, ids: Vec<i64>) -> Result<HashMap<i64, Event>> {
    let events = audit_event::table.filter(audit_event::id.eq_any(ids)).select(Event::as_select());
    let events: Vec<Event> = events.load(connection)?;
    Ok(events.into_iter().map(|event| (event.id, event)).collect())
}
