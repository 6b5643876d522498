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

/// Money that a column did not keep as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rounded {
    /// The place of its row among those that were asked about.
    pub place: usize,
    pub column: &'static str,
    kept: Money,
}

impl Rounded {
    /// What the column would keep, and what would be right.
    pub fn message(&self) -> Message {
        Message::new("error-money-not-kept").with("kept", self.kept)
    }
}

/// Reads money back that was written to a table of the platform; to be called in the transaction that wrote it.
///
/// # Errors
/// [`Error::Invalid`] at the column that did not keep what was written; the transaction takes it back.
pub fn check_kept(connection: &mut DbConnection, table: &str, wanted: &[Wanted<'_>]) -> Result<()> {
    match rounded(connection, table, wanted)? {
        Some(rounded) => Err(Error::invalid(rounded.column, rounded.message())),
        None => Ok(()),
    }
}

/// The first of these rows whose money was not kept as it was written. SQLite keeps every number as it is.
pub fn rounded(connection: &mut DbConnection, table: &str, wanted: &[Wanted<'_>]) -> Result<Option<Rounded>> {
    let has_money = |row: &&Wanted<'_>| row.amount.is_some() || row.cost.is_some();
    let engine = connection.engine();
    if !wanted.iter().any(|row| has_money(&row)) || engine == Engine::Sqlite {
        return Ok(None);
    }
    let ids: Vec<String> = wanted.iter().filter(has_money).map(|row| row.id.to_owned()).collect();
    let question = format!("SELECT id, amount, cost FROM {table} WHERE id IN ");
    let rows: Vec<Kept> = Statement::new(engine, &question).ids(&ids).load(connection)?;
    let kept: HashMap<&str, &Kept> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let compare = |(place, row): (usize, &Wanted<'_>)| row.rounded(place, kept.get(row.id)?);
    Ok(wanted.iter().enumerate().find_map(compare))
}

impl Wanted<'_> {
    fn rounded(&self, place: usize, kept: &Kept) -> Option<Rounded> {
        let columns = [("amount", self.amount, kept.amount), ("cost", self.cost, kept.cost)];
        let differs =
            |(_, wanted, kept): &(&str, Option<Money>, Option<Money>)| wanted.is_some() && wanted != kept;
        let (column, _, kept) = columns.into_iter().find(differs)?;
        Some(Rounded { place, column, kept: kept.unwrap_or_default() })
    }
}
