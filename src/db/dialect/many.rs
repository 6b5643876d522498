//! Many rows by one statement: places for their values, and their locks.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;

use super::super::opening::LOGS_STATEMENTS;
use super::super::values::TolerantText;
use super::super::{DbBackend, DbConnection, Engine};
use super::for_update;
use super::statement::Statement;
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
/// each other. To be called before anything is read: MariaDB's reads show what was there at the first one. Gives the ids that
/// are there; none where one lock is for all.
pub fn lock_rows(connection: &mut DbConnection, table: &str, ids: &[String]) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Locked {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        id: String,
    }
    let engine = connection.engine();
    let lock = for_update(engine);
    if lock.is_empty() || ids.is_empty() {
        return Ok(Vec::new());
    }
    // A walk of the whole table would lock all of it.
    let index = if engine == Engine::Mysql { " FORCE INDEX (PRIMARY)" } else { "" };
    let places = places(engine, 1, ids.len());
    let question = format!("SELECT id FROM {table}{index} WHERE id IN {places} ORDER BY id{lock}");
    let mut query = diesel::sql_query(question).into_boxed::<DbBackend>();
    for id in ids {
        query = query.bind::<Text, _>(id.clone());
    }
    Ok(query.load::<Locked>(connection)?.into_iter().map(|row| row.id).collect())
}

/// A query that gives so many rows at most. The number is part of the text, which SQLite therefore keeps.
#[derive(Debug, Clone, Copy)]
pub struct AtMost<Q>(pub usize, pub Q);

impl<Q> QueryId for AtMost<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for AtMost<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DbBackend>> QueryFragment<DbBackend> for AtMost<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DbBackend>) -> QueryResult<()> {
        self.1.walk_ast(pass.reborrow())?;
        pass.push_sql(&format!(" LIMIT {}", self.0));
        Ok(())
    }
}

impl<Q> RunQueryDsl<DbConnection> for AtMost<Q> {}

/// A query whose rows nobody changes until the transaction ends: it reads them as they are when they are locked, whatever
/// was read before.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Locked<Q>(pub Engine, pub Q);

impl<Q: Query> Query for Locked<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DbBackend>> QueryFragment<DbBackend> for Locked<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DbBackend>) -> QueryResult<()> {
        self.1.walk_ast(pass.reborrow())?;
        pass.push_sql(for_update(self.0));
        Ok(())
    }
}

impl<Q> RunQueryDsl<DbConnection> for Locked<Q> {}

/// The ids of the failures of these usages; to be asked after the usages are locked, and before these failures are. It
/// locks on the way where an old view would hide what was written since.
pub fn failures_of(
    connection: &mut DbConnection,
    usage_ids: &[String],
    at_most: Option<usize>,
) -> Result<Vec<(String, String)>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        id: String,
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        llmusageid: String,
    }
    let engine = connection.engine();
    let limit = at_most.map_or_else(String::new, |most| format!(" LIMIT {most}"));
    let mut found = Vec::new();
    for some in usage_ids.chunks(IDS) {
        // A walk of the whole table would lock, or wait for, all of it.
        let (index, lock) = match engine {
            Engine::Mysql => (" FORCE INDEX (idx_laf_llmusageid_failed_time)", for_update(engine)),
            Engine::Sqlite | Engine::Postgres => ("", ""),
        };
        let start =
            format!("SELECT id, llmusageid FROM llmusage_accounting_failed{index} WHERE llmusageid IN ");
        let query = Statement::new(engine, &start).ids(some).sql(&limit).sql(lock);
        found.extend(query.load::<Found>(connection)?.into_iter().map(|row| (row.id, row.llmusageid)));
    }
    Ok(found)
}

/// Those of these usages that have more failures than that, found without a lock where [`failures_of`] would lock them all.
/// Where a question that locks nothing would fix what the transaction sees, it is not asked, and finds none.
pub fn crowds(connection: &mut DbConnection, usage_ids: &[String], more_than: usize) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        llmusageid: String,
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    if connection.engine() != Engine::Mysql {
        return Ok(Vec::new());
    }
    for some in usage_ids.chunks(IDS) {
        let start = format!(
            "SELECT llmusageid FROM llmusage_accounting_failed FORCE INDEX (idx_laf_llmusageid_failed_time) \
             WHERE NOT {LOGS_STATEMENTS} AND llmusageid IN "
        );
        for row in Statement::new(Engine::Mysql, &start).ids(some).load::<Found>(connection)? {
            *counts.entry(row.llmusageid).or_default() += 1;
        }
    }
    Ok(counts.into_iter().filter(|(_, count)| *count > more_than).map(|(id, _)| id).collect())
}

/// Ids in one statement.
const IDS: usize = 500;
