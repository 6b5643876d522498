//! Sessions that were signed out before their time. A session lives in its cookie; only its end is kept here.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::ended_session;
use crate::error::Result;

/// Whether the session of that id was signed out.
pub fn contains(connection: &mut DbConnection, id: &str) -> Result<bool> {
    let row = ended_session::table.find(id.to_owned()).select(ended_session::id);
    Ok(row.first::<String>(connection).optional()?.is_some())
}

/// Notes the end of a session that would have ended by itself at that time; forgets those that have.
pub fn insert(
    connection: &mut DbConnection,
    id: &str,
    until: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::delete(ended_session::table.filter(ended_session::until.lt(now))).execute(connection)?;
    if !contains(connection, id)? {
        let row = (ended_session::id.eq(id.to_owned()), ended_session::until.eq(until));
        diesel::insert_into(ended_session::table).values(row).execute(connection)?;
    }
    Ok(())
}
