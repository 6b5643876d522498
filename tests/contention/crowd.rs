//! A usage with thousands of open failures: settling them, or acting on the newest, holds nobody up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use llmage_admin::base::clock::Clock;
use llmage_admin::db::Database;
use llmage_admin::db::schema::llmusage_accounting_failed as failed;
use llmage_admin::failed_accounting::failure::Resolution;
use llmage_admin::failed_accounting::watcher::Watcher;

use crate::act::Act;
use crate::scene::Scene;
use crate::support::database::TestDatabase;
use crate::support::rows::{failure, insert_many, run};

const CROWD: usize = 2_000;

#[test]
fn a_usage_with_thousands_of_open_failures_is_settled_while_others_write() {
    let test = TestDatabase::new();
    let database: Database = (*test).clone();
    run(
        &database,
        "INSERT INTO llmusage (id, status, accounting_status) VALUES ('crowd', 'SUCCEEDED', 'accounted')",
    );
    let rows = (0..CROWD).map(|number| crate::support::rows::Row {
        llmusageid: Some("crowd".to_owned()),
        ..failure(&format!("f{number:05}"))
    });
    insert_many(&database, rows);
    run(
        &database,
        &format!(
            "UPDATE llmusage_accounting_failed SET retry_requested_at = '2026-05-22 08:30:00', retry_known = '[]' \
             WHERE id = 'f{:05}'",
            CROWD - 1
        ),
    );
    Scene::Open.build(&database, "other");
    let is_done = AtomicBool::new(false);
    let longest = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let note = Act::Note("b").prepare(&database, "other", "writer");
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::SeqCst) {
                let began = Instant::now();
                note.perform(&database);
                longest = longest.max(began.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            longest
        });
        let watcher = Watcher::new(database.clone(), Clock::new(chrono_tz::Tz::UTC));
        assert_eq!(watcher.step().unwrap(), 1);
        is_done.store(true, Ordering::SeqCst);
        writer.join().unwrap()
    });
    println!("a write waited {longest:?} at most");
    // A debug build on a busy machine; in release it is a tenth.
    assert!(longest < Duration::from_secs(5), "{longest:?}");
    let count = |resolution: Resolution| -> i64 {
        database
            .run_here(|connection| {
                let rows = failed::table
                    .filter(failed::llmusageid.eq("crowd"))
                    .filter(failed::resolution.eq(resolution.as_str()));
                Ok(rows.count().get_result(connection)?)
            })
            .unwrap()
    };
    assert_eq!((count(Resolution::Accounted), count(Resolution::Superseded)), (1, CROWD as i64 - 1));
}
