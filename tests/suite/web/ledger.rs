//! What the platform's ledger tells of a usage: on the page of a failure, by API, and where somebody asks for a retry.

use actix_web::http::StatusCode;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{RunQueryDsl, dsl};
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store::timeline;
use llmage_admin::base::foreign;
use llmage_admin::db::{DbConnection, Engine};
use llmage_admin::failed_accounting::case::Place;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::inquiry::Inquiry;
use llmage_admin::failed_accounting::watcher::Watcher;
use llmage_admin::ledger::Ledger;

use crate::app::{TestApp, failure, usage};
use crate::support::database::engine;
use crate::support::rows::run as sql;
use crate::web::api::Programs;

/// The platform's ledger: it has charged the usage u1 once, and u2 twice.
pub const LEDGER: &str = "CREATE TABLE billing (id BIGINT, usage_id VARCHAR(32), booked TIMESTAMP NULL, amount DECIMAL(18,8)); \
     CREATE INDEX billing_usage ON billing (usage_id); \
     INSERT INTO billing VALUES (4711, 'u1', '2026-05-21 23:59:59', 1.2), (4713, 'u2', '2026-05-22 08:00:01', 0.5), \
     (4712, 'u2', '2026-05-22 08:00:00', 0.12345678)";

pub const ASKING: &str = "--ledger-sql=SELECT usage_id, id, booked, amount FROM billing; ";

/// After it nobody knows whether the customer was charged.
pub const LOST: &str = "504, message='Gateway Time-out', url='https://a.example.com/x'";

pub fn with_ledger() -> TestApp {
    TestApp::beside(LEDGER, &[ASKING]).unwrap()
}

/// A failure of that reason, with its failed usage.
pub fn given(app: &TestApp, id: &str, usage_id: &str, reason: &str) {
    app.given(&FailedRecord {
        llmusageid: Some(usage_id.to_owned()),
        failed_reason: Some(reason.to_owned()),
        ..failure(id)
    });
    app.given_usage(&usage(usage_id));
}

/// Takes the ledger away, so that the query fails from now on.
pub fn lose(app: &TestApp) {
    sql(&app.database, "ALTER TABLE billing RENAME TO gone");
}

#[test]
fn a_query_that_cannot_be_asked_or_gives_other_columns_is_told_at_the_start() {
    let three = "SELECT usage_id, id, booked FROM billing";
    let five = "SELECT usage_id, id, booked, amount, 1 FROM billing";
    for query in [three, five, "SELECT a, b, c, d FROM nowhere", "DELETE FROM billing", "nonsense"] {
        let refused = TestApp::beside(LEDGER, &[&format!("--ledger-sql={query}")]);
        let refused = refused.err().unwrap_or_else(|| panic!("{query} was taken"));
        assert!(refused.contains("LLMAGE_LEDGER_SQL: "), "{query}: {refused}");
        assert!(refused.contains("it must be a SELECT of usage id, entry id, time and amount"), "{refused}");
    }
    let ending =
        "--ledger-sql=WITH b AS (SELECT * FROM billing) SELECT usage_id, id, booked, amount FROM b -- by day";
    TestApp::beside(LEDGER, &[ending]).unwrap();
}

