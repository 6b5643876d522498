//! What a text in a date or time column means, alike wherever it is asked: SQLite keeps any text there.
//!
//! A day is `YYYY-MM-DD`, a time that with a blank or a `T` and `HH:MM:SS[.fff]` behind it, both in the calendar. Anything
//! else is none: blanks around it, a number without its zero, a day with a time, a time without seconds (as a text it would
//! be before the minute that it says), a time with a `Z` or an offset, which is of another clock than the business zone's.
//! What is shown so is found so, and counted so.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

/// The day that a cell of a date column says.
pub fn day_of(cell: &str) -> Option<NaiveDate> {
    let has_form = has_form(cell, b"0000-00-00");
    NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok().filter(|day| has_form && is_of_calendar(*day))
}

/// Whether that is a day which every column can hold and every page can name: from the year 1 to 9999.
pub fn is_of_calendar(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}

/// The time that a cell of a time column says.
pub fn time_of(cell: &str) -> Option<NaiveDateTime> {
    let day = day_of(cell.get(..10)?)?;
    let time = cell.get(10..).and_then(|rest| rest.strip_prefix([' ', 'T']))?;
    let is_time = has_form(time.get(..5)?, b"00:00") && is_second(time.get(5..)?);
    NaiveTime::parse_from_str(time, "%H:%M:%S%.f").ok().filter(|_| is_time).map(|time| day.and_time(time))
}

/// `:SS` below 60, and decimals behind a point.
fn is_second(text: &str) -> bool {
    let (second, decimals) =
        text.split_once('.').map_or((text, "0"), |(second, decimals)| (second, decimals));
    has_form(second, b":00")
        && second < ":60"
        && !decimals.is_empty()
        && decimals.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has a digit for each zero, and each other sign as it is.
fn has_form(text: &str, form: &[u8]) -> bool {
    let fits = |(byte, sign): (u8, &u8)| if *sign == b'0' { byte.is_ascii_digit() } else { byte == *sign };
    text.len() == form.len() && text.bytes().zip(form).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day_of("2026-05-02"), NaiveDate::from_ymd_opt(2026, 5, 2));
        for odd in [
            " 2026-05-02",
            "2026-5-2",
            "2026-05-02 10:00:00",
            "abc",
            "",
            "0000-01-01",
            "2026-02-30",
            "2026-05-0２",
        ] {
            assert_eq!(day_of(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_time_is_of_the_business_zone() {
        let time = time_of("2026-05-02 10:11:12.5").map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2026-05-02 10:11:12.500"));
        for plain in ["2026-05-02T10:11:12", "2026-05-02 00:00:00", "2026-05-02 23:59:59.999999"] {
            assert!(time_of(plain).is_some(), "{plain:?}");
        }
        for odd in [
            "2026-05-02",
            "2026-05-02 10:11",
            "2026-05-02 10:11:12Z",
            "2026-05-02 10:11:12+08:00",
            "2026-05-02 10:11:12.5-00:00",
            "2026-05-02 10:11:60",
            "2026-05-02 24:00",
            "2026-05-02 9:11:12",
            "2026-05-02  9:11:12",
            "2026-05-02 10:11:12 ",
            "2026-05-02 10:11:12.",
            "2460000.5",
            "unknown",
        ] {
            assert_eq!(time_of(odd), None, "{odd:?}");
        }
    }
}
