//! Counting rows of a limited query, and asking for few rows by an index.

use diesel::RunQueryDsl;

use super::super::{DbBackend, DbConnection, Engine};
use crate::error::Result;

/// How many rows a limited query gives, without fetching them.
pub fn count_rows<Q>(connection: &mut DbConnection, query: Q) -> Result<i64>
where
    CountOf<Q>: diesel::query_dsl::methods::LoadQuery<'static, DbConnection, i64>,
{
    // For a common value PostgreSQL reads the table until it has met so many: that is all of it where they come last.
    by_index(connection, |connection| Ok(CountOf(query).get_result(connection)?))
}

/// Asks for few rows, which PostgreSQL shall find by an index also where it takes reading the whole table for cheaper.
pub fn by_index<T>(
    connection: &mut DbConnection,
    ask: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    let is_on = "SELECT current_setting('enable_seqscan')";
    if connection.engine() != Engine::Postgres
        || diesel::dsl::sql::<diesel::sql_types::Text>(is_on).get_result::<String>(connection)? == "off"
    {
        return ask(connection);
    }
    diesel::sql_query("SET LOCAL enable_seqscan = off").execute(connection)?;
    let answer = ask(connection)?;
    diesel::sql_query("SET LOCAL enable_seqscan = on").execute(connection)?;
    Ok(answer)
}

/// `SELECT COUNT(*) FROM (query)`: Diesel has no query in FROM.
#[derive(Debug, Clone, Copy, diesel::query_builder::QueryId)]
pub struct CountOf<Q>(Q);

impl<Q> diesel::query_builder::Query for CountOf<Q> {
    type SqlType = diesel::sql_types::BigInt;
}

impl<Q> diesel::query_builder::QueryFragment<DbBackend> for CountOf<Q>
where
    Q: diesel::query_builder::QueryFragment<DbBackend>,
{
    fn walk_ast<'b>(
        &'b self,
        mut pass: diesel::query_builder::AstPass<'_, 'b, DbBackend>,
    ) -> diesel::QueryResult<()> {
        pass.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(") counted");
        Ok(())
    }
}

impl<Q> diesel::RunQueryDsl<DbConnection> for CountOf<Q> {}
