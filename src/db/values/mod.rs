//! How values of `base`, times and foreign cells come out of columns, on every engine.
//!
//! Foreign rows are facts: a date, time or number that cannot be read is shown as missing, a text that is no UTF-8
//! with what is wrong in it replaced; never an error page.

mod count;
mod number;
#[cfg(feature = "postgres")]
mod numeric;
mod text;
mod word;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::sql_types::{Date, Nullable, Timestamp};

use super::DbBackend;
use crate::base::cells;

pub use count::TolerantCount;
pub use number::{ForeignNumber, TolerantDouble, TolerantMoney};
pub use text::{TextOf, TolerantText, TolerantWords, push_text};
pub use word::{TolerantWord, word_for};

/// Reads the text of a cell. A number is none, though Diesel would take it for a Julian day, nor are bytes.
#[cfg(feature = "sqlite")]
fn written<T>(
    mut value: diesel::sqlite::SqliteValue<'_, '_, '_>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let is_text = value.value_type() == Some(diesel::sqlite::SqliteType::Text);
    std::str::from_utf8(value.read_blob()).ok().filter(|_| is_text).and_then(read)
}

/// What a time column holds, where that is a time.
#[derive(Debug)]
struct TimeCell(Option<NaiveDateTime>);

#[cfg(feature = "sqlite")]
impl FromSql<Timestamp, diesel::sqlite::Sqlite> for TimeCell {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(TimeCell(written(value, cells::time_of)))
    }
}

#[cfg(feature = "mysql")]
impl FromSql<Timestamp, diesel::mysql::Mysql> for TimeCell {
    fn from_sql(value: diesel::mysql::MysqlValue<'_>) -> deserialize::Result<Self> {
        let time = <NaiveDateTime as FromSql<Timestamp, diesel::mysql::Mysql>>::from_sql(value);
        Ok(TimeCell(time.ok().filter(|time| cells::is_of_calendar(time.date()))))
    }
}

#[cfg(feature = "postgres")]
impl FromSql<Timestamp, diesel::pg::Pg> for TimeCell {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let time = <NaiveDateTime as FromSql<Timestamp, diesel::pg::Pg>>::from_sql(value);
        Ok(TimeCell(time.ok().filter(|time| cells::is_of_calendar(time.date()))))
    }
}

impl FromSql<Timestamp, DbBackend> for TimeCell {
    fn from_sql(value: <DbBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<TimeCell, Timestamp>()
    }
}

/// A time column; what cannot be read counts as NULL.
#[derive(Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<Timestamp>)]
pub struct TolerantTime(Option<NaiveDateTime>);

impl From<TolerantTime> for Option<NaiveDateTime> {
    fn from(time: TolerantTime) -> Self {
        time.0
    }
}

impl<DB> FromSql<Nullable<Timestamp>, DB> for TolerantTime
where
    DB: Backend,
    TimeCell: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(TolerantTime(TimeCell::from_sql(bytes)?.0))
    }

    fn from_nullable_sql(bytes: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        bytes.map_or(Ok(TolerantTime(None)), Self::from_sql)
    }
}

/// A date column; what cannot be read counts as NULL.
#[derive(Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<Date>)]
pub struct TolerantDate(Option<NaiveDate>);

impl From<TolerantDate> for Option<NaiveDate> {
    fn from(date: TolerantDate) -> Self {
        date.0
    }
}

impl<DB> FromSql<Nullable<Date>, DB> for TolerantDate
where
    DB: Backend,
    DateCell: FromSql<Date, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(TolerantDate(DateCell::from_sql(bytes)?.0))
    }

    fn from_nullable_sql(bytes: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        bytes.map_or(Ok(TolerantDate(None)), Self::from_sql)
    }
}

/// What a date column holds, where that is a day.
#[derive(Debug)]
struct DateCell(Option<NaiveDate>);

#[cfg(feature = "sqlite")]
impl FromSql<Date, diesel::sqlite::Sqlite> for DateCell {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(DateCell(written(value, cells::day_of)))
    }
}

#[cfg(feature = "mysql")]
impl FromSql<Date, diesel::mysql::Mysql> for DateCell {
    fn from_sql(value: diesel::mysql::MysqlValue<'_>) -> deserialize::Result<Self> {
        let day = <NaiveDate as FromSql<Date, diesel::mysql::Mysql>>::from_sql(value);
        Ok(DateCell(day.ok().filter(|day| cells::is_of_calendar(*day))))
    }
}

#[cfg(feature = "postgres")]
impl FromSql<Date, diesel::pg::Pg> for DateCell {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let day = <NaiveDate as FromSql<Date, diesel::pg::Pg>>::from_sql(value);
        Ok(DateCell(day.ok().filter(|day| cells::is_of_calendar(*day))))
    }
}

impl FromSql<Date, DbBackend> for DateCell {
    fn from_sql(value: <DbBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<DateCell, Date>()
    }
}
