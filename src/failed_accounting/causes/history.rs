//! How a cause went: first and last seen, and its failures by day. A few seeks for each cause.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::groups::{self, Group};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantTime, TolerantWords};
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::branches;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::{Filter, Handled};
use crate::failed_accounting::list::totals::Totals;
use crate::failed_accounting::{route, totals};

/// How many days the small chart of a cause shows.
pub const DAYS: i64 = 30;

/// The most failures of these days that are drawn.
pub const DRAWN: i64 = 20_000;

/// Of more failures of a cause than this a list of causes does not tell where they strike.
const LOOKED_AT: i64 = 500;

/// No failure is older; earlier times are blank or zero ones.
const FIRST_TIME: NaiveDate = NaiveDate::from_ymd_opt(1971, 1, 1).expect("a date");

/// All failures of a cause, handled ones, too.
pub fn filter_of(key: &str) -> Filter {
    Filter { handled: Handled::All, cause: Some(key.to_owned()), ..Filter::default() }
}

/// The first and the last time that a cause was seen.
pub fn seen(
    connection: &mut DbConnection,
    key: &str,
) -> Result<(Option<NaiveDateTime>, Option<NaiveDateTime>)> {
    times(connection, &filter_of(key))
}

/// The first and the last real time of failing of a filter by cause, which an index tells at once.
pub fn times(
    connection: &mut DbConnection,
    filter: &Filter,
) -> Result<(Option<NaiveDateTime>, Option<NaiveDateTime>)> {
    let filter = Filter { failed_from: Some(FIRST_TIME.into()), ..filter.clone() };
    let first = time(connection, &filter, "MIN(failed_time)")?.into_iter().min();
    let last = time(connection, &filter, "MAX(failed_time)")?.into_iter().max();
    Ok((first, last))
}

/// A time of each part of the table that a filter goes through.
fn time(connection: &mut DbConnection, filter: &Filter, which: &str) -> Result<Vec<NaiveDateTime>> {
    let mut times = Vec::new();
    let route = route::to_groups(connection, filter, &Search::Nothing)?;
    for branch in branches::of(connection.engine(), filter, &Search::Nothing, route) {
        let mut query = failed::table.select(sql::<Nullable<Timestamp>>(which)).into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        let time: TolerantTime = query.first(connection)?;
        times.extend(Option::<NaiveDateTime>::from(time));
    }
    Ok(times)
}

/// A group of open failures of a cause with its oldest and newest.
pub fn timed(connection: &mut DbConnection, group: Group) -> Result<Group> {
    let (oldest, newest) = times(connection, &open_of(&group.key))?;
    Ok(Group { totals: Totals { oldest, ..group.totals }, newest, ..group })
}

fn open_of(key: &str) -> Filter {
    Filter { handled: Handled::Open, ..filter_of(key) }
}

/// As [`timed`], and where they strike, if these are few enough to look at each.
pub fn placed(connection: &mut DbConnection, group: Group) -> Result<Group> {
    if group.totals.count > LOOKED_AT {
        return timed(connection, group);
    }
    let found = groups::by_cause(connection, &open_of(&group.key), &Search::Nothing)?;
    Ok(found.into_iter().next().unwrap_or(group))
}

/// The failures of a cause by day of failing, from the first of [`DAYS`] to today; none where there are too many.
pub fn by_day(
    connection: &mut DbConnection,
    key: &str,
    today: NaiveDate,
) -> Result<Option<Vec<(NaiveDate, i64)>>> {
    let first = today - chrono::Duration::days(DAYS - 1);
    let filter = Filter { failed_from: Some(first.into()), failed_to: Some(today), ..filter_of(key) };
    if totals::count_up_to(connection, &filter, &Search::Nothing, DRAWN + 1)? > DRAWN {
        return Ok(None);
    }
    let engine = connection.engine();
    let name = dialect::day_text(engine, "failed_time");
    let mut days: Vec<(NaiveDate, i64)> = first.iter_days().take(DAYS as usize).map(|day| (day, 0)).collect();
    let route = route::to_groups(connection, &filter, &Search::Nothing)?;
    for branch in branches::of(engine, &filter, &Search::Nothing, route) {
        let mut query = failed::table
            .group_by(sql::<Nullable<Text>>(&name))
            .select((sql::<Nullable<Text>>(&name), sql::<BigInt>("COUNT(*)")))
            .into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        for (day, count) in query.load::<(TolerantWords, i64)>(connection)? {
            let day = Option::<String>::from(day).and_then(|day| day.parse::<NaiveDate>().ok());
            if let Some(place) = days.iter_mut().find(|(date, _)| Some(*date) == day) {
                place.1 += count;
            }
        }
    }
    Ok(Some(days))
}
