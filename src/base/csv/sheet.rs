//! A table in a CSV file: a header that names columns in any order, then typed cells.
//!
//! Whatever is wrong is refused with its line, its column and the reason in words; nothing is guessed.
//! More than 250 lines: what a file can be refused for stands beside its reading.

use std::io::BufRead;

use chrono::{NaiveDate, NaiveDateTime};

use super::reader::{ReadError, Reader, Record, Refusal};
use super::unguard;
use crate::base::form::{Message, is_of_zone, parse_date, parse_time};
use crate::base::money::{Money, MoneyError};

/// The most characters of a bad cell that a refusal repeats.
const REPEATED: usize = 40;

/// What stands between cells in files that are no CSV of ours, and what is said of them.
const SEPARATORS: [(char, &str); 2] = [(';', "csv-semicolons"), ('\t', "csv-tabs")];

/// Whether a file begins as UTF-16 does: with its mark, or with each letter as two bytes.
fn is_utf16(start: &[u8]) -> bool {
    let zeros: Vec<bool> = start.iter().take(4).map(|byte| *byte == 0).collect();
    matches!(start, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..])
        || zeros == [true, false, true, false]
        || zeros == [false, true, false, true]
}

/// Whether a line only says that commas stand between cells, as spreadsheets write it: `sep=,`.
fn is_separator_line(record: &Record) -> Result<bool, Refusal> {
    let Some(separator) = record.cell(0).strip_prefix("sep=") else { return Ok(false) };
    let other = SEPARATORS.iter().find(|(sign, _)| separator.starts_with(*sign));
    if let Some((_, key)) = other {
        return Err(Refusal::of_line(record.line, Message::new(key)));
    }
    Ok(separator.is_empty() && record.len() == 2)
}

/// A day or time as a spreadsheet writes it, the year first: without zeros in front, with slashes.
fn padded(text: &str) -> String {
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let parts: Vec<&str> = day.split(['-', '/']).collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            format!("{year}-{month:0>2}-{day:0>2} {time}").trim_end().to_owned()
        }
        _ => text.to_owned(),
    }
}

/// Which columns a table takes.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The columns that an export writes; the first must be in every file.
    pub columns: &'static [&'static str],
    /// Those of them that an import passes over.
    pub ignored: &'static [&'static str],
}

impl Layout {
    /// The columns that an import reads.
    pub fn read(self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().copied().filter(move |column| !self.ignored.contains(column))
    }
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
        let mut source = source;
        if is_utf16(source.fill_buf().map_err(ReadError::File)?) {
            return Err(Refusal::of_line(1, Message::new("csv-utf-16")).into());
        }
        let mut reader = Reader::new(source);
        let mut record = Record::default();
        if !reader.read(&mut record)? {
            return Err(Refusal::of_line(1, Message::new("csv-empty")).into());
        }
        if is_separator_line(&record)? && !reader.read(&mut record)? {
            return Err(Refusal::of_line(1, Message::new("csv-empty")).into());
        }
        let mut positions = vec![None; layout.columns.len()];
        let mut seen: Vec<&str> = Vec::new();
        for (position, name) in record.cells().map(str::trim).enumerate() {
            let known = layout.columns.iter().position(|column| *column == name);
            if known.is_none() {
                let parts = |separator| name.split(separator).map(str::trim);
                let separated = |separator| {
                    parts(separator).count() > 1
                        && parts(separator).any(|part| layout.columns.contains(&part))
                };
                if let Some((_, key)) = SEPARATORS.iter().find(|(separator, _)| separated(*separator)) {
                    return Err(Refusal::of_line(record.line, Message::new(key)).into());
                }
                let unknown = Message::new("csv-unknown-column").with("found", quoted(name));
                return Err(Refusal::of_line(record.line, unknown).into());
            }
            if seen.contains(&name) {
                let twice = Message::new("csv-column-twice").with("name", name);
                return Err(Refusal::of_line(record.line, twice).into());
            }
            seen.push(name);
            if let Some(slot) = known.and_then(|column| positions.get_mut(column)) {
                *slot = Some(position);
            }
        }
        if let (Some(None), Some(name)) = (positions.first(), layout.columns.first()) {
            let missing = Message::new("csv-column-missing").with("name", name);
            return Err(Refusal::of_line(record.line, missing).into());
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
            let reason = Message::new("csv-width").with("number", found).with("width", width);
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
    pub fn refuse(&self, column: &str, reason: Message) -> Refusal {
        Refusal::of_cell(self.record.line, column, reason)
    }

    /// A text of any length.
    pub fn text(&self, column: &str) -> Result<Option<String>, Refusal> {
        let cell = unguard(self.raw(column));
        if cell.contains('\0') {
            return Err(self.refuse(column, Message::new("csv-nul")));
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
            return Err(
                self.refuse(column, Message::new("csv-long").with("limit", limit).with("found", found))
            );
        }
        Ok(text)
    }

    /// An id of 1 to 32 characters that every row must have.
    pub fn required_id(&self, column: &str) -> Result<String, Refusal> {
        self.short_text(column, 32)?.ok_or_else(|| self.refuse(column, Message::new("csv-blank")))
    }

    /// Money, negative too, with at most 5 decimals.
    pub fn money(&self, column: &str) -> Result<Option<Money>, Refusal> {
        self.parse(column, |text| {
            Money::parse_counted(text).map_err(|error| {
                Message::new(match error {
                    MoneyError::NotANumber | MoneyError::Negative => "csv-money",
                    MoneyError::TooPrecise => "csv-money-decimals",
                    MoneyError::TooLarge => "csv-money-large",
                    MoneyError::NotExact => "csv-money-inexact",
                })
            })
        })
    }

    /// A date.
    pub fn date(&self, column: &str) -> Result<Option<NaiveDate>, Refusal> {
        self.parse(column, |text| {
            let text = padded(text);
            // A spreadsheet may give a day its first moment.
            let day = text.strip_suffix(" 00:00:00").or_else(|| text.strip_suffix(" 0:00")).unwrap_or(&text);
            parse_date(day).ok_or_else(|| Message::new("csv-date"))
        })
    }

    /// A time, with or without milliseconds.
    pub fn time(&self, column: &str) -> Result<Option<NaiveDateTime>, Refusal> {
        let refusal = |text: &str| Message::new(if is_of_zone(text) { "csv-time-zone" } else { "csv-time" });
        self.parse(column, |text| {
            let text = padded(text);
            parse_time(&text).ok_or_else(|| refusal(&text))
        })
    }

    /// A whole number.
    pub fn integer(&self, column: &str) -> Result<Option<i32>, Refusal> {
        self.parse(column, |text| text.parse().map_err(|_| Message::new("csv-integer")))
    }

    /// A number of seconds.
    pub fn seconds(&self, column: &str) -> Result<Option<f64>, Refusal> {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        self.parse(column, |text| {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && plain(text));
            number.ok_or_else(|| Message::new("csv-seconds"))
        })
    }

    fn parse<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, Message>,
    ) -> Result<Option<T>, Refusal> {
        let cell = self.raw(column).trim();
        if cell.is_empty() {
            return Ok(None);
        }
        let parsed = parse(cell);
        parsed.map(Some).map_err(|reason| self.refuse(column, reason.with("found", quoted(cell))))
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
