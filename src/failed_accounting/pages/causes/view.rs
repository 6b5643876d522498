//! A cause as cards and pages show it: numbers around links to exactly the list that they count.

use chrono::NaiveDate;
use serde::Serialize;

use crate::base::form::Message;
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::family::Family;
use crate::causes::store::KnownCause;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::causes::groups::{self, Group};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::kept;
use crate::failed_accounting::list::totals::{COUNTED_ROWS, Known};
use crate::failed_accounting::pages::cause::cause_title;
use crate::failed_accounting::pages::context::sums;
use crate::kept_totals::Kind;
use crate::web::links;
use crate::web::list::Sums;
use crate::web::locale::{self, Language};

/// The page of all causes.
pub(super) const CAUSES: &str = "/failed-accounting/causes";

/// The small chart: its height, the width of a bar and of a bar with its gap.
const HEIGHT: i64 = 40;
const BAR: i64 = 8;
const STEP: i64 = 10;

/// Causes above the list.
const TOP: usize = 4;

/// A bar of the small chart.
#[derive(Debug, Serialize)]
pub(super) struct Bar {
    pub x: i64,
    pub y: i64,
    pub height: i64,
    pub title: String,
}

/// The failures of a cause in the last thirty days.
#[derive(Debug, Serialize)]
pub(super) struct Spark {
    pub width: i64,
    pub height: i64,
    pub bar: i64,
    pub bars: Vec<Bar>,
    pub total: String,
    pub number: i64,
    pub first: String,
    pub last: String,
    pub days: Vec<(String, String)>,
}

impl Spark {
    pub fn new(days: &[(NaiveDate, i64)]) -> Spark {
        let most = days.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
        let total: i64 = days.iter().map(|(_, count)| count).sum();
        let bars =
            days.iter().zip(0_i64..).filter(|((_, count), _)| *count > 0).map(|((day, count), place)| {
                let height = (count * HEIGHT / most).max(2);
                Bar {
                    x: place * STEP,
                    y: HEIGHT - height,
                    height,
                    title: format!("{day}: {}", locale::count(*count)),
                }
            });
        let day = |day: Option<&(NaiveDate, i64)>| day.map(|(day, _)| day.to_string()).unwrap_or_default();
        Spark {
            width: days.len() as i64 * STEP,
            height: HEIGHT,
            bar: BAR,
            bars: bars.collect(),
            total: locale::count(total),
            number: total,
            first: day(days.first()),
            last: day(days.last()),
            days: days.iter().map(|(day, count)| (day.to_string(), locale::count(*count))).collect(),
        }
    }
}

/// One of the causes above the list.
#[derive(Debug, Serialize)]
pub(in crate::failed_accounting) struct TopCause {
    pub title: String,
    pub numbers: Sums,
}

/// The causes with the most money in a filter, as links to the same filter with one cause.
pub(in crate::failed_accounting) fn top_causes(
    groups: &[Group],
    known: &[KnownCause],
    filter: &Filter,
    language: Language,
) -> Vec<TopCause> {
    let top = |group: &Group| {
        let filter = Filter { cause: Some(group.key.clone()), page_size: None, ..filter.clone() };
        let cause = known.iter().find(|cause| cause.cause_key == group.key);
        TopCause {
            title: cause_title(&group.key, cause, language),
            numbers: sums(&filter, &Known::Exactly(group.totals)),
        }
    };
    groups.iter().map(top).collect()
}

/// The causes with the most money, where their failures are added up for the money line anyway.
pub(in crate::failed_accounting) fn top_groups(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    known: &Known,
) -> Result<Vec<Group>> {
    let is_worth = matches!(known, Known::Exactly(totals) if totals.count > 0) && filter.cause.is_none();
    if !is_worth || *search == Search::Scan {
        return Ok(Vec::new());
    }
    let mut groups = match groups::kept_by_cause(connection, filter, search)? {
        Some(groups) => groups,
        None if is_more_than_a_page_adds(filter, search, known) => return Ok(Vec::new()),
        None => groups::by_cause(connection, filter, search)?,
    };
    groups.truncate(TOP);
    Ok(groups)
}

/// Whether more rows match than a page adds up, though the totals of their model or organisation are kept.
fn is_more_than_a_page_adds(filter: &Filter, search: &Search, known: &Known) -> bool {
    let is_of_one = kept::question(filter, search).is_some_and(|question| question.kind != Kind::All);
    matches!(known, Known::Exactly(totals) if is_of_one && totals.count > COUNTED_ROWS)
}

/// The key of the words for a family.
pub(super) fn family_key(key: &str, cause: Option<&KnownCause>) -> String {
    let family = match (key, cause) {
        (NO_REASON | UNSORTED, _) | (_, None) => Family::Other,
        (_, Some(cause)) => cause.family(),
    };
    format!("family-{}", family.as_str().replace('_', "-"))
}

/// The page of a cause.
pub(in crate::failed_accounting) fn cause_link(key: &str) -> String {
    format!("{CAUSES}/{}", links::segment(key))
}

/// A span of time in words.
pub(super) fn age_text(language: Language, message: &Message) -> String {
    locale::words(language, message)
}
