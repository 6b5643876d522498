//! One at a time: of several processes that change the schema at once, the others wait for their turn.

use diesel::RunQueryDsl;

use crate::db::connection::Begin;
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// Waits for one's turn, works, and ends it. On SQLite the turn is a transaction.
pub(in crate::db) fn taken<T>(
    connection: &mut DbConnection,
    work: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    let (lock, unlock) = match connection.engine() {
        Engine::Sqlite => return within_transaction(connection, work),
        Engine::Postgres => (
            "SELECT set_config('lock_timeout', '0', false), pg_advisory_lock(71150117), \
             set_config('lock_timeout', '5s', false)",
            "SELECT pg_advisory_unlock(71150117)",
        ),
        Engine::Mysql => (
            "SELECT GET_LOCK(LEFT(CONCAT('llmage-admin ', DATABASE()), 64), 3600)",
            "SELECT RELEASE_LOCK(LEFT(CONCAT('llmage-admin ', DATABASE()), 64))",
        ),
    };
    diesel::sql_query(lock).execute(connection)?;
    let done = work(connection);
    // Also free when the connection ends.
    let _ = diesel::sql_query(unlock).execute(connection);
    done
}

fn within_transaction<T>(
    connection: &mut DbConnection,
    work: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    connection.begin(Begin::Write)?;
    let done = work(connection);
    match done {
        Ok(_) => connection.commit()?,
        // The first error is what went wrong.
        Err(_) => drop(connection.rollback()),
    }
    done
}
