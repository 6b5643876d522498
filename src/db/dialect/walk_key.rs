//! By what usages of one day are walked: in the order in which an index has them.

use diesel::RunQueryDsl;
use diesel::dsl::sql;
use diesel::sql_types::Bool;

use super::super::{DbConnection, Engine};
use super::{Statement, as_text};
use crate::error::Result;

/// What tells the live usages of one day apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkKey {
    Id,
    /// SQLite's number of a row, which is also the order of the table's pages, where each holds a few rows only.
    RowNumber,
}

impl WalkKey {
    /// Asks how the table of live usages is kept: one `WITHOUT ROWID` is a tree of ids, and has no numbers.
    pub fn of_usages(connection: &mut DbConnection) -> Result<WalkKey> {
        if connection.engine() != Engine::Sqlite {
            return Ok(WalkKey::Id);
        }
        let question = "EXISTS (SELECT 1 FROM pragma_table_list('llmusage') WHERE schema = 'main' AND wr)";
        let is_without = diesel::select(sql::<Bool>(question)).get_result(connection)?;
        Ok(if is_without { WalkKey::Id } else { WalkKey::RowNumber })
    }

    pub fn column(self) -> &'static str {
        match self {
            WalkKey::Id => "id",
            WalkKey::RowNumber => "rowid",
        }
    }

    /// The key of `u` as a select item.
    pub fn selected(self, engine: Engine) -> String {
        let column = format!("u.{}", self.column());
        match (self, engine) {
            // An id of bytes stays one.
            (WalkKey::Id, Engine::Sqlite) => column,
            _ => as_text(engine, &column),
        }
    }

    /// The statement with "it is one of these keys" behind it, of the table of that name; never none.
    pub fn among(self, statement: Statement, table: &str, keys: &[String]) -> Statement {
        let statement = statement.sql(&format!("{table}.{} IN ", self.column()));
        match self {
            WalkKey::Id => statement.ids(keys),
            WalkKey::RowNumber => statement.numbers(keys),
        }
    }
}