#[actix_web::test]
async fn the_page_and_the_api_tell_the_entries_or_that_there_is_none() {
    let app = with_ledger();
    for (id, usage_id) in [("f1", "u1"), ("f2", "u2"), ("f3", "u3"), ("f4", "U1")] {
        given(&app, id, usage_id, "usages is None");
    }
    app.given(&FailedRecord { llmusageid: None, ..failure("f5") });
    let viewer = app.signed_in(Role::Viewer).await;
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    for (id, told, entries) in [
        ("f1", "charged", vec!["4711"]),
        ("f2", "charged", vec!["4712", "4713"]),
        ("f3", "no_entry", vec![]),
        // Ids are compared to the letter, whatever the collation.
        ("f4", "no_entry", vec![]),
    ] {
        let path = format!("/failed-accounting/{id}");
        let page = viewer.get(&path).await;
        assert_eq!(page.attribute("#ledger", "data-ledger"), told, "{id}");
        assert_eq!(page.attributes("#ledger [data-entry]", "data-entry"), entries, "{id}");
        let body = program.told(("GET", &format!("/api/v1{path}")), "", 200).await;
        assert_eq!(body["ledger"]["told"], told, "{body}");
        let ids =
            body["ledger"]["entries"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap());
        assert_eq!(ids.collect::<Vec<_>>(), entries, "{body}");
    }
    let page = viewer.get("/failed-accounting/f1").await;
    assert!(page.text("#ledger").contains("the customer was charged"), "{}", page.text("#ledger"));
    assert!(page.text("#ledger").contains("2026-05-21 23:59:59"), "{}", page.text("#ledger"));
    assert!(page.text("#ledger").contains("1.20000"), "{}", page.text("#ledger"));
    let body = program.ask("GET", "/api/v1/failed-accounting/f1", "").await.body;
    assert!(body.contains("\"amount\":1.20000}"), "{body}");
    let body = program.ask("GET", "/api/v1/failed-accounting/f2", "").await.body;
    assert!(body.contains("\"amount\":0.12345678}"), "{body}");
    // Without a usage there is nothing to ask.
    assert!(!viewer.get("/failed-accounting/f5").await.has("#ledger"));
    assert!(program.told(("GET", "/api/v1/failed-accounting/f5"), "", 200).await.get("ledger").is_none());
    let mut chinese = viewer.copy();
    chinese.language = "zh-CN".to_owned();
    let page = chinese.get("/failed-accounting/f2").await;
    assert!(page.text("#ledger").contains("账簿中有 2 笔分录"), "{}", page.text("#ledger"));
}

#[actix_web::test]
async fn what_was_read_is_expected_again_with_the_ledger_in_it() {
    let app = with_ledger();
    given(&app, "f1", "u3", "usages is None");
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let read = program.ask("GET", "/api/v1/failed-accounting/f1", "").await.body;
    let body = format!("{{\"handled_note\": \"looked\", \"expect\": {read}}}");
    program.told(("PATCH", "/api/v1/failed-accounting/f1"), &body, 200).await;
}

