//! What the tables of the trail hold beside what this app writes there: cells that are read like ours and so have the same
//! hash, a second end, and what others hung onto the tables.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::base::finding::Finding;
use crate::db::DbConnection;
use crate::db::dialect::trail;
use crate::db::schema::audit_chain;
use crate::error::Result;

/// Adds all of it.
pub(super) fn check(connection: &mut DbConnection, finding: &mut Finding) -> Result<()> {
    #[derive(QueryableByName)]
    struct Event {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    #[derive(QueryableByName)]
    struct Hung {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let engine = connection.engine();
    for Event { id } in diesel::sql_query(trail::stored_otherwise(engine)).load(connection)? {
        finding.add(format!("{id} (stored otherwise than this app writes it)"));
    }
    let others = audit_chain::table.filter(audit_chain::id.ne(1)).order(audit_chain::id);
    for id in others.select(audit_chain::id).load::<i32>(connection)? {
        finding.add(format!("{id} (a second end)"));
    }
    for Hung { name } in diesel::sql_query(trail::hung_on(engine)).load(connection)? {
        finding.add(name);
    }
    Ok(())
}
