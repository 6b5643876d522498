//! Two servers for one database, as behind a balancer: no state is outside the database. On SQLite, a second start on
//! the same file.

use std::time::Duration;

use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::store;

use crate::desk::{Desk, PASSWORD};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{failure, insert};

/// Two servers, started at the same moment on a database without users.
fn two(database: &TestDatabase) -> (Desk, Desk) {
    let url = database.url();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| Desk::start(url, &["--migrate"]));
        let one = Desk::start(url, &["--migrate"]);
        (one, other.join().expect("the other one starts"))
    })
}

#[test]
fn two_that_start_at_once_on_an_empty_database_both_serve() {
    let database = TestDatabase::without_tables();
    let (one, other) = two(&database);
    for desk in [&one, &other] {
        assert_eq!(desk.get("/readyz").body, "ready\n");
        assert_eq!(desk.sign_in().status, 303);
        assert_eq!(desk.get("/failed-accounting").status, 200);
    }
}

#[test]
fn a_session_holds_on_both_and_ends_on_both() {
    let database = TestDatabase::new();
    let (one, other) = two(&database);
    assert_eq!(one.sign_in().status, 303);
    other.take_cookies_of(&one);
    assert_eq!(other.get("/failed-accounting").status, 200);
    assert_eq!(one.post("/logout", &[]).status, 303);
    assert_eq!(other.get("/failed-accounting").status, 303, "signed out at one, signed out at the other");
}

#[test]
fn wrong_passwords_are_counted_together() {
    let database = TestDatabase::new();
    let (one, other) = two(&database);
    let wrong = |desk: &Desk| desk.post("/login", &[("username", "admin"), ("password", "wrong")]);
    let mut tries = 0;
    loop {
        let answer = wrong(if tries % 2 == 0 { &one } else { &other });
        if answer.status == 429 {
            assert!(answer.header("Retry-After").is_some());
            break;
        }
        assert_eq!(answer.status, 401);
        tries += 1;
        assert!(tries < 20, "never throttled");
    }
    assert_eq!(wrong(&one).status, 429);
    assert_eq!(wrong(&other).status, 429);
}

#[test]
fn what_one_does_the_other_shows_and_neither_does_twice() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1"), failure("f2")]);
    let (one, other) = two(&database);
    assert_eq!((one.sign_in().status, other.sign_in().status), (303, 303));
    let form = [("resolution", "written_off"), ("handled_note", "by one")];
    assert_eq!(one.post("/failed-accounting/f1/handle", &form).status, 303);
    assert_eq!(other.post("/failed-accounting/f1/handle", &form).status, 409);
    assert!(other.get("/failed-accounting/f1").body.contains("by one"));
    // Both at once: one wins, and the trail has one event.
    let both = std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            // A thread of its own needs a server value of its own; the session is the same.
            let desk = Desk::start(database.url(), &[]);
            desk.post("/login", &[("username", "admin"), ("password", PASSWORD)]);
            desk.post("/failed-accounting/f2/handle", &form).status
        });
        let first = one.post("/failed-accounting/f2/handle", &form).status;
        [first, second.join().expect("its thread")]
    });
    let mut both = both.to_vec();
    both.sort_unstable();
    assert_eq!(both, [303, 409]);
    let record = database.run_here(|connection| store::find(connection, "f2")).expect("it is there");
    assert_eq!(record.handled.as_deref(), Some("1"));
}

#[test]
fn told_to_stop_it_ends_by_itself_with_success() {
    let database = TestDatabase::new();
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.get("/healthz").status, 200);
    assert_eq!(desk.stop(), Some(0));
}

/// A thread of a pool that opened a connection while the process cleaned up crashed one in twelve.
#[test]
fn told_to_stop_while_it_opens_connections_it_ends_with_success() {
    let database = TestDatabase::new();
    let stops = if engine() == Engine::Sqlite { 2 } else { 10 };
    for stop in 0..stops {
        let desk = Desk::start(database.url(), &[]);
        std::thread::sleep(Duration::from_millis(300 + 100 * (stop % 10)));
        assert_eq!(desk.stop(), Some(0), "stop {stop}");
    }
}
