//! SQLite's log: copied into the file by the app itself, not by somebody's commit.

use std::time::{Duration, Instant};

use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use llmage_admin::db::{Database, Engine, migrations};

use crate::support::database::{TestDatabase, engine};

#[derive(diesel::QueryableByName)]
struct Log {
    /// Pages in it, and how many of them are in the file, too.
    #[diesel(sql_type = BigInt)]
    log: i64,
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

fn log(database: &Database) -> Log {
    let looked = database
        .run_here(|connection| Ok(diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(connection)?));
    looked.expect("the log can be looked at")
}

fn run(database: &Database, statement: &str) {
    database
        .transaction_here(|connection| Ok(diesel::sql_query(statement).execute(connection)?))
        .expect("it is written");
}

/// About so many pages in one transaction.
fn write(database: &Database, pages: usize) {
    run(
        database,
        &format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {pages}) \
             INSERT OR REPLACE INTO app_setting (name, value) SELECT 'page' || i, hex(zeroblob(1800)) FROM n"
        ),
    );
}

fn waits_until(database: &Database, is_so: impl Fn(&Log) -> bool) -> bool {
    let given_up = Instant::now() + Duration::from_secs(60);
    while Instant::now() < given_up {
        if is_so(&log(database)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_long_log_is_copied_beside_those_who_write_and_begins_anew_once_it_is_tall() {
    if engine() != Engine::Sqlite {
        return;
    }
    let database = TestDatabase::new();
    write(&database, 20_000);
    assert!(log(&database).log > 16_000, "it is long enough to be copied");
    assert!(waits_until(&database, |log| log.checkpointed == log.log), "nobody copied it");
    // Taller than it may be: others who write do not keep it from beginning anew.
    for _ in 0..6 {
        write(&database, 20_000);
    }
    let stop = Instant::now() + Duration::from_secs(60);
    while log(&database).log > 100_000 && Instant::now() < stop {
        write(&database, 10);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(log(&database).log < 100_000, "it grew and grew");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the platform makes the file by a connection of its own")]
fn the_log_of_a_file_with_large_pages_is_no_longer() {
    if engine() != Engine::Sqlite {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.db");
    let mut platform = SqliteConnection::establish(path.to_str().expect("a path")).expect("a file");
    platform.batch_execute("PRAGMA page_size = 32768; CREATE TABLE parameter (name TEXT)").expect("a table");
    drop(platform);
    let database = Database::open(&format!("sqlite:{}", path.display()), Tz::UTC).expect("it opens");
    migrations::apply(&database).expect("migrations");
    let longest = (0..24).map(|_| {
        write(&database, 9_000);
        std::fs::metadata(folder.path().join("large.db-wal")).expect("a log").len()
    });
    let longest = longest.max().unwrap_or_default() >> 20;
    assert!(longest < 256, "it grew to {longest} MB");
}
