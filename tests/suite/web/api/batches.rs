//! Batches, causes and the trail, as programs use them; and that pages can do nothing that programs cannot.

use std::collections::BTreeSet;

use actix_web::http::Method;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::app::routes;
use llmage_admin::causes::cause::Cause;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;
use serde_json::json;

use super::{Programs, admin};
use crate::app::{TestApp, failure, usage};

fn given(app: &TestApp) {
    for number in 1..=3 {
        let id = format!("u{number}");
        app.given(&FailedRecord { llmusageid: Some(id.clone()), ..failure(&format!("f{number}")) });
        app.given_usage(&Usage { llmid: Some("old".to_owned()), ..usage(&id) });
    }
}

fn model(app: &TestApp, id: &str) -> Option<String> {
    app.database.run_here(|connection| usages::lookup(connection, id)).unwrap().unwrap().llmid
}

#[actix_web::test]
async fn a_program_previews_runs_reads_and_undoes_a_batch() {
    let app = TestApp::new();
    given(&app);
    let program = admin(&app);
    let body = r#"{"action": "correct", "ids": ["f1", "f2", "gone"], "map_llmid": "old -> new"}"#;
    let preview = program.told(("POST", "/api/v1/batches"), body, 201).await;
    assert_eq!((&preview["state"], &preview["wanted"]["count"]), (&json!("preview"), &json!(2)));
    assert_eq!(preview["all"]["sum_amount"], json!(2.4));
    assert_eq!(preview["skipped"][0]["key"], "batch-gone");
    assert_eq!(preview["correction"]["foreseen"]["changes"][0]["to"], "new");
    assert_eq!(model(&app, "u1").as_deref(), Some("old"), "a preview changes nothing");
    let path = format!("/api/v1/batches/{}", preview["id"].as_str().unwrap());
    assert_eq!(program.get("/api/v1/batches").await["rows"][0]["id"], preview["id"]);

    let other = r#"{"set_llmid": "newer"}"#;
    let again = program.told(("POST", &format!("{path}/correction")), other, 200).await;
    assert_eq!(again["correction"]["foreseen"]["changes"][0]["to"], "newer");
    program.told(("POST", &format!("{path}/run")), "", 202).await;
    assert_eq!(program.get(&path).await["done"]["count"], 2);
    assert_eq!(model(&app, "u1").as_deref(), Some("newer"));
    assert_eq!(model(&app, "u3").as_deref(), Some("old"));
    let rows = program.get(&format!("{path}/outcome")).await;
    let told = |field: &str| super::texts(&rows["rows"], field);
    assert_eq!(told("result"), ["done", "done", "not_done"]);
    assert_eq!(rows["rows"][2]["why"], "batch-gone");
    program.told(("POST", &format!("{path}/run")), "", 409).await;
    program.told(("POST", &format!("{path}/undo")), "", 200).await;
    assert_eq!(model(&app, "u1").as_deref(), Some("old"));
    let trail = program.get("/api/v1/audit?action=undo_correct").await;
    assert_eq!(trail["rows"][0]["after"]["llmid"], "old");
}

