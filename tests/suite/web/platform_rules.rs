//! Triggers and constraints of the platform's that refuse what the desk wants to write: said in their words, and nothing is
//! half done.

use actix_web::http::StatusCode;
use chrono_tz::Tz;
use diesel::RunQueryDsl;
use llmage_admin::accounts::role::Role;
use llmage_admin::app::Application;
use llmage_admin::batches::runner::Runner;
use llmage_admin::causes::sorting;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::accounted::Accounted;
use llmage_admin::failed_accounting::arrivals::Arrivals;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::watcher::Watcher;
use llmage_admin::usages::usage::Usage;

use crate::app::{Answer, TestApp, failure, usage};
use crate::support::database::engine;
use crate::support::rows::{everything, run};
use crate::web::api::admin;

const SAID: &str = "period 2026-05 is closed, api_key=sk-abcdefghij0123456789ABCD";

/// A trigger that refuses what is said of a row of that name.
fn rule(table: &str, event: &str, row: &str) -> String {
    let name = format!("platform_{}_{table}", event.to_lowercase());
    match engine() {
        Engine::Sqlite => format!(
            "CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {row} BEGIN SELECT RAISE(ABORT, '{SAID}'); END;"
        ),
        Engine::Mysql => format!(
            "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW IF {row} THEN \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{SAID}'; END IF;"
        ),
        Engine::Postgres => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {row} THEN \
             RAISE EXCEPTION '{SAID}'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"
        ),
    }
}

/// Cases that no rule knows, and some of the organisation whose books will be closed.
fn rows(app: &TestApp) {
    for (number, organisation) in ["o1", "closed", "o1", "closed", "o1"].into_iter().enumerate() {
        let usage_id = Some(format!("u{number}"));
        let userorgid = Some(organisation.to_owned());
        app.given_usage(&Usage {
            accounting_status: Some("failed".to_owned()),
            userorgid: userorgid.clone(),
            ..usage(&format!("u{number}"))
        });
        app.given(&FailedRecord { llmusageid: usage_id, userorgid, ..failure(&format!("f{number}")) });
    }
    app.given_usage(&Usage {
        accounting_status: Some("created".to_owned()),
        userorgid: Some("closed".to_owned()),
        ..usage("fresh")
    });
}

/// The books are closed.
fn close(app: &TestApp) {
    let failures = "llmusage_accounting_failed";
    run(&app.database, &rule(failures, "UPDATE", "NEW.userorgid = 'closed'"));
    run(&app.database, &rule(failures, "INSERT", "NEW.userorgid = 'closed'"));
}

fn given(app: &TestApp) {
    rows(app);
    close(app);
}

/// Which failures are open, by their ids.
fn open(app: &TestApp) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Id {
        #[diesel(sql_type = diesel::sql_types::Text)]
        id: String,
    }
    let question = "SELECT id FROM llmusage_accounting_failed WHERE handled = '0' ORDER BY id";
    let ids: Vec<Id> =
        app.database.run_here(|connection| Ok(diesel::sql_query(question).load(connection)?)).unwrap();
    ids.into_iter().map(|row| row.id).collect()
}

const TABLES: [&str; 4] = ["llmusage", "llmusage_accounting_failed", "audit_event", "batch_outcome"];

fn refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{what}: {}", answer.body);
    assert!(answer.body.contains("period 2026-05 is closed"), "{what}: {}", answer.body);
    assert!(!answer.body.contains("sk-abcdefghij"), "{what} shows a key");
}

