//! A table in a CSV file: a header that names columns in any order, then typed cells.
//!
//! Whatever is wrong is refused with its line, its column and the reason in words; nothing is guessed.

use std::io::BufRead;

use chrono::{NaiveDate, NaiveDateTime};

use super::reader::{ReadError, Reader, Record, Refusal};
use super::unguard;
use crate::base::form::{parse_date, parse_time};
use crate::base::money::{Money, MoneyError};

/// The most characters of a bad cell that a refusal repeats.
const REPEATED: usize = 40;

/// Which columns a table takes.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The columns that are read; the first must be in every file.
    pub columns: &'static [&'static str],
    /// Columns that an export adds and an import passes over.
    pub ignored: &'static [&'static str],
}

/// A CSV file after its header.
#[derive(Debug)]
pub struct Sheet<R> {
    reader: Reader<R>,
    layout: Layout,
    /// For each column of the layout where it is in the file, if it is.
    positions: Vec<Option<usize>>,
    width: usize,
    record: Record,
}

impl<R: BufRead> Sheet<R> {
    /// Reads the header.
    pub fn new(source: R, layout: Layout) -> Result<Sheet<R>, ReadError> {
        let mut reader = Reader::new(source);
        let mut record = Record::default();
        if !reader.read(&mut record)? {
            return Err(Refusal::of_line(1, "the file is empty; its first line must name the columns").into());
        }
        let mut positions = vec![None; layout.columns.len()];
        let mut seen: Vec<&str> = Vec::new();
        for (position, name) in record.cells().map(str::trim).enumerate() {
            let known = layout.columns.iter().position(|column| *column == name);
            if known.is_none() && !layout.ignored.contains(&name) {
                return Err(Refusal::of_line(record.line, format!("unknown column {}", quoted(name))).into());
            }
            if seen.contains(&name) {
                return Err(Refusal::of_line(record.line, format!("column {name} twice")).into());
            }
            seen.push(name);
            if let Some(slot) = known.and_then(|column| positions.get_mut(column)) {
                *slot = Some(position);
            }
        }
        if let (Some(None), Some(name)) = (positions.first(), layout.columns.first()) {
            return Err(Refusal::of_line(record.line, format!("column {name} is missing")).into());
        }
        let width = record.len();
        Ok(Sheet { reader, layout, positions, width, record })
    }

    /// The cells of the next row, or none at the end.
    pub fn next_row(&mut self) -> Result<Option<Cells<'_>>, ReadError> {
        if !self.reader.read(&mut self.record)? {
            return Ok(None);
        }
        let (found, width) = (self.record.len(), self.width);
        if found != width {
            let cells = if found == 1 { "cell" } else { "cells" };
            let reason = format!("{found} {cells}, but the header has {width}");
            return Err(Refusal::of_line(self.record.line, reason).into());
        }
        Ok(Some(Cells { record: &self.record, layout: self.layout, positions: &self.positions }))
    }

    /// How many bytes were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.reader.bytes_read()
    }
}

/// One row; an empty cell and an absent column are none.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    record: &'a Record,
    layout: Layout,
    positions: &'a [Option<usize>],
}

impl<'a> Cells<'a> {
    /// The physical line on which the row begins.
    pub fn line(&self) -> u64 {
        self.record.line
    }

    /// Whether the file has that column.
    pub fn has(&self, column: &str) -> bool {
        self.position(column).is_some()
    }

    /// What is wrong with a cell of this row.
    pub fn refuse(&self, column: &str, reason: impl Into<String>) -> Refusal {
        Refusal::of_cell(self.record.line, column, reason)
    }

    /// A text of any length.
    pub fn text(&self, column: &str) -> Result<Option<String>, Refusal> {
        let cell = unguard(self.raw(column));
        if cell.contains('\0') {
            return Err(self.refuse(column, "a NUL character, which no text may hold"));
        }
        Ok((!cell.is_empty()).then(|| cell.to_owned()))
    }

    /// A text of at most `limit` characters.
    pub fn short_text(&self, column: &str, limit: usize) -> Result<Option<String>, Refusal> {
        let text = self.text(column)?;
        if let Some(text) = &text
            && text.len() > limit
            && text.chars().count() > limit
        {
            let found = text.chars().count();
            let characters = if limit == 1 { "character" } else { "characters" };
            return Err(self.refuse(column, format!("at most {limit} {characters} (found {found})")));
        }
        Ok(text)
    }

    /// An id of 1 to 32 characters that every row must have.
    pub fn required_id(&self, column: &str) -> Result<String, Refusal> {
        self.short_text(column, 32)?.ok_or_else(|| self.refuse(column, "must not be empty"))
    }

    /// Money, negative too, with at most 5 decimals.
    pub fn money(&self, column: &str) -> Result<Option<Money>, Refusal> {
        self.parse(column, |text| {
            Money::parse_signed(text).map_err(|error| match error {
                MoneyError::NotANumber | MoneyError::Negative => "not a plain number such as 0.00036",
                MoneyError::TooPrecise => "at most 5 decimals, such as 0.00036",
                MoneyError::TooLarge => "at most 90000000000.00000",
                MoneyError::NotExact => "so large that its last decimals would be lost",
            })
        })
    }

    /// A date.
    pub fn date(&self, column: &str) -> Result<Option<NaiveDate>, Refusal> {
        const REASON: &str = "not a date from 1971 to 2037 such as 2026-05-31";
        self.parse(column, |text| parse_date(text).ok_or(REASON))
    }

    /// A time, with or without milliseconds.
    pub fn time(&self, column: &str) -> Result<Option<NaiveDateTime>, Refusal> {
        const REASON: &str = "not a time from 1971 to 2037 such as 2026-05-31 23:59:59.999";
        self.parse(column, |text| parse_time(text).ok_or(REASON))
    }

    /// A whole number.
    pub fn integer(&self, column: &str) -> Result<Option<i32>, Refusal> {
        const REASON: &str = "not a whole number from -2147483648 to 2147483647";
        self.parse(column, |text| text.parse().map_err(|_| REASON))
    }

    /// A number of seconds.
    pub fn seconds(&self, column: &str) -> Result<Option<f64>, Refusal> {
        const REASON: &str = "not a number of seconds such as 1.250";
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        self.parse(column, |text| {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && plain(text));
            number.ok_or(REASON)
        })
    }

    fn parse<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, Refusal> {
        let cell = self.raw(column).trim();
        if cell.is_empty() {
            return Ok(None);
        }
        let parsed = parse(cell);
        parsed.map(Some).map_err(|reason| self.refuse(column, format!("{reason} (found {})", quoted(cell))))
    }

    fn raw(&self, column: &str) -> &'a str {
        self.position(column).map_or("", |position| self.record.cell(position))
    }

    fn position(&self, column: &str) -> Option<usize> {
        let known = self.layout.columns.iter().position(|name| *name == column)?;
        self.positions.get(known).copied().flatten()
    }
}

/// A text of a file as a message repeats it: in quotes, on one line, not too long.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(REPEATED).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.escape_debug())
}
