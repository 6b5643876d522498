//! How a cause went: first and last seen, and its failures by day. A few seeks for each cause.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantTime, TolerantWords};
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::condition::{self, Search};
use crate::failed_accounting::filter::{Filter, Handled};
use crate::failed_accounting::{route, totals};

/// How many days the small chart of a cause shows.
pub const DAYS: i64 = 30;

/// The most failures of these days that are drawn.
pub const DRAWN: i64 = 20_000;

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
    let filter = Filter { failed_from: Some(FIRST_TIME.into()), ..filter_of(key) };
    let mut times = Vec::new();
    for which in ["MIN(failed_time)", "MAX(failed_time)"] {
        let route = route::to_groups(connection, &filter, &Search::Nothing)?;
        for branch in condition::branches(connection.engine(), &filter, &Search::Nothing, route) {
            let mut query = failed::table.select(sql::<Nullable<Timestamp>>(which)).into_boxed();
            for condition in branch {
                query = query.filter(condition);
            }
            let time: TolerantTime = query.first(connection)?;
            times.extend(Option::<NaiveDateTime>::from(time));
        }
    }
    Ok((times.iter().min().copied(), times.iter().max().copied()))
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
    for branch in condition::branches(engine, &filter, &Search::Nothing, route) {
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
