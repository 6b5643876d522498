//! Recording failures: the same key again writes nothing, and of many at once one records.

use futures_util::future::join_all;
use llmage_admin::accounts::idempotency;
use llmage_admin::accounts::role::Grant;
use llmage_admin::audit::chain;
use llmage_admin::audit::event::{FAILED_ACCOUNTING, USAGE};
use llmage_admin::audit::store::timeline;
use llmage_admin::db::schema::llmusage_accounting_failed as failed;
use llmage_admin::usages::usage::Usage;

use super::Programs;
use crate::app::{TestApp, at, noon, usage};
use crate::support::rows::run;
use crate::web::tokens::json;

use diesel::prelude::*;

fn given(app: &TestApp, id: &str) {
    app.given_usage(&Usage { accounting_status: Some("created".to_owned()), ..usage(id) });
}

fn failures(app: &TestApp) -> i64 {
    app.database.run_here(|connection| Ok(failed::table.count().get_result(connection)?)).unwrap()
}

#[actix_web::test]
async fn the_same_key_and_request_again_answers_the_same_and_writes_nothing() {
    let app = TestApp::new();
    given(&app, "u1");
    given(&app, "u2");
    let reporter = Programs::of(&app, Grant::Reporter);
    let (path, body) = ("/api/v1/usages/u1/fail", r#"{"reason": "usages is None"}"#);
    let first = reporter.ask_with_key(path, body, "k-1").await;
    assert_eq!(first.status, 201, "{}", first.body);
    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u1'");
    for same in [body, r#" {"reason":"usages is None"}"#] {
        let again = reporter.ask_with_key(path, same, "k-1").await;
        assert_eq!((again.status.as_u16(), &again.body), (200, &first.body));
        assert_eq!(again.location(), first.location());
    }
    assert_eq!(failures(&app), 1);
    let events = app.database.run_here(|connection| timeline(connection, USAGE, "u1")).unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    for (path, body) in [
        (path, r#"{"reason": "another"}"#),
        (path, r#"{"reason": "usages is None", "failed_time": "2026-05-22 11:00:00"}"#),
        ("/api/v1/usages/u2/fail", body),
    ] {
        let other = reporter.ask_with_key(path, body, "k-1").await;
        assert_eq!(other.status, 422, "{}", other.body);
        assert!(json(&other)["errors"]["Idempotency-Key"].is_array(), "{}", other.body);
    }
    assert_eq!(failures(&app), 1);
    assert_eq!(reporter.ask_with_key("/api/v1/usages/u2/fail", body, "k-2").await.status, 201);
    for wrong in ["", "a b", &"x".repeat(256)] {
        assert_eq!(reporter.ask_with_key(path, body, wrong).await.status, 422, "{wrong:?}");
    }
}

#[actix_web::test]
async fn keys_of_two_programs_are_apart() {
    let app = TestApp::new();
    given(&app, "u1");
    let (path, body) = ("/api/v1/usages/u1/fail", r#"{"reason": "x"}"#);
    assert_eq!(Programs::of(&app, Grant::Reporter).ask_with_key(path, body, "k").await.status, 201);
    assert_eq!(super::admin(&app).ask_with_key(path, body, "k").await.status, 409);
}

#[actix_web::test]
async fn of_many_at_once_one_records_and_with_one_key_all_get_its_answer() {
    let app = TestApp::new();
    given(&app, "u1");
    given(&app, "u2");
    let reporter = Programs::of(&app, Grant::Reporter);
    let body = r#"{"reason": "x"}"#;
    let answers = join_all((0..12).map(|_| reporter.ask_with_key("/api/v1/usages/u1/fail", body, "k"))).await;
    let written = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(written, 1);
    for answer in &answers {
        assert!(answer.status == 200 || answer.status == 201, "{}", answer.body);
        assert_eq!(answer.body, answers[0].body);
    }
    let mut asked = Vec::new();
    for number in 0..12 {
        let (path, reporter) = (if number % 3 == 0 { "none" } else { "u2" }, &reporter);
        asked.push(async move {
            reporter.ask("POST", &format!("/api/v1/usages/{path}/fail"), body).await.status.as_u16()
        });
    }
    let mut statuses = join_all(asked).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404, 404, 404, 404, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(failures(&app), 2);
    assert_eq!(app.database.run_here(chain::check).unwrap().count, 0, "the trail is whole");
}

#[actix_web::test]
async fn in_a_storm_each_answer_is_what_is_read_afterwards_and_who_comes_second_learns_of_the_first() {
    let app = TestApp::new();
    for number in 0..40 {
        given(&app, &format!("u{number}"));
    }
    // One without money or anything else, as the platform may have written it.
    run(&app.database, "INSERT INTO llmusage (id, use_time, accounting_status) VALUES ('bare', NULL, NULL)");
    let admin = super::admin(&app);
    // Each usage twice, side by side, with reasons of some causes, one of them new to the second half only.
    let asked = (0..82).map(|number| {
        let usage = if number >= 80 { "bare".to_owned() } else { format!("u{}", number / 2) };
        let path = format!("/api/v1/usages/{usage}/fail");
        let body = format!(
            r#"{{"reason": "usages is None, sk-abcdefghijklmnopqrstuvwx{number} \n {}", "failed_time": "2026-05-22 11:00:00.120"}}"#,
            ["no price 'a'", "✓ '; --"][usize::from(number > 40)]
        );
        let admin = &admin;
        async move { admin.ask("POST", &path, &body).await }
    });
    let answers = join_all(asked).await;
    for pair in answers.chunks(2) {
        let (made, second) = match pair[0].status.as_u16() {
            201 => (&pair[0], &pair[1]),
            _ => (&pair[1], &pair[0]),
        };
        assert_eq!((made.status.as_u16(), second.status.as_u16()), (201, 409), "{}", made.body);
        let made = json(made);
        let id = made["id"].as_str().expect("an id");
        assert_eq!(json(second)["open_failure"], id);
        assert_eq!(admin.get(&format!("/api/v1/failed-accounting/{id}")).await, made);
    }
    assert_eq!(failures(&app), 41);
    assert_eq!(app.database.run_here(chain::check).unwrap().count, 0, "the trail is whole");
}

#[actix_web::test]
async fn one_that_cannot_be_written_fails_alone() {
    let app = TestApp::new();
    for number in 0..6 {
        given(&app, &format!("u{number}"));
    }
    // The database refuses one of them.
    if app.database.engine() != llmage_admin::db::Engine::Sqlite {
        return;
    }
    run(
        &app.database,
        "CREATE TRIGGER refuses BEFORE INSERT ON llmusage_accounting_failed WHEN NEW.llmusageid = 'u3' \
         BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    let reporter = Programs::of(&app, Grant::Reporter);
    let fail = |number: usize| {
        let (reporter, path) = (&reporter, format!("/api/v1/usages/u{number}/fail"));
        async move { reporter.ask("POST", &path, r#"{"reason": "x"}"#).await.status.as_u16() }
    };
    assert_eq!(join_all((0..6).map(fail)).await, [201, 201, 201, 409, 201, 201]);
    assert_eq!(failures(&app), 5);
    let state = super::admin(&app).get("/api/v1/usages/u3").await;
    assert_eq!(state["accounting_status"], "created", "neither of the two writes is left");
    for kind in [USAGE, FAILED_ACCOUNTING] {
        assert!(app.database.run_here(|connection| timeline(connection, kind, "u3")).unwrap().is_empty());
    }
}

#[actix_web::test]
async fn answers_are_forgotten_after_two_days() {
    let app = TestApp::new();
    given(&app, "u1");
    let reporter = Programs::of(&app, Grant::Reporter);
    assert_eq!(reporter.ask_with_key("/api/v1/usages/u1/fail", r#"{"reason": "x"}"#, "k").await.status, 201);
    let is_due = |now| app.database.run_here(|connection| idempotency::is_due(connection, now)).unwrap();
    assert!(!is_due(noon()) && !is_due(at("2026-05-24 12:00:00")));
    let late = at("2026-05-24 12:00:01");
    assert!(is_due(late));
    assert!(!app.database.transaction_here(|connection| idempotency::tidy(connection, late)).unwrap());
    assert!(!is_due(late));
}
