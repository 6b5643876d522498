//! Many rows into one table: on SQLite an index costs a tenth when it is built at the end.
//!
//! There, `CREATE` and `DROP` are part of the transaction: killed at any moment, the table has its indexes
//! as before. The others commit at each of them (MariaDB) or lock readers out (PostgreSQL), and get nothing.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::super::{DbConnection, Engine};
use crate::error::Result;

/// From so many rows on, building anew may be worth its fixed price.
const MANY: i64 = 5_000;

/// Memory for pages meanwhile: the ids of millions of rows come in no order, and each page that does not fit
/// is written and read again and again.
const CACHE: &str = "PRAGMA cache_size = -400000";

/// Feeds the text index of reasons row by row; each statement that fires it makes a piece that must be merged.
const FEEDER: &str = "reason_index_insert";

/// What was set aside and must be put back in the same transaction.
#[derive(Debug, Default)]
#[must_use = "the indexes must be built again"]
pub struct Bulk {
    /// The statements that put it back, in the order in which it was made.
    again: Vec<String>,
    /// The last row and the last document of the text index before; later ones are to be fed.
    fed_until: Option<(i64, i64)>,
}

/// Sets aside what makes inserting so many rows slow; to be called in the transaction that inserts them.
pub fn begin_bulk(connection: &mut DbConnection, table: &str, rows: u64) -> Result<Bulk> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    if connection.engine() != Engine::Sqlite || rows < MANY {
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
        for (name, statement) in parts(connection, table, "index", "sql NOT LIKE 'CREATE UNIQUE%'")? {
            run(connection, &format!("DROP INDEX \"{name}\""))?;
            bulk.again.push(statement);
        }
    }
    for (name, statement) in parts(connection, table, "trigger", &format!("name = '{FEEDER}'"))? {
        run(connection, &format!("DROP TRIGGER \"{name}\""))?;
        bulk.again.push(statement);
        let row = sql_number(connection, &format!("SELECT COALESCE(MAX(rowid), 0) FROM {table}"))?;
        let document = sql_number(connection, "SELECT COALESCE(MAX(number), 0) FROM reason_document")?;
        bulk.fed_until = Some((row, document));
    }
    Ok(bulk)
}

/// Puts back what [`begin_bulk`] set aside.
pub fn end_bulk(connection: &mut DbConnection, bulk: Bulk) -> Result<()> {
    if let Some((row, document)) = bulk.fed_until {
        run(
            connection,
            &format!(
                "INSERT INTO reason_document (failed_id) \
                 SELECT id FROM llmusage_accounting_failed WHERE rowid > {row} ORDER BY rowid"
            ),
        )?;
        run(
            connection,
            &format!(
                "INSERT INTO reason_index (rowid, failed_reason) SELECT number, failed_reason \
                 FROM reason_document JOIN llmusage_accounting_failed ON id = failed_id \
                 WHERE number > {document} ORDER BY number"
            ),
        )?;
    }
    for statement in bulk.again {
        run(connection, &statement)?;
    }
    Ok(())
}

/// The indexes or triggers of a table with the statements that made them, oldest first.
fn parts(
    connection: &mut DbConnection,
    table: &str,
    kind: &str,
    which: &str,
) -> Result<Vec<(String, String)>> {
    #[derive(QueryableByName)]
    struct Part {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let question = format!(
        "SELECT name, sql FROM sqlite_master WHERE type = '{kind}' AND tbl_name = '{table}' \
         AND sql IS NOT NULL AND {which} ORDER BY rowid"
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
