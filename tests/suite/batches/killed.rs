//! A server killed in the middle of a batch goes on where it was.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use llmage_admin::batches::batch::{Action, State};
use llmage_admin::failed_accounting::filter::Filter;

use crate::batches::overlapping::handled;
use crate::batches::{find, frozen, start};
use crate::support::bulk;
use crate::support::database::TestDatabase;
use crate::support::rows;

fn server(database: &TestDatabase) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--database-url", database.url()])
        .env("LLMAGE_TIMEZONE", "UTC")
        .env("LLMAGE_ADMIN_PASSWORD", "correct horse battery")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).find(|line| line.starts_with("listening on ")).unwrap();
    child
}

/// Waits until the batch has come so far: what a killed server held is taken over within seconds.
fn until(database: &TestDatabase, id: &str, is_there: impl Fn(State, i64) -> bool) {
    let started = Instant::now();
    loop {
        let batch = find(database, id);
        if is_there(batch.state, batch.stored.position) {
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(45),
            "{:?} at {}",
            batch.state,
            batch.stored.position
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_run_goes_on_where_it_was_and_does_no_row_twice() {
    let database = TestDatabase::new();
    rows::insert_many(&database, bulk::rows(6_000));
    let batch = frozen(&database, Action::Handle, &Filter::default(), "ann").unwrap();
    start(&database, &batch, "ann");
    let mut first = server(&database);
    until(&database, batch.id(), |_, position| position > 0);
    first.kill().unwrap();
    first.wait().unwrap();
    let left = find(&database, batch.id());
    assert!(left.state == State::Running && left.stored.position < left.stored.size, "killed in the middle");
    let mut second = server(&database);
    until(&database, batch.id(), |state, _| state == State::Done);
    second.kill().unwrap();
    second.wait().unwrap();
    let ended = find(&database, batch.id());
    assert_eq!(ended.progress.done + ended.progress.not_done, ended.summary.all);
    assert_eq!(ended.progress.done, ended.summary.all);
    let times = handled(&database);
    assert_eq!(times.len() as i64, ended.stored.size);
    assert!(times.values().all(|times| *times == 1));
}
