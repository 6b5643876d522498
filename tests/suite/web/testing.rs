//! Whether a retry would pass, told before it is asked for: of one failure, of a batch, of a cause; nothing is written.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::batches::counts::Summary;
use llmage_admin::batches::store as batches;
use llmage_admin::db::{Database, Engine, read_only_url};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;
use serde_json::json;

use crate::app::{Answer, TestApp, failure, usage};
use crate::support::database::engine;
use crate::support::rows::{failure as row_of, insert_many, run as sql};
use crate::web::api::Programs;

/// The tables of the platform that a test looks at: model m-kimi-k3 is in order, each other one lacks something.
const PLATFORM: &str = "CREATE TABLE llm (id VARCHAR(32), name VARCHAR(100), expired_date DATE); \
     CREATE TABLE llm_api_map (id VARCHAR(32), llmid VARCHAR(32), ppid VARCHAR(32), isdefaultcatelog VARCHAR(1)); \
     CREATE TABLE organization (id VARCHAR(32), orgname VARCHAR(100)); \
     INSERT INTO llm VALUES ('m-kimi-k3', 'Kimi', '9999-12-31'), ('m-old', 'Old', '2026-05-21'), \
     ('m-unmapped', 'Unmapped', '2026-05-22'), ('m-unpriced', 'Unpriced', NULL), ('m-twice', 'Twice', NULL); \
     INSERT INTO llm_api_map VALUES ('1', 'm-kimi-k3', 'p-7', '1'), ('2', 'm-kimi-k3', 'p-8', '0'), \
     ('3', 'm-old', 'p-7', '1'), ('4', 'm-unmapped', 'p-7', '0'), ('5', 'm-unpriced', NULL, '1'), \
     ('6', 'm-twice', 'p-7', '1'), ('7', 'm-twice', 'p-8', '1'); \
     INSERT INTO organization VALUES ('org-b', 'B')";

/// A failure of that reason with its failed usage.
pub fn given(app: &TestApp, id: &str, reason: &str, of: Usage) {
    app.given(&FailedRecord {
        llmusageid: Some(of.id.clone()),
        failed_reason: Some(reason.to_owned()),
        ..failure(id)
    });
    app.given_usage(&of);
}

pub fn of_model(id: &str, model: &str) -> Usage {
    Usage { llmid: Some(model.to_owned()), ..usage(id) }
}

fn counting(id: &str, usages: Option<&str>) -> Usage {
    Usage { usages: usages.map(str::to_owned), ..usage(id) }
}

