//! The database goes away, hangs, drops connections, is full: pages say so in bounded time, nothing is half written,
//! and service returns by itself. The servers that are stopped here are started here.

use std::time::{Duration, Instant};

use chrono_tz::Tz;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::store;

use crate::desk::Desk;
use crate::servers::Server;
use crate::support::database::engine;
use crate::support::rows::{failure, insert, run};

/// The longest that a page may take to say that the database is away.
const BOUND: Duration = Duration::from_secs(25);

fn answers_503(desk: &Desk) {
    let started = Instant::now();
    let page = desk.get("/failed-accounting?llmid=m1&handled=");
    assert_eq!(page.status, 503, "{}", page.body);
    let again = "href=\"/failed-accounting?llmid=m1&amp;handled=\"";
    assert!(page.body.contains(again) && page.header("Retry-After").is_some(), "no way back: {}", page.body);
    assert!(started.elapsed() < BOUND, "it took {:?}", started.elapsed());
    assert_eq!(desk.get("/healthz").status, 200);
}

/// Once it is known that the database is away, nobody waits for it; what needs no database never does.
fn answers_at_once(desk: &Desk) {
    for (path, status) in [
        ("/failed-accounting", 503),
        ("/", 503),
        ("/readyz", 503),
        ("/healthz", 200),
        ("/static/app.css", 200),
        ("/failed-accounting/f1", 503),
    ] {
        let started = Instant::now();
        assert_eq!(desk.get(path).status, status, "{path}");
        assert!(started.elapsed() < Duration::from_secs(2), "{path} took {:?}", started.elapsed());
    }
}

fn not_ready(desk: &Desk) -> String {
    let ready = desk.get("/readyz");
    assert_eq!(ready.status, 503, "{}", ready.body);
    assert!(ready.body.starts_with("not ready: the "), "{}", ready.body);
    ready.body
}

fn returns(desk: &Desk) {
    desk.until("/readyz", 40, |answer| answer.status == 200);
    desk.until("/failed-accounting", 40, |answer| answer.status == 200);
}

fn is_open(url: &str, id: &str) -> bool {
    let database = Database::open(url, Tz::UTC).expect("it opens");
    database.run_here(|connection| store::find(connection, id)).expect("it is there").is_open()
}

#[test]
fn a_server_that_is_stopped_hangs_and_loses_connections_is_survived() {
    if engine() == Engine::Sqlite {
        return;
    }
    let mut server = Server::start(engine());
    let url = server.url();
    let desk = Desk::start(&url, &["--migrate"]);
    insert(&Database::open(&url, Tz::UTC).expect("it opens"), &[failure("f1"), failure("f2")]);
    assert_eq!(desk.sign_in().status, 303);
    assert_eq!(desk.get("/failed-accounting").status, 200);
    let handle = || desk.post("/failed-accounting/f1/handle", &[("resolution", "written_off")]);

    server.stop();
    answers_503(&desk);
    answers_at_once(&desk);
    not_ready(&desk);
    // What was heard last may be that it was stopping; the next look finds nobody.
    desk.until("/readyz", 20, |answer| answer.body.contains("cannot be reached"));
    let refused = handle();
    assert_eq!(refused.status, 503);
    assert!(refused.body.contains("href=\"/failed-accounting/f1\""), "no way back: {}", refused.body);
    server.run();
    returns(&desk);
    assert!(is_open(&url, "f1"), "half written");

    server.pause();
    answers_503(&desk);
    answers_at_once(&desk);
    not_ready(&desk);
    server.go_on();
    returns(&desk);
    assert!(is_open(&url, "f1"), "what was given up happened later");

    server.kill_connections();
    returns(&desk);
    assert_eq!(handle().status, 303);
    assert!(!is_open(&url, "f1"));
    assert_eq!(desk.stop(), Some(0));
}

#[test]
fn a_disk_that_is_full_loses_nothing_and_is_told() {
    if engine() != Engine::Sqlite {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("desk.db").display());
    let desk = Desk::start(&url, &[]);
    assert_eq!(desk.sign_in().status, 303);
    let database = Database::open(&url, Tz::UTC).expect("it opens");
    insert(&database, &[failure("f1")]);
    // Files of this server may not grow; the database's is longer already.
    desk.limit_files("1");
    let handled = desk.post("/failed-accounting/f1/handle", &[("resolution", "written_off")]);
    assert_eq!(handled.status, 503, "{}", handled.body);
    let told = not_ready(&desk);
    assert!(told.contains("full or broken"), "{told}");
    assert_eq!(desk.get("/healthz").status, 200);
    desk.limit_files("unlimited");
    returns(&desk);
    assert!(is_open(&url, "f1"), "half written");
    let handled = desk.post("/failed-accounting/f1/handle", &[("resolution", "written_off")]);
    assert_eq!(handled.status, 303, "{}", handled.body);
    run(&database, "PRAGMA quick_check");
    assert!(!is_open(&url, "f1"));
}
