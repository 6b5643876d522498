//! What is written to SQLite's log: little for a decision, and never more than it may hold.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use llmage_admin::accounts::role::Role;
use llmage_admin::db::Engine;

use crate::app::TestApp;
use crate::support::database::engine;
use crate::support::rows::{self, Row, run};

fn length(app: &TestApp) -> u64 {
    let log = format!("{}-wal", app.database.url().trim_start_matches("sqlite:"));
    std::fs::metadata(log).expect("a log").len()
}

/// The most bytes that handling one record may write: on average, and where pages split.
const AVERAGE: u64 = 64 << 10;
const MOST: u64 = 80 << 10;

#[actix_web::test]
async fn handling_a_record_writes_little_to_the_log() {
    if engine() != Engine::Sqlite {
        return;
    }
    let app = TestApp::new();
    // In no order, and enough that what is open and what is not are on pages of their own.
    let id = |number: usize| format!("f{:020}", number * 7_919 % 1_000_003);
    let row = |number: usize| Row {
        llmusageid: Some(format!("u{number}")),
        userid: Some(format!("user-{}", number % 50)),
        amount: Some(number as f64 / 1000.0),
        handled: Some(if number.is_multiple_of(4) { "0" } else { "1" }.to_owned()),
        ..rows::failure(&id(number))
    };
    rows::insert_many(&app.database, (0..3_000).map(row));
    let operator = app.signed_in(Role::Operator).await;
    let fields =
        [("resolution", "written_off"), ("handled_note", "agreed with finance on the fourth of May")];
    let mut written = Vec::new();
    for number in (0..3_000).step_by(140) {
        let before = length(&app);
        let answer = operator.post(&format!("/failed-accounting/{}/handle", id(number)), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        written.push(length(&app) - before);
    }
    assert!(written.iter().all(|bytes| (1..=MOST).contains(bytes)), "{written:?}");
    assert!(written.iter().sum::<u64>() <= AVERAGE * written.len() as u64, "{written:?}");
}

/// Writes so many megabytes in one transaction; gives how long it took.
fn write(app: &TestApp, megabytes: u32) -> Duration {
    let asked = Instant::now();
    let statement = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {megabytes}) \
         INSERT OR REPLACE INTO app_setting (name, value) SELECT 'page' || i, hex(zeroblob(500000)) FROM n"
    );
    run(&app.database, &statement);
    asked.elapsed()
}

#[test]
fn the_log_stays_bounded_while_somebody_reads_what_it_holds() {
    if engine() != Engine::Sqlite {
        return;
    }
    let app = TestApp::new();
    write(&app, 1);
    let megabytes = || length(&app) >> 20;
    let writes = app.database.run_here(|connection| {
        // From here on a snapshot is held, as by a download of many rows.
        connection.batch_execute("SELECT name FROM app_setting LIMIT 1")?;
        // A slow machine may not come so far that writes are slowed down, and shows nothing then.
        let stop = Instant::now() + Duration::from_secs(15);
        let is_going_on = |_: &u32| Instant::now() < stop && megabytes() < 300;
        Ok((0..).take_while(is_going_on).inspect(|_| _ = write(&app, 2)).count())
    });
    let (writes, length) = (writes.expect("it reads"), megabytes());
    assert!(length < 256, "{writes} writes made it {length} MB");
    let stop = Instant::now() + Duration::from_secs(20);
    while write(&app, 1) > Duration::from_millis(700) {
        assert!(Instant::now() < stop, "writes stay slow though nobody reads");
    }
}