#[actix_web::test]
async fn the_page_and_the_api_say_alike_what_a_retry_would_come_to_and_why() {
    let app = TestApp::new();
    sql(&app.database, PLATFORM);
    let missing = "llm_charging failed: 'image_count'";
    let cases = [
        ("usages is None", usage("u1"), "would_pass", ""),
        ("usages is None", counting("u2", None), "would_fail", "test-usages-none"),
        ("usages is None", counting("u3", Some("null")), "would_fail", "test-usages-null"),
        ("usages is None", counting("u4", Some("{}")), "would_fail", "test-usages-empty"),
        ("usages is None", counting("u5", Some("{\"prompt_tok")), "would_fail", "test-usages-cut"),
        ("llm not found(m-gone)", of_model("u6", "m-gone"), "would_fail", "test-model-missing"),
        ("llm not found(m-kimi-k3)", usage("u7"), "would_pass", ""),
        ("llm not found(m-old)", of_model("u8", "m-old"), "would_fail", "test-model-expired"),
        ("usages is None", of_model("u9", "m-unmapped"), "would_fail", "test-map-none"),
        ("usages is None", of_model("u10", "m-unpriced"), "would_fail", "test-map-no-program"),
        ("usages is None", of_model("u11", "m-twice"), "would_fail", "test-map-several"),
        (missing, usage("u12"), "would_fail", "test-usages-factor"),
        (missing, counting("u13", Some("{\"image_count\": 2}")), "would_pass", ""),
        (
            "502, message='Bad Gateway', url='https://a.example.com'",
            usage("u14"),
            "cannot_be_told",
            "test-beyond-remote",
        ),
        (
            "account not found: orgid=org-b, subject=客户资金账户",
            usage("u15"),
            "cannot_be_told",
            "test-accounts-unknown",
        ),
        (
            "(1213, 'Deadlock found when trying to get lock; try restarting transaction')",
            Usage { status: Some("FAILED".to_owned()), ..usage("u16") },
            "would_fail",
            "test-status-other",
        ),
        (
            "usages is None",
            Usage { userorgid: Some("org-gone".to_owned()), ..usage("u17") },
            "would_fail",
            "test-organisation-missing",
        ),
    ];
    let viewer = app.signed_in(Role::Viewer).await;
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    for (number, (reason, of, outlook, key)) in cases.into_iter().enumerate() {
        let id = format!("f{number}");
        given(&app, &id, reason, of);
        let page = viewer.get(&format!("/failed-accounting/{id}")).await;
        assert_eq!(page.attribute("#test", "data-outlook"), outlook, "{number} {reason}");
        let told = program.told(("POST", &format!("/api/v1/failed-accounting/{id}/test")), "", 200).await;
        assert_eq!(told["outlook"], outlook, "{number} {told}");
        let deciding: Vec<&str> = (told["checks"].as_array().unwrap().iter())
            .filter(|check| told["why"].as_array().unwrap().contains(&check["name"]))
            .map(|check| check["key"].as_str().unwrap())
            .collect();
        assert_eq!(deciding.first().copied().unwrap_or_default(), key, "{number} {told}");
    }
    let page = viewer.post("/failed-accounting/f5/test", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text("#test [role=status]").contains("would fail again"), "{}", page.body);
    assert!(page.text("#test ul.checks").contains("m-gone"), "{}", page.text("#test"));
}

#[actix_web::test]
async fn what_cannot_be_retried_is_not_tested() {
    let app = TestApp::new();
    given(
        &app,
        "f1",
        "usages is None",
        Usage { accounting_status: Some("accounted".to_owned()), ..usage("u1") },
    );
    app.given(&failure("f2"));
    let operator = app.signed_in(Role::Operator).await;
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    for id in ["f1", "f2"] {
        assert!(!operator.get(&format!("/failed-accounting/{id}")).await.has("#test"));
        assert_eq!(
            operator.post(&format!("/failed-accounting/{id}/test"), &[]).await.status,
            StatusCode::CONFLICT
        );
        program.told(("POST", &format!("/api/v1/failed-accounting/{id}/test")), "", 409).await;
    }
    program.told(("POST", "/api/v1/failed-accounting/none/test"), "", 404).await;
    program.told(("POST", "/api/v1/failed-accounting/f1/test"), "{\"price\": 1}", 422).await;
}

#[actix_web::test]
async fn without_tables_and_with_queries_that_fail_it_cannot_be_told() {
    let of_tables = TestApp::new();
    let failing = TestApp::with(&[
        "--test-models-sql=SELECT id, nothing FROM nowhere",
        "--test-maps-sql=SELECT 1",
        "--test-accounts-sql=DELETE FROM llmusage",
    ]);
    for (app, models, maps) in [
        (of_tables, "test-models-unknown", "test-maps-unknown"),
        (failing, "test-models-failed", "test-maps-failed"),
    ] {
        given(&app, "f1", "account not found: orgid=org-b, subject=x", usage("u1"));
        let program = Programs::of(&app, Grant::Role(Role::Viewer));
        let told = program.told(("POST", "/api/v1/failed-accounting/f1/test"), "", 200).await;
        assert_eq!(
            (&told["outlook"], &told["why"]),
            (&json!("cannot_be_told"), &json!(["model", "map", "account"]))
        );
        let check = |place: usize| &told["checks"][place];
        assert_eq!((&check(2)["key"], &check(3)["key"]), (&json!(models), &json!(maps)), "{told}");
        assert!(check(2)["about"].as_str().unwrap().starts_with("LLMAGE_TEST_MODELS_SQL"), "{told}");
        let viewer = app.signed_in(Role::Viewer).await;
        let page = viewer.post("/failed-accounting/f1/test", &[]).await;
        assert_eq!(page.attribute("#test", "data-outlook"), "cannot_be_told");
        assert!(page.text("#test").contains("LLMAGE_TEST_MAPS_SQL"), "{}", page.text("#test"));
    }
}

