//! The failures that the platform wrote since everything was sorted once: noted while they are sorted, for those who look
//! whether they repeat an earlier one.

use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::failure_arrival::{self, dsl};
use crate::error::Result;

/// Ids in one statement.
const IDS: usize = 500;

/// Notes that these are new.
pub fn note(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    forget(connection, ids)?;
    for id in ids {
        diesel::insert_into(failure_arrival::table)
            .values(dsl::failed_id.eq(id.clone()))
            .execute(connection)?;
    }
    Ok(())
}

/// The ids of some that nobody has looked at, from after that one.
pub fn some(connection: &mut DbConnection, after: &str, limit: i64) -> Result<Vec<String>> {
    let rows = failure_arrival::table.filter(dsl::failed_id.gt(after.to_owned())).order(dsl::failed_id);
    Ok(rows.limit(limit).select(dsl::failed_id).load(connection)?)
}

/// They were looked at.
pub fn forget(connection: &mut DbConnection, ids: &[String]) -> Result<()> {
    for some in ids.chunks(IDS) {
        let known = failure_arrival::table.filter(dsl::failed_id.eq_any(some.to_vec()));
        diesel::delete(known).execute(connection)?;
    }
    Ok(())
}
