//! Two people with overlapping batches, two instances on one batch: nothing is lost, nothing is done twice.

use std::collections::HashMap;

use diesel::prelude::*;
use llmage_admin::audit::chain;
use llmage_admin::batches::batch::{Action, State};
use llmage_admin::db::schema::{audit_event, llmusage_accounting_failed as failed};
use llmage_admin::error::Error;
use llmage_admin::failed_accounting::filter::Filter;

use crate::batches::{find, finish, frozen, runner, start};
use crate::support::bulk;
use crate::support::database::TestDatabase;
use crate::support::rows;

/// How many times each record was handled, by the audit trail.
pub fn handled(database: &TestDatabase) -> HashMap<String, usize> {
    let events: Vec<String> = database
        .run_here(|connection| {
            Ok(audit_event::table
                .filter(audit_event::action.eq("handle"))
                .select(audit_event::record_id)
                .load(connection)?)
        })
        .unwrap();
    let mut times = HashMap::new();
    for id in events {
        *times.entry(id).or_insert(0) += 1;
    }
    times
}

fn is_sound(database: &TestDatabase) -> bool {
    database.run_here(chain::check).unwrap().count == 0
}

fn open(database: &TestDatabase) -> i64 {
    let open = failed::table.filter(failed::handled.ne("1")).count();
    database.run_here(|connection| Ok(open.get_result(connection)?)).unwrap()
}

fn given(rows: usize) -> TestDatabase {
    let database = TestDatabase::new();
    rows::insert_many(&database, bulk::rows(rows));
    rows::run(
        &database,
        "UPDATE llmusage_accounting_failed SET handled = '0', resolution = NULL, handled_by = NULL",
    );
    database
}

/// Works on a batch until it has ended, as the job does: where another one has held a row for as long as one waits, the
/// stretch comes again.
fn work_on(database: &TestDatabase, id: &str) {
    while find(database, id).state == State::Running {
        match runner(database).stretch(id) {
            Ok(_) | Err(Error::Held) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn two_people_with_overlapping_batches_do_each_row_once_between_them() {
    let database = given(1_500);
    let all = Filter::default();
    let most = Filter { llmid: Some(bulk::id("model", 0)), ..Filter::default() };
    let ann = frozen(&database, Action::Handle, &all, "ann").unwrap();
    let bea = frozen(&database, Action::Handle, &most, "bea").unwrap();
    start(&database, &ann, "ann");
    start(&database, &bea, "bea");
    std::thread::scope(|scope| {
        for batch in [&ann, &bea] {
            let database = &database;
            scope.spawn(move || {
                work_on(database, batch.id());
            });
        }
    });
    let (ann, bea) = (find(&database, ann.id()), find(&database, bea.id()));
    assert_eq!(ann.progress.done.count + bea.progress.done.count, 1_500);
    assert_eq!(ann.progress.done + ann.progress.not_done, ann.summary.all);
    assert_eq!(bea.progress.done + bea.progress.not_done, bea.summary.all);
    let times = handled(&database);
    assert!(times.len() == 1_500 && times.values().all(|times| *times == 1));
    assert_eq!(open(&database), 0);
    assert!(is_sound(&database));
}

#[test]
fn two_instances_on_one_batch_do_no_row_twice() {
    let database = given(1_200);
    let batch = frozen(&database, Action::Handle, &Filter::default(), "ann").unwrap();
    start(&database, &batch, "ann");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let database = &database;
            let batch = &batch;
            scope.spawn(move || {
                work_on(database, batch.id());
            });
        }
    });
    finish(&database);
    let ended = find(&database, batch.id());
    assert_eq!(ended.progress.done, ended.summary.all);
    let times = handled(&database);
    assert!(times.len() == 1_200 && times.values().all(|times| *times == 1));
    assert!(is_sound(&database));
}
