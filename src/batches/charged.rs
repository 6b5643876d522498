//! What was charged for the retries of a batch that were accounted, as the usages are now.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::BigInt;

use super::batch::Batch;
use super::counts::Tally;
use crate::base::money::Money;
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::schema::{llmusage as live, llmusage_history as archive};
use crate::db::values::{TolerantMoney, TolerantText};
use crate::error::Result;

/// The most usages that are added up for a page.
const ADDED_UP: i64 = 20_000;

/// What was charged for the accounted ones: the sum of their usages as they are now; none where they are too many for a
/// page.
pub fn charged(connection: &mut DbConnection, batch: &Batch) -> Result<Option<Tally>> {
    #[derive(QueryableByName)]
    struct Sums {
        #[diesel(sql_type = BigInt)]
        number: i64,
        #[diesel(sql_type = BigInt)]
        amount_high: i64,
        #[diesel(sql_type = BigInt)]
        amount_low: i64,
        #[diesel(sql_type = BigInt)]
        cost_high: i64,
        #[diesel(sql_type = BigInt)]
        cost_low: i64,
    }
    if batch.outcomes.accounted.count > ADDED_UP {
        return Ok(None);
    }
    let engine = connection.engine();
    let [[amount_high, amount_low], [cost_high, cost_low]] =
        ["u.amount", "u.cost"].map(|column| dialect::sum_parts(engine, column));
    let mut charged = Tally::default();
    for table in ["llmusage", "llmusage_history"] {
        let same = dialect::is_same_id(engine, "u.id", "i.llmusageid");
        let question = format!(
            "SELECT COUNT(*) AS number, {amount_high} AS amount_high, {amount_low} AS amount_low, \
             {cost_high} AS cost_high, {cost_low} AS cost_low FROM batch_outcome o \
             JOIN batch_item i ON i.batch_id = o.batch_id AND i.number = o.number JOIN {table} u ON {same} \
             WHERE o.phase = 'run' AND o.is_done AND o.ended_as = 'accounted' AND o.batch_id = "
        );
        for sums in Statement::new(engine, &question).text(batch.id()).load::<Sums>(connection)? {
            let amount = dialect::money_sum(sums.amount_high, sums.amount_low);
            let cost = dialect::money_sum(sums.cost_high, sums.cost_low);
            charged = charged + Tally { count: sums.number, amount, cost };
        }
    }
    Ok(Some(charged))
}

/// Amount and cost of these usages as they are now, live or else archived, by id.
pub fn of_usages(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, Charged>> {
    use diesel::prelude::*;
    let mut found: HashMap<String, Charged> = HashMap::new();
    let archived = archive::table.filter(dialect::among::<archive::table>("id", ids));
    let archived = archived.select((archive::id, archive::amount, archive::cost));
    let live = live::table.filter(dialect::among::<live::table>("id", ids)).select((
        live::id,
        live::amount,
        live::cost,
    ));
    let rows: Vec<(TolerantText, TolerantMoney, TolerantMoney)> = archived.load(connection)?;
    found.extend(rows.into_iter().map(|(id, amount, cost)| (id.into(), (amount.into(), cost.into()))));
    let rows: Vec<(TolerantText, TolerantMoney, TolerantMoney)> = live.load(connection)?;
    found.extend(rows.into_iter().map(|(id, amount, cost)| (id.into(), (amount.into(), cost.into()))));
    Ok(found)
}

/// What a usage amounts to and costs.
pub type Charged = (Option<Money>, Option<Money>);
