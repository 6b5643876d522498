//! Previews that nobody ran go after a week, a few thousand rows at once; what was run stays.
//!
//! From then on a preview cannot be run any more, so that nobody runs one of which a part is gone.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::max;
use diesel::prelude::*;

use super::batch::{State, Stored};
use crate::db::DbConnection;
use crate::db::schema::{batch, batch_item};
use crate::error::Result;

/// A preview that nobody ran is kept for this long.
pub const RETENTION: TimeDelta = TimeDelta::days(7);

/// The most rows that one step removes.
const MAX_REMOVED: i64 = 5_000;

impl Stored {
    /// Whether it is a preview that was not run in time.
    pub fn has_expired(&self, now: NaiveDateTime) -> bool {
        self.state == State::Preview.as_str() && self.created_at < now - RETENTION
    }
}

fn oldest(connection: &mut DbConnection, now: NaiveDateTime) -> Result<Option<String>> {
    let previews = batch::table
        .filter(batch::state.eq(State::Preview.as_str()))
        .filter(batch::created_at.lt(now - RETENTION))
        .select(batch::id);
    Ok(previews.first(connection).optional()?)
}

/// Whether previews are older than they are kept.
pub fn is_due(connection: &mut DbConnection, now: NaiveDateTime) -> Result<bool> {
    Ok(oldest(connection, now)?.is_some())
}

/// Removes some rows of an old preview, or what is left of it; says whether more is to be removed.
pub fn tidy(connection: &mut DbConnection, now: NaiveDateTime) -> Result<bool> {
    let Some(id) = oldest(connection, now)? else { return Ok(false) };
    let rows = batch_item::table.filter(batch_item::batch_id.eq(id.clone()));
    let last: Option<i64> = rows.select(max(batch_item::number)).first(connection)?;
    match last {
        Some(last) => {
            let some = batch_item::table
                .filter(batch_item::batch_id.eq(id))
                .filter(batch_item::number.gt(last - MAX_REMOVED));
            diesel::delete(some).execute(connection)?
        }
        None => {
            let row = batch::table.filter(batch::id.eq(id)).filter(batch::state.eq(State::Preview.as_str()));
            diesel::delete(row).execute(connection)?
        }
    };
    Ok(true)
}