#[actix_web::test]
async fn queries_of_ones_own_say_where_the_platform_keeps_things() {
    let app = TestApp::with(&[
        "--test-models-sql=SELECT code, until FROM models -- in another place",
        "--test-maps-sql=SELECT code, program FROM models;",
        "--test-accounts-sql=SELECT org, number FROM accounts",
    ]);
    sql(
        &app.database,
        "CREATE TABLE models (code VARCHAR(32), until VARCHAR(10), program VARCHAR(32)); \
         INSERT INTO models VALUES ('m-kimi-k3', '01.02.2030', 'p-7'); \
         CREATE TABLE accounts (org VARCHAR(32), number VARCHAR(32)); INSERT INTO accounts VALUES ('org-b', '7')",
    );
    let reason = "account not found: orgid=org-b, subject=x";
    given(&app, "f1", reason, usage("u1"));
    given(&app, "f2", reason, Usage { userorgid: Some("org-c".to_owned()), ..usage("u2") });
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting/f1").await;
    assert!(page.has("#test form") && !page.has("#test[data-outlook]"), "no page waits for such a query");
    let page = viewer.post("/failed-accounting/f1/test", &[]).await;
    assert_eq!(page.attribute("#test", "data-outlook"), "would_pass");
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    for (id, outlook, why) in [("f1", "would_pass", json!([])), ("f2", "would_fail", json!(["account"]))] {
        let told = program.told(("POST", &format!("/api/v1/failed-accounting/{id}/test")), "", 200).await;
        assert_eq!((&told["outlook"], &told["why"]), (&json!(outlook), &why), "{told}");
    }
}

/// Five failures: one that would pass, two that would fail again, one of which it cannot be told, and one that is handled.
fn given_batch(app: &TestApp) {
    sql(&app.database, PLATFORM);
    given(app, "f1", "usages is None", usage("u1"));
    given(app, "f2", "usages is None", counting("u2", Some("null")));
    given(app, "f3", "llm not found(m-gone)", of_model("u3", "m-gone"));
    given(app, "f4", "accounting failed", usage("u4"));
    given(
        app,
        "f5",
        "usages is None",
        Usage { accounting_status: Some("accounted".to_owned()), ..usage("u5") },
    );
}

const ALL: &str = r#"{"action": "retry", "ids": ["f1", "f2", "f3", "f4", "f5"]}"#;

#[actix_web::test]
async fn a_batch_of_retries_leaves_out_what_would_fail_again_and_says_why() {
    let app = TestApp::new();
    given_batch(&app);
    let operator = app.signed_in(Role::Operator).await;
    let ids = ["f1", "f2", "f3", "f4", "f5"].map(|id| ("id", id));
    let preview = operator.submit("/batches", &[&[("action", "retry")], &ids[..]].concat()).await;
    for (card, count, amount) in
        [("pass", "1", "1.20000"), ("fail", "2", "2.40000"), ("untold", "1", "1.20000")]
    {
        let of = |name: &str| preview.attribute(&format!("#tested-{card}"), name);
        assert_eq!(
            (of("data-count"), of("data-sum-amount")),
            (count.to_owned(), amount.to_owned()),
            "{card}"
        );
    }
    assert!(preview.text("#tested").contains("null"), "{}", preview.text("#tested"));
    let report = operator.submit(&preview.attribute("form[action$='/run']", "action"), &[]).await;
    let of = |name: &str| report.attribute("#report", name);
    assert_eq!((of("data-done"), of("data-not-done")), ("2".to_owned(), "3".to_owned()), "{}", report.body);
    assert!(report.body.contains("Its usages are the word null"), "the row says why it was left out");
    assert!(app.record("f1").is_retrying() && app.record("f4").is_retrying());
    assert!(!app.record("f2").is_retrying() && !app.record("f3").is_retrying());
}

