//! A list in groups: the links that choose by what, and the table of the groups with the list of each.

use serde::Serialize;

use super::author;
use super::list::Head;
use super::locale::{self, Language};
use crate::base::grouping::{self, Dimension, Group, GroupColumn, GroupOrder, Grouping, percent};
use crate::base::money::MoneySum;
use crate::names::Names;

/// The most groups that a page shows; the CSV has all.
const SHOWN: usize = 500;

/// The links that choose by what a list is grouped.
#[derive(Debug, Serialize)]
pub struct Chooser {
    first: Vec<Choice>,
    /// Beside the first; empty where there is none.
    second: Vec<Choice>,
}

/// A dimension, or `none`, and the list grouped by it.
#[derive(Debug, Serialize)]
struct Choice {
    name: &'static str,
    link: String,
    is_current: bool,
}

impl Chooser {
    /// Of these dimensions, with the one that is chosen; `link` is the list with another grouping.
    pub fn new(
        known: &[&'static str],
        chosen: Option<Grouping>,
        link: &dyn Fn(Option<Grouping>) -> String,
    ) -> Chooser {
        let all = || known.iter().filter_map(|name| Dimension::parse(name));
        let first = chosen.map(|grouping| grouping.first);
        let choice =
            |name, grouping: Option<Grouping>, is_current| Choice { name, link: link(grouping), is_current };
        let none = |grouping: Option<Grouping>, is_current| choice("none", grouping, is_current);
        let by_first = |dimension: Dimension| {
            let is_current = first == Some(dimension);
            choice(dimension.as_str(), Some(Grouping::new(dimension, None)), is_current)
        };
        let second = first.map(|first| {
            let present = chosen.and_then(|grouping| grouping.second);
            let by_second = move |dimension: Dimension| {
                let grouping = Grouping::new(first, Some(dimension));
                choice(dimension.as_str(), Some(grouping), present == Some(dimension))
            };
            let alone = none(Some(Grouping::new(first, None)), present.is_none());
            let others = all().filter(move |dimension| *dimension != first).map(by_second);
            std::iter::once(alone).chain(others).collect()
        });
        Chooser {
            first: std::iter::once(none(None, first.is_none())).chain(all().map(by_first)).collect(),
            second: second.unwrap_or_default(),
        }
    }
}

/// What a group shares, in words.
#[derive(Debug, Serialize)]
pub struct Label {
    text: String,
    /// The id beside a name, or the days of a stretch of time.
    beside: Option<String>,
}

impl Label {
    /// Words alone.
    pub fn words(text: String) -> Label {
        Label { text, beside: None }
    }

    /// What rows share, with its name, its days, or the word for it.
    pub fn new(dimension: Dimension, key: Option<&str>, names: &Names, language: Language) -> Label {
        let Some(key) = key else {
            let nothing = match dimension {
                Dimension::Cause => "cause-unsorted",
                _ if dimension.is_time() => "group-no-day",
                _ => "group-none",
            };
            return Label::words(locale::text(language, nothing));
        };
        let word = |start: &str| {
            let known = locale::word(language)(&format!("{start}{}", key.replace('_', "-")));
            Label::words(known.unwrap_or_else(|| key.to_owned()))
        };
        match dimension {
            Dimension::Family => word("family-"),
            Dimension::Resolution => word("resolution-"),
            Dimension::HandledBy => Label::words(author::in_words(language, key)),
            Dimension::Week => {
                let days = dimension.days(key).map(|(first, last)| format!("{first} – {last}"));
                Label { text: key.to_owned(), beside: days }
            }
            _ => match names.of(dimension, key) {
                Some(name) => Label { text: name.to_owned(), beside: Some(key.to_owned()) },
                None => Label::words(key.to_owned()),
            },
        }
    }
}

/// A group, or all of them.
#[derive(Debug, Serialize)]
struct Row {
    labels: Vec<Label>,
    link: String,
    count: i64,
    count_text: String,
    amount: MoneySum,
    cost: MoneySum,
    margin: MoneySum,
    /// A number of percents of the amount of all; none where that is nothing.
    share: Option<String>,
}

/// The groups of a list.
#[derive(Debug, Serialize)]
pub struct GroupTable {
    /// The names of the dimensions.
    by: Vec<&'static str>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    /// All groups, those that are not shown, too.
    total: Row,
    number: usize,
    /// How many groups are not shown.
    more: usize,
}

/// What a table of groups is made of.
pub struct Grouped<'a> {
    pub grouping: Grouping,
    pub order: GroupOrder,
    pub label: &'a dyn Fn(Dimension, Option<&str>) -> Label,
    /// The list of a group; none is the list of all.
    pub list: &'a dyn Fn(Option<&Group>) -> String,
    /// The groups in another order.
    pub ordered: &'a dyn Fn(GroupOrder) -> String,
}

impl std::fmt::Debug for Grouped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grouped").field("grouping", &self.grouping).finish_non_exhaustive()
    }
}

impl Grouped<'_> {
    /// The table of these groups.
    pub fn table(&self, groups: &[Group]) -> GroupTable {
        let totals = grouping::sum(groups);
        let mut all = Group::empty(Vec::new());
        all.add(totals.count, totals.amount, totals.cost);
        GroupTable {
            by: self.grouping.dimensions().map(Dimension::as_str).collect(),
            heads: GroupColumn::ALL.map(|column| self.head(column)).into(),
            rows: groups
                .iter()
                .take(SHOWN)
                .map(|group| self.row(group, Some(group), totals.amount))
                .collect(),
            total: self.row(&all, None, totals.amount),
            number: groups.len(),
            more: groups.len().saturating_sub(SHOWN),
        }
    }

    fn row(&self, sums: &Group, group: Option<&Group>, whole: MoneySum) -> Row {
        let labels = self.grouping.dimensions().zip(&sums.keys);
        Row {
            labels: labels.map(|(dimension, key)| (self.label)(dimension, key.as_deref())).collect(),
            link: (self.list)(group),
            count: sums.count,
            count_text: locale::count(sums.count),
            amount: sums.amount,
            cost: sums.cost,
            margin: sums.margin(),
            share: sums.share(whole).map(percent),
        }
    }

    fn head(&self, column: GroupColumn) -> Head {
        let is_present = self.order.column == column;
        // The first click shows the largest; what is shared begins at its beginning.
        let descending = if is_present { !self.order.descending } else { column != GroupColumn::Key };
        let link = (self.ordered)(GroupOrder { column, descending });
        Head::new(column.as_str(), link, is_present.then_some(self.order.descending))
    }
}
