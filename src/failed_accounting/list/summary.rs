//! The money of a filter by day, model, organisation and cause: the same condition as the list, the same exact sums.
//!
//! Groups are told apart to the letter, whatever a collation takes for equal; each row is in one group of each kind.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::condition::{self, Search};
use super::filter::Filter;
use super::route;
use super::totals::{self, Totals};
use crate::base::money::MoneySum;
use crate::causes::store as causes;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::TolerantWords;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The most titles that are read at once.
const TITLES: usize = 1_000;

/// The failures that share a day, a model, an organisation or a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they share; none where the column is NULL.
    pub key: Option<String>,
    pub count: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

/// Key, count, and the sums of amount and cost in two parts each.
type Row = (TolerantWords, i64, (i64, i64), (i64, i64));

/// A filter's totals, whole and in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub totals: Totals,
    /// By the day of use, oldest first.
    pub by_day: Vec<Group>,
    /// By model, most money first; so the others.
    pub by_model: Vec<Group>,
    pub by_organisation: Vec<Group>,
    /// By cause; without a key those that were not sorted yet.
    pub by_cause: Vec<Group>,
    /// What the causes say, by key.
    pub titles: HashMap<String, String>,
}

/// Sums a filter up; all of it from one snapshot.
pub fn of(connection: &mut DbConnection, filter: &Filter) -> Result<Summary> {
    let search = condition::plan_search(connection, filter)?;
    let mut by_day = groups(connection, (filter, &search), "use_date")?;
    by_day.sort_by(|left, right| left.key.cmp(&right.key));
    let by_cause = by_money(groups(connection, (filter, &search), "cause")?);
    let mut titles = HashMap::new();
    let keys: Vec<String> = by_cause.iter().filter_map(|group| group.key.clone()).collect();
    for some in keys.chunks(TITLES) {
        let known = causes::of_keys(connection, some.to_vec())?;
        titles.extend(known.into_iter().map(|cause| (cause.cause_key, cause.title)));
    }
    Ok(Summary {
        totals: totals::exact(connection, filter, &search)?,
        by_day,
        by_model: by_money(groups(connection, (filter, &search), "llmid")?),
        by_organisation: by_money(groups(connection, (filter, &search), "userorgid")?),
        by_cause,
        titles,
    })
}

fn by_money(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by(|left, right| right.amount.cmp(&left.amount).then_with(|| left.key.cmp(&right.key)));
    groups
}

/// The rows of a filter by a column. A tab is summed by itself, and the parts added up.
fn groups(
    connection: &mut DbConnection,
    (filter, search): (&Filter, &Search),
    column: &str,
) -> Result<Vec<Group>> {
    let engine = connection.engine();
    let (key, group) = dialect::letter_by_letter(engine, column);
    let [amount_high, amount_low] = dialect::sum_parts(engine, "amount");
    let [cost_high, cost_low] = dialect::sum_parts(engine, "cost");
    let route = route::to_all(connection, filter, search)?;
    let mut known: HashMap<Option<String>, Group> = HashMap::new();
    for branch in condition::branches(engine, filter, search, route) {
        let mut query = failed::table
            .group_by(sql::<Nullable<Text>>(&group))
            .select((
                sql::<Nullable<Text>>(&key),
                sql::<BigInt>("COUNT(*)"),
                (sql::<BigInt>(&amount_high), sql::<BigInt>(&amount_low)),
                (sql::<BigInt>(&cost_high), sql::<BigInt>(&cost_low)),
            ))
            .into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        let rows: Vec<Row> = query.load(connection)?;
        for (key, count, amount, cost) in rows {
            // Empty text is none, as in the filter.
            let key = Option::<String>::from(key).filter(|key| !key.is_empty());
            let nothing =
                Group { key: key.clone(), count: 0, amount: MoneySum::default(), cost: MoneySum::default() };
            let group = known.entry(key).or_insert(nothing);
            group.count += count;
            group.amount = group.amount + dialect::money_sum(amount);
            group.cost = group.cost + dialect::money_sum(cost);
        }
    }
    Ok(known.into_values().collect())
}
