//! A slow database, rows that somebody keeps locked, a file that may not be written any more, a stop with requests under
//! way: everything ends in bounded time, nothing is half written.

use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::case::{Case, Place};
use llmage_admin::failed_accounting::store;

use crate::desk::{Desk, command, said};
use crate::proxy::Proxy;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{Row, failure, insert};

/// The longest that an answer may take.
const BOUND: Duration = Duration::from_secs(25);

const HANDLE: [(&str, &str); 1] = [("resolution", "written_off")];

fn is_open(database: &Database, id: &str) -> bool {
    database.run_here(|connection| store::find(connection, id)).expect("it is there").is_open()
}

#[test]
fn a_slow_database_makes_slow_pages_and_one_that_crawls_is_told() {
    if engine() == Engine::Sqlite {
        return;
    }
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    let address =
        database.url().split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    let port = if engine() == Engine::Mysql { "3306" } else { "5432" };
    let server = if address.contains(':') { address.to_owned() } else { format!("{address}:{port}") };
    let proxy = Proxy::to(&server);
    let url = database.url().replacen(address, &format!("127.0.0.1:{}", proxy.port()), 1);
    let desk = Desk::start(&url, &[]);
    assert_eq!(desk.sign_in().status, 303);

    proxy.slow_down(20);
    for path in ["/failed-accounting", "/failed-accounting/f1", "/readyz"] {
        let started = Instant::now();
        assert_eq!(desk.get(path).status, 200, "{path}");
        assert!(started.elapsed() < BOUND, "{path}: {:?}", started.elapsed());
    }

    proxy.slow_down(4_000);
    let started = Instant::now();
    let page = desk.get("/failed-accounting");
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
    let ready = desk.get("/readyz");
    assert_eq!(
        (ready.status, ready.body.starts_with("not ready: the database")),
        (503, true),
        "{}",
        ready.body
    );
    let handled = desk.post("/failed-accounting/f1/handle", &HANDLE);
    assert_eq!(handled.status, 503);
    assert_eq!(desk.get("/healthz").status, 200);

    proxy.slow_down(0);
    desk.until("/readyz", 60, |answer| answer.status == 200);
    desk.until("/failed-accounting", 60, |answer| answer.status == 200);
    // What was given up did not happen later.
    std::thread::sleep(Duration::from_secs(5));
    assert!(is_open(&database, "f1"), "what was told as not done was done");
    assert_eq!(desk.post("/failed-accounting/f1/handle", &HANDLE).status, 303);
}

/// Keeps a record locked while `work` goes on; on SQLite the whole file.
fn while_locked(database: &TestDatabase, id: &str, work: impl FnOnce(&mpsc::Sender<()>)) {
    let (release, released) = mpsc::channel();
    let (locked, is_locked) = mpsc::channel();
    std::thread::scope(|scope| {
        let place = Place { id: id.to_owned(), usage_id: Some("usage-1".to_owned()) };
        scope.spawn(move || {
            let held = database.transaction_once_here(|connection| {
                Case::of_failure(connection, &place)?;
                locked.send(()).expect("somebody waits");
                // Released, or the test has failed.
                let _ = released.recv();
                Ok(())
            });
            held.expect("the lock");
        });
        is_locked.recv().expect("it is locked");
        work(&release);
        drop(release);
    });
}

#[test]
fn a_record_that_stays_locked_is_told_in_bounded_time_and_the_others_go_on() {
    let database = TestDatabase::new();
    let other = Row { llmusageid: Some("usage-2".to_owned()), ..failure("f2") };
    insert(&database, &[failure("f1"), other]);
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.sign_in().status, 303);
    while_locked(&database, "f1", |_| {
        let started = Instant::now();
        let handled = desk.post("/failed-accounting/f1/handle", &HANDLE);
        assert_eq!(handled.status, 503, "{}", handled.body);
        assert!(handled.body.contains("Another program holds this record"), "{}", handled.body);
        assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
        assert_eq!(desk.get("/failed-accounting/f1").status, 200, "reading waits for nobody");
        if engine() != Engine::Sqlite {
            assert_eq!(desk.post("/failed-accounting/f2/handle", &HANDLE).status, 303);
        }
    });
    assert!(is_open(&database, "f1"));
    assert_eq!(desk.post("/failed-accounting/f1/handle", &HANDLE).status, 303);
    assert!(!is_open(&database, "f1"));
}

#[test]
fn told_to_stop_it_finishes_what_is_under_way_and_ends_with_success() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.sign_in().status, 303);
    while_locked(&database, "f1", |release| {
        let begun =
            desk.begin("POST", "/failed-accounting/f1/handle", "resolution=written_off").expect("sent");
        std::thread::sleep(Duration::from_millis(700));
        desk.tell_to_stop();
        std::thread::sleep(Duration::from_millis(700));
        release.send(()).expect("it is held still");
        let answer = desk.answer(begun).expect("the answer of a request under way");
        assert_eq!(answer.status, 303, "{}", answer.body);
    });
    assert_eq!(desk.ended(), Some(0));
    assert!(!is_open(&database, "f1"), "answered as done and not done");
}

/// Lets nobody change the database in a folder any more, or lets them again; false where this machine cannot. The index
/// of the write-ahead log stays: it is shared memory, and the kernel ends whoever writes to such a frozen file.
fn freeze(folder: &std::path::Path, flag: &str) -> bool {
    let files = ["desk.db", "desk.db-wal"].map(|name| folder.join(name));
    Command::new("chattr").arg(flag).args(files).output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_file_that_becomes_read_only_is_told_and_nothing_is_lost() {
    if engine() != Engine::Sqlite {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("desk.db").display());
    let desk = Desk::start(&url, &[]);
    assert_eq!(desk.sign_in().status, 303);
    let database = Database::open(&url, chrono_tz::Tz::UTC).expect("it opens");
    insert(&database, &[failure("f1")]);
    drop(database);
    if !freeze(folder.path(), "+i") {
        eprintln!("skipped: making files read-only needs root and chattr");
        return;
    }
    let handled = desk.post("/failed-accounting/f1/handle", &HANDLE);
    let ready = desk.get("/readyz");
    let healthy = desk.get("/healthz");
    let refused = command(&url, &["serve", "--listen", "127.0.0.1:0", "--log", "off"]);
    assert!(freeze(folder.path(), "-i"), "the files stay read-only");
    assert_eq!(handled.status, 503, "{}", handled.body);
    assert_eq!(ready.status, 503, "{}", ready.body);
    assert!(ready.body.contains("full or broken") || ready.body.contains("written"), "{}", ready.body);
    assert_eq!(healthy.status, 200);
    let words = said(&refused);
    assert_eq!(refused.status.code(), Some(1), "{words}");
    assert!(words.lines().last().is_some_and(|line| line.contains("--database-url")), "{words}");
    desk.until("/readyz", 40, |answer| answer.status == 200);
    assert_eq!(desk.post("/failed-accounting/f1/handle", &HANDLE).status, 303);
    let database = Database::open(&url, chrono_tz::Tz::UTC).expect("it opens");
    assert!(!is_open(&database, "f1"));
}
