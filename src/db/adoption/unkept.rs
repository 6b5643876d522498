//! Changes of failures that no trigger sees: where a table permits them, totals are counted, not kept.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::{Database, Engine};
use crate::error::Result;

/// Why totals of the platform's failures cannot be kept, in one line; none where they can.
pub fn totals_unkept(database: &Database) -> Result<Option<String>> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let (question, why) = match database.engine() {
        Engine::Sqlite => (
            "SELECT list.name AS name FROM pragma_index_list('llmusage_accounting_failed') list \
             WHERE list.\"unique\" = 1 AND EXISTS (SELECT 1 FROM pragma_index_info(list.name) part \
             WHERE COALESCE(lower(part.name), '') <> 'id') \
             UNION ALL SELECT name FROM pragma_table_info('llmusage_accounting_failed') \
             WHERE pk > 0 AND lower(name) <> 'id'",
            "unique beside id, so that INSERT OR REPLACE takes rows away without any trigger",
        ),
        Engine::Mysql => (
            "SELECT CAST(constraint_name AS CHAR) AS name FROM information_schema.referential_constraints \
             WHERE constraint_schema = DATABASE() AND table_name = 'llmusage_accounting_failed' \
             AND (delete_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT') \
             OR update_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))",
            "foreign keys that change its rows without any trigger",
        ),
        // There every change is seen.
        Engine::Postgres => return Ok(None),
    };
    let found: Vec<Named> =
        database.run_here(|connection| Ok(diesel::sql_query(question).load(connection)?))?;
    let names: Vec<String> = found.into_iter().map(|found| found.name).collect();
    let words = || {
        format!("llmusage_accounting_failed has {}: {why}; totals are counted each time", names.join(", "))
    };
    Ok((!names.is_empty()).then(words))
}
