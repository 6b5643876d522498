//! The loop of jobs: steps that fail come again, one instance of many runs them, and a stop finishes the step.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono_tz::Tz;
use diesel::prelude::*;
use llmage_admin::base::clock::Clock;
use llmage_admin::db::Database;
use llmage_admin::db::schema::app_setting;
use llmage_admin::error::{Error, Result};
use llmage_admin::jobs::store::JobRun;
use llmage_admin::jobs::{Job, Running, Turn, store};

use crate::support::database::TestDatabase;

fn job(due: bool, step: impl Fn(u32) -> Result<()> + Send + Sync + 'static) -> (Job, Arc<AtomicU32>) {
    let turns = Arc::new(AtomicU32::new(0));
    let counted = turns.clone();
    let every = Duration::from_millis(5);
    let job =
        Job::every("test", every, move || step(counted.fetch_add(1, Ordering::SeqCst)).map(|()| Turn::Done));
    let job = job.when(move || Ok(due));
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

fn clock() -> Clock {
    Clock::new(Tz::UTC)
}

/// How the job that these tests run last went.
fn last(test: &TestDatabase) -> JobRun {
    let found = test.run_here(|connection| store::lookup(connection, "test")).expect("it can be read");
    found.expect("the job is known")
}

/// Waits until that outcome is written down.
async fn until_noted(test: &TestDatabase, outcome: &str) {
    for _ in 0..2_000 {
        let run = last(test);
        if run.ended_at.is_some() && run.outcome.as_deref() == Some(outcome) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never {outcome}: {:?}", last(test));
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
    let running = Running::start(vec![job], &database(&test), &clock());
    until(&turns, 4).await;
    running.stop().await;
}

#[actix_web::test]
async fn nothing_runs_while_nothing_is_due() {
    let test = TestDatabase::new();
    let (job, turns) = job(false, |_| Ok(()));
    let running = Running::start(vec![job], &database(&test), &clock());
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop().await;
    assert_eq!(turns.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn of_two_instances_one_holds_the_lease_until_it_lapses() {
    let test = TestDatabase::new();
    let (first, ran_first) = job(true, |_| Ok(()));
    let (second, ran_second) = job(true, |_| Ok(()));
    let one = Running::start(vec![first], &database(&test), &clock());
    until(&ran_first, 1).await;
    let two = Running::start(vec![second], &database(&test), &clock());
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
    let running = Running::start(vec![job], &database(&test), &clock());
    until(&turns, 1).await;
    running.stop().await;
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(turns.load(Ordering::SeqCst), 1, "no step begins after the stop");
}

#[actix_web::test]
async fn how_the_last_run_went_is_written_down_and_a_failure_is_followed_by_the_next_run() {
    let test = TestDatabase::new();
    let (job, turns) = job(true, |turn| match turn {
        0 => Err(Error::Internal("no luck with sk-abcdefghijklmnopqrstuvwxyz".to_owned())),
        1 => panic!("out of luck"),
        _ => Ok(()),
    });
    let slow = Job { every: Duration::from_millis(400), ..job };
    let running = Running::start(vec![slow], &database(&test), &clock());
    let mut seen = Vec::new();
    for (wanted, outcome) in (1..).zip(["failed", "panicked", "done"]) {
        until(&turns, wanted).await;
        until_noted(&test, outcome).await;
        let run = last(&test);
        assert!(run.ended_at >= run.started_at && run.started_at.is_some(), "{run:?}");
        seen.push((run.outcome.expect("an outcome"), run.message));
    }
    running.stop().await;
    assert_eq!(seen[0].0, "failed");
    let message = seen[0].1.clone().expect("what went wrong");
    assert!(message.contains("no luck") && !message.contains("abcdefghijklmnop"), "{message}");
    assert_eq!(seen[1], ("panicked".to_owned(), Some("out of luck".to_owned())));
    assert_eq!(seen[2], ("done".to_owned(), None));
}

#[actix_web::test]
async fn a_run_of_many_steps_stops_between_two_of_them() {
    let test = TestDatabase::new();
    let turns = Arc::new(AtomicU32::new(0));
    let counted = turns.clone();
    let job = Job::every("test", Duration::from_secs(3_600), move || {
        counted.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        Ok(Turn::More)
    });
    let running = Running::start(vec![job], &database(&test), &clock());
    until(&turns, 3).await;
    assert_eq!(last(&test).ended_at, None, "it still runs");
    running.stop().await;
    let done = turns.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert_eq!(turns.load(Ordering::SeqCst), done);
}

#[actix_web::test]
async fn a_daily_job_catches_up_what_it_missed_once_and_its_day_is_done_only_when_it_went_well() {
    let test = TestDatabase::new();
    let clock = Clock::stopped(Tz::UTC, "2026-05-20T12:00:00".parse().expect("a time"));
    let (fails, turns) = (Arc::new(Mutex::new(true)), Arc::new(AtomicU32::new(0)));
    let (failing, counted) = (fails.clone(), turns.clone());
    let daily = Job::daily("test", "02:30:00".parse().expect("a time"), move || {
        counted.fetch_add(1, Ordering::SeqCst);
        if *failing.lock().expect("a flag") { Err(Error::internal("away")) } else { Ok(Turn::Done) }
    });
    let daily = Job { every: Duration::from_millis(5), ..daily };
    let rest = || tokio::time::sleep(Duration::from_millis(60));
    let running = Running::start(vec![daily.clone()], &database(&test), &clock);
    rest().await;
    assert_eq!(turns.load(Ordering::SeqCst), 0, "a new job has missed nothing");
    running.stop().await;
    clock.advance(chrono::TimeDelta::days(5));
    let running = Running::start(vec![daily.clone()], &database(&test), &clock);
    until(&turns, 1).await;
    until_noted(&test, "failed").await;
    rest().await;
    assert_eq!(turns.load(Ordering::SeqCst), 1, "one that failed rests");
    *fails.lock().expect("a flag") = false;
    clock.advance(chrono::TimeDelta::minutes(11));
    until_noted(&test, "done").await;
    rest().await;
    assert_eq!(turns.load(Ordering::SeqCst), 2, "five missed days are caught up once");
    clock.advance(chrono::TimeDelta::days(1));
    until(&turns, 3).await;
    running.stop().await;
}

/// How often a step wrote.
fn written(test: &TestDatabase) -> i64 {
    let rows = app_setting::table.filter(app_setting::name.like("step %")).count();
    test.run_here(|connection| Ok(rows.get_result(connection)?)).expect("they are counted")
}

#[actix_web::test]
async fn a_process_that_was_only_slow_commits_nothing_once_another_has_taken_over() {
    let test = TestDatabase::new();
    let lease = test.lease("test");
    let slow = test.leased(&lease);
    let (begun, thief) = (Arc::new(AtomicU32::new(0)), database(&test));
    let told = begun.clone();
    let step = move || {
        let name = format!("step {}", told.load(Ordering::SeqCst));
        slow.transaction_here(|connection| {
            let row = (app_setting::name.eq(name.clone()), app_setting::value.eq(""));
            diesel::insert_into(app_setting::table).values(row).execute(connection)?;
            Ok(())
        })?;
        if told.fetch_add(1, Ordering::SeqCst) == 0 {
            // Meanwhile the lease lapses, and another process takes it.
            crate::support::rows::run(
                &thief,
                "UPDATE job_lease SET holder = 'another/one' WHERE name = 'test'",
            );
            slow.transaction_here(|connection| {
                let row = (app_setting::name.eq("step late"), app_setting::value.eq(""));
                diesel::insert_into(app_setting::table).values(row).execute(connection)?;
                Ok(())
            })?;
            told.fetch_add(10, Ordering::SeqCst);
        }
        Ok(Turn::Done)
    };
    let job = Job::every("test", Duration::from_secs(3_600), step).under(lease);
    let running = Running::start(vec![job], &database(&test), &clock());
    until(&begun, 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.stop().await;
    assert_eq!(begun.load(Ordering::SeqCst), 1, "the late transaction went well");
    assert_eq!(written(&test), 1, "what came before is there, what came late is not");
    assert_eq!(last(&test).outcome, None, "it does not say how the run of another one went");
}

#[actix_web::test]
async fn what_a_process_held_that_is_gone_is_taken_at_once_and_of_one_that_lives_not() {
    let test = TestDatabase::new();
    let living = Database::open(test.url(), Tz::UTC).expect("another process opens it");
    living.instance().appear().expect("it shows its sign of life");
    let lease = living.lease("test");
    let taken = living.transaction_here(|connection| lease.take(connection, living.instance()));
    assert!(taken.expect("it can be asked for"));
    let (job, turns) = job(true, |_| Ok(()));
    let running = Running::start(vec![job], &database(&test), &clock());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(turns.load(Ordering::SeqCst), 0, "it lives");
    drop(living);
    let gone = std::time::Instant::now();
    until(&turns, 1).await;
    assert!(gone.elapsed() < Duration::from_secs(5), "{:?}", gone.elapsed());
    running.stop().await;
}

#[actix_web::test]
async fn a_database_that_wants_a_later_version_gives_no_lease() {
    let test = TestDatabase::new();
    crate::support::rows::run(&test, "UPDATE app_setting SET value = '99.0.0' WHERE name = 'least_version'");
    let (job, turns) = job(true, |_| Ok(()));
    let running = Running::start(vec![job], &database(&test), &clock());
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop().await;
    assert_eq!(turns.load(Ordering::SeqCst), 0);
}
