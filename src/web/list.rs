//! What the pages of lists share: the filter's address with one thing more, other pages of it, tabs, chips, and count
//! and sums with the way to the exact ones.

use serde::Serialize;

use super::{links, locale};
use crate::base::form::{FieldErrors, Fields, Message};
use crate::base::paging::{Cursor, Position};
use crate::base::totals::{COUNTED_ROWS, Known};

/// The address of a list with its filter.
#[derive(Debug, Clone)]
pub struct Address {
    path: &'static str,
    pairs: Vec<(&'static str, String)>,
}

impl Address {
    /// The list at that path, with the pairs of its filter.
    pub fn new(path: &'static str, pairs: Vec<(&'static str, String)>) -> Address {
        Address { path, pairs }
    }

    /// The list itself.
    pub fn link(&self) -> String {
        links::with_query(self.path, &links::query(&self.pairs))
    }

    /// The same filter with one key more.
    pub fn with(&self, key: &'static str, value: String) -> Address {
        let mut with = self.clone();
        with.pairs.push((key, value));
        with
    }

    /// The list with its exact count and sums, at whatever price.
    pub fn exact(&self) -> Address {
        self.with("exact", "1".to_owned())
    }

    /// The same list, with its exact count and sums where these are asked for.
    pub fn exactly_if(&self, exact: bool) -> Address {
        if exact { self.exact() } else { self.clone() }
    }

    /// The CSV of the filter, of all its pages; for Excel it begins with a byte order mark.
    pub fn csv(&self, is_for_excel: bool) -> String {
        let mut pairs = self.pairs.clone();
        pairs.retain(|(key, _)| *key != "page_size");
        if is_for_excel {
            pairs.push(("bom", "1".to_owned()));
        }
        links::with_query(&format!("{}.csv", self.path), &links::query(&pairs))
    }
}

/// Count and sums of what a filter matches.
#[derive(Debug, Clone, Serialize)]
pub struct Sums {
    /// The list that they count.
    pub link: String,
    /// Plain digits, `10000+`, or empty where nothing was counted.
    pub count: String,
    /// For people, with separators.
    pub count_text: String,
    /// For singular and plural.
    pub number: i64,
    pub amount: String,
    pub cost: String,
    /// `exact`, `many` or `unsearched`.
    pub known: &'static str,
    /// Where all rows are counted and added up, when that was too much here.
    pub exact: Option<String>,
}

impl Sums {
    /// What is known of the list at an address.
    pub fn new(list: &Address, known: &Known) -> Sums {
        let unknown = |known, count: String, count_text| Sums {
            link: list.link(),
            count,
            count_text,
            number: COUNTED_ROWS + 1,
            amount: String::new(),
            cost: String::new(),
            known,
            exact: Some(list.exact().link()),
        };
        match known {
            Known::Many => unknown("many", format!("{COUNTED_ROWS}+"), count_text(COUNTED_ROWS + 1)),
            Known::Unsearched => unknown("unsearched", String::new(), String::new()),
            Known::Exactly(totals) => Sums {
                link: list.link(),
                count: totals.count.to_string(),
                count_text: locale::count(totals.count),
                number: totals.count,
                amount: totals.amount.to_string(),
                cost: totals.cost.to_string(),
                known: "exact",
                exact: None,
            },
        }
    }
}

/// A count that went to [`COUNTED_ROWS`] and one more, for people.
pub fn count_text(count: i64) -> String {
    if count > COUNTED_ROWS { format!("{}+", locale::count(COUNTED_ROWS)) } else { locale::count(count) }
}

/// A tab above a list.
#[derive(Debug, Serialize)]
pub struct Tab {
    pub name: &'static str,
    pub link: String,
    /// None where counting would read too much.
    pub count: Option<String>,
    pub current: bool,
}

/// A sortable column head.
#[derive(Debug, Serialize)]
pub struct Head {
    pub column: &'static str,
    pub link: String,
    /// `ascending`, `descending` or `none`.
    pub sorted: &'static str,
}

impl Head {
    /// The head of a column; none says whether the list is sorted by it, descending or not.
    pub fn new(column: &'static str, link: String, is_descending: Option<bool>) -> Head {
        let sorted =
            is_descending.map_or("none", |descending| if descending { "descending" } else { "ascending" });
        Head { column, link, sorted }
    }
}

/// A link to the same list over a stretch of days.
#[derive(Debug, Serialize)]
pub struct Preset {
    /// As in [`crate::base::periods`].
    pub name: &'static str,
    pub link: String,
    /// Whether the list is over these days.
    pub is_current: bool,
}

/// A part of the filter that is in force, and the list without it.
#[derive(Debug, Serialize)]
pub struct Chip {
    pub text: String,
    pub remove: String,
}

/// The links to other pages of a list.
#[derive(Debug, Serialize)]
pub struct Pager {
    newer: Option<String>,
    older: Option<String>,
    /// Where a search that stopped early goes on.
    go_on: Option<String>,
    /// What the link to go on is, where the page has no other link that way.
    go_on_rel: &'static str,
}

impl Pager {
    /// The pages before the first and after the last row, where there are any, and where a search goes on.
    pub fn new(
        list: &Address,
        before: Option<&Cursor>,
        after: Option<&Cursor>,
        go_on: Option<&Position>,
    ) -> Pager {
        let at = |key, cursor: &Cursor| list.with(key, cursor.encode()).link();
        Pager {
            newer: before.map(|cursor| at("before", cursor)),
            older: after.map(|cursor| at("after", cursor)),
            go_on: match go_on {
                Some(Position::Before(cursor)) => Some(at("before", cursor)),
                Some(Position::After(cursor)) => Some(at("after", cursor)),
                Some(Position::Start) | None => None,
            },
            go_on_rel: match go_on {
                Some(Position::Before(_)) if before.is_none() => "prev",
                Some(Position::After(_)) if after.is_none() => "next",
                _ => "",
            },
        }
    }
}

/// Where the page begins that the query asks for; a cursor of another order is named in the errors.
pub fn position(fields: &Fields, sort: &str, errors: &mut FieldErrors) -> Position {
    for (name, place) in [("after", Position::After as fn(Cursor) -> Position), ("before", Position::Before)]
    {
        let Some(text) = fields.text(name) else { continue };
        match Cursor::decode(text, sort) {
            Ok(cursor) => return place(cursor),
            Err(_) => {
                errors.insert(name.to_owned(), Message::new("error-cursor"));
            }
        }
    }
    Position::Start
}
