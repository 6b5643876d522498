//! What rows of a list are grouped by, in which order groups stand, and what they add up to.
//!
//! Each row is in exactly one group, so that the groups add up to the list.

mod group;
mod order;
pub mod sheet;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::form::{Message, NONE, Reader, YEARS, key_of, parse_date};
pub use group::{Group, MOST_GATHERED, MOST_GROUPS, gathered, percent, refuse_too_many, sum};
pub use order::{GROUP_ORDERS, GroupColumn, GroupOrder, sort};

/// The first and the last day that a filter takes.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1).expect("a date");
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31).expect("a date");

/// How a filter names an id, or that there is none.
pub fn key_or_none(id: Option<&str>) -> String {
    id.map_or_else(|| NONE.to_owned(), |id| key_of(id).into_owned())
}

/// What rows can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The day of use.
    Day,
    /// The week of use, from Monday to Sunday.
    Week,
    /// The month of use.
    Month,
    Model,
    Organisation,
    User,
    Cause,
    Family,
    Resolution,
    HandledBy,
    /// The month of the decision.
    Decided,
}

/// The names of all dimensions, in the order in which they are offered; of usages the first [`OF_USAGES`] only.
pub const DIMENSIONS: [&str; Dimension::ALL.len()] = {
    let mut names = [""; Dimension::ALL.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = Dimension::ALL[place].as_str();
        place += 1;
    }
    names
};

/// How many of [`DIMENSIONS`] usages have: they have no causes and no decisions.
pub const OF_USAGES: usize = 6;

impl Dimension {
    pub const ALL: [Dimension; 11] = [
        Dimension::Day,
        Dimension::Week,
        Dimension::Month,
        Dimension::Model,
        Dimension::Organisation,
        Dimension::User,
        Dimension::Cause,
        Dimension::Family,
        Dimension::Resolution,
        Dimension::HandledBy,
        Dimension::Decided,
    ];

    /// As in the query of a list.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dimension::Day => "day",
            Dimension::Week => "week",
            Dimension::Month => "month",
            Dimension::Model => "model",
            Dimension::Organisation => "organisation",
            Dimension::User => "user",
            Dimension::Cause => "cause",
            Dimension::Family => "family",
            Dimension::Resolution => "resolution",
            Dimension::HandledBy => "handled_by",
            Dimension::Decided => "decided",
        }
    }

    /// The dimension of that name.
    pub fn parse(text: &str) -> Option<Dimension> {
        Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == text)
    }

    /// The column that tells it.
    pub const fn column(self) -> &'static str {
        match self {
            Dimension::Day | Dimension::Week | Dimension::Month => "use_date",
            Dimension::Model => "llmid",
            Dimension::Organisation => "userorgid",
            Dimension::User => "userid",
            Dimension::Cause | Dimension::Family => "cause",
            Dimension::Resolution => "resolution",
            Dimension::HandledBy => "handled_by",
            Dimension::Decided => "handled_time",
        }
    }

    /// Whether its groups are stretches of time.
    pub const fn is_time(self) -> bool {
        matches!(self, Dimension::Day | Dimension::Week | Dimension::Month | Dimension::Decided)
    }

    /// The group of a day as its column holds it: `2026-11-24`, `2026-W48` or `2026-11`; none for what is no
    /// day that a filter takes.
    pub fn of_day(self, cell: &str) -> Option<String> {
        // As the database takes it: four digits, two and two.
        let day = parse_date(cell).filter(|day| day.to_string() == cell)?;
        Some(match self {
            Dimension::Week => {
                let week = day.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Dimension::Month | Dimension::Decided => format!("{:04}-{:02}", day.year(), day.month()),
            _ => day.to_string(),
        })
    }

    /// The first and the last day of a group of [`Dimension::of_day`], of those that a filter takes.
    pub fn days(self, group: &str) -> Option<(NaiveDate, NaiveDate)> {
        let (first, last) = self.all_days(group)?;
        Some((first.max(FIRST_DAY), last.min(LAST_DAY)))
    }

    /// Narrows a stretch of days to those of a group; tells whether the group has any.
    pub fn narrow(
        self,
        group: Option<&str>,
        start: &mut Option<NaiveDate>,
        end: &mut Option<NaiveDate>,
    ) -> bool {
        let Some((first, last)) = group.and_then(|group| self.days(group)) else { return false };
        *start = Some(start.map_or(first, |start| start.max(first)));
        *end = Some(end.map_or(last, |end| end.min(last)));
        true
    }

    fn all_days(self, group: &str) -> Option<(NaiveDate, NaiveDate)> {
        match self {
            Dimension::Week => {
                let (year, week) = group.split_once("-W")?;
                let monday =
                    NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
                Some((monday, monday.checked_add_days(Days::new(6))?))
            }
            Dimension::Month | Dimension::Decided => {
                let first = NaiveDate::parse_from_str(&format!("{group}-01"), "%Y-%m-%d").ok()?;
                Some((first, first.checked_add_days(Days::new(u64::from(first.num_days_in_month()) - 1))?))
            }
            _ => NaiveDate::parse_from_str(group, "%Y-%m-%d").ok().map(|day| (day, day)),
        }
    }
}

/// One dimension, or two at once, or what decisions are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grouping {
    pub first: Dimension,
    /// Never the first again.
    pub second: Option<Dimension>,
    /// Of decisions only.
    pub third: Option<Dimension>,
}

impl Grouping {
    /// By one dimension and, unless it is the same, another.
    pub fn new(first: Dimension, second: Option<Dimension>) -> Grouping {
        Grouping { first, second: second.filter(|second| *second != first), third: None }
    }

    /// Decisions by month, resolution and person.
    pub fn of_decisions() -> Grouping {
        let by = Grouping::new(Dimension::Decided, Some(Dimension::Resolution));
        Grouping { third: Some(Dimension::HandledBy), ..by }
    }

    /// Reads one name or two with a comma between, of those that a list has; what is wrong is named.
    pub fn read(read: &mut Reader<'_>, name: &'static str, known: &[&str]) -> Option<Grouping> {
        let text = read.fields.text(name)?;
        let (first, second) =
            text.split_once(',').map_or((text, None), |(first, second)| (first, Some(second)));
        let parse =
            |text: &str| Dimension::parse(text.trim()).filter(|found| known.contains(&found.as_str()));
        match (parse(first), second.map(parse)) {
            (Some(first), None) => return Some(Grouping::new(first, None)),
            (Some(first), Some(Some(second))) => return Some(Grouping::new(first, Some(second))),
            _ => {}
        }
        read.refuse(name, Message::new("error-group").with("names", known.join(", ")));
        None
    }

    /// As in the query of a list.
    pub fn name(self) -> String {
        self.dimensions().map(Dimension::as_str).collect::<Vec<_>>().join(",")
    }

    /// Its dimensions in their order.
    pub fn dimensions(self) -> impl Iterator<Item = Dimension> {
        [Some(self.first), self.second, self.third].into_iter().flatten()
    }

    /// The order unless another is asked for: times as they went, everything else by money.
    pub fn order(self) -> GroupOrder {
        match self.first.is_time() {
            true => GroupOrder { column: GroupColumn::Key, descending: false },
            false => GroupOrder { column: GroupColumn::Amount, descending: true },
        }
    }
}

#[cfg(test)]
mod tests;
