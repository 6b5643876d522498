//! Walking the pages, the money line and the neighbours, for any rows and any filter.

use llmage_admin::base::paging::Position;
use llmage_admin::db::{Database, DbConnection};
use llmage_admin::error::Result;
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::filter::Handled;
use llmage_admin::failed_accounting::filter::{Filter, Sort, SortColumn};
use llmage_admin::failed_accounting::list::{self, Listed, Listing};
use llmage_admin::failed_accounting::totals::{self, Known};
use proptest::prelude::*;

use crate::oracle::{any_filter, compare, expected, facts, ids, oldest, sums};
use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{Row, clear, failure, hostile, insert, run};

/// The page at that position, and what its search was.
fn page(database: &Database, filter: &Filter, position: Position, size: usize) -> Listing {
    let filter = filter.clone();
    database
        .run_here(move |connection| {
            let search = plan_search(connection, &filter)?;
            list::rows(connection, &filter, &search, &position, size)
        })
        .expect("the page can be read")
}

fn walk_forward(database: &Database, filter: &Filter, size: usize) -> Vec<Listed> {
    let mut walked: Vec<Listed> = Vec::new();
    loop {
        let position = walked.last().map_or(Position::Start, |row| Position::After(row.cursor.clone()));
        let listing = page(database, filter, position, size);
        assert!(listing.rows.len() <= size, "a page is longer than asked");
        assert_eq!(listing.has_previous, !walked.is_empty(), "only the first page has nothing before it");
        assert_eq!(listing.go_on, None, "nothing was left unsearched");
        let is_full = listing.rows.len() == size;
        assert!(is_full || !listing.has_next, "a page that is not full is the last");
        walked.extend(listing.rows);
        if !listing.has_next {
            return walked;
        }
    }
}

/// From the last row back to the first; gives them in the order in which they were met.
fn walk_backward(database: &Database, filter: &Filter, size: usize, last: &Listed) -> Vec<Listed> {
    let mut walked = vec![last.clone()];
    loop {
        let from = walked.last().expect("begun with one").cursor.clone();
        let listing = page(database, filter, Position::Before(from), size);
        assert!(listing.has_next, "the row that it came from lies after it");
        let is_full = listing.rows.len() == size;
        assert!(is_full || !listing.has_previous, "a page that is not full is the first");
        walked.extend(listing.rows.into_iter().rev());
        if !listing.has_previous {
            return walked;
        }
    }
}

fn shown(rows: &[Listed]) -> Vec<&str> {
    rows.iter().map(|row| row.record.id.as_str()).collect()
}

#[test]
fn walking_the_pages_meets_every_matching_row_once_in_order_both_ways() {
    let database = TestDatabase::with_doubles();
    let cases = (hostile(engine(), 40), prop::collection::vec((any_filter(engine()), 1..8_usize), 4));
    proven(60, &cases, |(rows, questions)| {
        clear(&database);
        insert(&database, &rows);
        let all = facts(&database);
        for (filter, size) in questions {
            let wanted = expected(&all, &filter);
            let walked = walk_forward(&database, &filter, size);
            assert_eq!(shown(&walked), ids(&wanted), "forward, {filter:?}");
            if let Some(last) = walked.last() {
                let mut back = walk_backward(&database, &filter, size, last);
                back.reverse();
                assert_eq!(shown(&back), ids(&wanted), "backward, {filter:?}");
            }
        }
    });
}

#[test]
fn the_money_line_is_the_sum_of_the_rows_walked() {
    let database = TestDatabase::with_doubles();
    let cases = (hostile(engine(), 40), prop::collection::vec(any_filter(engine()), 8));
    proven(60, &cases, |(rows, filters)| {
        clear(&database);
        insert(&database, &rows);
        let all = facts(&database);
        for filter in filters {
            let wanted = expected(&all, &filter);
            let (exact, known, counted) = totals_of(&database, &filter);
            assert_eq!((exact.count, exact.amount, exact.cost), sums(&wanted), "{filter:?}");
            assert_eq!(exact.oldest, oldest(&wanted), "{filter:?}");
            assert_eq!(known, Known::Exactly(exact), "few rows are always counted");
            for (limit, counted) in counted {
                assert_eq!(counted, exact.count.min(limit), "counting to {limit}, {filter:?}");
            }
        }
    });
}

