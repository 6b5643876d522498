//! Tables that are filled with a million rows: without their indexes, which are built afterwards, is much faster.

use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::db::{Database, Engine};

use super::rows::run;

/// What makes an index of a table, and what takes it away.
#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    makes: String,
    #[diesel(sql_type = Text)]
    drops: String,
}

/// Does the work while these tables have no index but those of their keys. On servers.
pub fn without_indexes(database: &Database, tables: &[&str], work: impl FnOnce()) {
    let indexes: Vec<(&str, Vec<Index>)> =
        tables.iter().map(|table| (*table, indexes(database, table))).collect();
    for (table, indexes) in &indexes {
        alter(database, table, indexes.iter().map(|index| index.drops.as_str()).collect());
    }
    work();
    for (table, indexes) in &indexes {
        alter(database, table, indexes.iter().map(|index| index.makes.as_str()).collect());
    }
}

/// MariaDB goes through the table once for all of its indexes.
fn alter(database: &Database, table: &str, parts: Vec<&str>) {
    match database.engine() {
        Engine::Mysql => run(database, &format!("ALTER TABLE {table} {}", parts.join(", "))),
        _ => run(database, &parts.join("; ")),
    }
}

fn indexes(database: &Database, table: &str) -> Vec<Index> {
    let question = match database.engine() {
        Engine::Sqlite => unimplemented!("indexes of SQLite"),
        Engine::Mysql => format!(
            "SELECT CONCAT('ADD ', IF(non_unique, '', 'UNIQUE '), 'INDEX ', index_name, ' (', \
             GROUP_CONCAT(column_name ORDER BY seq_in_index), ')') AS makes, CONCAT('DROP INDEX ', index_name) AS drops \
             FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = '{table}' \
             AND index_name <> 'PRIMARY' GROUP BY index_name, non_unique"
        ),
        Engine::Postgres => format!(
            "SELECT pg_get_indexdef(indexrelid) AS makes, CONCAT('DROP INDEX ', CAST(indexrelid AS REGCLASS)) AS drops \
             FROM pg_index WHERE indrelid = CAST('{table}' AS REGCLASS) \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
        ),
    };
    database.run_here(|connection| Ok(diesel::sql_query(question).load(connection)?)).expect("its indexes")
}
