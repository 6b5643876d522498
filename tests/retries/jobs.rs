//! The loop of jobs: steps that fail come again, one instance of many runs them, and a stop finishes the step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use llmage_admin::db::Database;
use llmage_admin::error::{Error, Result};
use llmage_admin::jobs::{Job, Running};

use crate::support::database::TestDatabase;

fn job(due: bool, step: impl Fn(u32) -> Result<()> + Send + Sync + 'static) -> (Job, Arc<AtomicU32>) {
    let turns = Arc::new(AtomicU32::new(0));
    let counted = turns.clone();
    let job = Job {
        name: "test",
        every: Duration::from_millis(5),
        is_due: Arc::new(move || Ok(due)),
        step: Arc::new(move || step(counted.fetch_add(1, Ordering::SeqCst))),
    };
    (job, turns)
}

async fn until(turns: &AtomicU32, wanted: u32) {
    for _ in 0..2_000 {
        if turns.load(Ordering::SeqCst) >= wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the job took {} turns, not {wanted}", turns.load(Ordering::SeqCst));
}

fn database(test: &TestDatabase) -> Database {
    (**test).clone()
}

#[actix_web::test]
async fn a_step_that_fails_or_panics_comes_again() {
    let test = TestDatabase::new();
    let (job, turns) = job(true, |turn| match turn {
        0 => Err(Error::Internal("the first step fails".to_owned())),
        1 => panic!("the second step panics"),
        _ => Ok(()),
    });
    let running = Running::start(vec![job], &database(&test));
    until(&turns, 4).await;
    running.stop().await;
}

#[actix_web::test]
async fn nothing_runs_while_nothing_is_due() {
    let test = TestDatabase::new();
    let (job, turns) = job(false, |_| Ok(()));
    let running = Running::start(vec![job], &database(&test));
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop().await;
    assert_eq!(turns.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn of_two_instances_one_holds_the_lease_until_it_lapses() {
    let test = TestDatabase::new();
    let (first, ran_first) = job(true, |_| Ok(()));
    let (second, ran_second) = job(true, |_| Ok(()));
    let one = Running::start(vec![first], &database(&test));
    until(&ran_first, 1).await;
    let two = Running::start(vec![second], &database(&test));
    until(&ran_first, 10).await;
    assert_eq!(ran_second.load(Ordering::SeqCst), 0, "the first still holds it");
    one.stop().await;
    crate::support::rows::run(&test, "UPDATE job_lease SET held_until = 0");
    until(&ran_second, 1).await;
    two.stop().await;
}

#[actix_web::test]
async fn a_stop_lets_the_running_step_finish() {
    let test = TestDatabase::new();
    let finished = Arc::new(AtomicU32::new(0));
    let (count, (job, turns)) = (finished.clone(), {
        let finished = finished.clone();
        job(true, move |_| {
            std::thread::sleep(Duration::from_millis(200));
            finished.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    });
    let running = Running::start(vec![job], &database(&test));
    until(&turns, 1).await;
    running.stop().await;
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(turns.load(Ordering::SeqCst), 1, "no step begins after the stop");
}
