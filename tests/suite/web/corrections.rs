//! Correcting usages so that a retry can pass: one on its page, many by a batch, and by programs.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::audit::event::USAGE;
use llmage_admin::audit::store::{self as audit, Event};
use llmage_admin::batches::settled::Settler;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, Visitor, failure, usage};
use crate::support::rows::run as sql;
use crate::web::api::Programs;

/// Failed usages u1 to u5 of these models with their failures f1 to f5, of 1.20000 each.
fn given(app: &TestApp) {
    for (number, model) in
        [Some("old-a"), Some("old-a"), Some("old-b"), None, Some("new-a")].into_iter().enumerate()
    {
        let number = number + 1;
        let id = format!("u{number}");
        app.given(&FailedRecord { llmusageid: Some(id.clone()), ..failure(&format!("f{number}")) });
        let ioinfo = (number == 1)
            .then(|| r#"{"input": {}, "output": [{"usage": {"prompt_tokens": 412}}]}"#.to_owned());
        app.given_usage(&Usage {
            llmid: model.map(str::to_owned),
            usages: Some("null".to_owned()),
            accounting_status: Some("failed".to_owned()),
            ioinfo,
            ..usage(&id)
        });
    }
}

fn usage_of(app: &TestApp, id: &str) -> Usage {
    app.database.run_here(|connection| usages::lookup(connection, id)).unwrap().unwrap()
}

fn models(app: &TestApp) -> Vec<Option<String>> {
    (1..=5).map(|number| usage_of(app, &format!("u{number}")).llmid).collect()
}

fn events(app: &TestApp, id: &str) -> Vec<Event> {
    app.database.run_here(|connection| audit::timeline(connection, USAGE, id)).unwrap()
}

fn told(text: &Option<String>) -> Value {
    serde_json::from_str(text.as_deref().unwrap()).unwrap()
}

const MAPPING: &str = "old-a -> new-a\r\nold-b,new-b\r\nnone -> new-c";

async fn previewed(operator: &Visitor<'_>) -> String {
    let answer =
        operator.post("/batches", &[("action", "correct"), ("scope", "filter"), ("handled", "0")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let batch = answer.location().to_owned();
    let refused = operator.post(&format!("{batch}/run"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "nobody has said yet what becomes of what");
    let told = operator.post(&format!("{batch}/correction"), &[("map_llmid", MAPPING)]).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.body);
    batch
}

/// What the form on the page of a failure says was seen, and where it goes.
async fn form_of(visitor: &Visitor<'_>, id: &str) -> (String, String) {
    let page = visitor.get(&format!("/failed-accounting/{id}")).await;
    (page.attribute("#correct input[name=seen]", "value"), page.attribute("#correct form", "action"))
}

fn report(page: &Answer) -> [String; 3] {
    ["data-done", "data-not-done", "data-undone"].map(|name| page.attribute("#report", name))
}

#[actix_web::test]
async fn a_batch_maps_models_and_shows_before_what_becomes_of_which() {
    let app = TestApp::new();
    given(&app);
    let before = models(&app);
    let operator = app.signed_in(Role::Operator).await;
    let batch = previewed(&operator).await;
    let preview = operator.get(&batch).await;
    let changes = preview.texts("#correct-changes tbody tr");
    assert_eq!(preview.attributes("#correct-changes tbody tr", "data-count"), ["2", "1", "1"]);
    assert!(changes[0].contains("old-a") && changes[0].contains("2.40000"), "{changes:?}");
    assert!(preview.text("#correct-refused").contains("1.20000"), "new-a is named by no line");
    assert_eq!(preview.texts("#correct-sample li").len(), 4);
    assert_eq!(models(&app), before, "a preview changes nothing");

    let record = app.record("f1");
    let done = operator.submit(&format!("{batch}/run"), &[]).await;
    assert_eq!(report(&done), ["4", "1", "0"]);
    let after = ["new-a", "new-a", "new-b", "new-c", "new-a"].map(|id| Some(id.to_owned()));
    assert_eq!(models(&app), after);
    assert_eq!(app.record("f1"), record, "the failure keeps what it recorded");
    let trail = events(&app, "u3");
    assert_eq!((trail.len(), &*trail[0].action, &*trail[0].author), (1, "correct", "operator"));
    assert_eq!(told(&trail[0].before_state), json!({ "llmid": "old-b" }));
    assert_eq!(told(&trail[0].after_state)["llmid"], "new-b");
    assert!(
        operator
            .get("/failed-accounting/f3")
            .await
            .text(".timeline")
            .contains("operator corrected the usage")
    );

    // One usage has moved on since: it keeps what the correction made of it.
    sql(&app.database, "UPDATE llmusage SET llmid = 'elsewhere' WHERE id = 'u2'");
    let undone = operator.submit(&format!("{batch}/undo"), &[]).await;
    assert_eq!(report(&undone), ["4", "1", "3"]);
    let expected: Vec<Option<String>> = before
        .into_iter()
        .enumerate()
        .map(|(at, id)| if at == 1 { Some("elsewhere".into()) } else { id })
        .collect();
    assert_eq!(models(&app), expected);
}

#[actix_web::test]
async fn what_is_corrected_is_retried_by_the_same_press_and_its_outcome_awaited() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let batch = previewed(&operator).await;
    // Somebody else corrects one of them meanwhile, and the platform accounts another one.
    let (seen, path) = form_of(&operator, "f2").await;
    let other = [("seen", &*seen), ("set_llmid", "mine")];
    assert_eq!(operator.post(&path, &other).await.status, StatusCode::SEE_OTHER);
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u3'");
    let done = operator.submit(&format!("{batch}/run"), &[("then", "retry"), ("with_failing", "1")]).await;
    assert_eq!(report(&done), ["2", "3", "0"], "{}", done.body);
    assert_eq!(done.attribute("#report", "data-waiting"), "2");
    assert!(done.body.contains("operator changed the record in the meantime"), "{}", done.body);
    let first = usage_of(&app, "u1");
    assert_eq!(
        (first.llmid.as_deref(), first.accounting_status.as_deref()),
        (Some("new-a"), Some("created"))
    );
    assert!(app.record("f1").is_retrying());
    assert_eq!(usage_of(&app, "u2").llmid.as_deref(), Some("mine"));
    assert_eq!(usage_of(&app, "u3").llmid.as_deref(), Some("old-b"), "what is accounted stays as it is");
    // The platform may price them with the corrected values at any moment.
    let waits = operator.post(&format!("{batch}/undo"), &[]).await;
    assert_eq!(waits.status, StatusCode::CONFLICT);
    assert!(waits.body.contains("their retries are still under way"), "{}", waits.body);
    assert!(!waits.has(&format!("form[action='{batch}/undo']")));
    let page = operator.get(&batch).await;
    assert_eq!(page.attribute("#report", "data-waiting"), "2");
    assert!(page.body.contains("It can be undone once its retries have ended"), "{}", page.body);
    for id in ["f1", "f4"] {
        let withdrawn = operator.post(&format!("/failed-accounting/{id}/withdraw"), &[]).await;
        assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{id}");
    }
    Settler::new((*app.database).clone()).step().unwrap();
    let undone = operator.submit(&format!("{batch}/undo"), &[]).await;
    assert_eq!(report(&undone), ["2", "3", "2"], "{}", undone.body);
    assert_eq!(usage_of(&app, "u1").llmid.as_deref(), Some("old-a"));
}

#[actix_web::test]
async fn who_may_not_correct_those_fields_neither_runs_stops_undoes_nor_repeats_a_batch_of_it() {
    let app = TestApp::new();
    given(&app);
    let (admin, operator) = (app.signed_in(Role::Admin).await, app.signed_in(Role::Operator).await);
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let ids = [("action", "correct"), ("id", "f1"), ("id", "missing"), ("set_userid", "u9")];
    let batch = admin.post("/batches", &ids).await.location().to_owned();
    let refused = async |acts: &[&str]| {
        let page = operator.get(&batch).await;
        for act in acts {
            let path = format!("{batch}/{act}");
            assert!(!page.has(&format!("form[action='{path}']")), "{act} is not offered");
            assert_eq!(operator.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{act}");
            program.told(("POST", &format!("/api/v1{path}")), "", 403).await;
        }
    };
    refused(&["run", "abort"]).await;
    assert_eq!(admin.post(&format!("{batch}/run"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(usage_of(&app, "u1").userid.as_deref(), Some("u9"));
    refused(&["undo", "rest"]).await;
    assert_eq!(usage_of(&app, "u1").userid.as_deref(), Some("u9"));
    assert_eq!(report(&admin.submit(&format!("{batch}/undo"), &[]).await), ["1", "1", "1"]);

    // What operators may correct, each of them stops and undoes.
    let ids = [("action", "correct"), ("id", "f1"), ("set_llmid", "m9")];
    let batch = admin.post("/batches", &ids).await.location().to_owned();
    assert_eq!(operator.post(&format!("{batch}/abort"), &[]).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn nothing_is_no_value_that_a_field_may_become() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let one = operator.post("/failed-accounting/f1/correct", &[("set_llmid", "none")]).await;
    assert_eq!((one.status.as_u16(), &*one.attribute("#set_llmid", "aria-invalid")), (422, "true"));
    program.told(("POST", "/api/v1/failed-accounting/f1/correct"), r#"{"set_llmid": "none"}"#, 422).await;
    let ticked = [("action", "correct"), ("scope", "filter"), ("handled", "0")];
    let batch = operator.post("/batches", &ticked).await.location().to_owned();
    for line in ["old-a -> none", "old-a ->", "old-a -> \"\"", "old-a -> \"none\""] {
        let told = operator.post(&format!("{batch}/correction"), &[("map_llmid", line)]).await;
        let wrong = told.attribute("#map_llmid", "aria-invalid");
        assert_eq!((told.status.as_u16(), &*wrong), (422, "true"), "{line}");
    }
    // An id that reads so has a mark before it, as everywhere.
    let told = operator.submit(&format!("{batch}/correction"), &[("map_llmid", "old-a -> =none")]).await;
    assert!(told.text("#map_llmid").contains("old-a -> =none"), "{}", told.body);
    assert_eq!(report(&operator.submit(&format!("{batch}/run"), &[]).await), ["2", "3", "0"]);
    assert_eq!(usage_of(&app, "u1").llmid.as_deref(), Some("none"));
}

#[actix_web::test]
async fn one_usage_is_corrected_on_the_page_of_its_failure() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1").await;
    assert!(page.text("#correct").contains("412"), "what the stored output counts is shown");
    assert!(!page.has("#set_userid"), "operators may not say who pays");
    let (seen, path) = form_of(&operator, "f1").await;
    for (fields, name, status) in [
        (vec![], "set_llmid", 422),
        (vec![("set_llmid", "0123456789012345678901234567890123")], "set_llmid", 422),
        (vec![("set_usages", "null")], "set_usages", 422),
        (vec![("set_userid", "u9")], "set_userid", 422),
    ] {
        let refused = operator.post(&path, &fields).await;
        assert_eq!(refused.status, status, "{fields:?}");
        assert!(refused.text("[role=alert]").contains("Not corrected"), "{}", refused.text("[role=alert]"));
        assert!(
            name == "set_userid" || refused.attribute(&format!("#{name}"), "aria-invalid") == "true",
            "{name}"
        );
    }
    sql(&app.database, "UPDATE llmusage SET transno = 't9' WHERE id = 'u1'");
    let fields = [("seen", &*seen), ("usages_from", "ioinfo"), ("set_llmid", "new-a"), ("then", "retry")];
    let stale = operator.post(&path, &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(stale.attribute("#set_llmid", "value"), "new-a", "what was typed is kept");
    assert_eq!(usage_of(&app, "u1").llmid.as_deref(), Some("old-a"));

    // Who does not say what was seen is asked to look, and sees it with what was typed.
    let unseen = operator.post(&path, &[("set_llmid", "new-a")]).await;
    assert_eq!(unseen.status, StatusCode::CONFLICT);
    assert!(unseen.body.contains("does not say what was seen of the usage"), "{}", unseen.body);
    let seen = unseen.attribute("#correct input[name=seen]", "value");
    assert_eq!(unseen.attribute("#set_llmid", "value"), "new-a");
    assert_eq!(usage_of(&app, "u1").llmid.as_deref(), Some("old-a"));
    let fields = [("seen", &*seen), ("usages_from", "ioinfo"), ("set_llmid", "new-a"), ("then", "retry")];
    let done = operator.submit(&path, &fields).await;
    assert!(done.has(".state-retrying"), "{}", done.body);
    let corrected = usage_of(&app, "u1");
    assert_eq!(corrected.usages.as_deref(), Some(r#"{"prompt_tokens": 412}"#));
    assert_eq!(corrected.accounting_status.as_deref(), Some("created"));
    assert_eq!(operator.post(&path, &[("set_llmid", "x")]).await.status, StatusCode::CONFLICT);
    let admin = app.signed_in(Role::Admin).await;
    let (seen, path) = form_of(&admin, "f2").await;
    assert_eq!(admin.post(&path, &[("seen", &*seen), ("set_userid", "u9")]).await.status, 303);
    assert_eq!(usage_of(&app, "u2").userid.as_deref(), Some("u9"));
}

#[actix_web::test]
async fn a_usage_that_changed_since_the_preview_is_left_as_it_is_whoever_changed_it() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let batch = previewed(&operator).await;
    // The platform leaves no event; somebody here does.
    sql(&app.database, "UPDATE llmusage SET llmid = 'old-b' WHERE id = 'u1'");
    let (seen, path) = form_of(&operator, "f2").await;
    let mine = [("seen", &*seen), ("set_llmid", "old-b")];
    assert_eq!(operator.post(&path, &mine).await.status, StatusCode::SEE_OTHER);

    // Told again, the preview foresees what the run will do.
    operator.submit(&format!("{batch}/correction"), &[("map_llmid", MAPPING)]).await;
    let preview = operator.get(&batch).await;
    assert_eq!(preview.attributes("#correct-changes tbody tr", "data-count"), ["1", "1"]);
    let refused = preview.texts("#correct-refused tbody tr").join("\n");
    assert!(refused.contains("Its usage was changed in the meantime"), "{refused}");
    let done = operator.submit(&format!("{batch}/run"), &[]).await;
    assert_eq!(report(&done), ["2", "3", "0"], "as it was foreseen: {}", done.body);
    assert!(done.body.contains("Its usage was changed in the meantime"), "{}", done.body);
    let after = ["old-b", "old-b", "new-b", "new-c", "new-a"].map(|id| Some(id.to_owned()));
    assert_eq!(models(&app), after);

    // Without another look, too.
    sql(&app.database, "UPDATE llmusage SET llmid = 'old-a' WHERE id IN ('u1', 'u2')");
    let batch = previewed(&operator).await;
    sql(&app.database, "UPDATE llmusage SET usages = '{}' WHERE id = 'u1'");
    sql(&app.database, "UPDATE llmusage SET transno = 't9' WHERE id = 'u2'");
    let done = operator.submit(&format!("{batch}/run"), &[]).await;
    assert_eq!(report(&done), ["1", "4", "0"], "{}", done.body);
    assert_eq!(models(&app)[..2], ["old-a", "new-a"].map(|id| Some(id.to_owned())));
}

#[actix_web::test]
async fn a_program_says_what_it_saw_of_the_usage() {
    let app = TestApp::new();
    given(&app);
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let path = "/api/v1/failed-accounting/f1/correct";
    let stale = r#"{"set_llmid": "new", "expect": {"llmid": "other", "usages": "null"}}"#;
    let refused = program.told(("POST", path), stale, 409).await;
    assert_eq!(
        (&refused["expected"], &refused["present"]),
        (&json!({"llmid": "other"}), &json!({"llmid": "old-a"}))
    );
    let unknown = r#"{"set_llmid": "new", "expect": {"failed_reason": "x"}}"#;
    assert_eq!(program.refused(("POST", path), unknown).await, ["expect.failed_reason"]);
    assert_eq!(usage_of(&app, "u1").llmid.as_deref(), Some("old-a"));
    let read = program.get("/api/v1/usages/u1").await;
    let whole = json!({ "set_llmid": "new", "expect": read }).to_string();
    program.told(("POST", path), &whole, 200).await;
    assert_eq!(usage_of(&app, "u1").llmid.as_deref(), Some("new"));
}

#[actix_web::test]
async fn a_preview_that_waits_for_its_correction_speaks_of_no_change_and_a_refusal_tells_the_source_of_counts()
 {
    let app = TestApp::new();
    app.given_usage(&usage("usage-f1"));
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let made = operator.submit("/batches", &[("action", "correct"), ("id", "f1")]).await;
    assert_eq!(made.text("#order"), "What to correct");
    assert!(!made.body.contains("Nothing was changed"), "{}", made.body);
    let viewer = app.signed_in(Role::Viewer).await;
    let refused = viewer.post("/failed-accounting/f1/correct", &[("usages_from", "ioinfo")]).await;
    assert_eq!(refused.texts("#typed textarea"), ["Counts from the stored output"]);
}

/// What a preview says of the corrected usages: would pass, would fail again, cannot be told.
fn tested(page: &Answer) -> [(String, String); 3] {
    ["pass", "fail", "untold"].map(|card| {
        let of = |name: &str| page.attribute(&format!("#tested-{card}"), name);
        (of("data-count"), of("data-sum-amount"))
    })
}

fn sums(counts: [i64; 3]) -> [(String, String); 3] {
    counts.map(|count| (count.to_string(), format!("{}.{}0000", count * 12 / 10, count * 12 % 10)))
}

/// Models new-a and new-b are in order, new-c is not there; u1 and u2 count something, the others nothing.
fn given_platform(app: &TestApp) {
    sql(
        &app.database,
        "CREATE TABLE llm (id VARCHAR(32), name VARCHAR(100)); \
         CREATE TABLE llm_api_map (id VARCHAR(32), llmid VARCHAR(32), ppid VARCHAR(32), isdefaultcatelog VARCHAR(1)); \
         INSERT INTO llm VALUES ('new-a', 'A'), ('new-b', 'B'); \
         INSERT INTO llm_api_map VALUES ('1', 'new-a', 'p-1', '1'), ('2', 'new-b', 'p-1', '1'); \
         UPDATE llmusage SET usages = '{\"prompt_tokens\": 4}' WHERE id IN ('u1', 'u2', 'u4'); \
         UPDATE llmusage_accounting_failed SET failed_reason = 'accounting failed', cause = NULL WHERE id = 'f2'",
    );
}

#[actix_web::test]
async fn a_preview_of_corrections_says_what_the_corrected_usages_would_come_to_and_a_retry_leaves_out_what_would_fail()
 {
    let app = TestApp::new();
    given(&app);
    given_platform(&app);
    let operator = app.signed_in(Role::Operator).await;
    let batch = previewed(&operator).await;
    let preview = operator.get(&batch).await;
    // u1 passes, of u2 nobody knows, u3 counts nothing, u4 becomes a model that is not there.
    assert_eq!(tested(&preview), sums([1, 2, 1]), "{}", preview.text("#tested"));
    let buttons = preview.texts("form[action$='/run'] button").join("\n");
    assert!(buttons.contains("retry 2 usages, 2.40000") && buttons.contains("Correct 4 usages"), "{buttons}");
    let told = Programs::of(&app, Grant::Role(Role::Viewer)).get(&format!("/api/v1{batch}")).await;
    assert_eq!((&told["wanted"]["count"], &told["retried"]["count"]), (&json!(4), &json!(2)));
    // In another window it is tested again once the third model is there.
    let seen = preview.attribute("form[action$='/run'] input[name=seen]", "value");
    sql(&app.database, "INSERT INTO llm VALUES ('new-c', 'C')");
    operator.submit(&format!("{batch}/test"), &[]).await;
    let stale = operator.post(&format!("{batch}/run"), &[("then", "retry"), ("seen", &*seen)]).await;
    let why = stale.text("[role=alert]");
    assert!(stale.status == StatusCode::CONFLICT && why.contains("its numbers are the same"), "{why}");
    let done = operator.submit(&format!("{batch}/run"), &[("then", "retry")]).await;
    assert_eq!(report(&done), ["2", "3", "0"], "{}", done.body);
    assert!(["f1", "f2"].iter().all(|id| app.record(id).is_retrying()));
    assert!(["f3", "f4", "f5"].iter().all(|id| !app.record(id).is_retrying()));
    let expected =
        ["new-a", "new-a", "old-b", "", "new-a"].map(|id| Some(id.to_owned()).filter(|id| !id.is_empty()));
    assert_eq!(models(&app), expected, "what is left out stays as it was");
    assert!(done.body.contains("Its usages are the word null"), "the row says why: {}", done.body);
}

#[actix_web::test]
async fn what_is_only_corrected_is_not_left_out_and_a_tick_retries_it_all_the_same() {
    for (fields, retrying) in [(vec![], 0), (vec![("then", "retry"), ("with_failing", "1")], 4)] {
        let app = TestApp::new();
        given(&app);
        given_platform(&app);
        let operator = app.signed_in(Role::Operator).await;
        let batch = previewed(&operator).await;
        let done = operator.submit(&format!("{batch}/run"), &fields).await;
        assert_eq!(report(&done), ["4", "1", "0"], "{fields:?} {}", done.body);
        assert_eq!(usage_of(&app, "u4").llmid.as_deref(), Some("new-c"));
        let ids = ["f1", "f2", "f3", "f4", "f5"];
        assert_eq!(ids.iter().filter(|id| app.record(id).is_retrying()).count(), retrying);
        let program = Programs::of(&app, Grant::Role(Role::Viewer));
        let rows = program.get(&format!("/api/v1{batch}/outcome")).await;
        let why = &rows["rows"].as_array().unwrap().iter().find(|row| row["id"] == "f4").unwrap()["why"];
        assert_eq!(why, &json!(null), "{fields:?}: it was done");
    }
}

#[actix_web::test]
async fn corrections_are_tested_again_and_all_that_fail_run_only_where_that_is_said() {
    let app = TestApp::new();
    given(&app);
    given_platform(&app);
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let body = r#"{"action": "correct", "ids": ["f4"], "set_llmid": "new-c"}"#;
    let made = program.told(("POST", "/api/v1/batches"), body, 201).await;
    assert_eq!(made["tested"]["would_fail"][0]["key"], "test-model-missing", "{made}");
    let path = format!("/api/v1/batches/{}", made["id"].as_str().unwrap());
    let refused = program.refused(("POST", &format!("{path}/run")), r#"{"then": "retry"}"#).await;
    assert_eq!(refused, ["with_failing"]);
    sql(
        &app.database,
        "INSERT INTO llm VALUES ('new-c', 'C'); INSERT INTO llm_api_map VALUES ('3', 'new-c', 'p-1', '1')",
    );
    let again = program.told(("POST", &format!("{path}/test")), "", 200).await;
    assert_eq!(
        (&again["tested"]["would_pass"]["count"], &again["tested"]["would_fail"]),
        (&json!(1), &json!([]))
    );
    assert_ne!(made["digest"], again["digest"]);
    let other = program.told(("POST", &format!("{path}/correction")), r#"{"set_llmid": "gone"}"#, 200).await;
    assert_eq!(other["tested"]["would_fail"][0]["count"], 1);
    program.told(("POST", &format!("{path}/correction")), r#"{"set_llmid": "new-c"}"#, 200).await;
    program.told(("POST", &format!("{path}/run")), r#"{"then": "retry"}"#, 202).await;
    assert!(app.record("f4").is_retrying());
    program.told(("POST", &format!("{path}/test")), "", 409).await;
    let unsaid =
        program.told(("POST", "/api/v1/batches"), r#"{"action": "correct", "ids": ["f1"]}"#, 201).await;
    assert_eq!(unsaid["tested"], json!(null));
    program
        .told(("POST", &format!("/api/v1/batches/{}/test", unsaid["id"].as_str().unwrap())), "", 409)
        .await;
}

#[actix_web::test]
async fn a_program_is_told_what_the_rules_forbid_before_what_it_did_not_expect() {
    let app = TestApp::new();
    given(&app);
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u1'");
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let stale = r#"{"set_llmid": "new", "expect": {"llmid": "other"}}"#;
    let refused = program.told(("POST", "/api/v1/failed-accounting/f1/correct"), stale, 409).await;
    assert_eq!(refused["expected"], json!(null), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("accounted"), "{refused}");
    let stale = program.told(("POST", "/api/v1/failed-accounting/f2/correct"), stale, 409).await;
    assert_eq!(stale["present"], json!({"llmid": "old-a"}));
    assert_eq!(usage_of(&app, "u2").llmid.as_deref(), Some("old-a"), "what was refused is not written");
}
