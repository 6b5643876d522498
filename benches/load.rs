//! The load of a day on each database in one run: an open-loop mix of list, details, handling, CSV and recorded failures
//! against a real server, with latency percentiles and errors.
//!
//! `cargo bench --bench load`, with LOAD_DATABASES naming empty databases on servers, LOAD_RATE requests a second and
//! LOAD_SECONDS. Time counts from when a request was due: a server that falls behind shows it.
//!
//! `cargo bench --bench load -- overload` has many more connections ask than can be served; see [`overload`].

#[path = "support/connection.rs"]
mod connection;
#[path = "support/overload.rs"]
mod overload;
#[path = "support/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use server::{Answer, Server};

/// Requests under way at once, at most; beyond that they wait, and their time counts.
const AT_ONCE: usize = 64;

/// What is sent, by its share of a hundred.
const MIX: [(&str, usize); 5] = [("list", 50), ("details", 30), ("handle", 8), ("csv", 2), ("record", 10)];

fn main() {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    if std::env::args().any(|argument| argument == "overload") {
        return overload::main(number("LOAD_CONNECTIONS", 1_000) as usize, number("LOAD_SECONDS", 600));
    }
    let (rate, seconds) = (number("LOAD_RATE", 50), number("LOAD_SECONDS", 20));
    let folder = tempfile::tempdir().expect("a folder");
    let mut databases = vec![format!("sqlite:{}", folder.path().join("load.db").display())];
    let named = std::env::var("LOAD_DATABASES").unwrap_or_default();
    databases.extend(named.split_whitespace().map(str::to_owned));
    println!(
        "{rate} requests a second for {seconds} s on each database, milliseconds from when each was due"
    );
    for url in databases {
        let desk = Desk::start(&url);
        let records = (0..(rate * seconds) as usize).filter(|number| kind_of_number(*number) == "record");
        records.for_each(|number| desk.make_usage(number));
        let outcome = run(&desk, rate, seconds);
        print(url.split(':').next().unwrap_or_default(), &outcome);
    }
}

/// A server with the demo's data, and who asks it: a person on its pages, and the platform through the API.
struct Desk {
    server: Server,
    /// With which the platform records failures.
    token: String,
    /// Ids of open failures, as the list shows them.
    ids: Vec<String>,
}

impl Desk {
    fn start(url: &str) -> Desk {
        let server = Server::start(url, &["--demo"]);
        let list = server.get("/failed-accounting?page_size=200");
        assert_eq!(list.status, 200, "the list of {url}");
        let rows = list.body.split("data-id=\"").skip(1);
        let ids = rows.filter_map(|rest| Some(rest.split('"').next()?.to_owned())).collect();
        Desk { server, token: token(url), ids }
    }

    /// A usage that waits to be accounted, which a request of that number records as failed.
    fn make_usage(&self, number: usize) {
        let body = format!(
            r#"{{"id": "load-{number}", "llmid": "load", "use_time": "2026-05-20 10:00:00", "amount": 0.00036, "status": "SUCCEEDED"}}"#
        );
        let made = self.server.post_json("/api/v1/usages", &self.token, &body);
        assert_eq!(made.status, 201, "{}", made.body);
    }

    /// Sends the request of that number; gives its kind and whether it was answered as it should be.
    fn request(&self, number: usize) -> (&'static str, u16, bool) {
        let kind = kind_of_number(number);
        let id = &self.ids[number % self.ids.len()];
        let server = &self.server;
        let (answer, wanted): (Answer, &[u16]) = match kind {
            "details" => (server.get(&format!("/failed-accounting/{id}")), &[200]),
            // Somebody else was faster, now and then: that is told, and no error.
            "handle" => {
                let path = format!("/failed-accounting/{id}/handle");
                (server.post(&path, "resolution=test_traffic"), &[303, 409])
            }
            "csv" => (server.get("/failed-accounting.csv?handled="), &[200]),
            "record" => {
                let body = format!(r#"{{"reason": "account not found: orgid=o{number}"}}"#);
                let path = format!("/api/v1/usages/load-{number}/fail");
                (server.post_json(&path, &self.token, &body), &[201])
            }
            _ => (server.get("/failed-accounting"), &[200]),
        };
        (kind, answer.status, wanted.contains(&answer.status))
    }
}

/// A token of a program, made by the command.
pub fn token(url: &str) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(["token", "add", "load", "--role", "admin"])
        .env("DATABASE_URL", url)
        .output()
        .expect("the command runs");
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    said.lines()
        .last()
        .unwrap_or_else(|| panic!("no token: {}", String::from_utf8_lossy(&made.stderr)))
        .to_owned()
}

/// What the request of that number is: steps through all remainders of a hundred in no pattern.
fn kind_of_number(number: usize) -> &'static str {
    kind_of(number * 37 % 100)
}

fn kind_of(share: usize) -> &'static str {
    let mut up_to = 0;
    for (kind, part) in MIX {
        up_to += part;
        if share < up_to {
            return kind;
        }
    }
    "list"
}

#[derive(Default)]
struct Outcome {
    /// Milliseconds by kind.
    took: BTreeMap<&'static str, Vec<f64>>,
    /// Answers that should not be, by kind and status.
    errors: BTreeMap<(&'static str, u16), usize>,
    seconds: f64,
}

fn run(desk: &Desk, rate: u64, seconds: u64) -> Outcome {
    let outcome = Mutex::new(Outcome::default());
    let next = AtomicUsize::new(0);
    let all = (rate * seconds) as usize;
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= all {
                        return;
                    }
                    let due = started + Duration::from_secs_f64(number as f64 / rate as f64);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let (kind, status, is_right) = desk.request(number);
                    let took = due.elapsed().as_secs_f64() * 1000.0;
                    let mut outcome = outcome.lock().expect("no thread panics");
                    outcome.took.entry(kind).or_default().push(took);
                    if !is_right {
                        *outcome.errors.entry((kind, status)).or_default() += 1;
                    }
                }
            });
        }
    });
    let mut outcome = outcome.into_inner().expect("no thread panics");
    outcome.seconds = started.elapsed().as_secs_f64();
    outcome
}

fn print(name: &str, outcome: &Outcome) {
    let sent: usize = outcome.took.values().map(Vec::len).sum();
    println!("\n{name}: {sent} requests, {:.1} a second", sent as f64 / outcome.seconds);
    println!("  {:<10}{:>8}{:>9}{:>9}{:>9}{:>9}", "", "count", "p50", "p95", "p99", "most");
    for (kind, took) in &outcome.took {
        let mut sorted = took.clone();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: never a smaller one than asked for.
        let at =
            |part: f64| sorted[((sorted.len() as f64 * part).ceil() as usize).clamp(1, sorted.len()) - 1];
        println!(
            "  {kind:<10}{:>8}{:>9.1}{:>9.1}{:>9.1}{:>9.1}",
            sorted.len(),
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0)
        );
    }
    match outcome.errors.len() {
        0 => println!("  no errors"),
        _ => outcome
            .errors
            .iter()
            .for_each(|((kind, status), count)| println!("  {count} errors: {kind} answered {status}")),
    }
}
