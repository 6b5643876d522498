//! Usages of a filter in groups: the same conditions as the list, the same exact sums, and the filter of each group.
//!
//! Groups are told apart to the letter, whatever a collation takes for equal; each usage is in one group.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::filter::{Filter, Shelf};
use super::totals::{count_up_to, on_shelf};
use crate::base::grouping::{
    self, Dimension, Group, Grouping, MOST_GATHERED, MOST_GROUPS, key_or_none, refuse_too_many,
};
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::TolerantWords;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The most usages that are grouped unasked: each costs a look at its row.
const GROUPED_ROWS: i64 = 50_000;

/// What is shared, count, and the sums of amount and cost in two parts each.
type Row = (TolerantWords, TolerantWords, i64, (i64, i64), (i64, i64));

/// The groups that a filter asks for, in its order, where they can be added up in time.
pub fn within_bounds(connection: &mut DbConnection, filter: &Filter) -> Result<Option<Vec<Group>>> {
    let is_long = filter.is_searched() || count_up_to(connection, filter, GROUPED_ROWS + 1)? > GROUPED_ROWS;
    if is_long { Ok(None) } else { of(connection, filter).map(Some) }
}

/// The groups that a filter asks for, in its order; none where it asks for none.
pub fn of(connection: &mut DbConnection, filter: &Filter) -> Result<Vec<Group>> {
    let Some(grouping) = filter.group else { return Ok(Vec::new()) };
    let part = |(first, second, count, amount, cost): Row| {
        let cells = grouping.dimensions().zip([first, second]);
        let keys = cells.map(|(dimension, cell)| key(dimension, cell.into())).collect();
        Group {
            keys,
            count,
            amount: dialect::money_sum(amount.0, amount.1),
            cost: dialect::money_sum(cost.0, cost.1),
        }
    };
    let mut groups = grouping::gathered(rows(connection, filter, grouping)?.into_iter().map(part));
    refuse_too_many(groups.len(), MOST_GROUPS)?;
    grouping::sort(&mut groups, filter.group_sort.unwrap_or(grouping.order()));
    Ok(groups)
}

/// One row for each that the cells tell apart.
fn rows(connection: &mut DbConnection, filter: &Filter, grouping: Grouping) -> Result<Vec<Row>> {
    let engine = connection.engine();
    let cells = |dimension: Dimension| dialect::letter_by_letter(engine, dimension.column());
    let (first, first_group) = cells(grouping.first);
    let (second, second_group) = grouping.second.map(cells).unzip();
    let second = second.unwrap_or_else(|| "NULL".to_owned());
    let apart = [Some(first_group), second_group].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let [[amount_high, amount_low], [cost_high, cost_low]] =
        ["amount", "cost"].map(|column| dialect::sum_parts(engine, column));
    let rows: Vec<Row> = on_shelf!(filter, engine, table, conditions, {
        let mut query = table::table
            .group_by(sql::<Nullable<Text>>(&apart))
            .select((
                sql::<Nullable<Text>>(&first),
                sql::<Nullable<Text>>(&second),
                sql::<BigInt>("COUNT(*)"),
                (sql::<BigInt>(&amount_high), sql::<BigInt>(&amount_low)),
                (sql::<BigInt>(&cost_high), sql::<BigInt>(&cost_low)),
            ))
            .into_boxed();
        for condition in conditions {
            query = query.filter(condition);
        }
        query.limit(MOST_GATHERED as i64 + 1).load(connection)?
    });
    refuse_too_many(rows.len(), MOST_GATHERED)?;
    Ok(rows)
}

/// What a usage shares with others, by what its cell holds.
fn key(dimension: Dimension, cell: Option<String>) -> Option<String> {
    // Empty text is none, as in the filter.
    let cell = cell.filter(|cell| !cell.is_empty())?;
    if dimension.is_time() { dimension.of_day(&cell) } else { Some(cell) }
}

/// The filter of exactly the rows of a group of this filter.
pub fn filter_of(filter: &Filter, grouping: Grouping, group: &Group) -> Filter {
    let mut list = Filter { group: None, group_sort: None, ..filter.clone() };
    for (dimension, key) in grouping.dimensions().zip(&group.keys) {
        let id = Some(key_or_none(key.as_deref()));
        match dimension {
            Dimension::Model => list.llmid = id,
            Dimension::Organisation => list.userorgid = id,
            Dimension::User => list.userid = id,
            _ => {
                let has_days = dimension.narrow(key.as_deref(), &mut list.start_date, &mut list.end_date);
                list.is_dateless |= !has_days;
            }
        }
    }
    list
}
