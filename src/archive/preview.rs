//! What a run would do, before anybody starts it.
//!
//! A page counts as far as its lists do; the exact figures have a link, and the command always gives them.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::left::{Left, Reason};
use super::moving::{Shape, is_due};
use super::run::Sums;
use crate::base::finding::NAMED;
use crate::base::money::Money;
use crate::db::DbConnection;
use crate::db::dialect::{self, NoDay, Statement};
use crate::db::values::{ForeignNumber, TolerantMoney, TolerantText, TolerantWords};
use crate::error::Result;
use crate::usages::usage::ACCOUNTED;

/// What would be moved and what would stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Leaves the live table.
    pub goes: Sums,
    /// Of these, in the history already.
    pub known: i64,
    /// The days of the first and last usage that goes, as the database writes them.
    pub oldest: Option<String>,
    pub newest: Option<String>,
    pub stays: Vec<Left>,
    /// Whether all were looked at.
    pub is_exact: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    fate: String,
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
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    oldest: Option<String>,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    newest: Option<String>,
}

/// Looks at no more than `limit` usages, oldest first, unless that is none.
pub fn preview(connection: &mut DbConnection, cutoff: NaiveDate, limit: Option<i64>) -> Result<Preview> {
    let shape = Shape::read(connection)?;
    let mut preview = Preview { is_exact: true, ..Preview::default() };
    let mut looked_at = 0;
    for row in judge(connection, &shape, cutoff, limit)? {
        looked_at += row.number;
        let sums = Sums {
            rows: row.number,
            amount: dialect::money_sum(row.amount_high, row.amount_low),
            cost: dialect::money_sum(row.cost_high, row.cost_low),
        };
        match Reason::of(&row.fate) {
            Some(reason) => {
                let ids = first_ids(connection, &shape, cutoff, limit, &row.fate)?;
                preview.stays.push(Left { reason, sums, ids });
            }
            None => {
                preview.goes = preview.goes.plus(sums);
                preview.known += if row.fate == "known" { row.number } else { 0 };
                preview.oldest = earlier(preview.oldest.take(), row.oldest);
                preview.newest = preview.newest.take().max(row.newest);
            }
        }
    }
    preview.is_exact = limit.is_none_or(|limit| looked_at < limit);
    preview.stays.extend(without_day(connection, limit)?);
    Ok(preview)
}

/// The accounted usages that no run will ever take, because their use_date is no day; up to `limit` of them.
pub(super) fn without_day(connection: &mut DbConnection, limit: Option<i64>) -> Result<Option<Left>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        id: String,
        #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
        amount: Option<Money>,
        #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
        cost: Option<Money>,
    }
    let engine = connection.engine();
    let accounted = dialect::is_word("u.accounting_status", ACCOUNTED);
    let mut left = Left::none(Reason::NoDay);
    for stretch in dialect::stretches_without_day(engine, "use_date") {
        let room = limit.map_or(String::new(), |limit| format!(" LIMIT {limit}"));
        // What no index tells is asked of no more rows than a page looks at.
        let (among, asked) = match stretch {
            NoDay::Indexed(condition) => (condition, String::new()),
            NoDay::Among(condition, asked) => (condition, format!(" WHERE {asked}")),
        };
        let question = format!(
            "SELECT looked.id AS id, looked.amount AS amount, looked.cost AS cost FROM (SELECT id, amount, cost, \
             use_date FROM llmusage u WHERE {accounted} AND {among}{room}) looked{asked}"
        );
        let rows: Vec<Found> = Statement::new(engine, &question).load(connection)?;
        for row in rows {
            left.sums.add(row.amount, row.cost);
            if left.ids.len() < NAMED {
                left.ids.push(row.id);
            }
        }
    }
    Ok((left.sums.rows > 0).then_some(left))
}

fn earlier(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The usages of the preview, each with its fate, as a table of that name.
fn judged(shape: &Shape, cutoff: NaiveDate, limit: Option<i64>) -> Statement {
    let limit = limit.map_or(String::new(), |limit| {
        format!(" ORDER BY u.use_date, u.{} LIMIT {limit}", shape.key.column())
    });
    let fate = shape.fate();
    Statement::new(
        shape.engine,
        &format!(
            "(SELECT u.id AS id, u.amount AS amount, u.cost AS cost, u.use_date AS use_date, {fate} AS fate \
             FROM llmusage u LEFT JOIN llmusage_history h ON h.id = u.id WHERE {}",
            is_due(shape.engine)
        ),
    )
    .date(cutoff)
    .sql(&limit)
    .sql(") judged")
}

fn judge(
    connection: &mut DbConnection,
    shape: &Shape,
    cutoff: NaiveDate,
    limit: Option<i64>,
) -> Result<Vec<Row>> {
    let engine = shape.engine;
    let [amount_high, amount_low] = dialect::sum_parts(engine, "amount");
    let [cost_high, cost_low] = dialect::sum_parts(engine, "cost");
    let (oldest, newest) =
        (dialect::as_text(engine, "MIN(use_date)"), dialect::as_text(engine, "MAX(use_date)"));
    let rows = judged(shape, cutoff, limit);
    let question = rows.within(&format!(
        "SELECT fate, COUNT(*) AS number, {amount_high} AS amount_high, {amount_low} AS amount_low, \
         {cost_high} AS cost_high, {cost_low} AS cost_low, {oldest} AS oldest, {newest} AS newest FROM "
    ));
    Ok(question.sql(" GROUP BY fate ORDER BY fate").load(connection)?)
}

fn first_ids(
    connection: &mut DbConnection,
    shape: &Shape,
    cutoff: NaiveDate,
    limit: Option<i64>,
    fate: &str,
) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        id: String,
    }
    let rows = judged(shape, cutoff, limit).within("SELECT id FROM ");
    let rows: Vec<Id> =
        rows.sql(" WHERE fate = ").text(fate).sql(&format!(" LIMIT {NAMED}")).load(connection)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
