//! Dates and times as people and programs type them, in the business zone.

use chrono::{NaiveDate, NaiveDateTime};

use super::clock;
use super::form::Message;

/// Earliest and latest year a time may have: what MariaDB's TIMESTAMP can hold.
pub const YEARS: std::ops::RangeInclusive<i32> = 1971..=2037;

/// A date `YYYY-MM-DD` in years that every database can hold.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && YEARS.contains(&date.year())).then_some(date)
}

/// A time `YYYY-MM-DD HH:MM[:SS[.mmm]]` that the database can hold, without the second 60.
pub fn parse_time(text: &str) -> Option<NaiveDateTime> {
    read_time(text).filter(|time| !clock::is_skipped(*time))
}

/// What is wrong with a text that [`parse_time`] does not take.
pub fn time_message(text: &str) -> Message {
    Message::new(match read_time(text) {
        Some(_) => "error-time-gap",
        None if is_of_zone(text) => "error-time-zone",
        None => "error-time",
    })
}

/// Whether that is a time with a zone behind it: of another clock than all times here.
pub fn is_of_zone(text: &str) -> bool {
    let is_of_time = |letter: char| letter.is_ascii_digit() || letter == ':' || letter == '.';
    let end = text.char_indices().skip(16).find(|(_, letter)| !is_of_time(*letter));
    end.and_then(|(end, _)| text.get(..end)).is_some_and(|time| read_time(time).is_some())
}

/// The same, in years that every database can hold, whether or not there was such a time in the business zone.
fn read_time(text: &str) -> Option<NaiveDateTime> {
    use chrono::{Datelike, SubsecRound, Timelike};
    let text = text.replacen('T', " ", 1);
    let time = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())?;
    (YEARS.contains(&time.year()) && time.nanosecond() < 1_000_000_000).then(|| time.trunc_subsecs(3))
}