#[actix_web::test]
async fn a_query_means_what_the_list_means_and_what_is_wrong_is_named() {
    let app = TestApp::new();
    given(&app);
    let program = admin(&app);
    let body = r#"{"action": "retry", "query": "handled=0&llmusageid=u2"}"#;
    let preview = program.told(("POST", "/api/v1/batches"), body, 201).await;
    assert_eq!(preview["all"]["count"], 1);
    let path = format!("/api/v1/batches/{}/run", preview["id"].as_str().unwrap());
    program.told(("POST", &path), "", 202).await;
    assert!(app.record("f2").is_retrying() && !app.record("f1").is_retrying());
    for (body, field) in [
        (r#"{"action": "retry"}"#, "id"),
        (r#"{"action": "retry", "ids": "f1"}"#, "ids"),
        (r#"{"action": "retry", "ids": ["f1"], "query": "handled=0"}"#, "query"),
        (r#"{"action": "retry", "query": "no_such=1"}"#, "no_such"),
        (r#"{"action": "mend", "ids": ["f1"]}"#, "action"),
        (r#"{"action": "retry", "ids": ["f1"], "set_llmid": "x"}"#, "action"),
        (r#"{"action": "correct", "ids": ["f1"], "map_llmid": "a -> b\na -> c"}"#, "map_llmid"),
    ] {
        let refused = program.refused(("POST", "/api/v1/batches"), body).await;
        assert!(refused.iter().any(|name| name == field), "{body}: {refused:?}");
    }
    let operator = Programs::of(&app, Grant::Role(Role::Operator));
    let delete = r#"{"action": "delete", "ids": ["f1"]}"#;
    operator.told(("POST", "/api/v1/batches"), delete, 403).await;
    let unlisted = r#"{"set_userorgid": "org-c"}"#;
    operator.told(("POST", "/api/v1/failed-accounting/f1/correct"), unlisted, 422).await;
    let corrected = r#"{"set_llmid": "new", "set_usages": {"prompt_tokens": 4}, "then": "retry"}"#;
    let record = operator.told(("POST", "/api/v1/failed-accounting/f1/correct"), corrected, 200).await;
    assert_eq!(record["llmid"], "m-kimi-k3", "the failure keeps what it recorded");
    assert_eq!(model(&app, "u1").as_deref(), Some("new"));
    assert!(app.record("f1").is_retrying());
}

#[actix_web::test]
async fn a_cause_is_read_and_noted_about() {
    let app = TestApp::new();
    given(&app);
    let path = format!("/api/v1/causes/{}", Cause::of(Some("usages is None")).key);
    let program = admin(&app);
    let cause = program.get(&path).await;
    assert_eq!((&cause["standing"], &cause["note"]), (&json!("new"), &json!(null)));
    let edit = r#"{"note": "ask Wang", "standing": "known", "revision": "0"}"#;
    let noted = program.told(("PATCH", &path), edit, 200).await;
    assert_eq!((&noted["standing"], &noted["note"]), (&json!("known"), &json!("ask Wang")));
    program.told(("PATCH", &path), edit, 409).await;
    let owned = program.told(("PATCH", &path), r#"{"owner": "Li"}"#, 200).await;
    assert_eq!((&owned["owner"], &owned["note"]), (&json!("Li"), &json!("ask Wang")), "what is absent stays");
}

/// What a page does and no program needs: who one is, how one looks at things, who else may, and files that people send.
const PEOPLE_ALONE: [&str; 12] = [
    "/account",
    "/alerts",
    "/archive/{id}",
    "/check",
    "/failed-accounting/import",
    "/failed-accounting/{id}/reason",
    "/history/restore",
    "/log",
    "/tokens",
    "/usages/import",
    "/users",
    "/views",
];

#[test]
fn every_action_of_a_page_has_a_twin_for_programs() {
    let rules = routes();
    let served: BTreeSet<(String, String)> = rules
        .iter()
        .filter_map(|rule| Some((rule.method.to_string(), rule.path.strip_prefix("/api/v1")?.to_owned())))
        .collect();
    let has = |method: &str, path: &str| served.contains(&(method.to_owned(), path.to_owned()));
    let actions = rules.iter().filter(|rule| rule.method == Method::POST && !rule.path.starts_with("/api"));
    let lacking: Vec<&str> = actions
        .map(|rule| rule.path)
        .filter(|path| !PEOPLE_ALONE.iter().any(|alone| path.starts_with(alone)))
        .filter(|path| {
            let path = path.replace("/failed-accounting/causes", "/causes");
            let is_deleted = path.strip_suffix("/delete").is_some_and(|path| has("DELETE", path));
            !(has("POST", &path) || has("PATCH", &path) || is_deleted)
        })
        .collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

#[actix_web::test]
async fn a_count_is_a_whole_number_or_its_text() {
    let app = TestApp::with(&["--batch-confirm-amount", "2"]);
    given(&app);
    let program = admin(&app);
    for (count, is_right) in [
        ("3", true),
        (r#""3""#, true),
        ("2", false),
        ("3.0", false),
        ("-3", false),
        ("1e0", false),
        (r#""three""#, false),
        ("[3]", false),
        ("true", false),
        ("null", false),
    ] {
        let body = r#"{"action": "handle", "ids": ["f1", "f2", "f3"]}"#;
        let preview = program.told(("POST", "/api/v1/batches"), body, 201).await;
        assert_eq!(preview["confirm_count"], json!(3));
        let run = format!("/api/v1/batches/{}/run", preview["id"].as_str().unwrap());
        let body = format!(r#"{{"resolution": "duplicate", "confirm_count": {count}}}"#);
        if is_right {
            program.told(("POST", &run), &body, 202).await;
            program.told(("POST", &run.replace("/run", "/undo")), "", 200).await;
        } else {
            assert_eq!(program.refused(("POST", &run), &body).await, ["confirm_count"], "{count}");
        }
    }
    let trial = r#"{"action": "retry", "ids": ["f1"]}"#;
    let preview = program.told(("POST", "/api/v1/batches"), trial, 201).await;
    let run = format!("/api/v1/batches/{}/run", preview["id"].as_str().unwrap());
    let wrong = r#"{"canary_size": 1.5, "canary_percent": -1}"#;
    assert_eq!(program.refused(("POST", &run), wrong).await, ["canary_percent", "canary_size"]);
}
