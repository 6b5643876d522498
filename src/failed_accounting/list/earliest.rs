//! When the oldest of a list failed, where its index begins with times that are none: blank or zero ones, of foreign rows.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Timestamp};

use super::branches;
use super::condition::{Condition, Search};
use super::filter::Filter;
use super::route::Route;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::TolerantTime;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// No failure is older; earlier times are blank or zero ones.
const FIRST_TIME: NaiveDateTime =
    NaiveDate::from_ymd_opt(1971, 1, 1).expect("a date").and_time(NaiveTime::MIN);

/// The earliest failed_time that is one.
pub(super) fn of(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    route: Route,
) -> Result<Option<NaiveDateTime>> {
    let is_time = dialect::says_time(connection.engine(), "failed_time");
    let branches = || branches::of(connection.engine(), filter, search, route);
    let twice: Vec<_> = branches().into_iter().zip(branches()).collect();
    let mut earliest = None;
    for (branch, again) in twice {
        // MariaDB seeks the first of an index only where nothing else is asked of it.
        let mut first = first_of(connection, branch, None)?;
        if first.is_none() {
            first = first_of(connection, again, Some(&is_time))?;
        }
        earliest = [earliest, first].into_iter().flatten().min();
    }
    Ok(earliest)
}

/// The least failed_time of these rows from the first one on; none where there is none, or it is no time.
fn first_of(
    connection: &mut DbConnection,
    branch: Vec<Condition>,
    asked: Option<&str>,
) -> Result<Option<NaiveDateTime>> {
    let mut query = failed::table.select(sql::<Nullable<Timestamp>>("MIN(failed_time)")).into_boxed();
    query = query.filter(failed::failed_time.ge(FIRST_TIME));
    for condition in branch {
        query = query.filter(condition);
    }
    if let Some(asked) = asked {
        query = query.filter(sql::<Nullable<Bool>>(asked));
    }
    let first: TolerantTime = query.first(connection)?;
    Ok(first.into())
}
