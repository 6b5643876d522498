//! Batches over a usage with thousands of open failures.

use std::time::Instant;

use llmage_admin::audit::event;
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::batch::{Action, Batch, State};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::plan;
use llmage_admin::batches::runner::Runner;
use llmage_admin::batches::store::{self as batches, Order};
use llmage_admin::causes::sorting;
use llmage_admin::db::Database;
use llmage_admin::failed_accounting::case::crowd;
use llmage_admin::failed_accounting::failure::Resolution;
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::failed_accounting::store;

use crate::act::author;
use crate::crowd::{CROWD, count, given, is_told, newest, while_others_write};
use crate::support::rows::{Row, failure, insert_many};

fn runner(database: &Database) -> Runner {
    Runner::new(database.clone(), Clock::stopped(chrono_tz::Tz::UTC, author("ann").at))
}

/// A batch over all of them, run to its end.
pub fn batch(database: &Database, action: Action) -> Batch {
    let filter = Filter { llmusageid: Some("crowd".to_owned()), ..Filter::default() };
    batch_of(database, action, filter)
}

fn batch_of(database: &Database, action: Action, filter: Filter) -> Batch {
    let selection = Selection::Filtered(Box::new(filter));
    let began = Instant::now();
    let frozen = database
        .transaction_here(|connection| plan::freeze(connection, action, &selection, &author("ann")))
        .unwrap();
    println!("frozen in {:?}", began.elapsed());
    let order = Order { resolution: Some("written_off".to_owned()), ..Order::default() };
    database
        .transaction_here(|connection| {
            let batch = batches::find_for_update(connection, frozen.id())?;
            batches::start(connection, &batch, &order, &author("ann"))
        })
        .unwrap();
    while runner(database).step().unwrap() {}
    database.run_here(|connection| batches::find(connection, frozen.id())).unwrap()
}

#[test]
fn a_batch_over_thousands_of_one_usage_does_the_newest_in_steps_and_foresees_the_others() {
    let database = given("failed");
    while_others_write("batch handle", &database, || {
        let ended = batch(&database, Action::Handle);
        let skipped = ended.summary.skipped();
        assert_eq!((ended.progress.done.count, skipped.count), (1, CROWD as i64 - 1));
        assert_eq!(ended.progress.not_done, skipped, "as it was foreseen");
    });
    assert_eq!(count(&database, Some(Resolution::WrittenOff)), 1);
    is_told(&database);
}

#[test]
fn a_batch_of_retries_over_thousands_of_one_usage_asks_once() {
    let database = given("failed");
    while_others_write("batch retry", &database, || {
        let ended = batch(&database, Action::Retry);
        assert_eq!(ended.progress.done.count, 1);
    });
    assert!(database.run_here(|connection| store::find(connection, &newest())).unwrap().is_retrying());
    is_told(&database);
}

#[test]
fn a_batch_supersedes_thousands_while_others_write() {
    let database = given("failed");
    while_others_write("batch supersede", &database, || {
        let ended = batch(&database, Action::Supersede);
        assert_eq!(ended.progress.done.count, CROWD as i64 - 1);
    });
    assert_eq!(count(&database, None), 1);
    is_told(&database);
}

#[test]
fn undoing_asks_for_a_retry_again_beside_thousands_in_steps() {
    let database = given("failed");
    batch(&database, Action::Retry);
    let retrying = Filter { llmusageid: Some("crowd".to_owned()), retrying: true, ..Filter::default() };
    let withdrawn = batch_of(&database, Action::Withdraw, retrying);
    assert_eq!(withdrawn.progress.done.count, 1);
    // Brought in meanwhile, as they stand in a file.
    let more = 3 * crowd::MOST;
    let rows = (0..more)
        .map(|number| Row { llmusageid: Some("crowd".to_owned()), ..failure(&format!("e{number:05}")) });
    insert_many(&database, rows);
    sorting::sort_all(&database).unwrap();
    let before = count(&database, Some(Resolution::Superseded));
    database
        .transaction_here(|connection| {
            let batch = batches::find_for_update(connection, withdrawn.id())?;
            batches::turn(connection, &batch, State::Undoing, event::Action::UndoBatch, &author("bob"))
        })
        .unwrap();
    assert!(runner(&database).stretch(withdrawn.id()).unwrap());
    let first = count(&database, Some(Resolution::Superseded)) - before;
    assert!(first <= crowd::MOST, "{first} at once");
    while runner(&database).step().unwrap() {}
    let undone = database.run_here(|connection| batches::find(connection, withdrawn.id())).unwrap();
    assert_eq!((undone.state, undone.progress.undone.count), (State::Undone, 1));
    assert_eq!(count(&database, Some(Resolution::Superseded)) - before, more);
    let record = database.run_here(|connection| store::find(connection, &newest())).unwrap();
    assert!(record.is_retrying() && record.retry_count == Some(1), "{record:?}");
}
