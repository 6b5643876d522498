//! Columns that hold one of a few words, which MariaDB compares without regard to case and to blanks at the end.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::sql_types::{Nullable, Text};

use super::text::TolerantText;
use crate::db::{DbBackend, Engine};

/// The word that the database takes a text for; a text that is none of the known words stays as it is.
pub fn word_for(engine: Engine, text: String, known: &[&str]) -> String {
    let folds = engine == Engine::Mysql;
    let is_same = |word: &&&str| folds && text.trim_end_matches(' ').eq_ignore_ascii_case(word);
    known.iter().find(is_same).map_or(text.clone(), |word| (*word).to_owned())
}

/// A cell, and which database holds it.
#[derive(Debug)]
struct Held {
    engine: Engine,
    text: TolerantText,
}

#[cfg(feature = "sqlite")]
impl FromSql<Text, diesel::sqlite::Sqlite> for Held {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <TolerantText as FromSql<Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
        Ok(Held { engine: Engine::Sqlite, text })
    }
}

#[cfg(feature = "mysql")]
impl FromSql<Text, diesel::mysql::Mysql> for Held {
    fn from_sql(value: diesel::mysql::MysqlValue<'_>) -> deserialize::Result<Self> {
        let text = <TolerantText as FromSql<Text, diesel::mysql::Mysql>>::from_sql(value)?;
        Ok(Held { engine: Engine::Mysql, text })
    }
}

#[cfg(feature = "postgres")]
impl FromSql<Text, diesel::pg::Pg> for Held {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let text = <TolerantText as FromSql<Text, diesel::pg::Pg>>::from_sql(value)?;
        Ok(Held { engine: Engine::Postgres, text })
    }
}

impl FromSql<Text, DbBackend> for Held {
    fn from_sql(value: <DbBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Held, Text>()
    }
}

/// A cell that may be NULL and should hold one of a few words.
#[derive(Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<Text>)]
pub struct TolerantWord(Option<Held>);

impl TolerantWord {
    /// What the cell holds, as the one of these words that the database takes it for.
    pub fn among(self, known: &[&str]) -> Option<String> {
        self.0.map(|held| word_for(held.engine, held.text.into(), known))
    }
}

impl FromSql<Nullable<Text>, DbBackend> for TolerantWord {
    fn from_sql(value: <DbBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::from_nullable_sql(Some(value))
    }

    fn from_nullable_sql(
        value: Option<<DbBackend as diesel::backend::Backend>::RawValue<'_>>,
    ) -> deserialize::Result<Self> {
        Ok(TolerantWord(value.map(<Held as FromSql<Text, DbBackend>>::from_sql).transpose()?))
    }
}
