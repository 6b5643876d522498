//! A usage with thousands of open failures: whatever acts on it does so in steps, and holds nobody up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::batch::Action;
use llmage_admin::causes::sorting;
use llmage_admin::db::schema::{audit_event, llmusage_accounting_failed as failed};
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::arrivals::Arrivals;
use llmage_admin::failed_accounting::case::{Acted, Evidence, Place, crowd};
use llmage_admin::failed_accounting::change;
use llmage_admin::failed_accounting::failure::{FailedRecord, Handling, Resolution};
use llmage_admin::failed_accounting::store;
use llmage_admin::failed_accounting::watcher::Watcher;

use crate::act::{Act, author};
use crate::crowd_batches::batch;
use crate::picture;
use crate::scene::Scene;
use crate::support::database::TestDatabase;
use crate::support::rows::{failure, insert_many, run};

pub const CROWD: usize = 4_000;

/// A debug build on a busy machine; a release is many times as fast.
const LONGEST: Duration = Duration::from_secs(5);

/// The newest of them.
pub fn newest() -> String {
    format!("f{:05}", CROWD - 1)
}

/// A usage in that state with thousands of open failures, and another one that somebody writes to.
pub fn given(state: &str) -> TestDatabase {
    let test = TestDatabase::new();
    run(
        &test,
        &format!(
            "INSERT INTO llmusage (id, status, accounting_status) VALUES ('crowd', 'SUCCEEDED', '{state}')"
        ),
    );
    let rows = (0..CROWD).map(|number| crate::support::rows::Row {
        llmusageid: Some("crowd".to_owned()),
        ..failure(&format!("f{number:05}"))
    });
    insert_many(&test, rows);
    Scene::Open.build(&test, "other");
    sorting::sort_all(&test).unwrap();
    test
}

/// Does that while somebody writes all the time; how long they waited at most.
pub fn while_others_write(what: &str, database: &Database, work: impl FnOnce()) {
    let is_done = AtomicBool::new(false);
    let longest = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let note = Act::Note("b").prepare(database, "other", "writer");
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::SeqCst) {
                let began = Instant::now();
                note.perform(database);
                longest = longest.max(began.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            longest
        });
        let began = Instant::now();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        println!("{what} took {:?}", began.elapsed());
        is_done.store(true, Ordering::SeqCst);
        let longest = writer.join().unwrap();
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        longest
    });
    println!("{what}: a write waited {longest:?} at most");
    assert!(longest < LONGEST, "{what}: {longest:?}");
}

pub fn count(database: &Database, resolution: Option<Resolution>) -> usize {
    let rows = failed::table.filter(failed::llmusageid.eq("crowd")).select(FailedRecord::as_select());
    let rows: Vec<FailedRecord> = database.run_here(|connection| Ok(rows.load(connection)?)).unwrap();
    rows.iter().filter(|record| record.closed_as() == resolution).count()
}

/// Every step changed few rows, and each changed row has its event.
pub fn is_told(database: &Database) {
    let mut steps = std::collections::HashMap::new();
    let superseded: Vec<(i64, String)> = database
        .run_here(|connection| {
            let events = audit_event::table.filter(audit_event::action.eq("supersede"));
            Ok(events.select((audit_event::id, audit_event::record_id)).load(connection)?)
        })
        .unwrap();
    for (_, id) in &superseded {
        *steps.entry(id.clone()).or_insert(0) += 1;
    }
    assert_eq!(steps.len(), CROWD - 1, "each one that ended is told of");
    assert!(steps.values().all(|times| *times == 1), "once");
    let found = database.run_here(llmage_admin::audit::chain::check).unwrap();
    assert_eq!(found.count, 0, "the trail is whole");
}

/// Acts on a failure step after step; how many steps that took.
fn act_on(
    database: &Database,
    id: &str,
    act: impl Fn(&mut llmage_admin::failed_accounting::case::Case) -> llmage_admin::error::Result<()>,
) -> usize {
    let place = Place { id: id.to_owned(), usage_id: Some("crowd".to_owned()) };
    let mut steps = 1;
    while database
        .transaction_here(|connection| change::change(connection, &place, &author("ann"), &act))
        .unwrap()
        .0
        == Acted::Again
    {
        steps += 1;
    }
    steps
}

#[test]
fn the_newest_of_thousands_is_handled_in_steps() {
    let database = given("failed");
    let handling = Handling { resolution: Resolution::ChargedManually, note: Some("4711".to_owned()) };
    while_others_write("handle", &database, || {
        let steps = act_on(&database, &newest(), |case| case.handle(&newest(), &handling, &author("ann")));
        assert!(steps > CROWD / crowd::MOST - 1, "{steps} steps");
    });
    assert_eq!(count(&database, Some(Resolution::ChargedManually)), 1);
    assert_eq!(count(&database, Some(Resolution::Superseded)), CROWD - 1);
    is_told(&database);
}

