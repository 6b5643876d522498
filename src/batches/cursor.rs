//! Where to go on in the list of batches: the time and the id of the last one seen, as text.

use chrono::NaiveDateTime;

use super::batch::Batch;
use crate::base::clock::TIME_FORMAT;

/// The place of a batch.
pub fn of(batch: &Batch) -> String {
    format!("{}.{}", batch.stored.created_at.format("%Y%m%d%H%M%S%3f"), batch.id())
}

/// The time and the id that a text names, if it is a place.
pub fn read(text: &str) -> Option<(NaiveDateTime, String)> {
    let (time, id) = text.split_once('.')?;
    let digits = time.len() == 17 && time.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| time.get(range).filter(|_| digits);
    let (day, clock) = (part(0..8)?, part(8..14)?);
    let written = format!(
        "{}-{}-{} {}:{}:{}.{}",
        &day[0..4],
        &day[4..6],
        &day[6..8],
        &clock[0..2],
        &clock[2..4],
        &clock[4..6],
        part(14..17)?
    );
    let at = NaiveDateTime::parse_from_str(&written, TIME_FORMAT).ok()?;
    (id.len() <= 32 && !id.contains('\0')).then(|| (at, id.to_owned()))
}
