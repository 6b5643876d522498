//! Every page that an operator opens, as a browser asks for it: a server with as many rows as a platform has, kept
//! connections, one at a time and sixteen at once, beside a floor in the same run.
//!
//! `cargo bench --bench pages`: 100,000 failures, then 1,000,000, each with its usage and one in the history;
//! `PAGES_ROWS="100000 10000000"` for others. Prints milliseconds (the median), how many times the floor that is, and how
//! it grew from the first size to the last; fails where a page grows that promises not to. Compare ratios of one run.

#![expect(clippy::disallowed_methods, reason = "whoever measures reads beside the pools of the app")]

#[path = "support/connection.rs"]
mod connection;
#[path = "support/floor.rs"]
mod floor;
#[path = "support/million.rs"]
mod million;
#[path = "support/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use connection::Connection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use server::Server;

/// So often a page is asked for by one, and by each of those who ask at once.
const TIMES: usize = 21;
const EACH: usize = 8;
const AT_ONCE: usize = 16;

/// A page that promises not to grow may take so many times as long on the greatest size as on the least.
const GROWTH: f64 = 1.3;
/// Below that many milliseconds more it is noise.
const NOISE: f64 = 1.5;

/// The pages, and whether they promise not to grow with the table.
const PAGES: [(&str, &str, bool); 26] = [
    ("front page", "/", true),
    ("open", "/failed-accounting", true),
    ("retrying", "/failed-accounting?retrying=1", true),
    ("handled", "/failed-accounting?handled=1", true),
    ("all", "/failed-accounting?handled=", true),
    ("all, largest first", "/failed-accounting?handled=&sort=-amount", true),
    ("open by amount", "/failed-accounting?sort=amount", true),
    ("one model", "/failed-accounting?llmid=model-3", true),
    ("one organisation", "/failed-accounting?userorgid=organisation-1", true),
    ("one user", "/failed-accounting?userid=user-1", false),
    (
        "one week, one model",
        "/failed-accounting?handled=&llmid=model-3&start_date=2026-04-01&end_date=2026-04-07",
        false,
    ),
    ("a word", "/failed-accounting?handled=&q=timeout", false),
    ("a rare word", "/failed-accounting?handled=&q=req-U000", false),
    ("causes", "/failed-accounting/causes", true),
    ("one cause", "/failed-accounting/causes/{cause}", true),
    ("failures by model", "/failed-accounting?group=model", true),
    ("failures by organisation", "/failed-accounting?group=organisation", true),
    ("a failure", "/failed-accounting/{failure}", true),
    ("usages", "/usages", true),
    ("usages of a day", "/usages?start_date=2026-04-01&end_date=2026-04-01", false),
    ("history", "/history", true),
    ("decisions", "/decisions", true),
    ("batches", "/batches", true),
    ("audit", "/audit", true),
    ("check", "/check", true),
    ("search, half an id", "/search?q=U000000", false),
];

