//! The walk of a run through the accounted usages: by day, and within one in the order of an index, so that each
//! stretch is a seek and the pages of neighbours stay warm.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use super::moving::{Shape, is_due};
use crate::db::dialect::{self, Statement, WalkKey};
use crate::db::values::TolerantText;
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// A place in the walk by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub date: String,
    pub key: String,
}

/// A usage that may have to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: String,
    pub place: Place,
}

/// Some usages of the live table.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    Ids(&'a [String]),
    /// By the key of the walk: the table of SQLite is ordered by it, so that no index has to be asked where a row is.
    Keys(&'a [String]),
}

impl Rows<'_> {
    /// The statement with "`u` is one of them" behind it.
    pub(super) fn within(self, statement: Statement, key: WalkKey) -> Statement {
        match self {
            Rows::Ids(ids) => statement.sql("u.id IN ").ids(ids),
            Rows::Keys(keys) => key.among(statement, "u", keys),
        }
    }
}

impl Shape {
    /// The next usages of a walk, from a place on; by day, and within one in the order of an index.
    pub fn next(
        &self,
        connection: &mut DbConnection,
        cutoff: NaiveDate,
        from: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<Candidate>> {
        let mut found = Vec::new();
        if let Some(place) = from {
            found = self.stretch(connection, cutoff, Some((place, true)), limit)?;
        }
        if found.len() < limit {
            let later = from.map(|place| (place, false));
            found.extend(self.stretch(connection, cutoff, later, limit - found.len())?);
        }
        Ok(found)
    }

    /// Of the day of a place what follows it, or the days after it.
    fn stretch(
        &self,
        connection: &mut DbConnection,
        cutoff: NaiveDate,
        from: Option<(&Place, bool)>,
        limit: usize,
    ) -> Result<Vec<Candidate>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text, deserialize_as = TolerantText)]
            id: String,
            #[diesel(sql_type = Text, deserialize_as = TolerantText)]
            day: String,
            #[diesel(sql_type = Text, deserialize_as = TolerantText)]
            place: String,
        }
        let engine = self.engine;
        let key = self.key.column();
        let (day, place) = (dialect::as_text(engine, "u.use_date"), self.key.selected(engine));
        let start = format!(
            "SELECT u.id AS id, {day} AS day, {place} AS place FROM llmusage u WHERE {}",
            is_due(engine)
        );
        let mut statement = Statement::new(engine, &start).date(cutoff);
        if let Some((place, is_same_day)) = from {
            let (open, close) = if engine == Engine::Postgres { ("CAST(", " AS DATE)") } else { ("", "") };
            let operator = if is_same_day { "=" } else { ">" };
            statement = statement
                .sql(&format!(" AND u.use_date {operator} {open}"))
                .text(place.date.as_str())
                .sql(close);
            if is_same_day {
                statement = statement.sql(&format!(" AND u.{key} > "));
                statement = match self.key {
                    WalkKey::RowNumber => statement.number(place.key.parse::<i64>().ok()),
                    WalkKey::Id => statement.text(place.key.as_str()),
                };
            }
        }
        let rows: Vec<Row> = statement
            .sql(&format!(" ORDER BY u.use_date, u.{key} LIMIT "))
            .number(i64::try_from(limit).unwrap_or(i64::MAX))
            .load(connection)?;
        let candidate = |row: Row| Candidate { id: row.id, place: Place { date: row.day, key: row.place } };
        Ok(rows.into_iter().map(candidate).collect())
    }
}

/// How many usages wait to be archived.
pub fn count(connection: &mut DbConnection, cutoff: NaiveDate) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let engine = connection.engine();
    let start = format!("SELECT COUNT(*) AS number FROM llmusage u WHERE {}", is_due(engine));
    let rows: Vec<Count> = Statement::new(engine, &start).date(cutoff).load(connection)?;
    Ok(rows.first().map_or(0, |row| row.number))
}