#[actix_web::test]
async fn the_number_to_confirm_is_of_what_is_retried_and_only_its_maker_tests_a_preview() {
    let app = TestApp::with(&["--batch-confirm-amount=1"]);
    given_batch(&app);
    let operator = app.signed_in(Role::Operator).await;
    let ids = ["f1", "f2", "f3", "f4"].map(|id| ("id", id));
    let preview = operator.submit("/batches", &[&[("action", "retry")], &ids[..]].concat()).await;
    let run = preview.attribute("form[action$='/run']", "action");
    let test = preview.attribute("form[action$='/test']", "action");
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    program.told(("POST", &format!("/api/v1{test}")), "", 409).await;
    let few = operator.post(&run, &[("with_failing", "1"), ("confirm_count", "2")]).await;
    assert_eq!(few.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", few.body);
    let button = |page: &Answer| page.text("form[action$='/run'] button");
    assert!(button(&preview).contains("Retry 2 records, 2.40000"), "{}", button(&preview));
    assert!(button(&few).contains("Retry 4 records, 4.80000"), "with the tick: {}", button(&few));
    assert!(!app.record("f1").is_retrying());
    operator.submit(&run, &[("with_failing", "1"), ("confirm_count", "4")]).await;
    assert!(["f1", "f2", "f3", "f4"].iter().all(|id| app.record(id).is_retrying()));
}

#[actix_web::test]
async fn what_would_fail_again_is_retried_where_that_is_said_and_tested_again_once_it_is_mended() {
    let app = TestApp::new();
    given_batch(&app);
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let made = program.told(("POST", "/api/v1/batches"), ALL, 201).await;
    let failing = |batch: &serde_json::Value| -> Vec<(String, i64)> {
        let of = |part: &serde_json::Value| {
            (part["key"].as_str().unwrap().to_owned(), part["count"].as_i64().unwrap())
        };
        batch["tested"]["would_fail"].as_array().unwrap().iter().map(of).collect()
    };
    let lacking = |key: &str| (key.to_owned(), 1);
    assert_eq!(failing(&made), [lacking("test-model-missing"), lacking("test-usages-null")]);
    assert_eq!(
        (&made["wanted"]["count"], &made["skipped"][0]["key"]),
        (&json!(2), &json!("retry-accounted"))
    );

    sql(
        &app.database,
        "INSERT INTO llm VALUES ('m-gone', 'Back', NULL); INSERT INTO llm_api_map VALUES ('8', 'm-gone', 'p-7', '1')",
    );
    let path = format!("/api/v1/batches/{}", made["id"].as_str().unwrap());
    let again = program.told(("POST", &format!("{path}/test")), "", 200).await;
    assert_eq!(failing(&again), [lacking("test-usages-null")]);
    assert_eq!((&again["tested"]["would_pass"]["count"], &again["wanted"]["count"]), (&json!(2), &json!(3)));

    program.told(("POST", &format!("{path}/run")), "{\"with_failing\": true}", 202).await;
    assert!(["f1", "f2", "f3", "f4"].iter().all(|id| app.record(id).is_retrying()));
    program.told(("POST", &format!("{path}/test")), "", 409).await;

    let one = program.told(("POST", "/api/v1/batches"), r#"{"action": "retry", "ids": ["f5"]}"#, 201).await;
    assert_eq!(one["tested"]["would_fail"], json!([]));
    let handling =
        program.told(("POST", "/api/v1/batches"), r#"{"action": "handle", "ids": ["f5"]}"#, 201).await;
    assert_eq!(handling["tested"], json!(null));
    let path = format!("/api/v1/batches/{}/test", handling["id"].as_str().unwrap());
    program.told(("POST", &path), "", 409).await;
}

#[actix_web::test]
async fn a_batch_in_which_all_would_fail_again_runs_only_where_that_is_said() {
    let app = TestApp::new();
    given_batch(&app);
    let operator = app.signed_in(Role::Operator).await;
    let preview = operator.submit("/batches", &[("action", "retry"), ("id", "f2")]).await;
    let run = preview.attribute("form[action$='/run']", "action");
    let refused = operator.post(&run, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#with_failing-error").contains("fail again"), "{}", refused.body);
    assert_eq!(operator.submit(&run, &[("with_failing", "1")]).await.attribute("#report", "data-done"), "1");
    assert!(app.record("f2").is_retrying());
}

/// What is left behind by one that was killed, or whose platform answered too slowly.
#[actix_web::test]
async fn a_preview_that_nobody_has_tested_runs_only_where_that_is_said() {
    let app = TestApp::new();
    given_batch(&app);
    let operator = app.signed_in(Role::Operator).await;
    let tested = operator.submit("/batches", &[("action", "retry"), ("id", "f1"), ("id", "f2")]).await;
    let run = tested.attribute("form[action$='/run']", "action");
    let id = run.split('/').nth(2).unwrap().to_owned();
    let summary = app
        .database
        .transaction_here(|connection| {
            let batch = batches::find_for_update(connection, &id)?;
            let summary = Summary { tested: None, ..batch.summary.clone() };
            batches::summarise(connection, &batch, &summary).map(|()| summary)
        })
        .unwrap();
    assert!(summary.tested.is_none());
    let preview = operator.get(&format!("/batches/{id}")).await;
    assert!(preview.has("#with_failing") && preview.has("form[action$='/test']"), "{}", preview.body);
    let refused = operator.post(&run, &[("seen", &*seen_of(&preview))]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.text("#with_failing-error").contains("test them first"), "{}", refused.body);
    assert!(!app.record("f1").is_retrying());
    let again = operator.submit(&preview.attribute("form[action$='/test']", "action"), &[]).await;
    operator.submit(&run, &[("seen", &*seen_of(&again))]).await;
    assert!(app.record("f1").is_retrying() && !app.record("f2").is_retrying());
}

/// A batch of many asks a few questions of each kind, and the platform's tables stay as they were.
#[actix_web::test]
async fn tests_leave_the_tables_of_the_platform_as_they_were() {
    let app = TestApp::new();
    given_batch(&app);
    let seen = || {
        crate::support::rows::everything(
            &app.database,
            &["llm", "llm_api_map", "organization", "llmusage", "llmusage_accounting_failed"],
        )
    };
    let before = seen();
    let operator = app.signed_in(Role::Operator).await;
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    for id in ["f1", "f2", "f3", "f4"] {
        operator.get(&format!("/failed-accounting/{id}")).await;
        operator.post(&format!("/failed-accounting/{id}/test"), &[]).await;
        program.told(("POST", &format!("/api/v1/failed-accounting/{id}/test")), "", 200).await;
    }
    program.told(("POST", "/api/v1/batches"), ALL, 201).await;
    assert_eq!(seen(), before);
}

#[actix_web::test]
async fn a_cause_is_tested_with_all_its_open_failures() {
    let app = TestApp::new();
    given_batch(&app);
    let cause = app.record("f1").cause.unwrap();
    let viewer = app.signed_in(Role::Viewer).await;
    let path = format!("/failed-accounting/causes/{cause}");
    assert!(!viewer.get(&path).await.has("#test [data-tested]"));
    let page = viewer.post(&format!("{path}/test"), &[]).await;
    for (name, count, amount) in [
        ("pass", "1", "1.20000"),
        ("fail", "1", "1.20000"),
        ("untold", "0", "0.00000"),
        ("none", "1", "1.20000"),
    ] {
        let of = |attribute: &str| page.attribute(&format!("#test [data-tested={name}]"), attribute);
        assert_eq!(
            (of("data-count"), of("data-sum-amount")),
            (count.to_owned(), amount.to_owned()),
            "{name}"
        );
    }
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    let told = program.told(("POST", &format!("/api/v1/causes/{cause}/test")), "", 200).await;
    assert_eq!(
        (&told["would_pass"]["count"], &told["would_fail"]["count"]),
        (&json!(1), &json!(1)),
        "{told}"
    );
    let keys = crate::web::api::texts(&told["why"], "key");
    assert!(
        keys.contains(&"test-usages-null".to_owned()) && keys.contains(&"retry-accounted".to_owned()),
        "{told}"
    );
    program.told(("POST", "/api/v1/causes/none/test"), "", 404).await;
    assert_eq!(viewer.post("/failed-accounting/causes/none/test", &[]).await.status, StatusCode::NOT_FOUND);
}

/// A user of the database who may only read, and the database as that user opens it.
fn reader(app: &TestApp) -> (String, String) {
    let url = app.database.url().to_owned();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let user = format!("reader_{}", std::process::id());
    let as_reader = |from: &str| url.replacen(from, &format!("://{user}@"), 1);
    match crate::support::database::engine() {
        Engine::Sqlite => (read_only_url(&url), String::new()),
        Engine::Mysql => {
            sql(
                &app.database,
                &format!("CREATE USER '{user}'@'%'; GRANT SELECT ON `{name}`.* TO '{user}'@'%'"),
            );
            (as_reader("://root@"), format!("DROP USER '{user}'@'%'"))
        }
        Engine::Postgres => {
            sql(
                &app.database,
                &format!("CREATE ROLE {user} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}"),
            );
            (as_reader("://postgres@"), format!("DROP OWNED BY {user}; DROP ROLE {user}"))
        }
    }
}

#[test]
fn the_command_line_tests_as_a_user_who_may_only_read() {
    let app = TestApp::new();
    given_batch(&app);
    let tables = ["llm", "llm_api_map", "organization", "llmusage", "llmusage_accounting_failed"];
    let before = crate::support::rows::everything(&app.database, &tables);
    let (url, drop) = reader(&app);
    let test = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
            .arg("test")
            .args(arguments)
            .env("DATABASE_URL", &url)
            .env("LLMAGE_TIMEZONE", "Asia/Shanghai")
            .output()
            .expect("the binary runs")
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = test(&[]);
    let some = test(&["f3"]);
    let (none, wrong) = (test(&["gone"]), test(&["--filter", "colour=red"]));
    let write = Database::open(&url, chrono_tz::Tz::Asia__Shanghai).and_then(|database| {
        database.transaction_here(|connection| {
            use diesel::connection::SimpleConnection;
            Ok(connection.batch_execute("UPDATE llmusage SET amount = 7")?)
        })
    });
    if !drop.is_empty() {
        sql(&app.database, &drop);
    }
    assert!(write.is_err(), "that user may only read");
    assert!(all.status.success(), "{}", text(&all.stderr));
    let said = text(&all.stdout);
    for line in [
        "f1\twould_pass\t1.20000",
        "f2\twould_fail\t1.20000\tIts usages are the word null",
        "f5\tcannot_be_retried\t1.20000",
        "would pass: 1 failures, amount 1.20000, cost 0.90000",
        "would fail again: 2 failures, amount 2.40000",
        "cannot be told: 1 failures",
        "cannot be retried: 1 failures",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(text(&some.stdout).contains("m-gone") && !text(&some.stdout).contains("f1\t"));
    assert!(
        !none.status.success() && text(&none.stderr).contains("there is no failure gone"),
        "{}",
        text(&none.stderr)
    );
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("unknown key colour"));
    assert_eq!(crate::support::rows::everything(&app.database, &tables), before);
}

/// What the form of a preview says that its reader saw.
fn seen_of(preview: &Answer) -> String {
    preview.attribute("form[action$='/run'] input[name=seen]", "value")
}

#[actix_web::test]
async fn a_batch_that_would_do_something_else_than_its_page_showed_is_not_run() {
    let app = TestApp::new();
    given_batch(&app);
    let operator = app.signed_in(Role::Operator).await;
    let ids = ["f1", "f2", "f3", "f4"].map(|id| ("id", id));
    let preview = operator.submit("/batches", &[&[("action", "retry")], &ids[..]].concat()).await;
    let run = preview.attribute("form[action$='/run']", "action");
    // In another window the same person tests again, once the model is back.
    sql(
        &app.database,
        "INSERT INTO llm VALUES ('m-gone', 'Back', NULL); INSERT INTO llm_api_map VALUES ('8', 'm-gone', 'p-7', '1')",
    );
    operator.submit(&preview.attribute("form[action$='/test']", "action"), &[]).await;
    let pressed = [("seen", &*seen_of(&preview)), ("canary_size", "2")];
    let refused = operator.post(&run, &pressed).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    let why = refused.text("[role=alert]");
    for told in ["To be done: 3, 3.60000 (the page showed 2, 2.40000)", "Left out: 1 (the page showed 2)"] {
        assert!(why.contains(told), "{told}: {why}");
    }
    assert_eq!(refused.attribute("#tested-pass", "data-count"), "2", "the page shows what it would do now");
    assert_eq!(refused.attribute("#canary_size", "value"), "2", "what was typed is kept");
    assert!(["f1", "f2", "f3", "f4"].iter().all(|id| !app.record(id).is_retrying()));
    assert_eq!(operator.post(&run, &[("seen", "nothing of it")]).await.status, StatusCode::CONFLICT);
    operator.submit(&run, &[("seen", &*seen_of(&refused))]).await;
    assert!(app.record("f3").is_retrying() && !app.record("f2").is_retrying());
}

#[actix_web::test]
async fn a_program_says_which_preview_it_lets_run() {
    let app = TestApp::new();
    given_batch(&app);
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let made = program.told(("POST", "/api/v1/batches"), ALL, 201).await;
    let path = format!("/api/v1/batches/{}", made["id"].as_str().unwrap());
    sql(&app.database, "UPDATE llmusage SET usages = '{\"prompt_tokens\": 4}' WHERE id = 'u2'");
    let again = program.told(("POST", &format!("{path}/test")), "", 200).await;
    let run = |expect: serde_json::Value| json!({ "expect": expect }).to_string();
    let refused = program
        .told(
            ("POST", &format!("{path}/run")),
            &run(json!({"digest": made["digest"], "wanted": made["wanted"]})),
            409,
        )
        .await;
    assert_eq!(refused["expected"]["wanted"]["count"], 2);
    assert_eq!(refused["present"]["wanted"]["count"], 3);
    assert_eq!(refused["present"]["digest"], again["digest"]);
    assert!(!app.record("f1").is_retrying());
    let unknown = program.refused(("POST", &format!("{path}/run")), &run(json!({"amount": 1}))).await;
    assert_eq!(unknown, ["expect.amount"]);
    // All that was read may be sent back.
    program.told(("POST", &format!("{path}/run")), &run(again), 202).await;
    assert!(app.record("f2").is_retrying() && !app.record("f3").is_retrying());
}

#[actix_web::test]
async fn a_cause_of_too_many_failures_is_refused_alike_on_its_page_and_by_programs() {
    let app = TestApp::new();
    let many = (0..20_001).map(|number| row_of(&format!("f{number}")));
    insert_many(&app.database, many);
    app.forget_causes();
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.post("/failed-accounting/causes/unsorted/test", &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    assert!(page.text("#test").contains("too many to test"), "{}", page.text("#test"));
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    program.told(("POST", "/api/v1/causes/unsorted/test"), "", 409).await;
}

/// A query of the models that takes its time.
fn slow() -> &'static str {
    match engine() {
        Engine::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) \
             SELECT 'm-kimi-k3', NULL FROM (SELECT MAX(i) FROM n) counted"
        }
        Engine::Mysql => "SELECT 'm-kimi-k3', SLEEP(2)",
        Engine::Postgres => "SELECT 'm-kimi-k3', CAST(pg_sleep(2) AS TEXT)",
    }
}

/// However slow its queries are, whoever writes meanwhile is done before the preview is.
#[actix_web::test]
async fn nobody_waits_for_a_preview_whose_tests_are_slow() {
    let app = TestApp::with(&[&*format!("--test-models-sql={}", slow())]);
    given(&app, "f1", "usages is None", usage("u1"));
    let operator = app.signed_in(Role::Operator).await;
    let made = async {
        let page = operator.submit("/batches", &[("action", "retry"), ("id", "f1")]).await;
        (page, std::time::Instant::now())
    };
    let written = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let write = |connection: &mut llmage_admin::db::DbConnection| {
            use diesel::connection::SimpleConnection;
            Ok(connection.batch_execute("UPDATE llmusage SET transno = 't9' WHERE id = 'u1'")?)
        };
        app.database.transaction(write).await.unwrap();
        std::time::Instant::now()
    };
    let ((page, made), written) = futures_util::future::join(made, written).await;
    assert!(written < made, "the write waited for the tests");
    assert_eq!(page.attribute("#tested-untold", "data-count"), "1", "{}", page.body);
}
