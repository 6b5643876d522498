//! The tables of the kept totals.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::sheet::{Place, Sum};
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::values::{TolerantText, TolerantWords};
use crate::error::Result;

/// Deltas that one statement removes.
const FORGOTTEN: usize = 200;

/// What one change of a failure adds, or takes.
#[derive(Debug)]
pub(super) struct Delta {
    pub id: i64,
    pub state: i64,
    pub day: Option<String>,
    pub model: String,
    pub cause: String,
    pub organisation: String,
    pub resolution: String,
    pub sum: Sum,
}

#[derive(QueryableByName)]
struct DeltaRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Integer)]
    state: i32,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    day: Option<String>,
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    model: String,
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    cause: String,
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    organisation: String,
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    resolution: String,
    #[diesel(sql_type = BigInt)]
    records: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    cost: i64,
}

impl From<DeltaRow> for Delta {
    fn from(row: DeltaRow) -> Delta {
        let sum = Sum {
            records: row.records,
            amount: dialect::money_sum(0, row.amount),
            cost: dialect::money_sum(0, row.cost),
        };
        let DeltaRow { id, state, day, model, cause, organisation, resolution, .. } = row;
        Delta { id, state: state.into(), day, model, cause, organisation, resolution, sum }
    }
}

/// The oldest deltas, so many at most.
pub(super) fn deltas(connection: &mut DbConnection, most: i64) -> Result<Vec<Delta>> {
    let question = "SELECT id, state, day, model, cause, organisation, resolution, records, amount, cost FROM failed_delta \
                    ORDER BY id LIMIT ";
    let rows = Statement::new(connection.engine(), question).number(most);
    Ok(rows.load::<DeltaRow>(connection)?.into_iter().map(Delta::from).collect())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many deltas wait, counting to `most`.
pub(super) fn waiting(connection: &mut DbConnection, most: i64) -> Result<i64> {
    let query =
        Statement::new(connection.engine(), "SELECT COUNT(*) AS n FROM (SELECT id FROM failed_delta LIMIT ")
            .number(most)
            .sql(") waiting");
    Ok(query.load::<Number>(connection)?.first().map_or(0, |row| row.n))
}

/// The ids of all deltas that are seen.
pub(super) fn delta_ids(connection: &mut DbConnection) -> Result<Vec<i64>> {
    let rows =
        Statement::new(connection.engine(), "SELECT id AS n FROM failed_delta").load::<Number>(connection)?;
    Ok(rows.into_iter().map(|row| row.n).collect())
}

/// Removes deltas; gives how many were there still.
pub(super) fn forget(connection: &mut DbConnection, ids: &[i64]) -> Result<usize> {
    let mut forgotten = 0;
    for some in ids.chunks(FORGOTTEN) {
        forgotten += dialect::forget_deltas(connection.engine(), some).execute(connection)?;
    }
    Ok(forgotten)
}

/// Removes all totals.
pub(super) fn clear(connection: &mut DbConnection) -> Result<()> {
    Statement::new(connection.engine(), "DELETE FROM failed_total").execute(connection)?;
    Ok(())
}

/// Adds to the totals.
pub(super) fn add(connection: &mut DbConnection, rows: &[(&Place, &Sum)]) -> Result<()> {
    let engine = connection.engine();
    let end = dialect::added_to_totals(engine);
    for some in rows.chunks(dialect::totals_at_once(engine)) {
        let mut statement = Statement::new(
            engine,
            "INSERT INTO failed_total (kind, key_text, day, state, records, amount_high, amount_low, cost_high, cost_low) \
             VALUES ",
        );
        for (number, (place, sum)) in some.iter().enumerate() {
            let [amount_high, amount_low] = parts(sum.amount.units());
            let [cost_high, cost_low] = parts(sum.cost.units());
            statement = statement.sql(if number == 0 { "(" } else { ", (" }).number(place.kind).sql(", ");
            statement =
                statement.text(&*place.key).sql(", ").words(&*place.day).sql(", ").number(place.state);
            for number in [sum.records, amount_high, amount_low, cost_high, cost_low] {
                statement = statement.sql(", ").number(number);
            }
            statement = statement.sql(")");
        }
        statement.sql(&end).execute(connection)?;
    }
    Ok(())
}

/// Millions of units, and units.
fn parts(units: i128) -> [i64; 2] {
    const MILLION: i128 = 1_000_000;
    [units / MILLION, units % MILLION].map(|part| i64::try_from(part).unwrap_or(i64::MAX))
}

/// A total as a statement gives it.
#[derive(Debug, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = BigInt)]
    pub kind: i64,
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    pub key_text: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    pub day: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub state: i64,
    #[diesel(sql_type = BigInt)]
    records: i64,
    #[diesel(sql_type = BigInt)]
    amount_high: i64,
    #[diesel(sql_type = BigInt)]
    amount_low: i64,
    #[diesel(sql_type = BigInt)]
    cost_high: i64,
    #[diesel(sql_type = BigInt)]
    cost_low: i64,
}

impl Row {
    pub fn sum(&self) -> Sum {
        Sum {
            records: self.records,
            amount: dialect::money_sum(self.amount_high, self.amount_low),
            cost: dialect::money_sum(self.cost_high, self.cost_low),
        }
    }
}
