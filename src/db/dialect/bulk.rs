//! Many rows into one table: on SQLite an index costs a tenth when it is built at the end.
//!
//! There, `CREATE` and `DROP` are part of the transaction: killed at any moment, the table has its indexes
//! as before. The others commit at each of them (MariaDB) or lock readers out (PostgreSQL), and get nothing.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::super::{DbConnection, Engine};
use crate::error::Result;

/// From this number of rows on, building indexes anew may be worth its fixed price.
const REBUILD_FROM: i64 = 5_000;

/// Memory for pages meanwhile: the ids of millions of rows come in no order, and each page that does not fit
/// is written and read again and again.
const CACHE: &str = "PRAGMA cache_size = -400000";

/// What was set aside and must be put back in the same transaction.
#[derive(Debug, Default)]
#[must_use = "the indexes must be built again"]
pub struct Bulk {
    /// The statements that put it back, in the order in which it was made.
    again: Vec<String>,
}

/// Sets aside what makes inserting so many rows slow; to be called in the transaction that inserts them.
pub fn begin_bulk(connection: &mut DbConnection, table: &str, rows: u64) -> Result<Bulk> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    if connection.engine() != Engine::Sqlite || rows < REBUILD_FROM {
        return Ok(Bulk::default());
    }
    let mut bulk = Bulk::default();
    let cache = sql_number(connection, "SELECT cache_size FROM pragma_cache_size")?;
    run(connection, CACHE)?;
    bulk.again.push(format!("PRAGMA cache_size = {cache}"));
    // Building costs as much as the table will be large, inserting as much as there is to insert.
    let present =
        sql_number(connection, &format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT {rows})"))?;
    if present < rows {
        for (name, statement) in indexes(connection, table)? {
            run(connection, &format!("DROP INDEX \"{name}\""))?;
            bulk.again.push(statement);
        }
    }
    Ok(bulk)
}

/// Puts back what [`begin_bulk`] set aside.
pub fn end_bulk(connection: &mut DbConnection, bulk: Bulk) -> Result<()> {
    for statement in bulk.again {
        run(connection, &statement)?;
    }
    Ok(())
}

/// The indexes of a table with the statements that made them, oldest first.
fn indexes(connection: &mut DbConnection, table: &str) -> Result<Vec<(String, String)>> {
    #[derive(QueryableByName)]
    struct Part {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let question = format!(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' \
         AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%' ORDER BY rowid"
    );
    let parts: Vec<Part> = diesel::sql_query(question).load(connection)?;
    Ok(parts.into_iter().map(|part| (part.name, part.sql)).collect())
}

fn run(connection: &mut DbConnection, statement: &str) -> Result<()> {
    diesel::sql_query(statement).execute(connection)?;
    Ok(())
}

fn sql_number(connection: &mut DbConnection, question: &str) -> Result<i64> {
    Ok(diesel::dsl::sql::<BigInt>(question).get_result(connection)?)
}
