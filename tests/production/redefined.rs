//! A table that is made or changed while somebody asks for it: the question is asked again, and answered.

use std::sync::mpsc::channel;
use std::time::Duration;

use diesel::prelude::*;
use llmage_admin::db::Engine;

use crate::support::database::{TestDatabase, engine, session};

diesel::table! {
    made_later (id) {
        id -> Integer,
    }
}

/// MariaDB tells a snapshot that it is older than the table (error 1412). Its client would wait for ever where the same
/// statement, as it was kept, is asked again: hence the time limit.
#[test]
fn a_question_that_was_refused_for_a_new_table_is_answered_when_it_is_asked_again() {
    if engine() == Engine::Sqlite {
        return;
    }
    let (answer, answered) = channel();
    std::thread::spawn(move || {
        let database = TestDatabase::new();
        let mut other = session(database.url()).expect("a session");
        let mut make = || {
            diesel::sql_query("CREATE TABLE made_later (id INTEGER PRIMARY KEY)")
                .execute(&mut other)
                .map(drop)?;
            diesel::sql_query("INSERT INTO made_later VALUES (7)").execute(&mut other).map(drop)
        };
        let ask =
            |connection: &mut _| Ok(made_later::table.select(made_later::id).load::<i32>(connection)?);
        let early = database.run_once_here(|connection| {
            // The snapshot is as old as its first question on PostgreSQL.
            diesel::sql_query("SELECT 1").execute(connection)?;
            make().expect("the table");
            ask(connection)
        });
        for _ in 0..3 {
            let rows = database.run_here(ask).expect("it is there");
            assert_eq!(rows, [7]);
        }
        answer.send(early.is_err() || early.is_ok_and(|rows| rows.is_empty())).expect("somebody waits");
    });
    assert!(answered.recv_timeout(Duration::from_secs(30)).expect("an answer"));
}
