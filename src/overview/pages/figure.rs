//! Numbers of the front page, each with the address of the list that it counts.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::base::form::{NONE, key_of};
use crate::causes::store::KnownCause;
use crate::causes::titles;
use crate::failed_accounting::causes::groups::Group;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::totals::{Known, Totals};
use crate::overview::leakage::Leak;
use crate::web::links;
use crate::web::list::{Address, Sums};
use crate::web::locale::{self, Language};
use crate::web::view::Named;

/// The list that the numbers count.
const LIST: &str = "/failed-accounting";

/// Models and organisations that are shown.
const PLACES: usize = 8;

/// Count and sums of the failures of a filter, with the way to their list.
pub(super) fn figure(filter: &Filter, known: &Known) -> Sums {
    Sums::new(&Address::new(LIST, filter.to_pairs()), known)
}

/// A cause with what is open of it.
#[derive(Debug, Serialize)]
pub(super) struct CauseFigure {
    title: String,
    link: String,
    figure: Sums,
}

impl CauseFigure {
    pub(super) fn new(group: &Group, title: String) -> CauseFigure {
        let filter = Filter { cause: Some(group.key.clone()), ..Filter::default() };
        let totals: Totals = group.totals;
        CauseFigure {
            title,
            link: format!("/failed-accounting/causes/{}", links::segment(&group.key)),
            figure: figure(&filter, &Known::Exactly(totals)),
        }
    }
}

pub(super) fn title_of(group: &Group, cause: Option<&KnownCause>, language: Language) -> String {
    let word = locale::word(language);
    titles::in_words(&group.key, cause.map(|cause| cause.title.as_str()), &word)
}

/// The usages of a day or of some, and the lists that hold them.
#[derive(Debug, Serialize)]
pub(super) struct DayFigure {
    day: String,
    usages: String,
    usages_link: String,
    archived: String,
    failed: String,
    failed_link: String,
    amount: String,
    failed_amount: String,
    rate_of_count: String,
    rate_of_money: String,
}

impl DayFigure {
    pub(super) fn new(first: NaiveDate, last: NaiveDate, leak: &Leak) -> DayFigure {
        DayFigure {
            day: first.to_string(),
            usages: locale::count(leak.usages),
            usages_link: usages_link(&[], first, last),
            archived: locale::count(leak.archived),
            failed: locale::count(leak.failed),
            failed_link: usages_link(&[("accounting_status", "failed")], first, last),
            amount: leak.amount.to_string(),
            failed_amount: leak.failed_amount.to_string(),
            rate_of_count: percent(leak.rate_of_count()),
            rate_of_money: percent(leak.rate_of_money()),
        }
    }
}

pub(super) fn day_figures(days: &[(NaiveDate, Leak)]) -> Vec<DayFigure> {
    days.iter().rev().map(|(day, leak)| DayFigure::new(*day, *day, leak)).collect()
}

/// A model or an organisation and its leakage.
#[derive(Debug, Serialize)]
pub(super) struct PlaceFigure {
    of: Option<Named>,
    link: Option<String>,
    all: String,
    failed: String,
    failed_amount: String,
    rate_of_count: String,
    rate_of_money: String,
}

pub(super) fn place_figures(
    places: &[(String, Leak)],
    key: &'static str,
    names: &HashMap<String, String>,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<PlaceFigure> {
    let wanted = |id: &str| if id.is_empty() { NONE.into() } else { key_of(id).into_owned() };
    let figure = |(id, leak): &(String, Leak)| PlaceFigure {
        of: (!id.is_empty()).then(|| Named { name: names.get(id).cloned(), id: id.clone() }),
        link: Some(usages_link(&[("accounting_status", "failed"), (key, &wanted(id))], first, last)),
        all: locale::count(leak.all()),
        failed: locale::count(leak.failed),
        failed_amount: leak.failed_amount.to_string(),
        rate_of_count: percent(leak.rate_of_count()),
        rate_of_money: percent(leak.rate_of_money()),
    };
    places.iter().take(PLACES).map(figure).collect()
}

fn usages_link(more: &[(&str, &str)], first: NaiveDate, last: NaiveDate) -> String {
    let (first, last) = (first.to_string(), last.to_string());
    let mut pairs = more.to_vec();
    pairs.extend([("start_date", first.as_str()), ("end_date", last.as_str())]);
    links::with_query("/usages", &links::query(&pairs))
}

/// Hundredths of a percent as `3.25%`; a dash where there is no rate.
pub(super) fn percent(rate: Option<i64>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| format!("{}.{:02}%", rate / 100, rate % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_many_to_add_up_says_where_it_is_added_up() {
        let filter = Filter { llmid: Some("m 1".to_owned()), ..Filter::default() };
        let many = figure(&filter, &Known::Many);
        assert_eq!((many.count.as_str(), many.amount.as_str()), ("10000+", ""));
        assert_eq!(many.exact, Some(format!("{}&exact=1", many.link)));
        assert!(many.link.ends_with("llmid=m+1") || many.link.ends_with("llmid=m%201"), "{}", many.link);
        let known = figure(&filter, &Known::Exactly(Totals::default()));
        assert_eq!((known.exact, known.link), (None, many.link));
    }
}
