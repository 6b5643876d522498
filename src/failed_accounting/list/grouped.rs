//! The failures of a filter in groups: the same conditions as the list, the same exact sums, and the filter of each group.
//!
//! Groups are told apart to the letter, whatever a collation takes for equal; each row is in one group.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::branches;
use super::condition::{IS_WITHOUT_RESOLUTION, Search};
use super::filter::Filter;
use super::{route, spans, totals};
use crate::base::form::NONE;
use crate::base::grouping::{
    self, Dimension, Group, Grouping, MOST_GATHERED, MOST_GROUPS, key_or_none, refuse_too_many,
};
use crate::causes::cause::UNSORTED;
use crate::causes::family::Family;
use crate::causes::store as causes;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::TolerantWords;
use crate::db::{DbConnection, Engine, dialect};
use crate::error::Result;
use crate::failed_accounting::failure::Resolution;

/// What is shared, as the cells hold it.
type Cells = (TolerantWords, TolerantWords, TolerantWords);

/// What is shared, count, and the sums of amount and cost in two parts each.
type Row = (Cells, i64, (i64, i64), (i64, i64));

/// The filter's groups, in its order of groups.
///
/// # Errors
/// [`crate::error::Error::Invalid`] where there are too many.
pub fn of(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    grouping: Grouping,
) -> Result<Vec<Group>> {
    let mut groups = whole(connection, filter, search, grouping, MOST_GATHERED)?;
    refuse_too_many(groups.len(), MOST_GROUPS)?;
    grouping::sort(&mut groups, filter.group_sort.unwrap_or(grouping.order()));
    Ok(groups)
}

/// As [`of`], in the usual order and however many they are, where nobody chose what to group by.
pub fn all(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    grouping: Grouping,
) -> Result<Vec<Group>> {
    let mut groups = whole(connection, filter, search, grouping, i32::MAX as usize)?;
    grouping::sort(&mut groups, grouping.order());
    Ok(groups)
}

fn whole(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    grouping: Grouping,
    most: usize,
) -> Result<Vec<Group>> {
    let rows = rows(connection, filter, search, grouping, most)?;
    let families = families(connection, &rows, grouping)?;
    let part = |((first, second, third), count, amount, cost): Row| {
        let cells = grouping.dimensions().zip([first, second, third]);
        let keys = cells.map(|(dimension, cell)| key(dimension, cell.into(), &families)).collect();
        Group {
            keys,
            count,
            amount: dialect::money_sum(amount.0, amount.1),
            cost: dialect::money_sum(cost.0, cost.1),
        }
    };
    Ok(grouping::gathered(rows.into_iter().map(part)))
}

/// One row for each that the cells tell apart; a tab is added up by itself.
fn rows(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    grouping: Grouping,
    most: usize,
) -> Result<Vec<Row>> {
    let engine = connection.engine();
    let columns: Vec<&'static str> = grouping.dimensions().map(Dimension::column).collect();
    let (cells, apart): (Vec<String>, Vec<String>) =
        grouping.dimensions().map(|dimension| cell(engine, dimension)).unzip();
    let cell = |place: usize| sql::<Nullable<Text>>(cells.get(place).map_or("NULL", String::as_str));
    let apart = apart.join(", ");
    let is_small = totals::holds_small_money_only(connection)?;
    let [[amount_high, amount_low], [cost_high, cost_low]] = totals::sums_of(engine, is_small);
    let route = route::to_sums_by(connection, filter, search, &columns)?;
    let mut rows = Vec::new();
    for branch in branches::of(engine, filter, search, route) {
        let mut query = failed::table
            .group_by(sql::<Nullable<Text>>(&apart))
            .select((
                (cell(0), cell(1), cell(2)),
                sql::<BigInt>("COUNT(*)"),
                (sql::<BigInt>(&amount_high), sql::<BigInt>(&amount_low)),
                (sql::<BigInt>(&cost_high), sql::<BigInt>(&cost_low)),
            ))
            .into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        rows.extend(query.limit(most as i64 + 1).load::<Row>(connection)?);
        refuse_too_many(rows.len(), most)?;
    }
    Ok(rows)
}

