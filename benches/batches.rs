//! Hundreds at once, on an SQLite file with a real server: 100,000 failures handled and the handling undone while somebody
//! reads pages, and 20,000 failures worked down to none, cause by cause, with every step undone once.
//!
//! `cargo bench --bench batches`, with BATCH_ROWS and DESK_ROWS for other numbers. Promised: a batch over 100,000 rows takes
//! less than 30 s, and pages answer meanwhile; each line says whether it is held.

#[path = "support/server.rs"]
mod server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{Duration as Days, NaiveDate};
use chrono_tz::Tz;
use llmage_admin::base::money::Money;
use llmage_admin::db::{Database, migrations};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::imports::Importable;
use scraper::{Html, Selector};
use server::Server;

/// What the platform says when it cannot account; each is a cause of its own.
const REASONS: [&str; 12] = [
    "usages is None",
    "(1213, 'Deadlock found when trying to get lock; try restarting transaction')",
    "账户余额不够",
    "accounting failed",
    "llm(m-qwen-max) donot has a pricing_program",
    "llm_charging failed: ppid='p-1', usages={'prompt_tokens': 12}llmusage.id='u'  env.buffered_charging() return None",
    "HTTP 503 Service Unavailable from the remote centre",
    "Cannot connect to host 10.0.0.7:3306 ssl:default [Connect call failed]",
    "unsupported operand type(s) for *: 'NoneType' and 'float'",
    "KeyError: 'completion_tokens'",
    "the customer has no account",
    "Read timed out. (read timeout=30)",
];

fn main() {
    let number = |name: &str, default: i64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    many_at_once(number("BATCH_ROWS", 100_000));
    desk(number("DESK_ROWS", 20_000));
}

/// One batch over all failures, and its undo, while somebody reads.
fn many_at_once(rows: i64) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&filled(folder.path(), rows), &["--timezone", "UTC"]);
    println!("{rows} failures in one batch:");
    let quiet = reading(&server, || std::thread::sleep(Duration::from_secs(5)));
    println!("  pages while nothing runs: {quiet}");
    let all = "action=handle&scope=filter&handled=0";
    let (batch, seconds) = timed(|| frozen(&server, all));
    println!("  frozen into a preview in {seconds:.1} s");
    let mut seconds = 0.0;
    let busy = reading(&server, || seconds = timed(|| run(&server, &batch, rows)).1);
    told("handled", (rows, seconds), &busy);
    let busy = reading(&server, || seconds = timed(|| undo(&server, &batch, rows)).1);
    told("undone", (rows, seconds), &busy);
}

/// Whether it took no longer than promised, for as many rows as there are, and pages answered.
fn told(what: &str, (rows, seconds): (i64, f64), busy: &Pages) {
    let is_held = seconds < PROMISED * rows as f64 / 100_000.0 && busy.most < ANSWERED;
    let held = if is_held { "held" } else { "NOT held" };
    println!(
        "  {what} in {seconds:.1} s, {:.0} a second; pages meanwhile: {busy}: {held}",
        rows as f64 / seconds
    );
}

/// Seconds for 100,000 rows.
const PROMISED: f64 = 30.0;

/// Milliseconds in which each page meanwhile must have answered.
const ANSWERED: f64 = 2_000.0;

/// A person works all failures off by cause: preview, run, undo, and run again.
fn desk(rows: i64) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&filled(folder.path(), rows), &["--timezone", "UTC"]);
    let (steps, seconds) = timed(|| {
        let mut steps = 0;
        while let Some(cause) = first_cause(&server) {
            let batch = frozen(&server, &format!("action=handle&scope=filter&handled=0&cause={cause}"));
            let size = attribute(&server.get(&batch).body, "a.card[data-count]", "data-count");
            let size: i64 = size.expect("a number of rows").parse().expect("a number");
            run(&server, &batch, size);
            undo(&server, &batch, size);
            let again = server.post(&format!("{batch}/rest"), "");
            let again = match again.status {
                303 => again.location,
                // All was done and undone: there is no rest, the same filter is frozen anew.
                _ => frozen(&server, &format!("action=handle&scope=filter&handled=0&cause={cause}")),
            };
            run(&server, &again, size);
            steps += 1;
        }
        steps
    });
    let left = attribute(&server.get("/failed-accounting").body, "#money-line", "data-count");
    assert_eq!(left.as_deref(), Some("0"), "all are handled");
    println!("{rows} failures of {steps} causes handled, undone and handled again in {seconds:.1} s");
}

/// Seconds in which the failures were recorded.
const MONTH: i64 = 28 * 24 * 60 * 60;

