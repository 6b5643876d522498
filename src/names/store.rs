//! Reading names, each kind in a snapshot of its own so that one that fails spoils no other.

use std::collections::{HashMap, HashSet};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{MOST, NameSources, Names};
use crate::db::values::TolerantText;
use crate::db::{Database, DbConnection, dialect};
use crate::error::Result;

/// A table of the platform that holds names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    name: &'static str,
    column: &'static str,
    /// In words, for the log.
    what: &'static str,
}

pub const MODELS: Table = Table { name: "llm", column: "name", what: "models" };
pub const USERS: Table = Table { name: "users", column: "username", what: "users" };
pub const ORGANISATIONS: Table = Table { name: "organization", column: "orgname", what: "organisations" };

/// All names that can be read, and one line for each kind that cannot.
pub fn load(database: &Database, sources: &NameSources) -> (Names, Vec<String>) {
    let mut problems = Vec::new();
    let mut kind = |table: Table, query: &Option<String>| {
        let (names, problem) = match load_kind(database, table, query.as_deref()) {
            Ok(names) if names.len() > MOST => {
                let what = table.what;
                (names.into_iter().take(MOST).collect(), Some(format!("more than {MOST} names of {what}")))
            }
            Ok(names) => (names, None),
            Err(error) => (HashMap::new(), Some(format!("cannot read the names of {}: {error}", table.what))),
        };
        problems.extend(problem);
        names
    };
    let names = Names {
        models: kind(MODELS, &sources.models),
        users: kind(USERS, &sources.users),
        organisations: kind(ORGANISATIONS, &sources.organisations),
    };
    (names, problems)
}

/// As [`load`], with the problems in the log: for commands that read names once.
pub fn load_logged(database: &Database, sources: &NameSources) -> Names {
    let (names, problems) = load(database, sources);
    super::log_new(&[], &problems);
    names
}

/// Whether that SQL gives names.
pub fn check(connection: &mut DbConnection, query: &str) -> Result<()> {
    let query = query.trim().trim_end_matches(';');
    dialect::ids_and_names(connection, query, 1).map(drop)
}

fn load_kind(database: &Database, table: Table, query: Option<&str>) -> Result<HashMap<String, String>> {
    database.run_here(|connection| {
        let query = match query {
            Some(query) => query.trim().trim_end_matches(';').to_owned(),
            None if dialect::table_exists(connection, table.name)? => {
                format!("SELECT id, {} FROM {}", table.column, table.name)
            }
            None => return Ok(HashMap::new()),
        };
        let rows = dialect::ids_and_names(connection, &query, MOST as i64 + 1)?;
        let known = rows.into_iter().filter_map(|row| row.id.zip(row.name));
        Ok(known.filter(|(_, name)| !name.trim().is_empty()).collect())
    })
}

/// Creates the platform's name tables for the demo, where they are absent.
/// In a transaction of its own, because MariaDB commits at each `CREATE TABLE`.
pub fn create_demo_tables(connection: &mut DbConnection) -> Result<()> {
    let options = dialect::table_options(connection.engine());
    for table in [MODELS, USERS, ORGANISATIONS] {
        if dialect::table_exists(connection, table.name)? {
            continue;
        }
        // A model is good until a day.
        let more = if table == MODELS { ", expired_date DATE" } else { "" };
        let create = format!(
            "CREATE TABLE {} (id VARCHAR(32) NOT NULL PRIMARY KEY, {} VARCHAR(255){more}){options}",
            table.name, table.column
        );
        diesel::sql_query(create).execute(connection)?;
    }
    Ok(())
}

/// Adds names to a table of the demo; ids that it holds already keep their names.
pub fn insert<'a>(
    connection: &mut DbConnection,
    table: Table,
    names: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<()> {
    let ids: Vec<TolerantText> = sql::<Text>(&format!("SELECT id FROM {}", table.name)).load(connection)?;
    let taken: HashSet<String> = ids.into_iter().map(String::from).collect();
    let add = format!("INSERT INTO {} (id, {}) VALUES (", table.name, table.column);
    for (id, name) in names.into_iter().filter(|(id, _)| !taken.contains(*id)) {
        sql::<Text>(&add)
            .bind::<Text, _>(id.to_owned())
            .sql(", ")
            .bind::<Text, _>(name.to_owned())
            .sql(")")
            .execute(connection)?;
    }
    Ok(())
}
