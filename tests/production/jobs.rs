//! Jobs of two servers on one database: each row is done once, and when one of them is killed the other goes on.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use llmage_admin::archive::run::State as RunState;
use llmage_admin::archive::store as archive;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::batches::batch::{Action, Batch, State};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::plan;
use llmage_admin::batches::store::{self, Order};
use llmage_admin::db::schema::{audit_event, llmusage, llmusage_history};

use crate::desk::Desk;
use crate::support::bulk;
use crate::support::database::TestDatabase;
use crate::support::rows::{failure, insert, insert_many, run};

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

/// Kills the one of two that does the job, lets the time of its leases pass, and gives the other one.
fn kill_the_holder(database: &TestDatabase, job: &str, ([one, other], name): ([Desk; 2], String)) -> Desk {
    let (killed, left) = if holder(database, job) == Some(name) { (one, other) } else { (other, one) };
    killed.kill();
    run(database, "UPDATE job_lease SET held_until = held_until - 600000");
    left
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
    run(&database, "UPDATE archive_run SET held_until = held_until - 600000");
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