#[actix_web::test]
async fn a_ledger_that_cannot_be_asked_says_so_and_never_that_nobody_was_charged() {
    let app = with_ledger();
    given(&app, "f1", "u3", LOST);
    lose(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting/f1").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.attribute("#ledger", "data-ledger"), "not_asked");
    assert!(page.text("#ledger").contains("The ledger could not be asked: "), "{}", page.text("#ledger"));
    assert!(page.text("#ledger").contains("billing"), "{}", page.text("#ledger"));
    assert!(page.has("#unknown"), "{}", page.body);
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    let body = program.told(("GET", "/api/v1/failed-accounting/f1"), "", 200).await;
    assert_eq!(body["ledger"]["told"], "not_asked", "{body}");
    assert!(body["ledger"]["why"].as_str().unwrap().contains("billing"), "{body}");
    assert_eq!(body["ledger"]["entries"], serde_json::json!([]), "{body}");
}

#[actix_web::test]
async fn without_a_ledger_nothing_is_told_of_it() {
    let app = TestApp::new();
    given(&app, "f1", "u1", LOST);
    assert!(!app.signed_in(Role::Viewer).await.get("/failed-accounting/f1").await.has("#ledger"));
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    assert!(program.told(("GET", "/api/v1/failed-accounting/f1"), "", 200).await.get("ledger").is_none());
}

const RETRY: &str = "/failed-accounting/f1/retry";

fn entries_in_trail(app: &TestApp, id: &str, action: &str) -> serde_json::Value {
    let events = app.database.run_here(|connection| timeline(connection, FAILED_ACCOUNTING, id)).unwrap();
    let event = events.iter().find(|event| event.action == action).expect("its event");
    let told: serde_json::Value = serde_json::from_str(event.after_state.as_deref().unwrap()).unwrap();
    told["ledger"].clone()
}

#[actix_web::test]
async fn what_the_ledger_charged_is_not_retried_but_closed_by_its_entry() {
    for reason in [LOST, "usages is None"] {
        let app = with_ledger();
        given(&app, "f1", "u1", reason);
        let operator = app.signed_in(Role::Operator).await;
        let page = operator.get("/failed-accounting/f1").await;
        assert!(!page.has(&format!("form[action^='{RETRY}']")), "{}", page.body);
        // Even who says that they looked is told otherwise by the ledger.
        let refused = operator.post(RETRY, &[("unknown_outcome", "checked")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text("[role=alert]").contains("entry 4711"), "{}", refused.text("[role=alert]"));
        assert!(refused.text("#close-charged button").contains("entry 4711"), "{}", refused.body);
        let program = Programs::of(&app, Grant::Role(Role::Operator));
        let body = program.told(("POST", "/api/v1/failed-accounting/f1/retry"), "", 409).await;
        for (name, fact) in
            [("state", "charged"), ("entry", "4711"), ("record", "f1"), ("way_out", "close-charged")]
        {
            assert_eq!(body[name], fact, "{body}");
        }
        let correct = "{\"set_llmid\": \"m2\", \"then\": \"retry\", \"unknown_outcome\": \"checked\"}";
        program.told(("POST", "/api/v1/failed-accounting/f1/correct"), correct, 409).await;
        assert!(app.record("f1").is_open() && !app.record("f1").is_retrying());

        let entry = page.attribute("#close-charged input[name=entry]", "value");
        let closed = operator.submit("/failed-accounting/f1/close-charged", &[("entry", &entry)]).await;
        assert!(closed.text("[role=status]").contains("charged elsewhere"), "{}", closed.body);
        let record = app.record("f1");
        assert_eq!(record.resolution.as_deref(), Some("accounted_elsewhere"));
        let note = record.handled_note.unwrap();
        assert!(note.contains("4711 · 2026-05-21 23:59:59") && note.ends_with("· 1.20000"), "{note}");
        let kept = entries_in_trail(&app, "f1", "handle");
        assert_eq!(kept[0]["id"], "4711", "{kept}");
        assert_eq!(kept[0]["amount"], "1.20000", "{kept}");
        assert!(
            closed.text("ol.timeline").contains("4711 · 2026-05-21 23:59:59"),
            "{}",
            closed.text("ol.timeline")
        );
        // The proof stays on the page.
        assert_eq!(closed.attribute("#ledger", "data-ledger"), "charged");
        program.told(("POST", "/api/v1/failed-accounting/f1/close-charged"), "", 409).await;
    }
}

#[actix_web::test]
async fn a_failure_is_closed_as_charged_only_by_an_entry_that_is_there() {
    let app = with_ledger();
    for (id, usage_id) in [("f1", "u1"), ("f2", "u2"), ("f3", "u3")] {
        given(&app, id, usage_id, LOST);
    }
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let close = |id: &str| format!("/api/v1/failed-accounting/{id}/close-charged");
    let told = program.told(("POST", &close("f3")), "", 409).await;
    assert_eq!(
        (told["state"].as_str(), told["way_out"].as_str()),
        (Some("no_entry"), Some("retry")),
        "{told}"
    );
    program.told(("POST", &close("f1")), "{\"entry\": \"4712\"}", 409).await;
    program.told(("POST", &close("f1")), "{\"entry\": \"4711\", \"expect\": {\"amount\": 7}}", 409).await;
    program.told(("POST", &close("f1")), "{\"note\": \"x\"}", 422).await;
    let two = program.told(("POST", &close("f2")), "{\"entry\": \"4713\"}", 200).await;
    assert_eq!(two["resolution"], "accounted_elsewhere", "{two}");
    let note = two["handled_note"].as_str().unwrap();
    assert!(note.contains("4712") && note.contains("4713") && note.contains("0.12345678"), "{note}");
    let viewer = Programs::of(&app, Grant::Role(Role::Viewer));
    viewer.told(("POST", &close("f1")), "", 403).await;
    lose(&app);
    let told = program.told(("POST", &close("f1")), "", 409).await;
    assert_eq!(told["state"], "not_asked", "{told}");
    assert!(told["detail"].as_str().unwrap().contains("could not be asked"), "{told}");
    assert!(app.record("f1").is_open());
    let without = TestApp::new();
    given(&without, "f1", "u1", LOST);
    let program = Programs::of(&without, Grant::Role(Role::Operator));
    assert_eq!(program.told(("POST", &close("f1")), "", 409).await["state"], "no_ledger");
}

/// Where nobody knows whether the customer was charged, somebody has to have looked.
#[actix_web::test]
async fn without_a_ledger_that_answers_a_retry_after_a_lost_answer_wants_a_tick() {
    let lost = with_ledger();
    lose(&lost);
    for app in [TestApp::new(), lost] {
        given(&app, "f1", "u3", LOST);
        given(&app, "f2", "u4", "usages is None");
        let operator = app.signed_in(Role::Operator).await;
        let page = operator.get("/failed-accounting/f1").await;
        assert!(
            page.has(&format!("form[action='{RETRY}'] input[name=unknown_outcome][value=checked]")),
            "{}",
            page.body
        );
        assert!(!operator.get("/failed-accounting/f2").await.has("input[name=unknown_outcome]"));
        for fields in [vec![], vec![("unknown_outcome", "perhaps")]] {
            let refused = operator.post(RETRY, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                refused.has("#unknown_outcome[aria-invalid=true]") && refused.has("#unknown_outcome-error"),
                "{}",
                refused.body
            );
        }
        let program = Programs::of(&app, Grant::Role(Role::Operator));
        let retry = "/api/v1/failed-accounting/f1/retry";
        for body in ["", "{}", "{\"unknown_outcome\": \"perhaps\"}"] {
            let told = program.told(("POST", retry), body, 422).await;
            assert!(told["errors"]["unknown_outcome"].is_array(), "{told}");
        }
        let correct = "{\"set_llmid\": \"m2\", \"then\": \"retry\"}";
        let told = program.told(("POST", "/api/v1/failed-accounting/f1/correct"), correct, 422).await;
        assert!(told["errors"]["unknown_outcome"].is_array(), "{told}");
        let typed = operator
            .post(
                "/failed-accounting/f1/correct",
                &[
                    ("set_llmid", "m2"),
                    ("then", "retry"),
                    ("seen", &page.attribute("#correct input[name=seen]", "value")),
                ],
            )
            .await;
        assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(typed.attribute("#set_llmid", "value"), "m2");
        assert!(typed.has("#correct[open] #unknown_outcome[aria-invalid=true]"), "{}", typed.body);
        assert!(typed.has("#correct #unknown_outcome-error") && typed.has("#retry-unknown_outcome"));
        assert!(!app.record("f1").is_retrying());
        // Of another cause nothing is asked.
        program.told(("POST", "/api/v1/failed-accounting/f2/retry"), "", 202).await;
        operator.submit(RETRY, &[("unknown_outcome", "checked")]).await;
        assert!(app.record("f1").is_retrying());
    }
}

#[actix_web::test]
async fn a_ledger_without_an_entry_lets_it_be_retried_by_one_press() {
    let app = with_ledger();
    given(&app, "f1", "u3", LOST);
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1").await;
    assert!(!page.has("input[name=unknown_outcome]") && !page.has("#unknown"), "{}", page.body);
    operator.submit(RETRY, &[]).await;
    assert!(app.record("f1").is_retrying());
}

/// The question is asked again with the case in hand: what appears while somebody waits for it counts.
#[actix_web::test]
async fn an_entry_that_appears_while_a_retry_waits_for_its_turn_stops_it() {
    if engine() == Engine::Sqlite {
        // Its one writer is the one who would write the entry.
        return;
    }
    let app = with_ledger();
    given(&app, "f1", "u3", LOST);
    let operator = app.signed_in(Role::Operator).await;
    let (locked, is_locked) = std::sync::mpsc::channel();
    let database = (*app.database).clone();
    let platform = std::thread::spawn(move || {
        use diesel::connection::SimpleConnection;
        database.transaction_once_here(|connection| {
            connection.batch_execute("UPDATE llmusage SET transno = 't9' WHERE id = 'u3'")?;
            locked.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(900));
            Ok(connection
                .batch_execute("INSERT INTO billing VALUES (4799, 'u3', '2026-05-22 11:00:00', 1.2)")?)
        })
    });
    is_locked.recv().unwrap();
    let refused = operator.post(RETRY, &[]).await;
    platform.join().unwrap().unwrap();
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.text("[role=alert]").contains("4799"), "{}", refused.text("[role=alert]"));
    assert!(!app.record("f1").is_retrying());
}

