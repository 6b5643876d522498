//! The history of alerts is kept for 400 days: a year can be compared with the one before it.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{alert_delivery, alert_event};
use crate::error::Result;

/// An event and its deliveries are kept for this long.
pub const RETENTION: TimeDelta = TimeDelta::days(400);

/// The most events that one step removes.
const MAX_REMOVED: i64 = 1_000;

fn old(connection: &mut DbConnection, now: NaiveDateTime, limit: i64) -> Result<Vec<String>> {
    Ok(alert_event::table
        .filter(alert_event::happened_at.lt(now - RETENTION))
        .order((alert_event::happened_at, alert_event::id))
        .limit(limit)
        .select(alert_event::id)
        .load(connection)?)
}

/// Whether events are older than they are kept.
pub fn is_due(connection: &mut DbConnection, now: NaiveDateTime) -> Result<bool> {
    Ok(!old(connection, now, 1)?.is_empty())
}

/// Removes old events with their deliveries, some at once; says whether more are left.
pub fn tidy(connection: &mut DbConnection, now: NaiveDateTime) -> Result<bool> {
    let ids = old(connection, now, MAX_REMOVED)?;
    let more = ids.len() as i64 == MAX_REMOVED;
    diesel::delete(alert_delivery::table.filter(alert_delivery::event_id.eq_any(ids.clone())))
        .execute(connection)?;
    diesel::delete(alert_event::table.filter(alert_event::id.eq_any(ids))).execute(connection)?;
    Ok(more)
}
