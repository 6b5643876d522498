//! Statements whose text is put together by hand.
//!
//! SQLite reads a text anew each time, with all triggers and indexes that it touches, unless the connection keeps it:
//! there each text is kept, so it may have no values in it that differ from call to call. The servers are asked anew,
//! since their planners look at the values.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::is_nullable::NotNull;
use diesel::sql_types::{BigInt, Date, Double, HasSqlType, Nullable, SqlType, Text, Timestamp, Untyped};

use super::super::values::{ForeignNumber, push_text};
use super::super::{DbBackend, DbConnection, Engine};
use crate::base::columns::Cell;
use crate::base::foreign;
use crate::base::money::Money;

/// A statement that grows with the values bound in it.
#[derive(Debug, Clone)]
pub struct Statement {
    engine: Engine,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Sql(String),
    Text(Option<String>),
    Words(Option<String>),
    Date(Option<NaiveDate>),
    Time(Option<NaiveDateTime>),
    Number(Option<i64>),
    Double(Option<f64>),
    Money(Option<Money>),
}

impl Statement {
    /// Starts with that text.
    pub fn new(engine: Engine, text: &str) -> Statement {
        Statement { engine, pieces: vec![Piece::Sql(text.to_owned())] }
    }

    /// More text.
    pub fn sql(self, text: &str) -> Statement {
        self.and(Piece::Sql(text.to_owned()))
    }

    /// The same with that text in front of it.
    pub fn within(mut self, start: &str) -> Statement {
        self.pieces.insert(0, Piece::Sql(start.to_owned()));
        self
    }

    /// A text or NULL, bound to the byte where it was read of a cell of bytes; see [`foreign`].
    pub fn text<'a>(self, value: impl Into<Option<&'a str>>) -> Statement {
        self.and(Piece::Text(value.into().map(str::to_owned)))
    }

    /// A text of our own or NULL, bound letter by letter: ids of bytes that it quotes do not make it bytes.
    pub fn words<'a>(self, value: impl Into<Option<&'a str>>) -> Statement {
        self.and(Piece::Words(value.into().map(str::to_owned)))
    }

    /// A day or NULL, bound.
    pub fn date(self, value: impl Into<Option<NaiveDate>>) -> Statement {
        self.and(Piece::Date(value.into()))
    }

    /// A time or NULL, bound.
    pub fn time(self, value: impl Into<Option<NaiveDateTime>>) -> Statement {
        self.and(Piece::Time(value.into()))
    }

    /// A whole number or NULL, bound.
    pub fn number(self, value: impl Into<Option<i64>>) -> Statement {
        self.and(Piece::Number(value.into()))
    }

    /// A double or NULL, bound.
    pub fn double(self, value: impl Into<Option<f64>>) -> Statement {
        self.and(Piece::Double(value.into()))
    }

    /// Money or NULL, bound.
    pub fn money(self, value: impl Into<Option<Money>>) -> Statement {
        self.and(Piece::Money(value.into()))
    }

    /// A cell as it was read of a row, bound.
    pub fn cell(self, cell: Cell<'_>) -> Statement {
        match cell {
            Cell::Text(text) => self.text(text.as_deref()),
            Cell::Date(date) => self.date(date),
            Cell::Time(time) => self.time(time),
            Cell::Money(money) => self.money(money),
            Cell::Count(count) => self.number(count.map(i64::from)),
            Cell::Seconds(seconds) => self.double(seconds),
        }
    }

    /// A cell that somebody typed, bound: texts as words of our own.
    pub fn typed(self, cell: Cell<'_>) -> Statement {
        match cell {
            Cell::Text(text) => self.words(text.as_deref()),
            cell => self.cell(cell),
        }
    }

    /// `(...)` of these ids, to stand behind `IN`; never empty.
    pub fn ids(mut self, ids: &[String]) -> Statement {
        if self.engine == Engine::Sqlite && ids.iter().all(|id| foreign::cell_of(id).is_none()) {
            // One value, however many: SQLite bounds how many it takes, and keeps the text for the next ones.
            let list = serde_json::Value::from(ids.to_vec()).to_string();
            return self.sql("(SELECT value FROM json_each(").text(&*list).sql("))");
        }
        self = self.sql("(");
        for (number, id) in ids.iter().enumerate() {
            if number > 0 {
                self = self.sql(", ");
            }
            self = self.text(id.as_str());
        }
        self.sql(")")
    }

    /// `(...)` of these numbers in SQLite, to stand behind `IN`; never empty. One value, however many; see [`Self::ids`].
    pub fn numbers(self, numbers: &[String]) -> Statement {
        let list = serde_json::Value::from(numbers.to_vec()).to_string();
        self.sql("(SELECT CAST(value AS INTEGER) FROM json_each(").text(&*list).sql("))")
    }

    fn and(mut self, piece: Piece) -> Statement {
        self.pieces.push(piece);
        self
    }

    /// Runs it; gives how many rows it changed.
    pub fn execute(self, connection: &mut DbConnection) -> QueryResult<usize> {
        RunQueryDsl::execute(self, connection)
    }

    /// Runs it and reads its rows.
    pub fn load<T>(self, connection: &mut DbConnection) -> QueryResult<Vec<T>>
    where
        T: QueryableByName<DbBackend> + 'static,
    {
        RunQueryDsl::load(self, connection)
    }
}

impl QueryFragment<DbBackend> for Statement {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DbBackend>) -> QueryResult<()> {
        let is_cast = self.engine == Engine::Postgres;
        if self.engine != Engine::Sqlite {
            pass.unsafe_to_cache_prepared();
        }
        for piece in &self.pieces {
            let kind = match piece {
                Piece::Sql(text) => {
                    pass.push_sql(text);
                    continue;
                }
                Piece::Text(_) | Piece::Words(_) => "VARCHAR",
                Piece::Date(_) => "DATE",
                Piece::Time(_) => "TIMESTAMP",
                Piece::Number(_) => "BIGINT",
                Piece::Double(_) => "DOUBLE PRECISION",
                Piece::Money(_) => "NUMERIC",
            };
            if is_cast {
                pass.push_sql("CAST(");
            }
            match piece {
                Piece::Sql(_) => {}
                Piece::Text(Some(text)) => push_text(&mut pass, text)?,
                Piece::Text(text) | Piece::Words(text) => bind::<Text, _>(&mut pass, text)?,
                Piece::Date(date) => bind::<Date, _>(&mut pass, date)?,
                Piece::Time(time) => bind::<Timestamp, _>(&mut pass, time)?,
                Piece::Number(number) => bind::<BigInt, _>(&mut pass, number)?,
                Piece::Double(double) => bind::<Double, _>(&mut pass, double)?,
                Piece::Money(money) => bind::<ForeignNumber, _>(&mut pass, money)?,
            }
            if is_cast {
                pass.push_sql(&format!(" AS {kind})"));
            }
        }
        Ok(())
    }
}

fn bind<'b, ST, T>(pass: &mut AstPass<'_, 'b, DbBackend>, value: &'b Option<T>) -> QueryResult<()>
where
    ST: SqlType<IsNull = NotNull> + 'static,
    DbBackend: HasSqlType<ST> + HasSqlType<Nullable<ST>>,
    T: ToSql<ST, DbBackend>,
    Option<T>: ToSql<Nullable<ST>, DbBackend>,
{
    match value {
        Some(value) => pass.push_bind_param::<ST, T>(value),
        None => pass.push_bind_param::<Nullable<ST>, Option<T>>(value),
    }
}

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl RunQueryDsl<DbConnection> for Statement {}
