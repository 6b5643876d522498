//! Usages as the platform writes them, and what must hold of both tables.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::db::{Database, Engine};

/// Every column of a usage as one text, whatever the engine.
const COLUMNS: [&str; 16] = [
    "llmid",
    "use_date",
    "use_time",
    "userid",
    "usages",
    "ioinfo",
    "transno",
    "responsed_seconds",
    "finish_seconds",
    "status",
    "taskid",
    "amount",
    "cost",
    "userorgid",
    "ownerid",
    "accounting_status",
];

/// The rows of a table by id: each as the text of all its columns, NULL told from empty.
pub fn rows(database: &Database, table: &str) -> BTreeMap<String, String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
        #[diesel(sql_type = Text)]
        content: String,
    }
    let text = if database.engine() == Engine::Mysql { "CHAR" } else { "TEXT" };
    let one = |column: &str| match database.engine() {
        Engine::Sqlite => format!("quote({column})"),
        _ => format!("COALESCE(CONCAT('<', CAST({column} AS {text}), '>'), 'NULL')"),
    };
    let parts: Vec<String> = COLUMNS.iter().map(|column| one(column)).collect();
    let content = match database.engine() {
        Engine::Sqlite => parts.join(" || ' ' || "),
        _ => format!("CONCAT({})", parts.join(", ' ', ")),
    };
    let question = format!("SELECT id, {content} AS content FROM {table}");
    let rows: Vec<Row> = database
        .run_here(|connection| Ok(diesel::sql_query(question).load(connection)?))
        .expect("the table can be read");
    rows.into_iter().map(|row| (row.id, row.content)).collect()
}

/// Both tables together: every usage in exactly one of them.
pub fn everywhere(database: &Database) -> BTreeMap<String, String> {
    let (mut live, archived) = (rows(database, "llmusage"), rows(database, "llmusage_history"));
    for (id, content) in archived {
        assert!(live.insert(id.clone(), content).is_none(), "{id} is in both tables");
    }
    live
}

/// Inserts usages: id, day, state; with money and texts that differ.
pub fn insert(database: &Database, usages: &[(String, &str, &str)]) {
    for some in usages.chunks(200) {
        let values: Vec<String> = some
            .iter()
            .enumerate()
            .map(|(number, (id, day, state))| {
                format!(
                    "('{id}', 'm{}', '{day}', '{day} 10:00:0{}', 'it''s ✓ {number}', '{{\"n\": {number}}}', {}.00036, {}, \
                     NULL, '{state}', 'SUCCEEDED', 'task-{id}')",
                    number % 3,
                    number % 10,
                    number % 7,
                    if number % 5 == 0 { "NULL".to_owned() } else { format!("{number}.1") },
                )
            })
            .collect();
        crate::support::rows::run(
            database,
            &format!(
                "INSERT INTO llmusage (id, llmid, use_date, use_time, ioinfo, usages, amount, cost, userorgid, \
                 accounting_status, status, taskid) VALUES {}",
                values.join(", ")
            ),
        );
    }
}