/// How a cell is selected, and how it is grouped by.
fn cell(engine: Engine, dimension: Dimension) -> (String, String) {
    let column = dimension.column();
    match dimension {
        Dimension::Resolution => dialect::letter_by_letter_unless(engine, column, IS_WITHOUT_RESOLUTION),
        Dimension::Decided => {
            let unless = spans::is_without_decision(engine);
            dialect::letter_by_letter_unless(engine, &dialect::day_of(engine, column), &unless)
        }
        _ => dialect::letter_by_letter(engine, column),
    }
}

/// The families of the causes that rows have, where these are asked for.
fn families(
    connection: &mut DbConnection,
    rows: &[Row],
    grouping: Grouping,
) -> Result<HashMap<String, Family>> {
    let place = grouping.dimensions().position(|dimension| dimension == Dimension::Family);
    let Some(place) = place else { return Ok(HashMap::new()) };
    let cell = |row: &Row| if place == 0 { row.0.0.clone() } else { row.0.1.clone() };
    let mut keys: Vec<String> = rows.iter().filter_map(|row| Option::from(cell(row))).collect();
    keys.sort_unstable();
    keys.dedup();
    let known = causes::of_keys(connection, keys)?;
    Ok(known.into_iter().map(|cause| (cause.cause_key.clone(), cause.family())).collect())
}

/// What a row shares with others, by what its cell holds.
fn key(dimension: Dimension, cell: Option<String>, families: &HashMap<String, Family>) -> Option<String> {
    // Empty text is none, as in the filter.
    let cell = cell.filter(|cell| !cell.is_empty())?;
    match dimension {
        _ if dimension.is_time() => dimension.of_day(&cell),
        Dimension::Family => families.get(&cell).map(|family| family.as_str().to_owned()),
        _ => Some(cell),
    }
}

/// What the causes say that groups are about, by key.
pub fn titles(
    connection: &mut DbConnection,
    grouping: Grouping,
    groups: &[Group],
) -> Result<HashMap<String, String>> {
    let place = grouping.dimensions().position(|dimension| dimension == Dimension::Cause);
    let of_group = |group: &Group| group.keys.get(place?).cloned().flatten();
    let mut keys: Vec<String> = groups.iter().filter_map(of_group).collect();
    keys.sort_unstable();
    keys.dedup();
    let known = causes::of_keys(connection, keys)?;
    Ok(known.into_iter().map(|cause| (cause.cause_key, cause.title)).collect())
}

/// The filter of exactly the rows of a group of this filter.
pub fn filter_of(filter: &Filter, grouping: Grouping, group: &Group) -> Filter {
    let all = Filter { group: None, group_sort: None, ..filter.clone() };
    grouping
        .dimensions()
        .zip(&group.keys)
        .fold(all, |filter, (dimension, key)| narrowed(filter, dimension, key.as_deref()))
}

/// The filter of the rows that share that, too.
fn narrowed(mut filter: Filter, dimension: Dimension, key: Option<&str>) -> Filter {
    let id = || Some(key_or_none(key));
    match dimension {
        Dimension::Day | Dimension::Week | Dimension::Month => {
            let has_days = dimension.narrow(key, &mut filter.start_date, &mut filter.end_date);
            filter.is_dateless |= !has_days;
        }
        Dimension::Decided => {
            let has_days = dimension.narrow(key, &mut filter.handled_from, &mut filter.handled_to);
            filter.is_undecided |= !has_days;
        }
        Dimension::Model => filter.llmid = id(),
        Dimension::Organisation => filter.userorgid = id(),
        Dimension::User => filter.userid = id(),
        Dimension::HandledBy => filter.handled_by = id(),
        Dimension::Cause => filter.cause = Some(key.unwrap_or(UNSORTED).to_owned()),
        Dimension::Family => filter.family = Some(key.map_or(NONE, |key| Family::parse(key).as_str())),
        Dimension::Resolution => {
            filter.resolution = key.and_then(Resolution::parse);
            let foreign = key.map_or_else(|| NONE.to_owned(), |word| format!("={word}"));
            filter.foreign_resolution = Some(foreign).filter(|_| filter.resolution.is_none());
        }
    }
    filter
}
