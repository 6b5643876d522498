//! Number columns of the platform: doubles, or NUMERIC where its generator made a PostgreSQL database; in SQLite
//! whatever a program wrote.
//!
//! A NUMERIC is read and bound to the digit; PostgreSQL compares a double column with what is bound as a double, so
//! one binding serves both. What is no finite number counts as none.
//!
//! More than 250 lines: each of three engines reads and binds in its own way.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow, Queryable};
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Double, HasSqlType, Nullable, SingleValue, SqlType};

use super::super::DbBackend;
#[cfg(feature = "postgres")]
use super::numeric::{numeric, to_numeric};
use crate::base::money::Money;

/// The type of a money or seconds column that the platform writes.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(sqlite_type(name = "Double"))]
#[diesel(mysql_type(name = "Double"))]
#[diesel(postgres_type(oid = 1700, array_oid = 1231))]
pub struct ForeignNumber;

impl HasSqlType<ForeignNumber> for DbBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<ForeignNumber>(lookup)
    }
}

/// What a number cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    not(all(feature = "mysql", feature = "postgres")),
    allow(
        dead_code,
        reason = "SQLite gives doubles alone; the servers have columns of whole and decimal numbers"
    )
)]
enum Cell {
    Nothing,
    Double(f64),
    /// To the nearest unit of money.
    Decimal(Money),
}

#[cfg_attr(
    not(all(feature = "mysql", feature = "postgres")),
    allow(
        dead_code,
        reason = "SQLite gives doubles alone; the servers have columns of whole and decimal numbers"
    )
)]
impl Cell {
    fn of_double(value: f64) -> Cell {
        if value.is_finite() { Cell::Double(value) } else { Cell::Nothing }
    }

    fn of_whole(value: i64) -> Cell {
        Cell::Decimal(Money::from_decimal(&value.to_string()).unwrap_or_default())
    }

    fn money(self) -> Option<Money> {
        match self {
            Cell::Nothing => None,
            Cell::Double(value) => Money::of_column(value),
            Cell::Decimal(money) => Some(money),
        }
    }

    fn double(self) -> Option<f64> {
        match self {
            Cell::Nothing => None,
            Cell::Double(value) => Some(value),
            Cell::Decimal(money) => Some(money.to_column()),
        }
    }
}

#[cfg(feature = "sqlite")]
impl FromSql<ForeignNumber, diesel::sqlite::Sqlite> for Cell {
    fn from_sql(mut value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        use diesel::sqlite::SqliteType;
        Ok(match value.value_type() {
            Some(SqliteType::Double | SqliteType::Float) => Cell::of_double(value.read_double()),
            Some(SqliteType::Integer | SqliteType::SmallInt | SqliteType::Long) => {
                Cell::of_double(value.read_double())
            }
            Some(SqliteType::Text | SqliteType::Binary) | None => Cell::Nothing,
        })
    }
}

#[cfg(feature = "mysql")]
impl FromSql<ForeignNumber, diesel::mysql::Mysql> for Cell {
    fn from_sql(value: diesel::mysql::MysqlValue<'_>) -> deserialize::Result<Self> {
        if value.value_type() == diesel::mysql::MysqlType::Numeric {
            let text = std::str::from_utf8(value.as_bytes())?;
            return Ok(Money::from_decimal(text).map_or(Cell::Nothing, Cell::Decimal));
        }
        let double = <f64 as FromSql<diesel::sql_types::Double, diesel::mysql::Mysql>>::from_sql(value);
        double.map(Cell::of_double)
    }
}

/// The types that PostgreSQL gives numbers in.
#[cfg(feature = "postgres")]
mod oid {
    pub const INT8: u32 = 20;
    pub const INT2: u32 = 21;
    pub const INT4: u32 = 23;
    pub const FLOAT4: u32 = 700;
    pub const FLOAT8: u32 = 701;
    pub const NUMERIC: u32 = 1700;
}

