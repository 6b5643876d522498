//! The walk of the archive, its preview, and the list of the history.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::archive::moving::{Rows, Shape};
use llmage_admin::archive::preview;
use llmage_admin::archive::walk::Place;
use llmage_admin::base::paging::Position;
use llmage_admin::db::Engine;
use llmage_admin::usages::filter::{Filter, Shelf};
use llmage_admin::usages::list;

use crate::explained::{look_at, plan, reads_all, sorts};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;
use crate::support::statements::sent;

const ROWS: usize = 20_000;
const TABLES: [&str; 2] = ["llmusage", "llmusage_history"];

/// Usages of a year, half of them archived already, one in fifty of the others not accounted; shared by the tests that
/// run at the same time.
fn filled() -> Arc<TestDatabase> {
    static SHARED: Mutex<Weak<TestDatabase>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(database) = shared.upgrade() {
        return database;
    }
    let database = TestDatabase::new();
    let start = NaiveDate::from_ymd_opt(2025, 6, 1).expect("a date");
    let columns = "id, llmid, use_date, use_time, userid, usages, status, taskid, amount, cost, userorgid, accounting_status";
    for first in (0..ROWS).step_by(1_000) {
        let values = |archived: bool| -> Vec<String> {
            (first..first + 1_000)
                .filter(|number| (number % 2 == 0) == archived)
                .map(|number| {
                    let day = start + chrono::Duration::days((number * 365 / ROWS) as i64);
                    let state = if !archived && number % 50 == 1 { "created" } else { "accounted" };
                    let end = if archived { ", '2026-06-01 02:30:00'" } else { "" };
                    format!(
                        "('u{number:06}', 'm{}', '{day}', '{day} 10:00:{:02}', 'user{}', '{{}}', 'SUCCEEDED', \
                         'task{number}', 0.5, 0.25, 'org{}', '{state}'{end})",
                        number % 40,
                        number % 60,
                        number % 500,
                        number % 50
                    )
                })
                .collect()
        };
        run(&database, &format!("INSERT INTO llmusage ({columns}) VALUES {}", values(false).join(", ")));
        let archived = values(true).join(", ");
        run(&database, &format!("INSERT INTO llmusage_history ({columns}, backup_time) VALUES {archived}"));
    }
    look_at(&database, &TABLES);
    let database = Arc::new(database);
    *shared = Arc::downgrade(&database);
    database
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "only its plan is asked for")]
    row_key: String,
}

fn cutoff() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 22).expect("a date")
}

/// No statement reads one of the tables from end to end; where it may not sort, an index gives the order.
fn assert_follows_indexes(database: &TestDatabase, statements: &[String], may_sort: bool) {
    assert!(!statements.is_empty(), "nothing was asked");
    for statement in statements {
        let steps = plan(database, statement);
        let names: &[&str] = if engine() == Engine::Postgres {
            &["llmusage"]
        } else {
            &["llmusage", "llmusage_history", "u", "h"]
        };
        let reading = steps.iter().find(|step| names.iter().any(|name| reads_whole(step, name)));
        assert_eq!(reading, None, "reads all rows in\n{statement}\n{steps:#?}");
        let sorting = steps.iter().find(|step| sorts(step) && !may_sort);
        assert_eq!(sorting, None, "sorts in\n{statement}\n{steps:#?}");
    }
}

fn reads_whole(step: &str, name: &str) -> bool {
    match engine() {
        // A scan of `u` is not one of `usage_something`.
        Engine::Sqlite => step == format!("SCAN {name}") || step.starts_with(&format!("SCAN {name} ")),
        _ => reads_all(step, name),
    }
}

#[test]
fn each_stretch_of_the_archives_walk_is_a_seek_in_the_order_of_an_index() {
    let database = filled();
    let shape = database.run_here(Shape::read).expect("both tables are there");
    let first = sent(&database, |connection| shape.next(connection, cutoff(), None, 100));
    assert_follows_indexes(&database, &first, false);
    let found = database.run_here(|connection| shape.next(connection, cutoff(), None, 100)).expect("usages");
    let place: Place = found.last().expect("a hundred").place.clone();
    let next = sent(&database, |connection| shape.next(connection, cutoff(), Some(&place), 100));
    assert_eq!(next.len(), 2, "the rest of a day, and the days after it");
    assert_follows_indexes(&database, &next, false);
}

#[test]
fn a_preview_that_is_bounded_reads_no_more_than_it_must() {
    let database = filled();
    let asked = sent(&database, |connection| preview::preview(connection, cutoff(), Some(1_000)));
    let asked: Vec<String> = asked.into_iter().filter(|statement| statement.contains("llmusage u")).collect();
    assert_follows_indexes(&database, &asked, true);
}

#[test]
fn what_a_transaction_judges_and_proves_is_found_by_its_keys_or_ids() {
    let database = filled();
    let shape = database.run_here(Shape::read).expect("both tables are there");
    let ids: Vec<String> = (0..50).map(|number| format!("u{:06}", number * 2 + 1)).collect();
    let keys: Vec<String> = match engine() {
        Engine::Sqlite => (0..50).map(|number: i64| (number * 2 + 1).to_string()).collect(),
        _ => ids.clone(),
    };
    for statement in [Rows::Ids(&ids), Rows::Keys(&keys)]
        .into_iter()
        .flat_map(|rows| [shape.judging(rows, cutoff()), shape.proving(rows)])
    {
        let asked = sent(&database, |connection| Ok(statement.load::<Key>(connection)?));
        assert_follows_indexes(&database, &asked, true);
    }
}

#[test]
fn each_filter_of_the_history_is_a_walk_along_its_index() {
    let database = filled();
    let text = |text: &str| Some(text.to_owned());
    let history = || Filter { shelf: Shelf::History, ..Filter::default() };
    let day = NaiveDate::from_ymd_opt(2026, 3, 3);
    let at = "2026-06-01T02:30:00".parse().ok();
    let filters = [
        history(),
        Filter { userorgid: text("org2"), ..history() },
        Filter { llmid: text("m2"), ..history() },
        Filter { userid: text("user2"), ..history() },
        Filter { status: text("SUCCEEDED"), ..history() },
        Filter { taskid: text("task2"), ..history() },
        Filter { id: text("u000002"), ..history() },
        Filter { start_date: day, end_date: day, ..history() },
        Filter { backup_time: at, ..history() },
    ];
    for filter in filters
        .iter()
        .flat_map(|filter| [false, true].map(|oldest_first| Filter { oldest_first, ..filter.clone() }))
    {
        let asked = sent(&database, |connection| list::page(connection, &filter, &Position::Start));
        assert_follows_indexes(&database, &asked, true);
    }
}