#[actix_web::test]
async fn a_ledger_that_is_slow_keeps_no_page_waiting_for_long() {
    let slow = match engine() {
        Engine::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000000) \
             SELECT usage_id, id, booked, amount FROM billing WHERE (SELECT MAX(i) FROM n) > 0"
        }
        Engine::Mysql => "SELECT usage_id, id, booked, amount + SLEEP(20) FROM billing",
        Engine::Postgres => "SELECT usage_id, id, booked, amount FROM billing WHERE pg_sleep(20) IS NOT NULL",
    };
    let app = TestApp::beside(LEDGER, &[&format!("--ledger-sql={slow}")]).unwrap();
    given(&app, "f1", "u1", LOST);
    let operator = app.signed_in(Role::Operator).await;
    let begun = std::time::Instant::now();
    let page = operator.get("/failed-accounting/f1").await;
    assert_eq!(page.attribute("#ledger", "data-ledger"), "not_asked", "{}", page.body);
    let refused = operator.post(RETRY, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(begun.elapsed() < std::time::Duration::from_secs(13), "{:?}", begun.elapsed());
}

#[actix_web::test]
async fn the_proof_of_an_accounted_retry_holds_the_entry() {
    let app = with_ledger();
    given(&app, "f1", "u3", LOST);
    let operator = app.signed_in(Role::Operator).await;
    operator.submit(RETRY, &[]).await;
    sql(
        &app.database,
        "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u3'; \
         INSERT INTO billing VALUES (4801, 'u3', '2026-05-22 11:00:00', 1.2)",
    );
    let ledger = Ledger::new(ASKING.strip_prefix("--ledger-sql="));
    let watcher = Watcher::new((*app.database).clone(), app.clock.clone()).asking(&ledger);
    assert_eq!(watcher.step().unwrap(), 1);
    assert_eq!(entries_in_trail(&app, "f1", "retry_accounted")[0]["id"], "4801");
    let page = operator.get("/failed-accounting/f1").await;
    assert!(page.text("ol.timeline").contains("4801 · 2026-05-22 11:00:00"), "{}", page.text("ol.timeline"));
    assert_eq!(page.attributes("#ledger [data-entry]", "data-entry"), ["4801"]);
}

