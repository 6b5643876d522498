//! A question in somebody else's words, inside a transaction: it ends in time where the engine can end it, what it may have
//! done is taken back, and one that fails spoils nothing.

use std::time::Duration;

use diesel::connection::{SimpleConnection, TransactionManager};

use super::{DbConnection, Engine, dialect};
use crate::error::Result;

/// Asks; gives what came of it, be it a failure.
///
/// # Errors
/// Where the transaction itself is lost.
pub fn question<T>(
    connection: &mut DbConnection,
    most: Duration,
    ask: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<Result<T>> {
    let engine = connection.engine();
    let bounds = dialect::time_bounds(engine, most);
    <DbConnection as diesel::Connection>::TransactionManager::begin_transaction(connection)?;
    let bounded = bounds.as_ref().map_or(Ok(()), |(set, _)| connection.batch_execute(set));
    let asked = bounded.map_err(Into::into).and_then(|()| ask(connection));
    let ended = match &bounds {
        // A savepoint of PostgreSQL that is taken back takes its settings with it. MariaDB's statements would have to be
        // prepared anew behind that.
        Some((_, unset)) if engine == Engine::Mysql => {
            let unset = connection.batch_execute(unset);
            let ended = if asked.is_ok() { connection.commit() } else { connection.rollback() };
            unset.and(ended)
        }
        Some(_) => connection.rollback(),
        None if asked.is_ok() => connection.commit(),
        None => connection.rollback(),
    };
    match (asked, ended) {
        (asked, Ok(())) => Ok(asked),
        (Err(error), Err(_)) => Err(error),
        (Ok(_), Err(error)) => Err(error.into()),
    }
}
