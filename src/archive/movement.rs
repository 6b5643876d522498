//! The statements that move usages between the live table and the history. They are written only by who holds the cases of
//! these usages.

use chrono::NaiveDateTime;
use diesel::QueryResult;

use super::moving::Shape;
use super::walk::Rows;
use crate::db::DbConnection;
use crate::db::dialect::Statement;
use crate::error::{Error, Result};
use crate::failed_accounting::case::Held;

/// Moves rows of the cases that are held.
#[derive(Debug)]
pub(super) struct Movement<'a> {
    shape: &'a Shape,
    held: Held,
}

impl<'a> Movement<'a> {
    pub fn new(shape: &'a Shape, held: Held) -> Movement<'a> {
        Movement { shape, held }
    }

    /// Copies rows of the live table into the history.
    pub fn copy(
        &self,
        connection: &mut DbConnection,
        keys: &[String],
        backup_time: NaiveDateTime,
    ) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.held.check()?;
        let (names, engine) = (self.shape.names(), self.shape.engine);
        let start = format!("INSERT INTO llmusage_history ({names}, backup_time) SELECT {names}, ");
        let copying = Statement::new(engine, &start).time(backup_time).sql(" FROM llmusage u WHERE ");
        is_all(Rows::Keys(keys).within(copying, self.shape.key).execute(connection)?, keys, "copied")
    }

    /// Deletes these rows of the live table.
    pub fn delete(&self, connection: &mut DbConnection, keys: &[String]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.held.check()?;
        let Shape { engine, key, .. } = *self.shape;
        let deleting = Statement::new(engine, "DELETE FROM llmusage WHERE ");
        is_all(key.among(deleting, "llmusage", keys).execute(connection)?, keys, "deleted")
    }

    /// Deletes these rows of the history.
    pub fn take_back(&self, connection: &mut DbConnection, ids: &[String]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.held.check()?;
        let statement =
            Statement::new(self.shape.engine, "DELETE FROM llmusage_history WHERE id IN ").ids(ids);
        is_all(statement.execute(connection)?, ids, "taken back")
    }

    /// Copies one row of the history into the live table.
    pub fn bring_back(&self, connection: &mut DbConnection, id: &str) -> Result<QueryResult<usize>> {
        self.held.check()?;
        let names = self.shape.names();
        let text =
            format!("INSERT INTO llmusage ({names}) SELECT {names} FROM llmusage_history WHERE id IN ");
        Ok(Statement::new(self.shape.engine, &text).ids(&[id.to_owned()]).execute(connection))
    }

    /// Deletes rows of the history, all of which must be in the live table with the same content.
    pub fn leave_history(&self, connection: &mut DbConnection, ids: &[String]) -> Result<()> {
        is_all(self.shape.count_proved(connection, Rows::Ids(ids))?, ids, "proved")?;
        self.take_back(connection, ids)
    }
}

/// Nothing is half done: a count that is not as it must be takes the whole transaction back.
fn is_all(count: usize, rows: &[String], what: &str) -> Result<()> {
    match count == rows.len() {
        true => Ok(()),
        false => Err(Error::Internal(format!("{count} rows were {what}, not {}", rows.len()))),
    }
}
