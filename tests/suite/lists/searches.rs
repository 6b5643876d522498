//! Searching text: by id, by index, and row by row through a bounded stretch.

use llmage_admin::base::paging::Position;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::list::{self, Listed};
use llmage_admin::failed_accounting::totals::{self, Known};
use proptest::prelude::*;

use crate::lists::pages::read;
use crate::oracle::{any_filter, expected, facts, ids, search};
use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{Row, clear, failure, hostile, insert, insert_many};

/// All of a search that looks through `searched` rows for a page, going on wherever it stopped.
fn search_on(
    database: &Database,
    filter: &Filter,
    size: usize,
    searched: i64,
    backwards: bool,
) -> Vec<String> {
    let place = if backwards { Position::Before } else { Position::After };
    let (mut found, mut position) = (Vec::new(), Position::Start);
    if backwards {
        // From behind the last row of all.
        let Some(last) = last_row(database, filter) else { return found };
        found.extend(search_finds(database, filter, &last).then(|| last.record.id.clone()));
        position = Position::Before(last.cursor);
    }
    for _ in 0..1_000 {
        let listing = read(database, |connection| {
            list::rows_within(connection, filter, &Search::Scan, &position, size, searched)
        });
        let met = listing.rows.iter().map(|row| row.record.id.clone());
        if backwards {
            found.extend(met.rev())
        } else {
            found.extend(met)
        }
        let edge = if backwards { listing.rows.first() } else { listing.rows.last() };
        let more = if backwards { listing.has_previous } else { listing.has_next };
        position = match (listing.go_on, edge) {
            (Some(position), _) => position,
            (None, Some(row)) if more => place(row.cursor.clone()),
            _ => return found,
        };
    }
    panic!("the search does not come to an end");
}

fn last_row(database: &Database, filter: &Filter) -> Option<Listed> {
    let without_text = Filter { q: None, ..filter.clone() };
    read(database, |connection| {
        list::rows(connection, &without_text, &Search::Nothing, &Position::Start, 1_000)
    })
    .rows
    .pop()
}

fn search_finds(database: &Database, filter: &Filter, row: &Listed) -> bool {
    read(database, |connection| list::rows(connection, filter, &Search::Scan, &Position::Start, 1_000))
        .rows
        .iter()
        .any(|found| found.record.id == row.record.id)
}

#[test]
fn a_bounded_search_that_goes_on_finds_every_match_once() {
    let database = TestDatabase::with_doubles();
    let question = (any_filter(engine()), search(), 1..5_usize, 4..9_i64, any::<bool>());
    let cases = (hostile(engine(), 40), prop::collection::vec(question, 4));
    proven(50, &cases, |(rows, questions)| {
        clear(&database);
        insert(&database, &rows);
        let all = facts(&database);
        for (filter, words, size, searched, backwards) in questions {
            if read(&database, |connection| plan_search(connection, &with_text(&filter, &words))).is_by_id() {
                continue;
            }
            let filter = with_text(&filter, &words);
            let mut found = search_on(&database, &filter, size, searched, backwards);
            if backwards {
                found.reverse();
            }
            assert_eq!(found, ids(&expected(&all, &filter)), "{searched} rows a page, {filter:?}");
        }
    });
}

fn with_text(filter: &Filter, text: &str) -> Filter {
    Filter { q: Some(text.to_owned()), ..filter.clone() }
}

trait ById {
    fn is_by_id(&self) -> bool;
}

impl ById for Search {
    fn is_by_id(&self) -> bool {
        matches!(self, Search::Ids(_))
    }
}

fn planned(database: &Database, text: &str) -> Search {
    read(database, |connection| plan_search(connection, &with_text(&Filter::default(), text)))
}

#[test]
fn an_id_of_any_kind_is_found_in_the_columns_that_have_it() {
    let database = TestDatabase::with_doubles();
    let text = |text: &str| Some(text.to_owned());
    let row = Row {
        llmusageid: text("a"),
        llmid: text("b"),
        userid: text("c"),
        userorgid: text("a"),
        ..failure("d")
    };
    insert(&database, &[row, Row { userid: text("d"), ..failure("e") }]);
    assert_eq!(planned(&database, "a"), Search::Ids(vec!["llmusageid", "userorgid"]));
    assert_eq!(planned(&database, "b"), Search::Ids(vec!["llmid"]));
    assert_eq!(planned(&database, "c"), Search::Ids(vec!["userid"]));
    assert_eq!(planned(&database, "d"), Search::Ids(vec!["id", "userid"]));
    let filter = with_text(&Filter::default(), "d");
    assert_eq!(ids(&expected(&facts(&database), &filter)), ["e", "d"]);
    assert!(!planned(&database, "x").is_by_id());
}

#[test]
fn words_are_asked_of_the_index_where_there_is_one_and_they_are_long_enough() {
    let database = TestDatabase::with_doubles();
    let row = |id: &str, reason: &str| Row { failed_reason: Some(reason.to_owned()), ..failure(id) };
    insert(&database, &[row("one", "Deadlock found"), row("two", "insufficient balance")]);
    let has_index = engine() != Engine::Mysql;
    assert_eq!(matches!(planned(&database, "deadlock"), Search::Indexed(_)), has_index);
    assert_eq!(matches!(planned(&database, "found de"), Search::Indexed(_)), has_index);
    assert_eq!(planned(&database, "de"), Search::Scan);
    assert_eq!(planned(&database, "\" de"), Search::Scan);
}

#[test]
fn a_long_search_stops_says_so_and_goes_on() {
    let database = TestDatabase::with_doubles();
    let row = |number: usize| Row {
        failed_time: Some(format!(
            "2026-05-20 {:02}:{:02}:{:02}",
            number / 3600,
            number / 60 % 60,
            number % 60
        )),
        failed_reason: Some(if number.is_multiple_of(9_000) { "xq" } else { "usages is None" }.to_owned()),
        ..failure(&format!("row-{number:05}"))
    };
    insert_many(&database, (0..=40_000).map(row));
    for handled in [Handled::Open, Handled::All] {
        let filter = Filter { handled, ..with_text(&Filter::default(), "xq") };
        let known = read(&database, |connection| totals::known(connection, &filter, &Search::Scan));
        assert_eq!(known, Known::Unsearched);
        let first = read(&database, |connection| {
            list::rows(connection, &filter, &Search::Scan, &Position::Start, 20)
        });
        assert!(first.rows.len() < 5 && first.go_on.is_some(), "stopped before the end: {first:?}");
        let found = search_on(&database, &filter, 20, list::SEARCHED_ROWS, false);
        assert_eq!(found, ["row-36000", "row-27000", "row-18000", "row-09000", "row-00000"]);
    }
}
