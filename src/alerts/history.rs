//! The history: events with their deliveries, as the page and the figures read them.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::delivery::Delivery;
use super::event::Event;
use crate::db::schema::{alert_delivery, alert_event};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// Deliveries of one state are counted up to here.
const COUNTED: i64 = 1_000;

/// Events, newest first, from after that one: its time and id.
pub fn list(
    connection: &mut DbConnection,
    after: Option<(NaiveDateTime, String)>,
    limit: i64,
) -> Result<Vec<Event>> {
    use alert_event::dsl;
    let mut query = alert_event::table.order((dsl::happened_at.desc(), dsl::id.desc())).into_boxed();
    if let Some((time, id)) = after {
        let same = dsl::happened_at.eq(time).and(dsl::id.lt(id));
        query = query.filter(dsl::happened_at.le(time)).filter(dsl::happened_at.lt(time).or(same));
    }
    Ok(query.limit(limit).select(Event::as_select()).load(connection)?)
}

pub fn lookup(connection: &mut DbConnection, id: &str) -> Result<Option<Event>> {
    let found = alert_event::table.filter(alert_event::id.eq(id.to_owned()));
    Ok(found.select(Event::as_select()).first(connection).optional()?)
}

/// The deliveries of these events, by event.
pub fn deliveries(connection: &mut DbConnection, events: &[Event]) -> Result<HashMap<String, Vec<Delivery>>> {
    use alert_delivery::dsl;
    let ids: Vec<String> = events.iter().map(|event| event.id.clone()).collect();
    let rows: Vec<Delivery> = alert_delivery::table
        .filter(dsl::event_id.eq_any(ids))
        .order((dsl::event_id, dsl::channel.desc(), dsl::id))
        .select(Delivery::as_select())
        .load(connection)?;
    let mut by_event: HashMap<String, Vec<Delivery>> = HashMap::new();
    for delivery in rows {
        by_event.entry(delivery.event_id.clone()).or_default().push(delivery);
    }
    Ok(by_event)
}

/// How many deliveries are in that state, counting to a thousand at most.
pub fn count(connection: &mut DbConnection, state: &str) -> Result<i64> {
    let rows = alert_delivery::table.filter(alert_delivery::state.eq(state.to_owned()));
    dialect::count_rows(connection, rows.select(alert_delivery::id).limit(COUNTED))
}
