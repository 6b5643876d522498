//! Rows whose id is NULL, which SQLite permits in a key of text.

use diesel::RunQueryDsl;
use diesel::dsl::sql;
use diesel::sql_types::BigInt;

use super::super::{DbConnection, Engine};
use crate::error::Result;

/// Whether a row may have no id.
pub fn holds_nameless(engine: Engine) -> bool {
    engine == Engine::Sqlite
}

/// Whether a row of that table has none. The index on ids tells it at once. Only where this is so, SQLite's number of a row
/// may be asked for: a table that keeps no such numbers has an id in each row.
pub fn has_nameless(connection: &mut DbConnection, table: &str) -> Result<bool> {
    if !holds_nameless(connection.engine()) {
        return Ok(false);
    }
    // Of a column that is never NULL, SQLite would say that it reads all rows, though it reads none.
    let question = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE id IS (SELECT NULL))");
    Ok(sql::<BigInt>(&question).get_result::<i64>(connection)? > 0)
}
