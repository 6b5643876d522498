//! Whole-number columns of the platform: an integer of any size, or NUMERIC; in SQLite whatever a program wrote.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::sql_types::{Integer, Nullable};

use super::super::DbBackend;

#[derive(Debug, Clone, Copy)]
struct Cell(Option<i32>);

impl Cell {
    fn of_double(value: f64) -> Cell {
        let is_whole = value.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value);
        Cell(is_whole.then_some(value as i32))
    }
}

#[cfg(feature = "sqlite")]
impl FromSql<Integer, diesel::sqlite::Sqlite> for Cell {
    fn from_sql(mut value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        use diesel::sqlite::SqliteType;
        Ok(match value.value_type() {
            Some(SqliteType::Text | SqliteType::Binary) | None => Cell(None),
            Some(_) => Cell::of_double(value.read_double()),
        })
    }
}

#[cfg(feature = "mysql")]
impl FromSql<Integer, diesel::mysql::Mysql> for Cell {
    fn from_sql(value: diesel::mysql::MysqlValue<'_>) -> deserialize::Result<Self> {
        let number = <i64 as FromSql<diesel::sql_types::BigInt, diesel::mysql::Mysql>>::from_sql(value);
        Ok(Cell(number.ok().and_then(|number| number.try_into().ok())))
    }
}

#[cfg(feature = "postgres")]
impl FromSql<Integer, diesel::pg::Pg> for Cell {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        Ok(super::number::double_of_postgres(value)?.map_or(Cell(None), Cell::of_double))
    }
}

impl FromSql<Integer, DbBackend> for Cell {
    fn from_sql(value: <DbBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Cell, Integer>()
    }
}

/// A count; what is no whole number of 32 bits counts as NULL.
#[derive(Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<Integer>)]
pub struct TolerantCount(Option<i32>);

impl From<TolerantCount> for Option<i32> {
    fn from(count: TolerantCount) -> Self {
        count.0
    }
}

impl<DB> FromSql<Nullable<Integer>, DB> for TolerantCount
where
    DB: Backend,
    Cell: FromSql<Integer, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Cell::from_sql(value).map(|cell| TolerantCount(cell.0))
    }

    fn from_nullable_sql(value: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(TolerantCount(None)), Self::from_sql)
    }
}
