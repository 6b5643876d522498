//! What people type about the archive: up to which day.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use crate::base::form::{Fields, Message, Reader};
use crate::error::{Error, Result};

/// The day before which usages are archived: at most today.
///
/// # Errors
/// [`Error::Invalid`] at `cutoff_date`.
pub fn cutoff(fields: &Fields, today: NaiveDate) -> Result<NaiveDate> {
    let mut read = Reader::new(fields);
    let date = read.date("cutoff_date");
    if date.is_none() {
        read.refuse("cutoff_date", Message::new("error-required"));
    }
    match date.filter(|_| read.errors.is_empty()) {
        Some(date) => not_later(date, today),
        None => Err(Error::Invalid(read.errors)),
    }
}

/// That day, unless it is later than today.
pub fn not_later(date: NaiveDate, today: NaiveDate) -> Result<NaiveDate> {
    match date > today {
        true => Err(Error::invalid("cutoff_date", Message::new("error-cutoff-later").with("today", today))),
        false => Ok(date),
    }
}

/// What the schedule archives: usages older than that number of days.
pub fn scheduled(today: NaiveDate, keep_days: u32) -> NaiveDate {
    today.checked_sub_days(Days::new(keep_days.into())).unwrap_or(today)
}

/// When the daily run comes next.
pub fn next_run(now: NaiveDateTime, at: NaiveTime) -> NaiveDateTime {
    let day = if now.time() < at { Some(now.date()) } else { now.date().succ_opt() };
    day.unwrap_or(now.date()).and_time(at)
}
