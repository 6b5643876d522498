//! The failures of a filter by cause: counts, exact sums, and where they strike.
//!
//! The groups add up to the totals of the filter; callers ask only where [`super::super::totals::known`] was exact,
//! so that no page adds up more rows than its money line may.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use crate::base::money::MoneySum;
use crate::causes::cause::UNSORTED;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantTime, TolerantWords};
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::branches;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::kept;
use crate::failed_accounting::list::totals::Totals;
use crate::failed_accounting::route;
use crate::kept_totals::Kind;
use crate::kept_totals::asking::{self, Parts};

/// The failures of one cause within a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The key of the cause; [`UNSORTED`] where none was told yet.
    pub key: String,
    pub totals: Totals,
    pub newest: Option<NaiveDateTime>,
    /// How many different models and organisations; 0 where not asked.
    pub models: i64,
    pub organisations: i64,
}

/// What the groups are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Cause,
    Model,
    Organisation,
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Cause => "cause",
            By::Model => "llmid",
            By::Organisation => "userorgid",
        }
    }
}

type Row = (TolerantWords, i64, (i64, i64), (i64, i64), TolerantTime, TolerantTime, i64, i64);

/// The failures of a filter by cause, the most money first.
pub fn by_cause(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Vec<Group>> {
    let mut groups = grouped(connection, filter, search, By::Cause)?;
    for group in &mut groups {
        if group.key.is_empty() {
            group.key = UNSORTED.to_owned();
        }
    }
    most_money_first(&mut groups);
    Ok(groups)
}

/// As [`by_cause`], from the totals that are kept: count and sums alone. None where they do not answer the filter.
pub fn kept_by_cause(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
) -> Result<Option<Vec<Group>>> {
    let Some(question) = kept::question(filter, search).filter(|question| question.kind == Kind::All) else {
        return Ok(None);
    };
    let Some(totals) = asking::totals(connection, Kind::Cause, question.days.0, question.days.1)? else {
        return Ok(None);
    };
    let states = kept::states(filter);
    let group = |(key, parts): (String, Parts)| {
        let sum = parts.of(states);
        let totals = Totals { count: sum.records, amount: sum.amount, cost: sum.cost, oldest: None };
        let key = if key.is_empty() { UNSORTED.to_owned() } else { key };
        (totals.count > 0).then_some(Group { key, totals, newest: None, models: 0, organisations: 0 })
    };
    let mut groups: Vec<Group> = totals.into_iter().filter_map(group).collect();
    most_money_first(&mut groups);
    Ok(Some(groups))
}

fn most_money_first(groups: &mut [Group]) {
    groups.sort_by(|one, other| {
        (other.totals.amount, other.totals.count, &one.key).cmp(&(
            one.totals.amount,
            one.totals.count,
            &other.key,
        ))
    });
}

/// The failures of a filter by another column, the most money first; the key of rows without a value is empty.
pub fn grouped(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    by: By,
) -> Result<Vec<Group>> {
    let engine = connection.engine();
    let route = route::to_groups(connection, filter, search)?;
    let [[amount_high, amount_low], [cost_high, cost_low]] =
        ["amount", "cost"].map(|column| dialect::sum_parts(engine, column));
    let (name, group) = match by {
        By::Cause => (by.column().to_owned(), by.column().to_owned()),
        By::Model | By::Organisation => dialect::letter_by_letter(engine, by.column()),
    };
    // Only causes tell where they strike.
    let distinct = |column: &str| match by {
        By::Cause => format!("COUNT(DISTINCT {})", dialect::letter_by_letter(engine, column).1),
        _ => "0".to_owned(),
    };
    let whole = |text: &str| sql::<BigInt>(&format!("CAST({text} AS {})", dialect::whole(engine)));
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for branch in branches::of(engine, filter, search, route) {
        let mut query = failed::table
            .group_by(sql::<Nullable<Text>>(&group))
            .select((
                sql::<Nullable<Text>>(&name),
                sql::<BigInt>("COUNT(*)"),
                (whole(&amount_high), whole(&amount_low)),
                (whole(&cost_high), whole(&cost_low)),
                sql::<Nullable<Timestamp>>("MIN(failed_time)"),
                sql::<Nullable<Timestamp>>("MAX(failed_time)"),
                whole(&distinct("llmid")),
                whole(&distinct("userorgid")),
            ))
            .into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        for row in query.load::<Row>(connection)? {
            add(&mut groups, row);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|one, other| (other.totals.amount, &one.key).cmp(&(one.totals.amount, &other.key)));
    Ok(groups)
}

fn add(groups: &mut BTreeMap<String, Group>, row: Row) {
    let (key, count, amount, cost, oldest, newest, models, organisations) = row;
    let key = Option::<String>::from(key).unwrap_or_default();
    let (oldest, newest): (Option<NaiveDateTime>, Option<NaiveDateTime>) = (oldest.into(), newest.into());
    let group = groups.entry(key.clone()).or_insert_with(|| Group {
        key,
        totals: Totals::default(),
        newest: None,
        models: 0,
        organisations: 0,
    });
    group.totals = Totals {
        count: group.totals.count + count,
        amount: group.totals.amount + dialect::money_sum(amount.0, amount.1),
        cost: group.totals.cost + dialect::money_sum(cost.0, cost.1),
        oldest: [group.totals.oldest, oldest].into_iter().flatten().min(),
    };
    group.newest = [group.newest, newest].into_iter().flatten().max();
    group.models = group.models.max(models);
    group.organisations = group.organisations.max(organisations);
}

pub fn sum(groups: &[Group]) -> (i64, MoneySum, MoneySum) {
    groups.iter().fold(Default::default(), |(count, amount, cost): (i64, MoneySum, MoneySum), group| {
        (count + group.totals.count, amount + group.totals.amount, cost + group.totals.cost)
    })
}
