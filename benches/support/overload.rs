//! Overload: many more connections ask, each as soon as it was answered, than the server can serve.
//!
//! `cargo bench --bench load -- overload`, with LOAD_CONNECTIONS (1,000) and LOAD_SECONDS (600), and LOAD_DATABASES to
//! measure one server's database in SQLite's place. Three of four connections come again when they are told to, the
//! fourth at once. Then each write that was acknowledged is looked for.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::connection::{Answer, Connection};
use crate::server::Server;

/// What the connections met.
#[derive(Default)]
struct Met {
    /// Milliseconds of each request that was served, and of each that was refused with 503 and a time to come again.
    served: Vec<f64>,
    refused: Vec<f64>,
    /// Ids of usages that were answered with 201.
    written: Vec<String>,
    /// Other answers and broken connections, in words.
    wrong: Vec<String>,
}

pub fn main(connections: usize, seconds: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:{}", folder.path().join("load.db").display());
    let named = std::env::var("LOAD_DATABASES").unwrap_or_default();
    let url = named.split_whitespace().next().map_or(file, str::to_owned);
    let server = Server::start(&url, &["--demo"]);
    let token = format!("Authorization: Bearer {}", crate::token(&url));
    println!("{connections} connections for {seconds} s");
    let until = Instant::now() + Duration::from_secs(seconds);
    let met = Mutex::new(Met::default());
    std::thread::scope(|scope| {
        for number in 0..connections {
            let (server, token, met) = (&server, &token, &met);
            let program = move || {
                let mine = ask_until(until, number, (server, token));
                let mut met = met.lock().expect("no thread panics");
                met.served.extend(mine.served);
                met.refused.extend(mine.refused);
                met.written.extend(mine.written);
                met.wrong.extend(mine.wrong);
            };
            let thread = std::thread::Builder::new().stack_size(256 << 10);
            thread.spawn_scoped(scope, program).expect("a thread");
        }
    });
    let met = met.into_inner().expect("no thread panics");
    let memory = server.most_memory();
    print(&met, seconds, memory);
    let lost = lost(&met.written, &server, &token);
    println!("  {} acknowledged writes, {} lost {:?}", met.written.len(), lost.len(), lost.first());
    assert!(lost.is_empty(), "acknowledged and not there");
}

fn ask_until(until: Instant, number: usize, (server, token): (&Server, &str)) -> Met {
    let (mut connection, mut met) = (Connection::to(server.address()), Met::default());
    let is_patient = !number.is_multiple_of(4);
    for turn in 0.. {
        if Instant::now() >= until {
            break;
        }
        let id = format!("over-{number}-{turn}");
        let body = format!(
            r#"{{"id": "{id}", "llmid": "load", "use_time": "2026-05-20 10:00:00", "amount": 0.00036}}"#
        );
        let is_write = turn % 5 == 4;
        let asked = Instant::now();
        let answer = connection.ask(match is_write {
            true => ("POST", "/api/v1/usages", token, body.as_str()),
            false if turn % 2 == 0 => ("GET", "/failed-accounting", server.cookie(), ""),
            false => ("GET", "/api/v1/failed-accounting?page_size=20", token, ""),
        });
        let took = asked.elapsed().as_secs_f64() * 1000.0;
        match answer {
            Ok(Answer { status: 200, .. }) => met.served.push(took),
            Ok(Answer { status: 201, .. }) => {
                met.served.push(took);
                met.written.push(id);
            }
            Ok(Answer { status: 503, retry_after: Some(seconds) }) => {
                met.refused.push(took);
                if is_patient {
                    std::thread::sleep(Duration::from_secs(seconds));
                }
            }
            Ok(Answer { status, .. }) => met.wrong.push(format!("answered {status}")),
            Err(error) => met.wrong.push(error.to_string()),
        }
    }
    met
}

fn print(met: &Met, seconds: u64, memory: Option<u64>) {
    for (name, took) in [("served", &met.served), ("refused", &met.refused)] {
        let mut sorted = took.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| {
            sorted.get(((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1)))
        };
        let [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1.0].map(|part| at(part).copied().unwrap_or(0.0));
        let rate = took.len() as f64 / seconds as f64;
        println!(
            "  {name:<8}{:>9} ({rate:.0} a second)  ms p50 {p50:.0}, p95 {p95:.0}, p99 {p99:.0}, most {most:.0}",
            took.len()
        );
    }
    let mut wrong = met.wrong.clone();
    wrong.sort();
    for words in wrong.chunk_by(|one, other| one == other) {
        println!("  {} wrong: {}", words.len(), words[0]);
    }
    if let Some(memory) = memory {
        println!("  at most {} MB of memory", memory / 1024);
    }
}

/// The acknowledged usages that are not there.
fn lost<'a>(written: &'a [String], server: &Server, token: &str) -> Vec<&'a String> {
    let mut connection = Connection::to(server.address());
    let mut is_there = |id: &&String| {
        let path = format!("/api/v1/usages/{id}");
        connection.ask(("GET", &path, token, "")).is_ok_and(|answer| answer.status == 200)
    };
    written.iter().filter(|id| !is_there(id)).collect()
}
