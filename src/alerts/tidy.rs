//! The history of alerts is kept for 400 days: a year can be compared with the one before it.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{alert_delivery, alert_event};
use crate::error::Result;

/// So long an event and its deliveries are kept.
pub const KEPT: TimeDelta = TimeDelta::days(400);

/// Events that one step of the housekeeping removes.
const STEP: i64 = 1_000;

fn old(connection: &mut DbConnection, now: NaiveDateTime, limit: i64) -> Result<Vec<String>> {
    Ok(alert_event::table
        .filter(alert_event::happened_at.lt(now - KEPT))
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
    let ids = old(connection, now, STEP)?;
    let more = ids.len() as i64 == STEP;
    diesel::delete(alert_delivery::table.filter(alert_delivery::event_id.eq_any(ids.clone())))
        .execute(connection)?;
    diesel::delete(alert_event::table.filter(alert_event::id.eq_any(ids))).execute(connection)?;
    Ok(more)
}
