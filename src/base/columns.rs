//! The columns of a table, declared once: files in and out, what programs get, forms and the audit trail follow from
//! the declaration, which stands beside the struct of the row.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value};

use super::clock::TIME_FORMAT;
use super::csv::Writer;
use super::csv::reader::Refusal;
use super::csv::sheet::{Cells, quoted};
use super::form::Message;
use super::money::Money;
use super::secrets;
use crate::error::Result;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The key of the row, of 1 to 32 characters.
    Id,
    /// A text of at most so many characters.
    Text(usize),
    /// A text of any length, which may hold secrets.
    Long,
    /// One of these words.
    Word(&'static [&'static str]),
    Date,
    Time,
    Money,
    Count,
    Seconds,
}

impl Kind {
    /// Whether it is text, short or long.
    pub const fn is_text(self) -> bool {
        matches!(self, Kind::Id | Kind::Text(_) | Kind::Long | Kind::Word(_))
    }
}

/// Where a column is shown, and with it its place in files and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A column of the platform's table: everywhere, first.
    Platform,
    /// A column that this app adds: everywhere, behind the names of things.
    Added,
    /// Added, and told from the others: in files and answers, but neither imported nor in the audit trail.
    Derived,
    /// Added, in no file: for programs and the audit trail.
    Programs,
    /// Added, for the audit trail alone.
    Trail,
}

/// The value of a column in one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Date(Option<NaiveDate>),
    Time(Option<NaiveDateTime>),
    Money(Option<Money>),
    Count(Option<i32>),
    Seconds(Option<f64>),
}

/// A column of the table whose row is `T`.
pub struct Column<T> {
    pub name: &'static str,
    pub kind: Kind,
    pub place: Place,
    /// Whether it may hold secrets, which are masked wherever people or programs see it.
    pub hides: bool,
    /// What the API's document says of it.
    pub document: &'static str,
    pub get: for<'a> fn(&'a T) -> Cell<'a>,
    pub set: fn(&mut T, Cell<'_>),
}

impl<T> Column<T> {
    /// The same, added by this app.
    pub const fn at(self, place: Place) -> Column<T> {
        Column { place, ..self }
    }

    /// The same, of a short text that may hold secrets all the same.
    pub const fn hiding(self) -> Column<T> {
        Column { hides: true, ..self }
    }

    /// What people and programs see of it in a row.
    pub fn shown<'a>(&self, row: &'a T) -> Cell<'a> {
        match (self.get)(row) {
            Cell::Text(Some(text)) if self.hides => {
                Cell::Text(Some(secrets::mask(&text).into_owned().into()))
            }
            cell => cell,
        }
    }

    /// The same with what the API's document says.
    pub const fn says(self, document: &'static str) -> Column<T> {
        Column { document, ..self }
    }
}

impl<T> std::fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Column").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Declares a column by its field: `column!(Row, id: Id)`, `column!(Row, cause in retry: Text(32))`.
macro_rules! column {
    ($row:ty, $field:ident $(in $part:ident)?: $kind:ident $(($limit:expr))?) => {
        $crate::base::columns::Column::<$row> {
            name: stringify!($field),
            kind: $crate::base::columns::Kind::$kind $(($limit))?,
            place: $crate::base::columns::Place::Platform,
            hides: matches!(
                $crate::base::columns::Kind::$kind $(($limit))?,
                $crate::base::columns::Kind::Long
            ),
            document: "",
            get: |row| $crate::base::columns::column!(@get $kind, row $(.$part)?.$field),
            set: |row, cell| $crate::base::columns::column!(@set $kind, row $(.$part)?.$field, cell),
        }
    };
    (@get Id, $at:expr) => { $crate::base::columns::Cell::Text(Some((&*$at).into())) };
    (@get Text, $at:expr) => { $crate::base::columns::Cell::Text($at.as_deref().map(Into::into)) };
    (@get Long, $at:expr) => { $crate::base::columns::column!(@get Text, $at) };
    (@get Word, $at:expr) => { $crate::base::columns::column!(@get Text, $at) };
    (@get $kind:ident, $at:expr) => { $crate::base::columns::Cell::$kind($at) };
    (@set Id, $at:expr, $cell:ident) => {
        if let $crate::base::columns::Cell::Text(Some(text)) = $cell { $at = text.into_owned() }
    };
    (@set Text, $at:expr, $cell:ident) => {
        if let $crate::base::columns::Cell::Text(text) = $cell { $at = text.map(|text| text.into_owned()) }
    };
    (@set Long, $at:expr, $cell:ident) => { $crate::base::columns::column!(@set Text, $at, $cell) };
    (@set Word, $at:expr, $cell:ident) => { $crate::base::columns::column!(@set Text, $at, $cell) };
    (@set $kind:ident, $at:expr, $cell:ident) => {
        if let $crate::base::columns::Cell::$kind(value) = $cell { $at = value }
    };
}
pub(crate) use column;