#[actix_web::test]
async fn what_a_trigger_refuses_is_told_in_its_words_and_nothing_is_half_done() {
    let app = TestApp::new();
    given(&app);
    let (person, api) = (app.signed_in(Role::Admin).await, admin(&app));
    let before = everything(&app.database, &TABLES);
    let note = [("resolution", "written_off"), ("handled_note", "seen")];
    let handled = person.post("/failed-accounting/f1/handle", &note).await;
    refused(&handled, "handle");
    assert!(handled.body.contains("seen"), "what was typed is kept: {}", handled.body);
    refused(&person.post("/failed-accounting/f1/retry", &[]).await, "retry");
    refused(&person.post("/usages/fresh/fail", &[("reason", "no balance")]).await, "fail");
    let new = [
        ("llmusageid", "gone-1"),
        ("userorgid", "closed"),
        ("failed_reason", "x"),
        ("amount", "1"),
        ("cost", "1"),
    ];
    refused(&person.post("/failed-accounting", &new).await, "record");
    for (path, body) in [
        ("/api/v1/failed-accounting/f1/handle", r#"{"resolution": "written_off", "handled_note": "seen"}"#),
        ("/api/v1/usages/fresh/fail", r#"{"reason": "no balance"}"#),
        (
            "/api/v1/failed-accounting",
            r#"{"llmusageid": "gone-2", "userorgid": "closed", "failed_reason": "x", "amount": 1}"#,
        ),
    ] {
        refused(&api.ask("POST", path, body).await, path);
    }
    assert_eq!(everything(&app.database, &TABLES), before);
    let done = person.post("/failed-accounting/f0/handle", &note).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

/// MariaDB hides triggers from who may not make them.
#[actix_web::test]
async fn what_a_trigger_refuses_is_told_to_who_may_not_see_triggers_too() {
    if engine() != Engine::Mysql {
        return;
    }
    let mut app = TestApp::new();
    rows(&app);
    let failures = "llmusage_accounting_failed";
    let of_a_state = rule(failures, "UPDATE", "NEW.userorgid = 'closed'").replace("45000", "23X01");
    let of_a_number = rule(failures, "INSERT", "NEW.userorgid = 'closed'")
        .replace("MESSAGE_TEXT", "MYSQL_ERRNO = 30001, MESSAGE_TEXT");
    run(&app.database, &format!("{of_a_state} {of_a_number}"));
    let url = app.database.url().to_owned();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let user = format!("writer_{}", std::process::id());
    run(
        &app.database,
        &format!(
            "CREATE USER '{user}'@'%'; GRANT SELECT, INSERT, UPDATE, DELETE ON `{name}`.* TO '{user}'@'%'"
        ),
    );
    let writer = Database::open(&url.replacen("://root@", &format!("://{user}@"), 1), Tz::Asia__Shanghai);
    app.application = Application::new(&app.config, writer.unwrap(), app.clock.clone()).unwrap();
    let api = admin(&app);
    let handle = r#"{"resolution": "written_off", "handled_note": "seen"}"#;
    let record = r#"{"llmusageid": "gone-2", "userorgid": "closed", "failed_reason": "x", "amount": 1}"#;
    let handled = api.ask("POST", "/api/v1/failed-accounting/f1/handle", handle).await;
    let recorded = api.ask("POST", "/api/v1/failed-accounting", record).await;
    let done = api.ask("POST", "/api/v1/failed-accounting/f0/handle", handle).await;
    run(&app.database, "ALTER TABLE audit_event DROP COLUMN request_id");
    let fault = api.ask("POST", "/api/v1/failed-accounting/f2/handle", handle).await;
    run(&app.database, &format!("DROP USER '{user}'@'%'"));
    refused(&handled, "handle");
    refused(&recorded, "record");
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(fault.status, StatusCode::INTERNAL_SERVER_ERROR, "what is our fault: {}", fault.body);
}

#[actix_web::test]
async fn a_batch_passes_over_the_rows_that_a_trigger_refuses() {
    let app = TestApp::new();
    given(&app);
    let person = app.signed_in(Role::Admin).await;
    let made = person.post("/batches", &[("action", "handle"), ("scope", "filter")]).await;
    let path = made.location().to_owned();
    person.submit(&format!("{path}/run"), &[("resolution", "written_off"), ("note", "seen")]).await;
    let runner = Runner::new((*app.database).clone(), app.clock.clone());
    while runner.is_due().unwrap() {
        runner.step().unwrap();
    }
    let report = person.get(&path).await;
    let counts = ["data-done", "data-not-done"].map(|count| report.attribute("#report", count));
    assert_eq!(counts, ["3", "2"], "{}", report.body);
    assert!(report.body.contains("A rule of the platform"), "{}", report.body);
}

#[actix_web::test]
async fn the_retry_watcher_passes_over_what_a_trigger_refuses() {
    let app = TestApp::new();
    rows(&app);
    let api = admin(&app);
    for id in ["f1", "f2"] {
        api.told(("POST", &format!("/api/v1/failed-accounting/{id}/retry")), "{}", 202).await;
    }
    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id IN ('u1', 'u2')");
    close(&app);
    Watcher::new((*app.database).clone(), app.clock.clone()).step().unwrap();
    assert_eq!(open(&app), ["f0", "f1", "f3", "f4"], "only what the platform refuses is left retrying");
}

#[actix_web::test]
async fn the_jobs_of_new_failures_pass_over_what_a_trigger_refuses() {
    let app = TestApp::new();
    rows(&app);
    sorting::sort_all(&app.database).unwrap();
    // What the platform writes after that is new: of each usage the second takes the place of the first.
    for number in 1..3 {
        let organisation = if number == 1 { "closed" } else { "o1" };
        run(
            &app.database,
            &format!(
                "INSERT INTO llmusage_accounting_failed (id, llmusageid, userorgid, failed_reason, failed_time, handled) \
                 VALUES ('n{number}', 'u{number}', '{organisation}', 'usages is None', '2026-05-30 10:00:00', '0')"
            ),
        );
    }
    sorting::step(&app.database).unwrap();
    close(&app);
    let arrivals = Arrivals::new((*app.database).clone(), app.clock.clone());
    while arrivals.step().unwrap() {}
    assert_eq!(open(&app), ["f0", "f1", "f3", "f4", "n1", "n2"], "n2 superseded f2, n1 nothing yet");

    run(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id IN ('u1', 'u2')");
    let accounted = Accounted::new((*app.database).clone(), app.clock.clone());
    while accounted.step().unwrap() {}
    assert_eq!(open(&app), ["f0", "f1", "f3", "f4", "n1"], "n2 is closed with the proof");
}

#[actix_web::test]
async fn causes_are_told_behind_a_row_that_a_trigger_refuses() {
    let app = TestApp::new();
    rows(&app);
    run(&app.database, "UPDATE llmusage_accounting_failed SET cause = NULL, cause_version = NULL");
    close(&app);
    sorting::step(&app.database).unwrap();
    let list = app.signed_in(Role::Viewer).await.get("/failed-accounting?family=none").await;
    assert_eq!(list.rows(), ["f3", "f1"], "only these have no cause");
}

#[actix_web::test]
async fn a_constraint_of_the_platform_is_told_likewise() {
    if engine() == Engine::Sqlite {
        return;
    }
    let app = TestApp::new();
    rows(&app);
    run(
        &app.database,
        "ALTER TABLE llmusage_accounting_failed ADD CONSTRAINT books_open CHECK (handled_note <> 'late')",
    );
    let person = app.signed_in(Role::Admin).await;
    let note = [("resolution", "written_off"), ("handled_note", "late")];
    let answer = person.post("/failed-accounting/f0/handle", &note).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(answer.body.contains("books_open"), "{}", answer.body);
}
