//! Days in weeks and months, and shares.

use super::*;
use crate::base::money::MoneySum;

#[test]
fn a_day_is_in_one_week_and_one_month_and_these_give_their_days_back() {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    for (dimension, group, first, last) in [
        (Dimension::Day, "2027-01-01", "2027-01-01", "2027-01-01"),
        (Dimension::Week, "2026-W53", "2026-12-28", "2027-01-03"),
        (Dimension::Month, "2027-01", "2027-01-01", "2027-01-31"),
    ] {
        assert_eq!(dimension.of_day("2027-01-01").as_deref(), Some(group));
        assert_eq!(dimension.days(group), day(first).zip(day(last)), "{group}");
    }
    assert_eq!(Dimension::Month.days("2028-02"), day("2028-02-01").zip(day("2028-02-29")));
    for wrong in
        ["2026-02-30", "2026-2-03", "0000-00-00", "1970-12-31", "infinity", "2026-05-20 10:00:00", ""]
    {
        assert_eq!(Dimension::Day.of_day(wrong), None, "{wrong}");
    }
}

#[test]
fn a_share_is_rounded_half_away_from_zero() {
    let share = |part: i128, whole: i128| {
        let group = Group { amount: MoneySum::from_units(part), ..Group::empty(Vec::new()) };
        group.share(MoneySum::from_units(whole))
    };
    assert_eq!(share(1, 3), Some(3_333));
    assert_eq!(share(2, 3), Some(6_667));
    assert_eq!(share(1, 16), Some(625));
    assert_eq!(share(1, 20_000), Some(1));
    assert_eq!((share(-1, 20_000), share(1, -20_000), share(-1, -20_000)), (Some(-1), Some(-1), Some(1)));
    assert_eq!(share(1, 0), None);
}
