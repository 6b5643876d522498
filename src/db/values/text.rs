//! Text columns of the platform: SQLite keeps any bytes in them, which [`crate::base::foreign`] carries as text.

use diesel::deserialize::{self, FromSql, FromSqlRow, Queryable};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Binary, Nullable, Text};

use super::super::{DbBackend, dialect};
use crate::base::foreign::{self, Cell};

/// The text of a cell, whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TolerantText(String);

impl From<TolerantText> for String {
    fn from(text: TolerantText) -> String {
        text.0
    }
}

#[cfg(feature = "sqlite")]
impl FromSql<Text, diesel::sqlite::Sqlite> for TolerantText {
    fn from_sql(mut value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        if value.value_type() == Some(diesel::sqlite::SqliteType::Binary) {
            return Ok(TolerantText(foreign::text_of_blob(value.read_blob())));
        }
        let bytes = <Vec<u8> as FromSql<Binary, diesel::sqlite::Sqlite>>::from_sql(value)?;
        Ok(TolerantText(match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text,
            Ok(text) => foreign::text_of(text.as_bytes()),
            Err(error) => foreign::text_of(error.as_bytes()),
        }))
    }
}

#[cfg(feature = "mysql")]
impl FromSql<Text, diesel::mysql::Mysql> for TolerantText {
    fn from_sql(value: diesel::mysql::MysqlValue<'_>) -> deserialize::Result<Self> {
        Ok(TolerantText(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }
}

#[cfg(feature = "postgres")]
impl FromSql<Text, diesel::pg::Pg> for TolerantText {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        Ok(TolerantText(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }
}

impl FromSql<Text, DbBackend> for TolerantText {
    fn from_sql(value: <DbBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<TolerantText, Text>()
    }

    /// A key that SQLite let be NULL.
    fn from_nullable_sql(
        value: Option<<DbBackend as diesel::backend::Backend>::RawValue<'_>>,
    ) -> deserialize::Result<Self> {
        match value {
            Some(value) => <TolerantText as FromSql<Text, DbBackend>>::from_sql(value),
            None => Ok(TolerantText(foreign::NOTHING.to_owned())),
        }
    }
}

impl Queryable<Text, DbBackend> for TolerantText {
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

/// The text of a cell that may be NULL.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
#[diesel(sql_type = Nullable<Text>)]
pub struct TolerantWords(Option<String>);

impl From<TolerantWords> for Option<String> {
    fn from(text: TolerantWords) -> Option<String> {
        text.0
    }
}

impl FromSql<Nullable<Text>, DbBackend> for TolerantWords {
    fn from_sql(value: <DbBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::from_nullable_sql(Some(value))
    }

    fn from_nullable_sql(
        value: Option<<DbBackend as diesel::backend::Backend>::RawValue<'_>>,
    ) -> deserialize::Result<Self> {
        let text = value.map(<TolerantText as FromSql<Text, DbBackend>>::from_sql).transpose()?;
        Ok(TolerantWords(text.map(String::from)))
    }
}

/// A text as its cell holds it, to the byte; to be compared with a column.
#[derive(Debug, Clone)]
pub struct TextOf(String);

impl TextOf {
    /// Reads the marks of [`foreign`].
    pub fn new(text: &str) -> TextOf {
        TextOf(text.to_owned())
    }
}

/// Binds a text as its cell holds it, to the byte.
pub fn push_text<'b>(pass: &mut AstPass<'_, 'b, DbBackend>, text: &'b String) -> QueryResult<()> {
    // Only SQLite has such cells; elsewhere a made-up mark is text that no row holds.
    match foreign::cell_of(text).filter(|_| dialect::holds_bytes(pass.backend())) {
        // Equal to nothing: what has no id is not changed by its id.
        None if foreign::is_nameless(text) && dialect::holds_bytes(pass.backend()) => {
            pass.unsafe_to_cache_prepared();
            pass.push_sql("NULL");
            Ok(())
        }
        None => pass.push_bind_param::<Text, String>(text),
        Some(cell) => {
            // Else each such text would stay as a prepared statement of its own.
            pass.unsafe_to_cache_prepared();
            pass.push_sql(&literal(&cell));
            Ok(())
        }
    }
}

/// A cell in SQL: Diesel can bind no text that is not UTF-8.
fn literal(cell: &Cell) -> String {
    let digits: String = cell.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if cell.is_blob { format!("x'{digits}'") } else { format!("CAST(x'{digits}' AS TEXT)") }
}

impl Expression for TextOf {
    type SqlType = Text;
}

impl<T> AppearsOnTable<T> for TextOf {}

impl<T> SelectableExpression<T> for TextOf {}

impl<G> ValidGrouping<G> for TextOf {
    type IsAggregate = is_aggregate::Never;
}

impl QueryId for TextOf {
    type QueryId = ();
    // The text of the query differs with what the cell is.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<DbBackend> for TextOf {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DbBackend>) -> QueryResult<()> {
        push_text(&mut pass, &self.0)
    }
}