impl Cell<'_> {
    /// As people see it in a form: plain, empty for nothing.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Cell::Text(text) => text.as_deref().map(str::to_owned),
            Cell::Date(date) => date.map(|date| date.to_string()),
            Cell::Time(time) => time.map(|time| time.format(TIME_FORMAT).to_string()),
            Cell::Money(money) => money.map(|money| money.to_string()),
            Cell::Count(count) => count.map(|count| count.to_string()),
            Cell::Seconds(seconds) => seconds.map(|seconds| seconds.to_string()),
        }
    }

    /// The same, borrowed of nothing.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Text(text) => Cell::Text(text.map(|text| text.into_owned().into())),
            Cell::Date(date) => Cell::Date(date),
            Cell::Time(time) => Cell::Time(time),
            Cell::Money(money) => Cell::Money(money),
            Cell::Count(count) => Cell::Count(count),
            Cell::Seconds(seconds) => Cell::Seconds(seconds),
        }
    }
}

/// A row as a JSON object with the names of those columns, for the audit trail.
pub fn to_json<'c, T: 'c>(columns: impl IntoIterator<Item = &'c Column<T>>, row: &T) -> Value {
    let value = |cell: Cell<'_>| match cell {
        Cell::Count(count) => Value::from(count),
        Cell::Seconds(seconds) => Value::from(seconds),
        cell => Value::from(cell.to_text()),
    };
    let members = columns.into_iter().map(|column| (column.name.to_owned(), value((column.get)(row))));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Reads the columns that a file may bring into a row; what the file lacks stays.
///
/// # Errors
/// The first cell that is wrong.
pub fn read_cells<T>(
    columns: &[Column<T>],
    cells: &Cells<'_>,
    row: &mut T,
) -> std::result::Result<(), Refusal> {
    for column in columns.iter().filter(|column| matches!(column.place, Place::Platform | Place::Added)) {
        let name = column.name;
        if column.kind != Kind::Id && !cells.has(name) {
            continue;
        }
        let cell = match column.kind {
            Kind::Id => Cell::Text(Some(cells.required_id(name)?.into())),
            Kind::Text(limit) => Cell::Text(cells.short_text(name, limit)?.map(Cow::Owned)),
            Kind::Long => Cell::Text(cells.text(name)?.map(Cow::Owned)),
            Kind::Word(words) => Cell::Text(word(cells, name, words)?.map(Cow::Owned)),
            Kind::Date => Cell::Date(cells.date(name)?),
            Kind::Time => Cell::Time(cells.time(name)?),
            Kind::Money => Cell::Money(cells.money(name)?),
            Kind::Count => Cell::Count(cells.integer(name)?),
            Kind::Seconds => Cell::Seconds(cells.seconds(name)?),
        };
        (column.set)(row, cell);
    }
    Ok(())
}

fn word(cells: &Cells<'_>, name: &str, words: &[&str]) -> std::result::Result<Option<String>, Refusal> {
    let text = cells.text(name)?;
    match text.as_deref().filter(|text| !words.contains(text)) {
        None => Ok(text),
        Some(unknown) => {
            let reason = Message::new("csv-word").with("known", words.join(", "));
            Err(cells.refuse(name, reason.with("found", quoted(unknown))))
        }
    }
}

/// Writes a cell into a file.
pub fn write_cell(writer: &mut Writer<'_>, cell: &Cell<'_>) -> Result<()> {
    match cell {
        Cell::Text(text) => writer.text(text.as_deref()),
        Cell::Date(date) => writer.date(*date),
        Cell::Time(time) => writer.time(*time),
        Cell::Money(money) => writer.money(*money),
        Cell::Count(count) => writer.number(*count),
        Cell::Seconds(seconds) => writer.number(*seconds),
    }
}
