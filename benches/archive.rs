//! The archive against the bare SQL that it replaces, on copies of one SQLite file with a million accounted usages: how
//! long each takes, and how long a writer beside it has to wait at most.
//!
//! `cargo bench --bench archive`; `ROWS=100000` for a quick look. Compare figures of one run, never across machines.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use diesel::RunQueryDsl;
use llmage_admin::archive::mover::Mover;
use llmage_admin::archive::store;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::clock::Clock;
use llmage_admin::db::{Database, migrations};

/// At most so many times as long as the bare SQL ...
const RATIO: f64 = 3.0;
/// ... while a writer waits so long at most.
const WAIT: Duration = Duration::from_millis(200);

fn open(file: &Path) -> Database {
    Database::open(&format!("sqlite:{}", file.display()), Tz::UTC).expect("a database")
}

fn run(database: &Database, statement: &str) {
    database
        .transaction_here(|connection| Ok(diesel::sql_query(statement).execute(connection)?))
        .expect("it runs");
}

/// A year of usages as the platform writes them: random ids, in the order of time.
fn fill(database: &Database, rows: usize) {
    migrations::apply(database).expect("migrations");
    let hex = |bytes| format!("lower(hex(randomblob({bytes})))");
    for start in (0..rows).step_by(100_000) {
        let end = rows.min(start + 100_000);
        run(
            database,
            &format!(
                "WITH RECURSIVE n (i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end}) \
                 INSERT INTO llmusage SELECT {id}, 'model-' || (abs(random()) % 40), date('2025-06-01', '+' || (i * 365 / {rows}) || ' days'), \
                 date('2025-06-01', '+' || (i * 365 / {rows}) || ' days') || ' ' || time(i * 31536000.0 / {rows} % 86400, 'unixepoch') || '.000', \
                 'user-' || (abs(random()) % 20000), '{{\"prompt_tokens\": ' || (i % 9000) || ', \"completion_tokens\": 40, \"total_tokens\": 9040}}', \
                 '{{\"input\": {{\"stream\": true, \"messages\": [{{\"role\": \"user\", \"content\": \"第 ' || i || ' 次请求 / request\"}}]}}, \
                 \"output\": [{{\"content\": \"ok\", \"finish_reason\": \"stop\"}}], \"webpath\": \"/idfile/' || i || '.json\"}}', \
                 {id}, 0.5, 2.25, 'SUCCEEDED', {id}, (i % 5000) / 100000.0, (i % 3000) / 100000.0, \
                 'organisation-' || (abs(random()) % 2000), 'owner', 'accounted' FROM n",
                id = hex(10)
            ),
        );
    }
}

/// A writer beside it, every 5 ms; gives how long it waited at most, and the hundredth that waited longest.
struct Writer {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Vec<Duration>>,
}

impl Writer {
    fn start(file: &Path) -> Writer {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, database) = (stop.clone(), open(file));
        let thread = std::thread::spawn(move || {
            let mut waits = Vec::new();
            while !stopped.load(Ordering::SeqCst) {
                let started = Instant::now();
                let id = format!("w{}", waits.len());
                run(
                    &database,
                    &format!(
                        "INSERT INTO llmusage (id, use_date, accounting_status) VALUES ('{id}', '2026-06-01', 'created')"
                    ),
                );
                waits.push(started.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            waits
        });
        Writer { stop, thread }
    }

    fn stop(self) -> (usize, Duration, Duration) {
        self.stop.store(true, Ordering::SeqCst);
        let mut waits = self.thread.join().expect("it wrote");
        waits.sort();
        let longest = waits.last().copied().unwrap_or_default();
        (waits.len(), waits.get(waits.len() * 99 / 100).copied().unwrap_or_default(), longest)
    }
}

fn bare(file: &Path) -> Duration {
    let database = open(file);
    let columns = "id, llmid, use_date, use_time, userid, usages, ioinfo, transno, responsed_seconds, finish_seconds, \
                   status, taskid, amount, cost, userorgid, ownerid, accounting_status";
    let which = "accounting_status = 'accounted' AND use_date < '2026-06-01'";
    let started = Instant::now();
    database
        .transaction_here(|connection| {
            diesel::sql_query(format!(
                "INSERT INTO llmusage_history ({columns}, backup_time) \
                 SELECT {columns}, '2026-06-01 02:30:00' FROM llmusage WHERE {which}"
            ))
            .execute(connection)?;
            Ok(diesel::sql_query(format!("DELETE FROM llmusage WHERE {which}")).execute(connection)?)
        })
        .expect("it moves");
    started.elapsed()
}

fn ours(file: &Path, rows: usize) -> Duration {
    let database = open(file);
    let at = "2026-06-01T02:30:00".parse().expect("a time");
    let author = Author { name: "bench".to_owned(), source: Source::Job, request_id: None, at };
    let started = Instant::now();
    let run =
        database.transaction_here(|connection| store::ask(connection, at.date(), &author)).expect("a run");
    let mover = Mover::new(database.clone(), Clock::stopped(Tz::UTC, at));
    let run = mover.drive(&run.id, &mut |_| {}).expect("it ends");
    assert_eq!((run.state.as_str(), run.taken_rows), ("done", rows as i64));
    assert_eq!(run.taken(), run.kept());
    started.elapsed()
}

fn main() {
    let rows = std::env::var("ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let base = open(&file("base.db"));
    fill(&base, rows);
    drop(base);
    // Whoever closes the file last copies its log into it, and removes the log.
    while file("base.db-wal").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    for copy in ["bare.db", "ours.db"] {
        std::fs::copy(file("base.db"), file(copy)).expect("a copy");
    }
    let bare = bare(&file("bare.db"));
    println!("bare SQL: {rows} rows in {:.1} s; every writer waits throughout", bare.as_secs_f64());
    std::fs::remove_file(file("bare.db")).expect("it is removed");
    let writer = Writer::start(&file("ours.db"));
    let ours = ours(&file("ours.db"), rows);
    let (writes, hundredth, longest) = writer.stop();
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!(
        "archive: {rows} rows in {:.1} s, {ratio:.2} times the bare SQL (at most {RATIO})",
        ours.as_secs_f64()
    );
    println!(
        "beside it {writes} writes; 99 of 100 took less than {} ms, the longest {} ms (at most {})",
        hundredth.as_millis(),
        longest.as_millis(),
        WAIT.as_millis()
    );
    println!("{}", if ratio <= RATIO && longest <= WAIT { "both hold" } else { "NOT both hold" });
}