#[cfg(feature = "postgres")]
impl FromSql<ForeignNumber, diesel::pg::Pg> for Cell {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let bytes = value.as_bytes();
        Ok(match value.get_oid().get() {
            oid::FLOAT8 => Cell::of_double(f64::from_be_bytes(bytes.try_into()?)),
            oid::FLOAT4 => {
                // By its shortest digits: 0.1 as a real is 0.1, not 0.10000000149.
                let text = f32::from_be_bytes(bytes.try_into()?).to_string();
                text.parse().map_or(Cell::Nothing, Cell::of_double)
            }
            oid::INT8 => Cell::of_whole(i64::from_be_bytes(bytes.try_into()?)),
            oid::INT4 => Cell::of_whole(i32::from_be_bytes(bytes.try_into()?).into()),
            oid::INT2 => Cell::of_whole(i16::from_be_bytes(bytes.try_into()?).into()),
            oid::NUMERIC => numeric(bytes)?.map_or(Cell::Nothing, Cell::Decimal),
            other => return Err(format!("a number of PostgreSQL's type {other}").into()),
        })
    }
}

/// A number of PostgreSQL of whatever type.
#[cfg(feature = "postgres")]
pub(super) fn double_of_postgres(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Option<f64>> {
    <Cell as FromSql<ForeignNumber, diesel::pg::Pg>>::from_sql(value).map(Cell::double)
}

impl FromSql<ForeignNumber, DbBackend> for Cell {
    fn from_sql(value: <DbBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Cell, ForeignNumber>()
    }
}

/// Where an amount that is none may be read as zero: in our own tables, which hold none such.
impl<DB> FromSql<ForeignNumber, DB> for Money
where
    DB: Backend,
    Cell: FromSql<ForeignNumber, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Cell::from_sql(value).map(|cell| cell.money().unwrap_or_default())
    }
}

impl<DB> FromSql<ForeignNumber, DB> for f64
where
    DB: Backend,
    Cell: FromSql<ForeignNumber, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Cell::from_sql(value).map(|cell| cell.double().unwrap_or_default())
    }
}

impl<DB> FromSql<Double, DB> for Money
where
    DB: Backend,
    f64: FromSql<Double, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        f64::from_sql(value).map(Money::from_column)
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

/// A money column; what is no finite number counts as NULL.
#[derive(Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<ForeignNumber>)]
pub struct TolerantMoney(Option<Money>);

impl From<TolerantMoney> for Option<Money> {
    fn from(money: TolerantMoney) -> Self {
        money.0
    }
}

impl<DB> FromSql<Nullable<ForeignNumber>, DB> for TolerantMoney
where
    DB: Backend,
    Cell: FromSql<ForeignNumber, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Cell::from_sql(value).map(|cell| TolerantMoney(cell.money()))
    }

    fn from_nullable_sql(value: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(TolerantMoney(None)), Self::from_sql)
    }
}

/// A column of seconds; what is no finite number counts as NULL.
#[derive(Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<Double>)]
pub struct TolerantDouble(Option<f64>);

impl From<TolerantDouble> for Option<f64> {
    fn from(number: TolerantDouble) -> Self {
        number.0
    }
}

impl<DB> FromSql<Nullable<Double>, DB> for TolerantDouble
where
    DB: Backend,
    Cell: FromSql<ForeignNumber, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Cell::from_sql(value).map(|cell| TolerantDouble(cell.double()))
    }

    fn from_nullable_sql(value: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(TolerantDouble(None)), Self::from_sql)
    }
}

/// Lets Diesel bind money.
#[derive(Debug, AsExpression)]
#[diesel(foreign_derive)]
#[diesel(sql_type = ForeignNumber)]
#[expect(dead_code, reason = "stands for the type within")]
struct MoneyProxy(Money);

#[cfg(feature = "sqlite")]
impl ToSql<ForeignNumber, diesel::sqlite::Sqlite> for Money {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(self.to_column());
        Ok(IsNull::No)
    }
}

#[cfg(feature = "mysql")]
impl ToSql<ForeignNumber, diesel::mysql::Mysql> for Money {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::mysql::Mysql>) -> serialize::Result {
        std::io::Write::write_all(out, &self.to_column().to_ne_bytes())?;
        Ok(IsNull::No)
    }
}

#[cfg(feature = "postgres")]
impl ToSql<ForeignNumber, diesel::pg::Pg> for Money {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &to_numeric(&self.to_string()))?;
        Ok(IsNull::No)
    }
}

impl ToSql<ForeignNumber, DbBackend> for Money {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DbBackend>) -> serialize::Result {
        out.set_value((ForeignNumber, self));
        Ok(IsNull::No)
    }
}