fn main() {
    let sizes = std::env::var("PAGES_ROWS").unwrap_or_else(|_| "100000 1000000".to_owned());
    let sizes: Vec<usize> =
        sizes.split_whitespace().map(|size| size.parse().expect("a number of rows")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mut measured: Vec<BTreeMap<&str, f64>> = Vec::new();
    for rows in &sizes {
        let path = folder.path().join(format!("{rows}.db"));
        measured.push(measure(&path, *rows));
        for entry in std::fs::read_dir(folder.path()).expect("the folder").flatten() {
            std::fs::remove_file(entry.path()).expect("it is removed");
        }
    }
    let (Some(least), Some(most)) = (measured.first(), measured.last()) else { return };
    let grown = PAGES.iter().filter(|(name, _, is_promised)| {
        let (least, most) = (least[name], most[name]);
        println!("{name:<28} {least:>9.1} ms -> {most:>9.1} ms   {:>6.2} times", most / least);
        *is_promised && most > least * GROWTH && most > least + NOISE
    });
    let grown: Vec<&str> = grown.map(|page| page.0).collect();
    if !grown.is_empty() {
        println!("these promise not to grow, and did: {}", grown.join(", "));
        std::process::exit(1);
    }
}

/// The milliseconds of each page on that many rows.
fn measure(path: &Path, rows: usize) -> BTreeMap<&'static str, f64> {
    let began = Instant::now();
    million::make(path, rows);
    let floor = floor::serve(path);
    println!("{rows} failures, made in {:.1} s, {} MB", began.elapsed().as_secs_f64(), megabytes(path));
    let began = Instant::now();
    let server = Server::start(&format!("sqlite:{}", path.display()), &["--timezone", "UTC"]);
    println!("adopted and served after {:.1} s, {} MB", began.elapsed().as_secs_f64(), megabytes(path));
    wait_for_causes(path);
    println!("causes told after {:.1} s, {} MB", began.elapsed().as_secs_f64(), megabytes(path));
    tell_memory(&server, "before the pages");
    let floor_alone = one_at_a_time(&floor, "", "/");
    let floor_together = at_once(&floor, "", "/");
    println!("{:<28} {:>9} {:>7} {:>14} {:>7}", "page", "ms", "floors", "ms of 16", "floors");
    println!("{:<28} {floor_alone:>9.2} {:>7} {floor_together:>14.2}", "floor", "");
    let mut measured = BTreeMap::new();
    for (name, address, _) in PAGES {
        let address = filled_in(path, address);
        let alone = one_at_a_time(server.address(), server.cookie(), &address);
        let together = at_once(server.address(), server.cookie(), &address);
        println!(
            "{name:<28} {alone:>9.2} {:>7.1} {together:>14.2} {:>7.1}",
            alone / floor_alone,
            together / floor_together
        );
        measured.insert(name, alone);
    }
    tell_memory(&server, "after the pages");
    measured
}

fn tell_memory(server: &Server, when: &str) {
    let [now, most] = [server.memory_now(), server.most_memory()].map(|size| size.unwrap_or(0) / 1_000);
    println!("memory {when}: {now} MB, at most {most} MB");
}

fn megabytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len() / 1_000_000)
}

fn one_at_a_time(address: &str, cookie: &str, path: &str) -> f64 {
    let mut connection = Connection::to(address);
    asked(&mut connection, cookie, path);
    let times = (0..TIMES).map(|_| asked(&mut connection, cookie, path));
    median(times.collect())
}

fn at_once(address: &str, cookie: &str, path: &str) -> f64 {
    let times = std::thread::scope(|scope| {
        let people: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::to(address);
                    (0..EACH).map(|_| asked(&mut connection, cookie, path)).collect::<Vec<_>>()
                })
            })
            .collect();
        people.into_iter().flat_map(|person| person.join().expect("they asked")).collect()
    });
    median(times)
}

/// The milliseconds until all of the answer was there.
fn asked(connection: &mut Connection, cookie: &str, path: &str) -> f64 {
    let began = Instant::now();
    let answer = connection.ask(("GET", path, if cookie.is_empty() { "X-None: 0" } else { cookie }, ""));
    let status = answer.unwrap_or_else(|error| panic!("{path}: {error}")).status;
    assert_eq!(status, 200, "{path}");
    began.elapsed().as_secs_f64() * 1_000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = diesel::sql_types::Text)]
    id: String,
}

fn read(path: &Path) -> SqliteConnection {
    let mut connection =
        <SqliteConnection as diesel::Connection>::establish(&path.to_string_lossy()).expect("the file");
    connection.batch_execute("PRAGMA busy_timeout = 10000").expect("a wait");
    connection
}

/// Until the job has told the cause of each failure.
fn wait_for_causes(path: &Path) {
    let unsorted = "SELECT COUNT(*) AS count FROM (SELECT 1 FROM llmusage_accounting_failed WHERE cause IS NULL LIMIT 1)";
    for _ in 0..3_600 {
        let counted: Counted = diesel::sql_query(unsorted).get_result(&mut read(path)).expect("a count");
        if counted.count == 0 {
            return;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    panic!("the causes are not told after an hour");
}

fn filled_in(path: &Path, address: &str) -> String {
    let of = |sql: &str| -> String {
        diesel::sql_query(sql).get_result::<Named>(&mut read(path)).expect("a row").id
    };
    address
        .replace("{cause}", &of("SELECT cause AS id FROM llmusage_accounting_failed WHERE failed_reason = 'usages is None' LIMIT 1"))
        .replace("{failure}", &of("SELECT id FROM llmusage_accounting_failed WHERE handled = '0' LIMIT 1"))
}
