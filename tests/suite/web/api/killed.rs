//! Connections that are killed in the midst of writing: an answer tells what happened, or that nobody knows.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::audit::chain;
use llmage_admin::db::schema::llmusage;
use llmage_admin::db::{Database, Engine};

use super::Programs;
use crate::app::TestApp;
use crate::web::tokens::{given_token, program};

/// How many are written; `KILLED_WRITES` for more.
fn writes() -> usize {
    std::env::var("KILLED_WRITES").ok().and_then(|text| text.parse().ok()).unwrap_or(250)
}

const WRITERS: usize = 8;

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Kills all connections to the database of that name but those of the killer; says how many.
fn kill(killer: &Database, name: &str) -> usize {
    let question = match killer.engine() {
        Engine::Mysql => {
            format!("SELECT CAST(id AS SIGNED) AS id FROM information_schema.processlist WHERE db = '{name}'")
        }
        _ => format!("SELECT CAST(pid AS BIGINT) AS id FROM pg_stat_activity WHERE datname = '{name}'"),
    };
    let killed = killer.transaction_once_here(|connection| {
        let sessions: Vec<Session> = diesel::sql_query(question).load(connection)?;
        for session in &sessions {
            let end = match connection.engine() {
                Engine::Mysql => format!("KILL {}", session.id),
                _ => format!("SELECT pg_terminate_backend({})", session.id),
            };
            // It may have ended by itself.
            let _ = diesel::sql_query(end).execute(connection);
        }
        Ok(sessions.len())
    });
    killed.unwrap_or(0)
}

/// With which status a program is told of the usage of that number.
async fn look(reader: &Programs<'_>, number: usize) -> u16 {
    reader.ask("GET", &format!("/api/v1/usages/k{number}"), "").await.status.as_u16()
}

#[test]
fn no_answer_is_wrong_while_connections_are_killed() {
    let app = TestApp::new();
    if app.database.engine() == Engine::Sqlite {
        // It has no connections that anybody could kill.
        return;
    }
    let server = std::env::var("TEST_DATABASE_URL").unwrap();
    let name = app.database.url().rsplit('/').next().unwrap().to_owned();
    let killer = Database::open(&server, Tz::UTC).unwrap();
    let secret = given_token(&app, Grant::Reporter, None);
    let reading = given_token(&app, Grant::Role(Role::Viewer), None);
    let (next, is_over, killed) = (AtomicUsize::new(0), AtomicBool::new(false), AtomicUsize::new(0));
    let answers: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let wrong: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                killed.fetch_add(kill(&killer, &name), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(250));
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    actix_web::rt::System::new().block_on(async {
                        let [reporter, reader] = [&secret, &reading]
                            .map(|secret| Programs(program(&app, &format!("Bearer {secret}"))));
                        loop {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            if number >= writes() {
                                return;
                            }
                            let body = format!(r#"{{"id": "k{number}", "amount": 1.00001}}"#);
                            // As a program does that is told to ask again: with its key, or having looked.
                            let has_key = number.is_multiple_of(2);
                            for turn in 0..200 {
                                let key = format!("key-{number}");
                                let looked = match has_key || turn == 0 {
                                    true => 404,
                                    false => look(&reader, number).await,
                                };
                                let answer = match looked {
                                    200 => break,
                                    404 if has_key => {
                                        reporter.ask_with_key("/api/v1/usages", &body, &key).await
                                    }
                                    404 => reporter.ask("POST", "/api/v1/usages", &body).await,
                                    _ => {
                                        std::thread::sleep(Duration::from_millis(20));
                                        continue;
                                    }
                                };
                                *answers
                                    .lock()
                                    .unwrap()
                                    .entry(answer.status.as_str().to_owned())
                                    .or_default() += 1;
                                match answer.status.as_u16() {
                                    200 | 201 => break,
                                    503 => assert!(answer.headers.contains_key("retry-after")),
                                    _ => {
                                        wrong
                                            .lock()
                                            .unwrap()
                                            .push(format!("k{number}: {} {}", answer.status, answer.body));
                                        break;
                                    }
                                }
                                std::thread::sleep(Duration::from_millis(20));
                            }
                        }
                    });
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let answers = answers.into_inner().unwrap();
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{answers:?}: {wrong:#?}");
    assert!(killed.load(Ordering::Relaxed) > 20, "{killed:?} connections were killed");
    let written: i64 =
        app.database.run_here(|connection| Ok(llmusage::table.count().get_result(connection)?)).unwrap();
    assert_eq!(written, writes() as i64, "each once: {answers:?}");
    let finding = app.database.run_here(chain::check).unwrap();
    assert_eq!(finding.count, 0, "{finding}");
    let head = app.database.run_here(chain::head).unwrap();
    // Two for the tokens.
    assert_eq!(head.id, writes() as i64 + 2, "one event for each: {answers:?}");
    println!("{answers:?}, {killed:?} connections killed");
}
