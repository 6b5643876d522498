//! How a ledger of somebody else's is asked, by a query of their own: all of it as text, whatever it is there.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::super::values::TolerantWords;
use super::super::{DbConnection, Engine};
use super::statement::Statement;
use crate::error::Result;

/// A row of a ledger, as text.
#[derive(Debug, QueryableByName)]
pub struct LedgerRow {
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub usage_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub entry_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub entry_time: Option<String>,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub entry_amount: Option<String>,
}

/// What the query gives of these usages only, never none; at most `limit` rows.
pub fn ledger_rows(
    connection: &mut DbConnection,
    query: &str,
    usage_ids: &[String],
    limit: usize,
) -> Result<Vec<LedgerRow>> {
    let engine = connection.engine();
    let text = if engine == Engine::Mysql { "CHAR" } else { "TEXT" };
    let cast = |column: &str| format!("CAST({column} AS {text}) AS {column}");
    let columns = ["entry_id", "entry_time", "entry_amount"].map(cast).join(", ");
    // On SQLite an id of bytes is another one than the text that reads the same.
    let usage_id = match engine {
        Engine::Sqlite => {
            "CASE typeof(usage_id) WHEN 'blob' THEN usage_id ELSE CAST(usage_id AS TEXT) END AS usage_id"
                .to_owned()
        }
        Engine::Mysql | Engine::Postgres => cast("usage_id"),
    };
    // The query may end in a comment, hence the line break.
    let start = format!(
        "WITH ledger (usage_id, entry_id, entry_time, entry_amount) AS ({query}\n) \
         SELECT {usage_id}, {columns} FROM ledger WHERE usage_id IN "
    );
    let rows = Statement::new(engine, &start).ids(usage_ids).sql(" LIMIT ").number(limit as i64);
    Ok(rows.load(connection)?)
}

/// Whether the query runs, and has the four columns; nothing is read of the ledger.
pub fn check_ledger(connection: &mut DbConnection, query: &str) -> Result<()> {
    let nobody = [String::new()];
    if connection.engine() == Engine::Postgres {
        // There a query may have more columns than are named.
        let counted =
            format!("SELECT NULL, NULL, NULL, NULL WHERE FALSE UNION ALL SELECT * FROM ({query}\n) ledger");
        return ledger_rows(connection, &counted, &nobody, 1).map(drop);
    }
    ledger_rows(connection, query, &nobody, 1).map(drop)
}

/// What bounds the time of the statements that follow in a transaction, and what takes that back: where an engine can. On
/// PostgreSQL nothing of theirs may write, either.
pub fn time_bounds(engine: Engine, most: Duration) -> Option<(String, &'static str)> {
    match engine {
        Engine::Sqlite => None,
        // What stands in the comments is MariaDB's and MySQL's each. A user may have a bound of its own, 0 being none.
        Engine::Mysql => {
            let bounded = |name: &str, most: String| {
                let own = format!("@@SESSION.{name}");
                format!(", @llmage_own = {own}, SESSION {name} = IF({own} > 0, LEAST({own}, {most}), {most})")
            };
            let of_mariadb = bounded("max_statement_time", format!("{:.3}", most.as_secs_f64()));
            let of_mysql = bounded("max_execution_time", most.as_millis().max(1).to_string());
            Some((
                format!("SET @llmage_bounds = 1 /*M!100101 {of_mariadb} */ /*!50708 {of_mysql} */"),
                "SET @llmage_bounds = NULL /*M!100101 , SESSION max_statement_time = @llmage_own */ \
                 /*!50708 , SESSION max_execution_time = @llmage_own */",
            ))
        }
        // What was set locally goes with the savepoint.
        Engine::Postgres => Some((
            format!(
                "SET LOCAL transaction_read_only = on; SET LOCAL statement_timeout = {}",
                most.as_millis().max(1)
            ),
            "",
        )),
    }
}
