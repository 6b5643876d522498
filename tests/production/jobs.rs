//! Jobs of two servers on one database: each row is done once, and when one of them is killed the other goes on.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use llmage_admin::archive::run::State as RunState;
use llmage_admin::archive::store as archive;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::batches::batch::{Action, Batch, State};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::plan;
use llmage_admin::batches::store::{self, Order};
use llmage_admin::db::Engine;
use llmage_admin::db::schema::{app_setting, audit_event, failure_arrival, llmusage, llmusage_history};
use llmage_admin::failed_accounting::store as failures;

use crate::desk::{Desk, command, said};
use crate::support::bulk;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{Row, failure, insert, insert_many, run};

fn ann() -> Author {
    let at = NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_opt(12, 0, 0));
    let at: NaiveDateTime = at.expect("a time");
    Author { name: "ann".to_owned(), source: Source::Page, request_id: None, at }
}

/// A batch that handles everything that is open, under way.
fn started_batch(database: &TestDatabase) -> Batch {
    let selection = Selection::Filtered(Box::default());
    let order = Order { resolution: Some("written_off".to_owned()), ..Order::default() };
    let batch = database
        .transaction_here(|connection| plan::freeze(connection, Action::Handle, &selection, &ann()))
        .expect("it is frozen");
    let started = database.transaction_here(|connection| {
        let batch = store::find_for_update(connection, batch.id())?;
        store::start(connection, &batch, &order, &ann())
    });
    started.expect("it starts");
    batch
}

fn find(database: &TestDatabase, id: &str) -> Batch {
    database.run_here(|connection| store::find(connection, id)).expect("the batch")
}

