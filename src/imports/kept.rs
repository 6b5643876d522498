//! Money of an import read back: a column of the platform may round in silence what the file says.

use super::Importable;
use crate::base::csv::reader::Refusal;
use crate::base::money::Money;
use crate::db::DbConnection;
use crate::db::dialect::{self, Wanted};
use crate::error::Result;

/// Rows in one question.
const TOGETHER: usize = 500;

/// Rows that were written and not read back yet.
#[derive(Debug, Default)]
pub(super) struct Unread(Vec<Row>);

#[derive(Debug)]
struct Row {
    line: u64,
    id: String,
    money: [Option<Money>; 2],
}

impl Unread {
    /// One more; looks at all of them where they are many.
    pub fn add<T: Importable>(
        &mut self,
        connection: &mut DbConnection,
        line: u64,
        row: &T,
    ) -> Result<Option<Refusal>> {
        let (Some(id), money) = (row.unique_value("id"), row.money()) else { return Ok(None) };
        if connection.engine().keeps_any_type() || money == [None, None] {
            return Ok(None);
        }
        self.0.push(Row { line, id: id.to_owned(), money });
        if self.0.len() < TOGETHER { Ok(None) } else { self.look::<T>(connection) }
    }

    /// The first of them that the table keeps otherwise than the file says it.
    pub fn look<T: Importable>(&mut self, connection: &mut DbConnection) -> Result<Option<Refusal>> {
        let rows = std::mem::take(&mut self.0);
        let wanted = rows.iter().map(|row| {
            let [amount, cost] = row.money;
            Wanted { id: &row.id, amount, cost }
        });
        let rounded = dialect::rounded(connection, T::TABLE, &wanted.collect::<Vec<_>>())?;
        Ok(rounded.and_then(|rounded| {
            let row = rows.get(rounded.place)?;
            Some(Refusal::of_cell(row.line, rounded.column, rounded.message()))
        }))
    }
}
