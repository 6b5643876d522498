//! Transactions that meet: the database ends one of them, and the app repeats it as a whole.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use llmage_admin::db::{Database, DbConnection, Engine};
use llmage_admin::error::{Error, Result};
use llmage_admin::failed_accounting::store;

use crate::desk::Desk;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{failure, insert};

/// Raises the retry count of a record, which it locks until the transaction ends.
fn count_up(connection: &mut DbConnection, id: &str) -> Result<()> {
    let update = "UPDATE llmusage_accounting_failed SET retry_count = retry_count + 1 WHERE id = ";
    Ok(connection.batch_execute(&format!("{update}'{id}'"))?)
}

fn retry_count(database: &Database, id: &str) -> Option<i32> {
    database.run_here(|connection| store::find(connection, id)).expect("it is there").retry_count
}

#[test]
fn two_transactions_that_lock_each_other_out_both_happen_once() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1"), failure("f2")]);
    let start = ["f1", "f2"].map(|id| retry_count(&database, id).unwrap_or(0));
    let tries = AtomicU32::new(0);
    let both = |first: &str, second: &str| {
        database.transaction_here(|connection| {
            tries.fetch_add(1, Ordering::SeqCst);
            count_up(connection, first)?;
            // So that each holds its first row when it wants its second.
            std::thread::sleep(Duration::from_millis(300));
            count_up(connection, second)
        })
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| both("f2", "f1"));
        both("f1", "f2").expect("one of them");
        other.join().expect("its thread").expect("the other");
    });
    for (id, before) in ["f1", "f2"].into_iter().zip(start) {
        assert_eq!(retry_count(&database, id), Some(before + 2), "{id}");
    }
    let met = tries.load(Ordering::SeqCst) > 2;
    assert_eq!(met, engine() != Engine::Sqlite, "SQLite has one writer; the others met and one was repeated");
}

/// Statements with which a server answers as it does when it wants the transaction again.
fn refusals(engine: Engine) -> Vec<String> {
    match engine {
        Engine::Sqlite => Vec::new(),
        Engine::Mysql => [
            (1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"),
            (1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"),
            (1020, "HY000", "Record has changed since last read in table 'llmusage'"),
        ]
        .map(|(number, state, text)| {
            format!(
                "SIGNAL SQLSTATE '{state}' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = '{}'",
                text.replace('\'', "''")
            )
        })
        .to_vec(),
        Engine::Postgres => [
            ("40001", "could not serialize access due to concurrent update"),
            ("40P01", "deadlock detected"),
            ("55P03", "canceling statement due to lock timeout"),
        ]
        .map(|(state, text)| {
            format!("DO $$ BEGIN RAISE EXCEPTION '{text}' USING ERRCODE = '{state}'; END $$")
        })
        .to_vec(),
    }
}

#[test]
fn each_error_that_asks_for_another_try_gets_one_and_its_first_try_left_nothing() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    for refusal in refusals(engine()) {
        let before = retry_count(&database, "f1").unwrap_or(0);
        let tries = AtomicU32::new(0);
        let done = database.transaction_here(|connection| {
            count_up(connection, "f1")?;
            if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                connection.batch_execute(&refusal)?;
            }
            Ok(())
        });
        assert!(done.is_ok(), "{refusal}: {done:?}");
        assert_eq!(retry_count(&database, "f1"), Some(before + 1), "{refusal}");
        assert_eq!(tries.load(Ordering::SeqCst), 2, "{refusal}");
    }
}

#[test]
fn a_read_whose_table_is_changed_meanwhile_is_read_anew() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    if engine() != Engine::Mysql {
        // SQLite's snapshots keep the schema that they began with; PostgreSQL refuses none.
        return;
    }
    let tries = AtomicU32::new(0);
    let read = database.run_here(|connection| {
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            // A copy of the table: no snapshot that began before can read it.
            let changed = "ALTER TABLE llmusage_accounting_failed FORCE, ALGORITHM=COPY";
            let change = |other: &mut DbConnection| Ok(other.batch_execute(changed)?);
            database.transaction_once_here(change).expect("the platform changes its table");
        }
        store::find(connection, "f1")
    });
    assert_eq!(read.expect("it is read").id, "f1");
}

#[test]
fn a_read_whose_connection_is_lost_is_read_anew() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    let kill = match engine() {
        // A file is lost with its process only.
        Engine::Sqlite => return,
        Engine::Mysql => "SELECT CONNECTION_ID() AS id",
        Engine::Postgres => "SELECT pg_backend_pid() AS id",
    };
    #[derive(diesel::QueryableByName)]
    struct Session {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        id: i32,
    }
    let tries = AtomicU32::new(0);
    let read = database.run_here(|connection| {
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            let Session { id } = diesel::sql_query(kill).get_result(connection)?;
            let end = match engine() {
                Engine::Mysql => format!("KILL {id}"),
                _ => format!("SELECT pg_terminate_backend({id})"),
            };
            let kill = |other: &mut DbConnection| Ok(other.batch_execute(&end)?);
            database.transaction_once_here(kill).expect("the session is ended");
        }
        store::find(connection, "f1")
    });
    assert_eq!(read.expect("it is read").id, "f1");
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[test]
fn a_row_that_stays_locked_is_waited_for_once() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    if engine() == Engine::Sqlite {
        // Its writers queue in the pool.
        return;
    }
    let started = Instant::now();
    let held = database.transaction_once_here(|connection| {
        count_up(connection, "f1")?;
        let other = database.clone();
        let refused = std::thread::scope(|scope| {
            scope.spawn(move || other.transaction_here(|connection| count_up(connection, "f1"))).join()
        });
        Ok(refused.expect("its thread"))
    });
    let refused = held.expect("the one that holds it");
    assert!(matches!(refused, Err(Error::Held)), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
fn those_who_wait_for_a_held_row_starve_no_reader_and_are_told() {
    if engine() == Engine::Sqlite {
        // Its readers wait for nobody.
        return;
    }
    let database = TestDatabase::new();
    insert(&database, &[failure("f1"), failure("f2")]);
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.sign_in().status, 303);
    let list = || {
        let started = Instant::now();
        assert_eq!(desk.get("/failed-accounting").status, 200);
        started.elapsed()
    };
    let usual = (0..5).map(|_| list()).max().unwrap_or_default();
    let held = database.transaction_once_here(|connection| {
        count_up(connection, "f1")?;
        let started = Instant::now();
        let form = "resolution=test_traffic&handled_note=while+another+program+holds+it";
        let waiting: Vec<_> = (0..30)
            .map(|_| desk.begin("POST", "/failed-accounting/f1/handle", form).expect("it is sent"))
            .collect();
        std::thread::sleep(Duration::from_millis(500));
        let meanwhile = (0..10).map(|_| list()).max().unwrap_or_default();
        assert!(meanwhile < usual * 3 + Duration::from_millis(500), "{meanwhile:?}, usually {usual:?}");
        for answer in waiting.into_iter().map(|stream| desk.answer(stream).expect("an answer")) {
            assert_eq!(answer.status, 503, "{}", answer.body);
            assert!(answer.header("Retry-After").is_some());
            assert!(
                answer.body.contains("Another program holds this record; nothing was changed"),
                "{}",
                answer.body
            );
        }
        assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
        Ok(())
    });
    held.expect("the one that holds it");
}