/// How many times each record was handled, by the audit trail.
fn handled(database: &TestDatabase) -> HashMap<String, usize> {
    let events: Vec<String> = database
        .run_here(|connection| {
            let handled = audit_event::table.filter(audit_event::action.eq("handle"));
            Ok(handled.select(audit_event::record_id).load(connection)?)
        })
        .expect("the trail");
    let mut times = HashMap::new();
    for id in events {
        *times.entry(id).or_insert(0) += 1;
    }
    times
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !is_so() {
        assert!(started.elapsed().as_secs() < 180, "not within 180 s: {what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Who holds the lease of a job.
fn holder(database: &TestDatabase, job: &str) -> Option<String> {
    #[derive(QueryableByName)]
    struct Held {
        #[diesel(sql_type = diesel::sql_types::Text)]
        holder: String,
    }
    let question = format!("SELECT holder FROM job_lease WHERE name = '{job}'");
    let held = database
        .run_here(|connection| Ok(diesel::sql_query(&question).get_result::<Held>(connection).optional()?));
    held.expect("the leases").map(|held| held.holder)
}

/// Two servers, and how the first one calls itself in leases: it sorts causes before there is another one.
fn two(database: &TestDatabase) -> ([Desk; 2], String) {
    let one = Desk::start(database.url(), &[]);
    until("causes are sorted", || holder(database, "cause sorting").is_some());
    let name = holder(database, "cause sorting").expect("a lease");
    ([one, Desk::start(database.url(), &[])], name)
}

/// Kills the one of two that does the job, and gives the other one.
fn kill_the_holder(database: &TestDatabase, job: &str, ([one, other], name): ([Desk; 2], String)) -> Desk {
    let is_one = holder(database, job).is_some_and(|holder| process(&holder) == process(&name));
    let (killed, left) = if is_one { (one, other) } else { (other, one) };
    killed.kill();
    left
}

/// The process in the name of a holder.
fn process(holder: &str) -> &str {
    holder.split('/').next().unwrap_or_default()
}

/// So long it takes at most until somebody else goes on with what a killed process did: at once by the lock beside an
/// SQLite file, else 10 s after its last sign of life. A lease by itself lasts for 60 s.
fn soon() -> Duration {
    Duration::from_secs(if engine() == Engine::Sqlite { 10 } else { 25 })
}

/// Waits until that is so, no longer than a successor may take.
fn until_taken_over(what: &str, is_so: impl Fn() -> bool) {
    let killed = Instant::now();
    until(what, is_so);
    assert!(killed.elapsed() < soon(), "taken over after {:?}: {what}", killed.elapsed());
}

#[test]
fn two_servers_do_each_row_of_a_batch_once_and_one_goes_on_for_the_other() {
    let database = TestDatabase::new();
    insert_many(&database, bulk::rows(6_000));
    let desks = two(&database);
    let batch = started_batch(&database);
    until("the batch has begun", || find(&database, batch.id()).stored.position > 0);
    let other = kill_the_holder(&database, "batches", desks);
    assert_eq!(find(&database, batch.id()).state, State::Running, "killed in the middle");
    let position = find(&database, batch.id()).stored.position;
    until_taken_over("the batch goes on", || find(&database, batch.id()).stored.position > position);
    until("the batch is done", || find(&database, batch.id()).state == State::Done);
    let ended = find(&database, batch.id());
    assert_eq!(ended.progress.done, ended.summary.all);
    let times = handled(&database);
    assert_eq!(times.len() as i64, ended.stored.size);
    assert!(times.values().all(|times| *times == 1), "a row was done twice");
    assert_eq!(other.stop(), Some(0));
}

#[test]
fn two_servers_archive_each_usage_once_and_one_goes_on_for_the_other() {
    let database = TestDatabase::new();
    let usages: i64 = 4_000;
    let rows: Vec<String> = (0..usages)
        .map(|number| format!("('u{number:06}', '2026-05-{:02}', 1.5, 1, 'accounted')", 1 + number % 20))
        .collect();
    for some in rows.chunks(1_000) {
        let rows = some.join(", ");
        run(
            &database,
            &format!("INSERT INTO llmusage (id, use_date, amount, cost, accounting_status) VALUES {rows}"),
        );
    }
    // A failure of another usage, whose cause is to be sorted.
    insert(&database, &[failure("f1")]);
    let desks = two(&database);
    let cutoff = NaiveDate::from_ymd_opt(2026, 5, 22).expect("a day");
    let asked = database
        .transaction_here(|connection| archive::ask(connection, cutoff, &ann()))
        .expect("it is asked for");
    let find = || database.run_here(|connection| archive::find(connection, &asked.id)).expect("the run");
    until("the run has begun", || find().moved_rows() > 0);
    let other = kill_the_holder(&database, "archive mover", desks);
    assert!(find().is(RunState::Running), "killed in the middle");
    let moved = find().moved_rows();
    until_taken_over("the run goes on", || find().moved_rows() > moved || find().is(RunState::Done));
    until("the run is done", || find().is(RunState::Done));
    let (live, archived) = database
        .run_here(|connection| {
            Ok((
                llmusage::table.count().get_result::<i64>(connection)?,
                llmusage_history::table.count().get_result::<i64>(connection)?,
            ))
        })
        .expect("both tables");
    assert_eq!((live, archived), (0, usages));
    assert_eq!(find().taken(), find().kept());
    assert_eq!(find().moved_rows(), usages, "a row was counted twice");
    assert_eq!(other.stop(), Some(0));
}

#[test]
fn a_retry_that_waits_for_a_killed_server_is_settled_by_the_next_one() {
    let database = TestDatabase::new();
    run(
        &database,
        "INSERT INTO llmusage (id, use_date, amount, cost, status, accounting_status) \
         VALUES ('u1', '2026-05-20', 1.5, 1, 'SUCCEEDED', 'failed')",
    );
    insert(&database, &[Row { llmusageid: Some("u1".to_owned()), ..failure("f1") }]);
    let one = Desk::start(database.url(), &[]);
    assert_eq!(one.sign_in().status, 303);
    assert_eq!(one.post("/failed-accounting/f1/retry", &[]).status, 303);
    until("somebody watches the retry", || holder(&database, "retry watcher").is_some());
    one.kill();
    run(&database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u1'");
    let other = Desk::start(database.url(), &[]);
    let resolution = || {
        let record = database.run_here(|connection| failures::find(connection, "f1")).expect("the record");
        record.resolution
    };
    until_taken_over("the retry is settled", || resolution().as_deref() == Some("accounted"));
    assert_eq!(other.stop(), Some(0));
}

#[test]
fn a_failure_that_the_platform_wrote_closes_once_the_platform_accounts_its_usage() {
    let database = TestDatabase::new();
    let usage = |id: &str| {
        let columns = "id, use_date, amount, cost, status, accounting_status";
        let values = "'2026-05-20', 1.5, 1, 'SUCCEEDED', 'failed'";
        run(&database, &format!("INSERT INTO llmusage ({columns}) VALUES ('{id}', {values})"));
    };
    let written = |id: &str, usage_id: &str| {
        usage(usage_id);
        insert(&database, &[Row { llmusageid: Some(usage_id.to_owned()), ..failure(id) }]);
    };
    let found =
        |id: &str| database.run_here(|connection| failures::find(connection, id)).expect("the record");
    written("adopted", "u1");
    let desk = Desk::start(database.url(), &[]);
    until("the adopted one is sorted", || found("adopted").cause.is_some());
    let is_noted = || {
        let noted = app_setting::table.filter(app_setting::name.eq("all_sorted_once")).count();
        database.run_here(|connection| Ok(noted.get_result::<i64>(connection)?)).expect("the settings") == 1
    };
    until("all is sorted", is_noted);
    written("new", "u2");
    let waits = || {
        database.run_here(|connection| Ok(failure_arrival::table.count().get_result::<i64>(connection)?))
    };
    until("the new one was looked at", || found("new").cause.is_some() && waits().expect("the queue") == 0);
    run(&database, "UPDATE llmusage SET accounting_status = 'accounted'");
    let begin = Instant::now();
    until("it closes", || found("new").resolution.as_deref() == Some("accounted"));
    assert!(begin.elapsed() < Duration::from_secs(20), "after {:?}", begin.elapsed());
    assert!(found("adopted").is_open(), "that one is left to people");
    assert_eq!(desk.sign_in().status, 303);
    let jobs = desk.get("/jobs").body;
    assert!(jobs.contains("Closing failures whose usage was accounted"), "{jobs}");
    assert_eq!(desk.stop(), Some(0));
}

#[test]
fn a_killed_archive_command_is_finished_by_the_next_one() {
    let database = TestDatabase::new();
    let rows: Vec<String> = (0..4_000)
        .map(|number| format!("('u{number:06}', '2026-05-{:02}', 1.5, 1, 'accounted')", 1 + number % 20))
        .collect();
    for some in rows.chunks(1_000) {
        let columns = "id, use_date, amount, cost, accounting_status";
        run(&database, &format!("INSERT INTO llmusage ({columns}) VALUES {}", some.join(", ")));
    }
    let mut killed = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(["archive", "--before", "2026-05-22"])
        .env("DATABASE_URL", database.url())
        .env("LLMAGE_TIMEZONE", "Asia/Shanghai")
        .stdout(Stdio::null())
        .spawn()
        .expect("it begins");
    let runs = || database.run_here(|connection| archive::list(connection, 9)).expect("the runs");
    until("the run has begun", || runs().first().is_some_and(|run| run.moved_rows() > 0));
    killed.kill().expect("it is killed");
    killed.wait().expect("it is dead");
    assert!(runs()[0].is_active(), "killed in the middle");
    if engine() != Engine::Sqlite {
        std::thread::sleep(Duration::from_millis(10_500));
    }
    let output = command(database.url(), &["archive", "--before", "2026-05-22"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("finished a run that was cut off"), "{}", said(&output));
    assert!(runs().iter().all(|run| run.is(RunState::Done)), "{:?}", runs());
    assert_eq!(runs().iter().map(|run| run.moved_rows()).sum::<i64>(), 4_000);
}
