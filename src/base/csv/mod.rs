//! CSV as spreadsheets and other programs take it: RFC 4180, UTF-8, CRLF, and cells that no spreadsheet
//! takes for a formula.
//!
//! [`Writer`] writes, [`reader::Reader`] reads records, [`sheet::Sheet`] reads named, typed cells.
//! The one rule: whatever text [`Writer::text`] writes, [`sheet::Cells::text`] gives back unchanged.

pub mod reader;
pub mod sheet;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::io;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::foreign;
use super::money::Money;
use crate::error::{Error, Result};

/// Tells Excel that a file is UTF-8.
pub const BOM: &str = "\u{feff}";

/// How many bytes are handed on at once.
const CHUNK: usize = 64 * 1024;

/// What takes the finished chunks: a file, a channel, standard output.
pub type Sink<'a> = &'a mut dyn FnMut(Vec<u8>) -> Result<()>;

/// A text as its cell: one `'` in front where a spreadsheet would see a formula, or where an earlier
/// guard would be taken for ours.
pub fn guard(text: &str) -> Cow<'_, str> {
    if looks_like_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell: what [`guard`] added is taken off.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => cell,
    }
}

/// `^'*[=+\-@\t\r]`
fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Writes rows cell by cell and hands them on in chunks of about 64 kB. Memory does not grow with the file.
pub struct Writer<'a> {
    inner: csv::Writer<Chunks<'a>>,
    /// Reused for numbers and times, which are most of the cells.
    scratch: String,
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    /// Starts a file with that header.
    pub fn new(sink: Sink<'a>, bom: bool, header: &[&str]) -> Result<Writer<'a>> {
        let inner = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .buffer_capacity(CHUNK)
            .from_writer(Chunks { sink, prefix: if bom { BOM } else { "" }, failure: None });
        let mut writer = Writer { inner, scratch: String::new() };
        for name in header {
            writer.cell(name)?;
        }
        writer.end_row()?;
        Ok(writer)
    }

    /// A text, guarded; none is an empty cell, as is empty text.
    pub fn text(&mut self, text: Option<&str>) -> Result<()> {
        let text = foreign::shown(text.unwrap_or_default());
        self.cell(&guard(&text))
    }

    /// `2026-05-31`.
    pub fn date(&mut self, date: Option<NaiveDate>) -> Result<()> {
        self.number(date.map(Date))
    }

    /// `2026-05-31 23:59:59.999`.
    pub fn time(&mut self, time: Option<NaiveDateTime>) -> Result<()> {
        self.number(time.map(Time))
    }

    /// Plain, with 5 decimals.
    pub fn money(&mut self, money: Option<Money>) -> Result<()> {
        self.number(money)
    }

    /// Anything that no spreadsheet can take for a formula that does harm.
    pub fn number(&mut self, number: Option<impl fmt::Display>) -> Result<()> {
        use fmt::Write;
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        if let Some(number) = number {
            write!(scratch, "{number}").map_err(Error::internal)?;
        }
        let written = self.cell(&scratch);
        self.scratch = scratch;
        written
    }

    /// Ends the row; all rows have as many cells as the header.
    pub fn end_row(&mut self) -> Result<()> {
        let ended = self.inner.write_record(None::<&[u8]>);
        ended.map_err(|error| self.failure(error))
    }

    /// Hands on what is left.
    pub fn finish(mut self) -> Result<()> {
        let flushed = self.inner.flush();
        flushed.map_err(|error| self.failure(error))
    }

    fn cell(&mut self, cell: &str) -> Result<()> {
        let written = self.inner.write_field(cell);
        written.map_err(|error| self.failure(error))
    }

    /// What the sink said, rather than what the writer made of it.
    fn failure(&mut self, error: impl fmt::Display) -> Error {
        let failure = self.inner.get_ref().failure.as_ref();
        failure.map_or_else(|| Error::internal(error), |reason| Error::Unavailable(reason.clone()))
    }
}

/// The sink as the writer wants it. After a failure it takes nothing more.
struct Chunks<'a> {
    sink: Sink<'a>,
    prefix: &'static str,
    failure: Option<String>,
}

impl io::Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let mut chunk = std::mem::take(&mut self.prefix).as_bytes().to_vec();
        chunk.extend_from_slice(bytes);
        match (self.sink)(chunk) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.failure = Some(error.to_string());
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes what `NaiveDate`'s own Display writes for four-digit years, in a fraction of the time.
struct Date(NaiveDate);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date(date) = self;
        match date.year() {
            year @ 0..=9999 => {
                f.write_str(digits(&mut [0; 4], year.unsigned_abs()))?;
                f.write_str("-")?;
                f.write_str(digits(&mut [0; 2], date.month()))?;
                f.write_str("-")?;
                f.write_str(digits(&mut [0; 2], date.day()))
            }
            _ => write!(f, "{date}"),
        }
    }
}

/// Writes what [`super::clock::TIME_FORMAT`] says, in a fraction of the time: a million rows have three million.
struct Time(NaiveDateTime);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Time(time) = self;
        Date(time.date()).fmt(f)?;
        f.write_str(" ")?;
        f.write_str(digits(&mut [0; 2], time.hour()))?;
        f.write_str(":")?;
        f.write_str(digits(&mut [0; 2], time.minute()))?;
        f.write_str(":")?;
        // A leap second is second 59 with more than a second of nanoseconds.
        f.write_str(digits(&mut [0; 2], time.second() + time.nanosecond() / 1_000_000_000))?;
        f.write_str(".")?;
        f.write_str(digits(&mut [0; 3], time.nanosecond() / 1_000_000 % 1_000))
    }
}

/// A number in as many digits as the buffer has.
fn digits(buffer: &mut [u8], mut number: u32) -> &str {
    for digit in buffer.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    std::str::from_utf8(buffer).unwrap_or_default()
}
