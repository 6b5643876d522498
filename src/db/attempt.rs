//! A question that may fail without breaking the transaction that asks it: on PostgreSQL one failed statement breaks all.

use diesel::connection::TransactionManager;

use super::DbConnection;
use crate::error::Result;

/// Asks; where that fails, the transaction goes on as if nothing had been asked.
pub fn attempt<T>(
    connection: &mut DbConnection,
    ask: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    <DbConnection as diesel::Connection>::TransactionManager::begin_transaction(connection)?;
    let asked = ask(connection);
    let ended = if asked.is_ok() { connection.commit() } else { connection.rollback() };
    ended?;
    asked
}
