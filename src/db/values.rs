//! How values of `base` and times come out of columns, on every engine.
//!
//! Foreign rows are facts: a date or time that cannot be read is shown as missing, never an error page.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow, Queryable};
use diesel::sql_types::{Date, Double, Nullable, SingleValue, Timestamp};

use crate::base::money::Money;

impl<DB> FromSql<Double, DB> for Money
where
    DB: Backend,
    f64: FromSql<Double, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        f64::from_sql(bytes).map(Money::from_column)
    }
}

impl<DB, ST> Queryable<ST, DB> for Money
where
    DB: Backend,
    ST: SingleValue,
    Money: FromSql<ST, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
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
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(TolerantTime(NaiveDateTime::from_sql(bytes).ok()))
    }

    fn from_nullable_sql(bytes: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        Ok(TolerantTime(bytes.and_then(|bytes| NaiveDateTime::from_sql(bytes).ok())))
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
    NaiveDate: FromSql<Date, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(TolerantDate(NaiveDate::from_sql(bytes).ok()))
    }

    fn from_nullable_sql(bytes: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        Ok(TolerantDate(bytes.and_then(|bytes| NaiveDate::from_sql(bytes).ok())))
    }
}
