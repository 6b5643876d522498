//! Reads RFC 4180 strictly, because an import that guesses loses money: a quote that is not closed, one
//! inside a bare cell, broken UTF-8 and a missing cell are refused with their line.
//!
//! Lines are physical ones, the header being line 1. The `csv` crate reads leniently (the rest of a file
//! becomes one cell after a lone quote) and loses count of lines that end in CRLF, hence a reader of our own.

#[cfg(test)]
mod tests;

use std::io::{self, BufRead};

use super::BOM;
use crate::base::form::Message;

/// The most bytes of a record; a lone quote must not pull a whole file into memory.
const MAX_RECORD: usize = 64 * 1024 * 1024;

/// Why a file is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The physical line, the header being 1; of a record of several lines the first, unless one is at fault.
    pub line: u64,
    pub column: Option<String>,
    pub reason: Message,
}

impl Refusal {
    /// A whole line that is refused.
    pub fn of_line(line: u64, reason: Message) -> Refusal {
        Refusal { line, column: None, reason }
    }

    /// One cell that is refused.
    pub fn of_cell(line: u64, column: &str, reason: Message) -> Refusal {
        Refusal { line, column: Some(column.to_owned()), reason }
    }

    /// Place and reason as one message, the reason already in those words.
    pub fn in_words(&self, words: impl Fn(&Message) -> String) -> Message {
        let at = |key| Message::new(key).with("line", self.line).with("reason", words(&self.reason));
        match &self.column {
            Some(column) => at("import-cell").with("column", column),
            None => at("import-line"),
        }
    }
}

/// Why reading stopped.
#[derive(Debug)]
pub enum ReadError {
    /// The file itself cannot be read.
    File(io::Error),
    /// What is in it is refused.
    Refused(Refusal),
}

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> ReadError {
        ReadError::Refused(refusal)
    }
}

/// One record: its cells as text, without their quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The physical line on which it begins.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cells, as before the first one was read.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at that position; empty where there is none.
    pub fn cell(&self, position: usize) -> &str {
        let start = position.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let end = self.ends.get(position).copied();
        start.zip(end).and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|position| self.cell(position))
    }
}

/// Where in a record the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a cell.
    Start,
    /// In a cell without quotes.
    Bare,
    /// Within quotes.
    Quoted,
    /// After a quote within quotes: the end of the cell, or half of a doubled one.
    Quote,
    /// After the end of the line.
    Done,
}

/// Reads records from any source; memory holds one record.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    /// The physical line read last.
    line: u64,
    /// Bytes read so far, for a progress bar.
    bytes: u64,
    raw: Vec<u8>,
    cells: Vec<u8>,
}

impl<R: BufRead> Reader<R> {
    /// Starts at the first line.
    pub fn new(source: R) -> Reader<R> {
        Reader { source, line: 0, bytes: 0, raw: Vec::new(), cells: Vec::new() }
    }

    /// How many bytes were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// Reads the next record into `record`, or says that there is none. Empty lines are passed over.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        loop {
            if !self.next_line()? {
                return Ok(false);
            }
            if !matches!(self.raw.as_slice(), b"\n" | b"\r\n") {
                break;
            }
        }
        record.line = self.line;
        record.ends.clear();
        self.cells = std::mem::take(&mut record.text).into_bytes();
        self.cells.clear();
        let mut state = State::Start;
        let mut opened = self.line;
        loop {
            state = self.take_line(state, record, &mut opened)?;
            if state == State::Done {
                break;
            }
            if self.cells.len() > MAX_RECORD {
                return Err(Refusal::of_line(opened, Message::new("csv-long-quote")).into());
            }
            if !self.next_line()? {
                return Err(Refusal::of_line(opened, Message::new("csv-open-quote")).into());
            }
        }
        self.check_encoding(record)?;
        Ok(true)
    }

    /// Reads one physical line with its end into `raw`; false at the end of the file.
    fn next_line(&mut self) -> Result<bool, ReadError> {
        self.raw.clear();
        self.bytes += self.source.read_until(b'\n', &mut self.raw).map_err(ReadError::File)? as u64;
        if self.raw.is_empty() {
            return Ok(false);
        }
        self.line += 1;
        if self.line == 1 && self.raw.starts_with(BOM.as_bytes()) {
            self.raw.drain(..BOM.len());
        }
        Ok(true)
    }

    /// Takes the cells of the present line; ends in `Done`, or in `Quoted` where a cell goes on.
    fn take_line(&mut self, start: State, record: &mut Record, opened: &mut u64) -> Result<State, Refusal> {
        let mut state = start;
        for (position, &byte) in self.raw.iter().enumerate() {
            state = match (state, byte) {
                (State::Quoted, b'"') => State::Quote,
                (State::Quoted, _) => {
                    self.cells.push(byte);
                    State::Quoted
                }
                (State::Quote, b'"') => {
                    self.cells.push(byte);
                    State::Quoted
                }
                (State::Start, b'"') => {
                    *opened = self.line;
                    State::Quoted
                }
                (_, b',') => {
                    record.ends.push(self.cells.len());
                    State::Start
                }
                (_, b'\n') => State::Done,
                (_, b'\r') if matches!(self.raw.get(position + 1..), Some([] | [b'\n'])) => state,
                (State::Quote, _) => {
                    return Err(Refusal::of_line(self.line, Message::new("csv-after-quote")));
                }
                (_, b'"') => {
                    return Err(Refusal::of_line(self.line, Message::new("csv-bare-quote")));
                }
                (_, b'\r') => {
                    return Err(Refusal::of_line(self.line, Message::new("csv-carriage-return")));
                }
                _ => {
                    self.cells.push(byte);
                    State::Bare
                }
            };
        }
        if state != State::Quoted {
            record.ends.push(self.cells.len());
            state = State::Done;
        }
        Ok(state)
    }

    fn check_encoding(&mut self, record: &mut Record) -> Result<(), Refusal> {
        match String::from_utf8(std::mem::take(&mut self.cells)) {
            // A character must not be made of the end of one cell and the start of the next.
            Ok(text) if record.ends.iter().all(|end| text.is_char_boundary(*end)) => {
                record.text = text;
                Ok(())
            }
            Ok(_) => Err(Refusal::of_line(record.line, Message::new("csv-not-utf8"))),
            Err(error) => {
                let before = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
                let line = record.line + before.filter(|byte| **byte == b'\n').count() as u64;
                Err(Refusal::of_line(line, Message::new("csv-not-utf8")))
            }
        }
    }
}
