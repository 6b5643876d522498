//! Tables that are not ours: whether they are there, and how a question about them is asked safely.
//!
//! On PostgreSQL a failing query breaks its transaction, so one looks first.

use std::borrow::Cow;

use diesel::RunQueryDsl;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::super::values::TolerantWords;
use super::super::{DbConnection, Engine};
use super::statement::Statement;
use crate::base::caseless;
use crate::error::Result;

/// Whether the database has a table or view of that name, where unqualified names are looked for.
pub fn table_exists(connection: &mut DbConnection, table: &str) -> Result<bool> {
    let question = match connection.engine() {
        Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name = ",
        Engine::Mysql => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = "
        }
        Engine::Postgres => {
            "SELECT COUNT(*) FROM information_schema.tables \
             WHERE table_schema = ANY (current_schemas(false)) AND table_name = "
        }
    };
    let found: i64 = diesel::dsl::sql::<BigInt>(question)
        .bind::<Text, _>(table.to_owned())
        .get_result(connection)
        .map_err(crate::error::Error::from)?;
    Ok(found > 0)
}

/// What ends a `CREATE TABLE` whose texts may hold any character and compare by byte.
pub fn table_options(engine: Engine) -> &'static str {
    match engine {
        Engine::Mysql => " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        Engine::Sqlite | Engine::Postgres => "",
    }
}

/// An id and a name, where the database gives one.
#[derive(Debug, QueryableByName)]
pub struct IdAndName {
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub id: Option<String>,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub name: Option<String>,
}

/// The first and second column of a query as text, whatever they are called there; at most `limit` rows.
pub fn ids_and_names(connection: &mut DbConnection, query: &str, limit: i64) -> Result<Vec<IdAndName>> {
    let text = if connection.engine() == Engine::Mysql { "CHAR" } else { "TEXT" };
    // The query may end in a comment, hence the line break.
    let question = format!(
        "WITH named (id, name) AS ({query}\n) \
         SELECT CAST(id AS {text}) AS id, CAST(name AS {text}) AS name FROM named LIMIT {limit}"
    );
    Ok(diesel::sql_query(question).load(connection)?)
}

/// As [`ids_and_names`], of these ids only; never none.
pub fn facts_of(connection: &mut DbConnection, query: &str, ids: &[String]) -> Result<Vec<IdAndName>> {
    let engine = connection.engine();
    let text = if engine == Engine::Mysql { "CHAR" } else { "TEXT" };
    let start = format!(
        "WITH named (id, name) AS ({query}\n) \
         SELECT CAST(id AS {text}) AS id, CAST(name AS {text}) AS name FROM named WHERE id IN "
    );
    Ok(Statement::new(engine, &start).ids(ids).load(connection)?)
}

/// Whether a query begins as one that reads; on PostgreSQL a DELETE would be a table, too.
pub fn begins_reading(query: &str) -> bool {
    let begins = |word: &str| {
        query.trim_start().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    begins("select") || begins("with")
}

/// An id as the tables of the platform compare it: MariaDB's without case and without blanks at the end.
pub fn id_key(engine: Engine, id: &str) -> Cow<'_, str> {
    match engine {
        Engine::Mysql => caseless::fold(id.trim_end_matches(' ')),
        Engine::Sqlite | Engine::Postgres => Cow::Borrowed(id),
    }
}