/// To take a withdrawal back is to ask for the retry again.
#[actix_web::test]
async fn an_entry_that_was_seen_is_not_forgotten_where_the_second_question_has_no_answer() {
    let app = with_ledger();
    given(&app, "f1", "u1", "usages is None");
    let record = app.record("f1");
    let place = Place { id: record.id, usage_id: record.llmusageid };
    let ledger = Ledger::new(ASKING.strip_prefix("--ledger-sql="));
    let inquiry = Inquiry::begin(&ledger, &app.database, &place, true).await;
    lose(&app);
    let evidence = app.database.transaction_here(|connection| inquiry.end(connection, &place)).unwrap();
    assert_eq!(evidence.told.as_str(), "charged", "{evidence:?}");
}

#[test]
fn ids_with_blanks_at_the_end_and_ids_of_bytes_find_their_entries() {
    let app = with_ledger();
    let ledger = Ledger::new(ASKING.strip_prefix("--ledger-sql="));
    let asked = |usage_id: &str| {
        let of = |connection: &mut DbConnection| ledger.ask_of(connection, Some(usage_id));
        app.database.run_here(of).unwrap().as_str()
    };
    sql(&app.database, "INSERT INTO billing VALUES (4801, 'u8 ', '2026-05-22 11:00:00', 1.2)");
    assert_eq!(asked("u8 "), "charged");
    if engine() == Engine::Mysql {
        // Its collation finds more rows of another usage than are read: what is behind them is not known.
        let others = vec!["(4900, 'U9', '2026-05-22 11:00:00', 1.2)"; 30].join(", ");
        sql(&app.database, &format!("INSERT INTO billing VALUES {others}"));
        assert_eq!(asked("u9"), "not_asked");
    }
    if engine() == Engine::Sqlite {
        sql(&app.database, "INSERT INTO billing VALUES (4802, x'7539', '2026-05-22 11:00:00', 1.2)");
        assert_eq!(asked(&foreign::text_of_blob(b"u9")), "charged");
        assert_eq!(asked("u9"), "no_entry", "text is another id than bytes that read the same");
    }
}

/// A connection of a pool goes on with the bound that it had.
#[test]
fn a_question_leaves_the_time_that_statements_may_take_as_it_was() {
    let app = with_ledger();
    let (own, shown) = match engine() {
        Engine::Sqlite => return,
        Engine::Mysql => (
            "SET SESSION max_statement_time = 2.5",
            "SELECT CAST(@@SESSION.max_statement_time * 1000 AS SIGNED)",
        ),
        Engine::Postgres => (
            "SET statement_timeout = 2500",
            "SELECT CAST(setting AS BIGINT) FROM pg_settings WHERE name = 'statement_timeout'",
        ),
    };
    let ledger = Ledger::new(ASKING.strip_prefix("--ledger-sql="));
    let bound = app.database.transaction_here(|connection| {
        connection.batch_execute(own)?;
        assert_eq!(ledger.ask_of(connection, Some("u1"))?.as_str(), "charged");
        Ok(dsl::sql::<BigInt>(shown).get_result::<i64>(connection)?)
    });
    assert_eq!(bound.unwrap(), 2500);
}