#[test]
fn an_older_one_of_thousands_is_refused_with_the_newest_and_nothing_changes() {
    let database = given("failed");
    let since = picture::last_event(&database);
    let handling = Handling { resolution: Resolution::WrittenOff, note: None };
    let place = Place { id: "f00000".to_owned(), usage_id: Some("crowd".to_owned()) };
    let refused = database.transaction_here(|connection| {
        change::change(connection, &place, &author("ann"), |case| {
            case.handle("f00000", &handling, &author("ann"))
        })
    });
    let told = format!("{:?}", refused.unwrap_err());
    assert!(told.contains("case-older") && told.contains(&newest()), "{told}");
    assert_eq!(picture::last_event(&database), since);
}

#[test]
fn the_newest_of_thousands_is_retried_and_its_outcome_settles_all() {
    let database = given("failed");
    while_others_write("retry", &database, || {
        act_on(&database, &newest(), |case| case.retry(&newest(), &Evidence::checked(), &author("ann")));
    });
    assert_eq!(count(&database, Some(Resolution::Superseded)), CROWD - 1);
    let record = database.run_here(|connection| store::find(connection, &newest())).unwrap();
    assert!(record.is_retrying() && record.retry_count == Some(1), "{record:?}");
    // What came meanwhile, as the platform writes it, is not known to the retry.
    run(&database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'crowd'");
    watch(&database);
    assert_eq!(count(&database, Some(Resolution::Accounted)), 1);
    is_told(&database);
}

fn watch(database: &Database) {
    let watcher = Watcher::new(database.clone(), Clock::new(chrono_tz::Tz::UTC));
    assert_eq!(watcher.step().unwrap(), 1);
}

#[test]
fn a_usage_with_thousands_of_open_failures_is_settled_while_others_write() {
    let database = given("accounted");
    run(
        &database,
        &format!(
            "UPDATE llmusage_accounting_failed SET retry_requested_at = '2026-05-22 08:30:00', retry_known = '[]' \
             WHERE id = '{}'",
            newest()
        ),
    );
    while_others_write("settle", &database, || watch(&database));
    assert_eq!(count(&database, Some(Resolution::Accounted)), 1);
    assert_eq!(count(&database, Some(Resolution::Superseded)), CROWD - 1);
    is_told(&database);
}

#[test]
fn a_recorded_failure_takes_the_place_of_thousands_within_the_job_that_looks_at_new_ones() {
    let database = given("created");
    while_others_write("record", &database, || {
        let word = Act::Record.prepare(&database, "crowd", "program").perform(&database);
        assert_eq!(word, "recorded");
        assert!(count(&database, Some(Resolution::Superseded)) < CROWD / 2, "it has not ended all of them");
        let arrivals = Arrivals::new((*database).clone(), Clock::new(chrono_tz::Tz::UTC));
        while arrivals.is_due().unwrap() {
            arrivals.step().unwrap();
        }
    });
    assert_eq!(count(&database, Some(Resolution::Superseded)), CROWD);
    assert_eq!(count(&database, None), 1);
}

#[test]
fn a_failure_that_stands_for_thousands_is_deleted_in_steps_and_the_newest_of_them_is_the_work() {
    let database = given("failed");
    batch(&database, Action::Supersede);
    while_others_write("delete", &database, || {
        let place = Place { id: newest(), usage_id: Some("crowd".to_owned()) };
        let step = || {
            database.transaction_here(|connection| {
                let mut case = llmage_admin::failed_accounting::case::Case::of_failure(connection, &place)?;
                let acted = case.act(|case| case.delete(&newest()))?;
                case.save(connection, &author("ann"))?;
                Ok::<_, llmage_admin::error::Error>(acted)
            })
        };
        while step().unwrap() == Acted::Again {}
    });
    let heir = format!("f{:05}", CROWD - 2);
    assert!(database.run_here(|connection| store::find(connection, &heir)).unwrap().is_open());
    assert_eq!(count(&database, Some(Resolution::Superseded)), CROWD - 2);
    let behind = failed::table.filter(failed::superseded_by.eq(heir)).count();
    let behind: i64 = database.run_here(|connection| Ok(behind.get_result(connection)?)).unwrap();
    assert_eq!(behind, CROWD as i64 - 2);
}

#[test]
fn nobody_waits_for_a_failure_that_an_act_does_not_touch() {
    let database = given("failed");
    batch(&database, Action::Supersede);
    // On SQLite whoever writes has locked everything.
    if database.engine() == Engine::Sqlite {
        return;
    }
    let (held, is_held) = mpsc::channel();
    let (let_go, is_let_go) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let database = &database;
        scope.spawn(move || {
            let update = "UPDATE llmusage_accounting_failed SET userid = 'platform' WHERE id = 'f00000'";
            let holding = database.transaction_once_here(|connection| {
                connection.batch_execute(update)?;
                held.send(()).unwrap();
                Ok(is_let_go.recv_timeout(Duration::from_secs(20)).is_ok())
            });
            assert!(holding.unwrap(), "the other one ended before");
        });
        is_held.recv_timeout(Duration::from_secs(20)).unwrap();
        let handling = Handling { resolution: Resolution::WrittenOff, note: None };
        act_on(database, &newest(), |case| case.handle(&newest(), &handling, &author("ann")));
        let_go.send(()).unwrap();
    });
    assert_eq!(count(&database, Some(Resolution::WrittenOff)), 1);
}