fn totals_of(database: &Database, filter: &Filter) -> (totals::Totals, Known, Vec<(i64, i64)>) {
    let filter = filter.clone();
    database
        .run_here(move |connection| {
            let search = plan_search(connection, &filter)?;
            let exact = totals::exact(connection, &filter, &search)?;
            let known = totals::known(connection, &filter, &search)?;
            let mut counted = Vec::new();
            for limit in [1, 2, 7, 1_000] {
                counted.push((limit, totals::count_up_to(connection, &filter, &search, limit)?));
            }
            Ok((exact, known, counted))
        })
        .expect("the totals can be computed")
}

#[test]
fn the_neighbours_of_any_row_are_the_next_ones_of_the_filter() {
    let database = TestDatabase::with_doubles();
    let cases = (hostile(engine(), 16), any_filter(engine()));
    proven(40, &cases, |(rows, filter)| {
        clear(&database);
        insert(&database, &rows);
        let all = facts(&database);
        let wanted = expected(&all, &filter);
        for fact in &all {
            let before = wanted.iter().rfind(|other| compare(filter.sort, other, fact).is_lt());
            let after = wanted.iter().find(|other| compare(filter.sort, other, fact).is_gt());
            let id_of = |fact: Option<&crate::oracle::Fact>| fact.map(|fact| fact.record.id.clone());
            let (filter, id) = (filter.clone(), fact.record.id.clone());
            let found = database
                .run_here(move |connection| {
                    let search = plan_search(connection, &filter)?;
                    list::neighbours(connection, &filter, &search, &id)
                })
                .unwrap();
            assert_eq!(found, (id_of(before), id_of(after)));
        }
    });
}

#[test]
fn a_thousand_rows_of_one_second_and_of_no_time_are_walked_once() {
    let database = TestDatabase::with_doubles();
    let row = |number: usize| Row {
        failed_time: (!number.is_multiple_of(3)).then(|| "2026-05-20 00:00:04".to_owned()),
        ..failure(&format!("row-{number:04}"))
    };
    insert(&database, &(0..1_000).map(row).collect::<Vec<Row>>());
    for descending in [true, false] {
        let filter =
            Filter { sort: Sort { column: SortColumn::FailedTime, descending }, ..Filter::default() };
        let walked = walk_forward(&database, &filter, 20);
        assert_eq!(shown(&walked), ids(&expected(&facts(&database), &filter)));
        let timed: Vec<bool> = walked.iter().map(|row| row.record.failed_time.is_some()).collect();
        assert!(timed.is_sorted_by(|left, right| if descending { left >= right } else { left <= right }));
    }
}

#[test]
fn a_row_that_comes_or_goes_between_two_pages_changes_no_other_row() {
    let database = TestDatabase::with_doubles();
    let rows: Vec<Row> = (0..30)
        .map(|number| Row {
            failed_time: Some(format!("2026-05-20 00:00:{number:02}")),
            ..failure(&format!("row-{number:02}"))
        })
        .collect();
    insert(&database, &rows);
    let filter = Filter::default();
    let first = page(&database, &filter, Position::Start, 10);
    let last = first.rows.last().unwrap().clone();
    insert(&database, &[Row { failed_time: Some("2026-05-21 00:00:00".to_owned()), ..failure("newer") }]);
    delete(&database, &last.record.id);
    let second = page(&database, &filter, Position::After(last.cursor), 10);
    let wanted: Vec<String> = (10..20).rev().map(|number| format!("row-{number:02}")).collect();
    assert_eq!(shown(&second.rows), wanted);
}

fn delete(database: &Database, id: &str) {
    run(database, &format!("DELETE FROM llmusage_accounting_failed WHERE id = '{id}'"));
}

#[test]
fn a_cursor_survives_its_way_through_a_link() {
    let database = TestDatabase::with_doubles();
    proven(40, &hostile(engine(), 20), |rows| {
        clear(&database);
        insert(&database, &rows);
        for column in SortColumn::ALL {
            let sort = Sort { column, descending: true };
            let filter = Filter { sort, handled: Handled::All, ..Filter::default() };
            for row in page(&database, &filter, Position::Start, 100).rows {
                let read = llmage_admin::base::paging::Cursor::decode(&row.cursor.encode(), &sort.name());
                assert_eq!(read, Ok(row.cursor));
            }
        }
    });
}

/// Reads of one snapshot that the tests of searches share.
pub fn read<T>(database: &Database, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> T {
    database.run_once_here(work).expect("it can be read")
}

#[test]
fn a_filter_without_text_needs_no_search() {
    let database = TestDatabase::with_doubles();
    assert_eq!(read(&database, |connection| plan_search(connection, &Filter::default())), Search::Nothing);
}
