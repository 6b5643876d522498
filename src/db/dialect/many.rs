//! Many rows by one statement: places for their values, and their locks.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::super::{DbBackend, DbConnection, Engine};
use super::for_update;
use crate::error::Result;

/// What follows `VALUES`: a place for each value of so many rows of so many columns.
pub fn places(engine: Engine, rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| place(engine, row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn place(engine: Engine, number: usize) -> String {
    match engine {
        Engine::Postgres => format!("${number}"),
        Engine::Sqlite | Engine::Mysql => "?".to_owned(),
    }
}

/// Keeps the rows of these ids unchanged until the transaction ends, in the order of their ids, so that no two wait for
/// each other. To be called before anything is read: MariaDB's reads show what was there at the first one.
pub fn lock_rows(connection: &mut DbConnection, table: &str, ids: &[String]) -> Result<()> {
    #[derive(QueryableByName)]
    struct Locked {
        #[diesel(sql_type = Text)]
        #[expect(dead_code, reason = "a query that locks has to select something")]
        id: String,
    }
    let engine = connection.engine();
    let lock = for_update(engine);
    if lock.is_empty() || ids.is_empty() {
        return Ok(());
    }
    // A walk of the whole table would lock all of it.
    let index = if engine == Engine::Mysql { " FORCE INDEX (PRIMARY)" } else { "" };
    let places = places(engine, 1, ids.len());
    let question = format!("SELECT id FROM {table}{index} WHERE id IN {places} ORDER BY id{lock}");
    let mut query = diesel::sql_query(question).into_boxed::<DbBackend>();
    for id in ids {
        query = query.bind::<Text, _>(id.clone());
    }
    query.load::<Locked>(connection)?;
    Ok(())
}
