//! Stretches of days that people ask for by name.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// `days-30`, `last-month`, …
    pub name: &'static str,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// The stretches that a list offers, as seen from a day: the last days up to it, then months, quarters and the year of
/// the calendar, whole.
pub fn around(today: NaiveDate) -> Vec<Period> {
    let last_days =
        [("days-7", 7), ("days-30", 30), ("days-90", 90)].into_iter().filter_map(|(name, days)| {
            Some(Period { name, first: today.checked_sub_days(Days::new(days - 1))?, last: today })
        });
    let month = today.with_day(1);
    let quarter = month.and_then(|month| month.with_month0(month.month0() / 3 * 3));
    let year = month.and_then(|month| month.with_month0(0));
    let back = |first: Option<NaiveDate>, months| {
        first.and_then(|first| first.checked_sub_months(Months::new(months)))
    };
    let calendar = [
        ("this-month", month, 1),
        ("last-month", back(month, 1), 1),
        ("this-quarter", quarter, 3),
        ("last-quarter", back(quarter, 3), 3),
        ("this-year", year, 12),
    ];
    let whole = |(name, first, months): (&'static str, Option<NaiveDate>, u32)| {
        let last = first?.checked_add_months(Months::new(months))?.pred_opt()?;
        Some(Period { name, first: first?, last })
    };
    last_days.chain(calendar.into_iter().filter_map(whole)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(today: &str) -> Vec<String> {
        let periods = around(today.parse().expect("a day"));
        periods.iter().map(|of| format!("{} {} {}", of.name, of.first, of.last)).collect()
    }

    #[test]
    fn months_quarters_and_the_year_are_whole_also_across_the_turn_of_the_year() {
        assert_eq!(
            shown("2028-01-31"),
            [
                "days-7 2028-01-25 2028-01-31",
                "days-30 2028-01-02 2028-01-31",
                "days-90 2027-11-03 2028-01-31",
                "this-month 2028-01-01 2028-01-31",
                "last-month 2027-12-01 2027-12-31",
                "this-quarter 2028-01-01 2028-03-31",
                "last-quarter 2027-10-01 2027-12-31",
                "this-year 2028-01-01 2028-12-31",
            ]
        );
        assert_eq!(shown("2028-03-31")[4], "last-month 2028-02-01 2028-02-29");
        assert_eq!(shown("2026-11-30")[5], "this-quarter 2026-10-01 2026-12-31");
    }
}
