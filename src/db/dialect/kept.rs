//! Whether money was kept to the digit: some of the platform's columns have two decimals, or single precision, and round
//! in silence.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};

use super::super::values::{ForeignNumber, TolerantMoney, TolerantText};
use super::super::{DbConnection, Engine};
use super::Statement;
use crate::base::form::Message;
use crate::base::money::Money;
use crate::error::{Error, Result};

/// A row and the money that was written to it; none where a column was not written.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub id: &'a str,
    pub amount: Option<Money>,
    pub cost: Option<Money>,
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    id: String,
    #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
    amount: Option<Money>,
    #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
    cost: Option<Money>,
}

/// Reads money back that was written to a table of the platform; to be called in the transaction that wrote it. SQLite
/// keeps every number as it is.
///
/// # Errors
/// [`Error::Invalid`] at the column that did not keep what was written; the transaction takes it back.
pub fn check_kept(connection: &mut DbConnection, table: &str, wanted: &[Wanted<'_>]) -> Result<()> {
    let wanted: Vec<&Wanted<'_>> =
        wanted.iter().filter(|row| row.amount.is_some() || row.cost.is_some()).collect();
    let engine = connection.engine();
    if wanted.is_empty() || engine == Engine::Sqlite {
        return Ok(());
    }
    let ids: Vec<String> = wanted.iter().map(|row| row.id.to_owned()).collect();
    let question = format!("SELECT id, amount, cost FROM {table} WHERE id IN ");
    let rows: Vec<Kept> = Statement::new(engine, &question).ids(&ids).load(connection)?;
    let kept: HashMap<&str, &Kept> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    wanted.iter().try_for_each(|row| match kept.get(row.id) {
        Some(kept) => row.check(kept),
        None => Ok(()),
    })
}

impl Wanted<'_> {
    fn check(&self, kept: &Kept) -> Result<()> {
        for (column, wanted, kept) in [("amount", self.amount, kept.amount), ("cost", self.cost, kept.cost)] {
            if wanted.is_some() && wanted != kept {
                let kept = kept.unwrap_or_default();
                return Err(Error::invalid(column, Message::new("error-money-not-kept").with("kept", kept)));
            }
        }
        Ok(())
    }
}
