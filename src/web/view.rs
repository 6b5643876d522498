//! Small things that pages show: times with their exact form, ages, names beside ids.

use chrono::{NaiveDateTime, TimeZone};
use serde::Serialize;

use super::locale;
use crate::base::clock::{Clock, TIME_FORMAT};
use crate::base::finding::Finding;
use crate::base::form::Message;

/// A time as a `<time>` element shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeView {
    /// To the second.
    pub text: String,
    /// To the millisecond.
    pub exact: String,
    /// With the offset of the business zone.
    pub machine: String,
}

impl TimeView {
    /// A time of the business zone.
    pub fn new(clock: &Clock, time: NaiveDateTime) -> TimeView {
        let zoned = clock.zone().from_local_datetime(&time).earliest();
        TimeView {
            text: time.format("%Y-%m-%d %H:%M:%S").to_string(),
            exact: time.format(TIME_FORMAT).to_string(),
            // In the hour that summer time skips there is no offset; then the naive time stands alone.
            machine: zoned.map_or_else(
                || time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
                |zoned| zoned.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
            ),
        }
    }
}

/// How long ago a time is, in its largest whole unit.
pub fn age(now: NaiveDateTime, then: NaiveDateTime) -> Message {
    let minutes = (now - then).num_minutes();
    match minutes {
        ..1 => Message::new("age-now"),
        1..60 => Message::new("age-minutes").with("number", minutes),
        60..1440 => Message::new("age-hours").with("number", minutes / 60),
        _ => Message::new("age-days").with("number", minutes / 1440),
    }
}

/// Records that are at stake although they should not be, as a check saw them, and the batch that puts them right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adopted {
    /// Key of the words, and of the page that lists them.
    pub class: &'static str,
    pub action: &'static str,
    pub number: u64,
    pub count: String,
    pub amount: String,
    pub at: TimeView,
}

impl Adopted {
    /// A finding of a check that ended then.
    pub fn new(clock: &Clock, finding: &Finding, action: &'static str, at: NaiveDateTime) -> Adopted {
        Adopted {
            class: finding.class,
            action,
            number: finding.count,
            count: locale::count(i64::try_from(finding.count).unwrap_or(i64::MAX)),
            amount: finding.sum.unwrap_or_default().to_string(),
            at: TimeView::new(clock, at),
        }
    }
}

/// An id with its name, where that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    pub id: String,
    pub name: Option<String>,
}

/// Text of at most so many characters, with an ellipsis where more was there.
pub fn clip(text: &str, limit: usize) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    line.chars().take(limit).chain(std::iter::once('…')).collect()
}
