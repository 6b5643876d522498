//! A server has places for so many connections, which the platform and other instances need, too: few are taken, and who
//! starts while there is none waits for one.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use llmage_admin::db::Engine;

use crate::desk::{Desk, command, said};
use crate::servers::Server;
use crate::support::database::{TestDatabase, engine, session};
use crate::support::rows::run;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Sessions in that database, the one that asks among them.
fn sessions(database: &TestDatabase) -> i64 {
    let question = match engine() {
        Engine::Postgres => {
            "SELECT COUNT(*) AS count FROM pg_stat_activity WHERE datname = current_database()"
        }
        _ => "SELECT COUNT(*) AS count FROM information_schema.processlist WHERE db = DATABASE()",
    };
    database
        .run_here(|connection| Ok(diesel::sql_query(question).get_result::<Count>(connection)?))
        .expect("the sessions")
        .count
}

#[test]
fn one_that_has_just_started_takes_few_places() {
    if engine() == Engine::Sqlite {
        return;
    }
    let database = TestDatabase::new();
    let before = sessions(&database);
    let desk = Desk::start(database.url(), &[]);
    let mut most = 0;
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(200));
        most = most.max(sessions(&database) - before);
    }
    assert!(most <= 14, "{most} sessions of an instance that nobody uses");
    assert_eq!(desk.get("/healthz").status, 200);
}

#[test]
fn one_that_starts_while_all_places_are_taken_waits_for_one() {
    if engine() == Engine::Sqlite {
        return;
    }
    let server = Server::start(engine());
    let url = server.url();
    let mut taken = Vec::new();
    while let Ok(session) = session(&url) {
        taken.push(session);
    }
    assert!(taken.len() > 50, "{} places", taken.len());
    let desk = std::thread::scope(|scope| {
        let starting = scope.spawn(|| Desk::start(&url, &["--migrate"]));
        std::thread::sleep(Duration::from_secs(2));
        assert!(!starting.is_finished());
        taken.clear();
        starting.join().expect("it starts")
    });
    assert_eq!(desk.get("/readyz").body, "ready\n");
}

#[test]
fn a_user_who_may_have_one_connection_is_told_that_it_is_too_few() {
    let account = format!("llmage_one_{}", std::process::id());
    let (make, take_away) = match engine() {
        Engine::Sqlite => return,
        Engine::Mysql => (
            format!(
                "CREATE USER '{account}'@'%' WITH MAX_USER_CONNECTIONS 1; GRANT ALL ON *.* TO '{account}'@'%'"
            ),
            format!("DROP USER '{account}'@'%'"),
        ),
        Engine::Postgres => {
            (format!("CREATE ROLE {account} LOGIN CONNECTION LIMIT 1"), format!("DROP ROLE {account}"))
        }
    };
    let database = TestDatabase::new();
    run(&database, &make);
    let (scheme, _) = database.url().split_once("://").expect("a scheme");
    let (_, place) = database.url().rsplit_once('@').expect("a user");
    let url = format!("{scheme}://{account}@{place}");
    let told = || said(&command(&url, &["serve", "--listen", "127.0.0.1:0"]));
    let of_the_pool = told();
    let taken = session(&url).expect("the one place");
    let of_the_first = told();
    drop(taken);
    run(&database, &take_away);
    for words in [of_the_pool, of_the_first] {
        let last = words.lines().last().unwrap_or_default();
        assert!(last.contains("--database-url") && last.ends_with("or run fewer instances"), "{words}");
    }
}
