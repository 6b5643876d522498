//! Searching parts of texts: by LIKE, and by a trigram index where the engine has one.

use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};

use super::super::{DbConnection, Engine};
use crate::error::Result;

/// The pattern for a part of a text, with the wildcards of LIKE taken literally (escape character `!`).
pub fn like_pattern(part: &str) -> String {
    let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// "The column holds this part, in any case", as the text before and after the bound pattern.
pub fn contains_any_case(engine: Engine, column: &str) -> (String, &'static str) {
    match engine {
        Engine::Sqlite => (format!("{column} LIKE "), " ESCAPE '!'"),
        Engine::Mysql => (format!("LOWER({column}) LIKE LOWER("), ") ESCAPE '!'"),
        Engine::Postgres => (format!("{column} ILIKE "), " ESCAPE '!'"),
    }
}

/// Whether reasons have an index for parts of words.
pub fn has_text_index(connection: &mut DbConnection) -> Result<bool> {
    let question = match connection.engine() {
        Engine::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = 'reason_index'",
        Engine::Mysql => return Ok(false),
        Engine::Postgres => {
            // One whose building was cut off, or goes on, answers nothing.
            "SELECT COUNT(*) AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
             JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE i.indisvalid \
             AND c.relname = 'idx_laf_failed_reason' AND ns.nspname = ANY (current_schemas(false))"
        }
    };
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let rows: Vec<Count> = diesel::sql_query(question).load(connection)?;
    Ok(rows.iter().any(|row| row.n > 0))
}

/// "The id is among the hits of the text index", before and after the bound question.
pub fn text_hits(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => (
            "id IN (SELECT failed_id FROM reason_document WHERE number IN \
             (SELECT rowid FROM reason_index WHERE reason_index MATCH ",
            "))",
        ),
        // The array is made once, from the index, before the rows are read in the order of the list.
        _ => (
            "id = ANY (ARRAY (SELECT hit.id FROM llmusage_accounting_failed hit WHERE hit.failed_reason ILIKE ",
            " ESCAPE '!'))",
        ),
    }
}

/// How many rows the text index has for a question, counting to `limit` at most.
pub fn count_text_hits(connection: &mut DbConnection, question: &str, limit: i64) -> Result<i64> {
    use diesel::sql_types::BigInt;
    let query = match connection.engine() {
        Engine::Sqlite => {
            sql::<BigInt>("SELECT COUNT(*) FROM (SELECT 1 FROM reason_index WHERE reason_index MATCH ")
                .bind::<Text, _>(question.to_owned())
                .sql(" LIMIT ")
        }
        _ => {
            // With a limit the planner would rather scan the table; the index is what this asks for.
            diesel::sql_query("SET LOCAL enable_seqscan = off").execute(connection)?;
            sql::<BigInt>(
                "SELECT COUNT(*) FROM (SELECT 1 FROM llmusage_accounting_failed WHERE failed_reason ILIKE ",
            )
            .bind::<Text, _>(question.to_owned())
            .sql(" ESCAPE '!' LIMIT ")
        }
    };
    Ok(query.bind::<BigInt, _>(limit).sql(") hits").get_result(connection)?)
}