fn filled(folder: &std::path::Path, rows: i64) -> String {
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let database = Database::open(&url, Tz::UTC).expect("a database");
    migrations::apply(&database).expect("migrations");
    let first = NaiveDate::from_ymd_opt(2026, 5, 1).expect("a date");
    for start in (0..rows).step_by(10_000) {
        database
            .transaction_here(|connection| {
                for number in start..rows.min(start + 10_000) {
                    // As a platform writes: one after the other within four weeks, of any amount.
                    let time =
                        first.and_hms_opt(0, 0, 0).map(|time| time + Days::seconds(number * MONTH / rows));
                    let scattered = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
                    let amount = scattered as i64 % 3_700_000;
                    let record = FailedRecord {
                        id: format!("f{:020}", (number as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9)),
                        llmusageid: Some(format!("u{number:012}")),
                        llmid: Some(format!("model-{}", number % 40)),
                        userid: Some(format!("user-{}", number % 5_000)),
                        userorgid: Some(format!("organisation-{}", number % 500)),
                        use_date: time.map(|time| time.date()),
                        use_time: time,
                        amount: Some(Money::from_units(36 + amount)),
                        cost: Some(Money::from_units(20 + amount * 23 / 37)),
                        failed_reason: Some(REASONS[(number % REASONS.len() as i64) as usize].to_owned()),
                        failed_time: time,
                        retry_count: Some(0),
                        handled: Some("0".to_owned()),
                        handled_time: None,
                        handled_note: None,
                        resolution: None,
                        handled_by: None,
                        cause: None,
                        retry: Default::default(),
                    };
                    Importable::insert(&record, connection)?;
                }
                Ok(())
            })
            .expect("rows");
    }
    url
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let value = work();
    (value, started.elapsed().as_secs_f64())
}

/// The address of a new batch.
fn frozen(server: &Server, selection: &str) -> String {
    let answer = server.post("/batches", selection);
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location
}

fn run(server: &Server, batch: &str, rows: i64) {
    let form = format!("resolution=test_traffic&handled_note=&note=&confirm_count={rows}");
    let answer = server.post(&format!("{batch}/run"), &form);
    assert_eq!(answer.status, 303, "{}", answer.body);
    until(server, batch, "data-done", rows);
}

fn undo(server: &Server, batch: &str, rows: i64) {
    let answer = server.post(&format!("{batch}/undo"), "");
    assert_eq!(answer.status, 303, "{}", answer.body);
    until(server, batch, "data-undone", rows);
}

/// Reloads the page of a batch until its report says so many.
fn until(server: &Server, batch: &str, name: &str, rows: i64) {
    let given_up = Instant::now() + Duration::from_secs(300);
    while attribute(&server.get(batch).body, "#report", name).as_deref() != Some(&rows.to_string()) {
        assert!(Instant::now() < given_up, "{batch} goes on");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The key of the cause with the most open money.
fn first_cause(server: &Server) -> Option<String> {
    let page = server.get("/failed-accounting/causes").body;
    let open = attribute(&page, ".cause-card .cause-numbers [data-count]", "data-count")?;
    let link = attribute(&page, ".cause-card h2 a", "href")?;
    (open != "0").then(|| {
        link.trim_start_matches("/failed-accounting/causes/").split('?').next().unwrap_or_default().to_owned()
    })
}

fn attribute(page: &str, selector: &str, name: &str) -> Option<String> {
    let page = Html::parse_document(page);
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).next()?.attr(name).map(str::to_owned)
}

/// How long pages took, in milliseconds.
struct Pages {
    count: usize,
    half: f64,
    most_of_them: f64,
    most: f64,
}

impl std::fmt::Display for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Pages { count, half, most_of_them, most } = self;
        write!(f, "{count} pages, p50 {half:.0} ms, p95 {most_of_them:.0} ms, most {most:.0} ms")
    }
}

/// Pages got by somebody else meanwhile, one after the other with a moment between.
fn reading(server: &Server, work: impl FnOnce()) -> Pages {
    let over = AtomicBool::new(false);
    let mut took = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut took = Vec::new();
            while !over.load(Ordering::Relaxed) {
                for path in ["/", "/failed-accounting", "/failed-accounting/causes", "/usages"] {
                    let (answer, seconds) = timed(|| server.get(path));
                    assert_eq!(answer.status, 200, "{path}");
                    took.push(seconds * 1_000.0);
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
            took
        });
        work();
        over.store(true, Ordering::Relaxed);
        reader.join().expect("pages answer")
    });
    took.sort_by(f64::total_cmp);
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize];
    Pages { count: took.len(), half: at(0.5), most_of_them: at(0.95), most: at(1.0) }
}
