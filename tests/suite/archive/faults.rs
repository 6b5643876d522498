//! The process that archives is killed at any moment while others write: after each kill, every usage is in exactly one
//! table, byte for byte, and the sums are equal.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use llmage_admin::db::{Database, Engine};

use crate::archive::usages::{everywhere, insert, rows};
use crate::support::database::{TestDatabase, engine};

/// Usages that are there to be moved at the beginning of each round.
const ROWS: usize = 900;

/// Writes as the platform does: new usages come, some are accounted, some fail with a record.
struct Platform {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<u32>,
}

impl Platform {
    fn start(database: &Database, round: u32) -> Platform {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, database) = (stop.clone(), database.clone());
        let thread = std::thread::spawn(move || {
            let mut number = 0;
            while !stopped.load(Ordering::SeqCst) {
                write(&database, &format!("n{round}-{number}"), number);
                number += 1;
            }
            number
        });
        Platform { stop, thread }
    }

    fn stop(self) -> u32 {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().expect("the platform writes")
    }
}

/// One usage comes and is accounted, or fails, or waits; an older one that is still live is charged, too.
fn write(database: &Database, id: &str, number: u32) {
    let run = |statements: String| {
        // MariaDB may ask to repeat; the app's own transactions do so by themselves.
        database
            .transaction_here(move |connection| Ok(connection.batch_execute(&statements)?))
            .expect("it is written");
    };
    run(format!(
        "INSERT INTO llmusage (id, use_date, amount, ioinfo, accounting_status) \
         VALUES ('{id}', '2026-05-20', 0.5, 'it''s new', 'created')"
    ));
    match number % 3 {
        0 => {
            run(format!("UPDATE llmusage SET accounting_status = 'accounted', cost = 0.25 WHERE id = '{id}'"))
        }
        1 => run(format!(
            "UPDATE llmusage SET accounting_status = 'failed' WHERE id = '{id}'; \
             INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES ('f{id}', '{id}', '0')"
        )),
        _ => {}
    }
}

/// A different number each time, of no quality but that.
fn chance(round: u32, below: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(round) % below
}

fn archiver(database: &TestDatabase) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(["archive", "--before", "2026-05-21"])
        .env("DATABASE_URL", database.url())
        .env("LLMAGE_TIMEZONE", "UTC")
        // A killed process loses nothing that the system was given; this test cuts no power.
        .env("LLMAGE_DURABILITY", "normal")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

/// What every usage of both tables holds, as far as nobody writes to it any more.
fn settled(all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    all.iter().filter(|(id, _)| !id.starts_with('n')).map(|(id, row)| (id.clone(), row.clone())).collect()
}

fn counts(database: &Database) -> (usize, usize) {
    (rows(database, "llmusage").len(), rows(database, "llmusage_history").len())
}

/// Kills one archiver, or two at once, after a random time; gives whether it died while it was moving.
fn round(database: &TestDatabase, number: u32, longest: u64) -> bool {
    crate::support::rows::run(
        database,
        "DELETE FROM llmusage; DELETE FROM llmusage_history; DELETE FROM llmusage_accounting_failed; \
         DELETE FROM archive_run; DELETE FROM archive_left",
    );
    let usages: Vec<(String, &str, &str)> =
        (0..ROWS).map(|number| (format!("u{number:04}"), "2026-05-20", "accounted")).collect();
    insert(database, &usages);
    let before = everywhere(database);
    let platform = Platform::start(database, number);
    let mut archivers = vec![archiver(database)];
    if number % 4 == 3 {
        archivers.push(archiver(database));
    }
    // It dies between the first row that it moved and, mostly, the last.
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline && counts(database).1 == 0 {
        sleep(Duration::from_millis(2));
    }
    sleep(Duration::from_micros(chance(number, longest)));
    let mut died = false;
    for child in &mut archivers {
        let ended = child.try_wait().expect("it can be asked");
        died |= ended.is_none();
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
    let written = platform.stop();
    let after = everywhere(database);
    assert_eq!(settled(&after), before, "round {number}: byte for byte");
    assert_eq!(after.len(), before.len() + written as usize, "round {number}: what the platform wrote");
    died && counts(database).0 > written as usize
}

#[test]
fn killed_at_any_moment_every_usage_is_in_exactly_one_table() {
    let (rounds, longest) = match engine() {
        Engine::Sqlite => (200, 150_000),
        Engine::Mysql | Engine::Postgres => (25, 150_000),
    };
    let rounds = std::env::var("FAULT_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(rounds);
    let died = AtomicU32::new(0);
    let next = AtomicU32::new(0);
    // Two at a time: each waits for its processes most of the time.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let database = TestDatabase::new();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= rounds {
                        break;
                    }
                    died.fetch_add(u32::from(round(&database, number, longest)), Ordering::SeqCst);
                }
            });
        }
    });
    let died = died.into_inner();
    assert!(died * 4 > rounds, "only {died} of {rounds} died while they were moving");
}

#[test]
fn after_a_kill_the_next_run_moves_the_rest() {
    let database = TestDatabase::new();
    round(&database, 1, 20_000);
    let live = || rows(&database, "llmusage").values().filter(|row| row.contains("accounted")).count();
    let ended = archiver(&database).wait().expect("it ends");
    assert!(ended.success());
    assert_eq!(live(), 0);
}
