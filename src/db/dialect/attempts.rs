//! Rows that several requests may want to begin at once.

use chrono::NaiveDateTime;
use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamp};

use super::super::{DbConnection, Engine};
use super::statement::Statement;
use crate::error::Result;

/// A row of `sign_in_attempt` without failures, unless there is one for that subject.
pub fn insert_attempt_unless_known(
    connection: &mut DbConnection,
    subject: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let columns = "sign_in_attempt (subject, failures, next_at, last_at)";
    let statement = match connection.engine() {
        Engine::Sqlite => format!("INSERT INTO {columns} VALUES (?, 0, ?, ?) ON CONFLICT DO NOTHING"),
        Engine::Mysql => format!("INSERT IGNORE INTO {columns} VALUES (?, 0, ?, ?)"),
        Engine::Postgres => format!("INSERT INTO {columns} VALUES ($1, 0, $2, $3) ON CONFLICT DO NOTHING"),
    };
    diesel::sql_query(statement)
        .bind::<Text, _>(subject.to_owned())
        .bind::<Timestamp, _>(now)
        .bind::<Timestamp, _>(now)
        .execute(connection)?;
    Ok(())
}

/// A row of `cause` with that key, title, family and template, unless there is one with that key.
pub fn insert_cause_unless_known(
    connection: &mut DbConnection,
    texts: [&str; 4],
    version: i32,
) -> diesel::QueryResult<()> {
    let (start, end) = match connection.engine() {
        Engine::Mysql => ("INSERT IGNORE INTO", ")"),
        Engine::Sqlite | Engine::Postgres => ("INSERT INTO", ") ON CONFLICT DO NOTHING"),
    };
    let start = format!("{start} cause (cause_key, title, family, template, version) VALUES (");
    let mut statement = Statement::new(connection.engine(), &start);
    for text in texts {
        statement = statement.text(text).sql(", ");
    }
    statement.number(i64::from(version)).sql(end).execute(connection).map(drop)
}
