//! Whose rights the triggers on the platform's tables have: on MariaDB those of the account that made them.
//!
//! When that account is dropped, or loses a right, every INSERT of the platform fails. So a row is written and taken back
//! where that can be told; `migrate` makes the triggers again for the account that migrates.

use diesel::connection::SimpleConnection;

use super::present::Present;
use super::triggers;
use crate::base::clock::Clock;
use crate::db::connection::Begin;
use crate::db::{Database, DbConnection, Engine};
use crate::error::Result;

/// Why the triggers fail for whoever writes a failure, if they do.
pub(in crate::db) fn fault(database: &Database) -> Result<Option<String>> {
    if database.engine() != Engine::Mysql {
        return Ok(None);
    }
    let mut connection = database.connection()?;
    // What the platform's own triggers do is not for us to set off: some of it would not be taken back.
    if has_others(database, &mut connection)? {
        return Ok(None);
    }
    connection.begin(Begin::Write)?;
    let tried = probe(&mut connection);
    connection.rollback()?;
    let error = tried.err().map(|error| error.to_string());
    // Other errors are no fault of the triggers: whoever may only read is told elsewhere.
    Ok(error.filter(|error| {
        let is_ours = ["reason_change", "failed_delta"].iter().any(|table| error.contains(table));
        let is_denied = error.contains("denied") && is_ours;
        error.contains("definer") || is_denied
    }))
}

/// Whether the platform has triggers of its own there.
fn has_others(database: &Database, connection: &mut DbConnection) -> Result<bool> {
    let ours = triggers::of_schema(database)?;
    let there = Present::triggers_on(connection, "llmusage_accounting_failed")?;
    Ok(there.iter().any(|name| !ours.iter().any(|trigger| trigger.name == *name)))
}

fn probe(connection: &mut DbConnection) -> diesel::QueryResult<()> {
    let id = format!("llmage-admin {}", Clock::epoch_milliseconds());
    connection.batch_execute(&format!(
        "INSERT INTO llmusage_accounting_failed (id, failed_reason) VALUES ('{id}', 'a row that is taken back'); \
         UPDATE llmusage_accounting_failed SET failed_reason = 'at once' WHERE id = '{id}';"
    ))
}
