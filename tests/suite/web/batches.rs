//! Batches as people use them: tick, look at the preview, run, read the report, undo.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::chain;
use llmage_admin::audit::event::{FAILED_ACCOUNTING, USAGE};
use llmage_admin::audit::store::{self as audit, Event};
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::runner::Runner;
use llmage_admin::causes::sorting;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::watcher::Watcher;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;
use serde_json::Value;

use crate::app::{Answer, TestApp, Visitor, at, failure, money, usage};
use crate::support::rows::run as sql;

/// Open failures f01 to f12 of 1.20000 each, the odd ones of organisation org-c.
fn twelve() -> TestApp {
    let app = TestApp::new();
    for number in 1..=12 {
        let organisation = if number % 2 == 0 { "org-b" } else { "org-c" };
        app.given(&FailedRecord {
            userorgid: Some(organisation.to_owned()),
            ..failure(&format!("f{number:02}"))
        });
    }
    app
}

/// Posts a selection and gives the address of the batch.
async fn made(visitor: &Visitor<'_>, fields: &[(&str, &str)]) -> String {
    let answer = visitor.post("/batches", fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().to_owned()
}

async fn ran(visitor: &Visitor<'_>, batch: &str, fields: &[(&str, &str)]) -> Answer {
    visitor.submit(&format!("{batch}/run"), fields).await
}

/// Done, not done, undone.
fn report(page: &Answer) -> [String; 3] {
    ["data-done", "data-not-done", "data-undone"].map(|name| page.attribute("#report", name))
}

fn runner(app: &TestApp) -> Runner {
    Runner::new((*app.database).clone(), app.clock.clone())
}

fn events(app: &TestApp, kind: &str, id: &str) -> Vec<Event> {
    app.database.run_here(|connection| audit::timeline(connection, kind, id)).unwrap()
}

fn json(text: &Option<String>) -> Value {
    serde_json::from_str(text.as_deref().unwrap_or("null")).unwrap()
}

#[actix_web::test]
async fn what_is_ticked_is_shown_first_then_handled_reported_and_undone() {
    let app = twelve();
    let before = app.record("f02");
    let operator = app.signed_in(Role::Operator).await;
    let list = operator.get("/failed-accounting").await;
    assert_eq!(list.attributes("form[action='/batches'] input[name=id]", "value").len(), 12);
    let fields = [("action", "handle"), ("id", "f01"), ("id", "f02"), ("id", "f03"), ("id", "f01")];
    let batch = made(&operator, &fields).await;
    let preview = operator.get(&batch).await;
    assert!(preview.text("h1").starts_with("Handle 3 records"), "{}", preview.body);
    let card = |name| preview.attribute("a.card[data-count]", name);
    assert_eq!(
        [card("data-count"), card("data-sum-amount"), card("data-sum-cost")],
        ["3", "3.60000", "2.70000"]
    );
    assert!(app.record("f01").is_open(), "a preview changes nothing");
    let rows = operator.get(&card("href")).await;
    assert_eq!(rows.rows(), ["f03", "f02", "f01"]);
    assert_eq!(rows.money_line(), ["3", "3.60000", "2.70000"]);

    let wrong = operator.post(&format!("{batch}/run"), &[("resolution", "other"), ("note", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.attribute("#note", "aria-invalid"), "true");
    assert_eq!(wrong.attribute("#resolution option[selected]", "value"), "other");
    let done = ran(&operator, &batch, &[("resolution", "written_off"), ("note", "as agreed")]).await;
    assert_eq!(report(&done), ["3", "0", "0"]);
    let record = app.record("f02");
    assert_eq!(record.resolution.as_deref(), Some("written_off"));
    assert_eq!(record.handled_by.as_deref(), Some("operator"));
    assert_eq!(record.handled_note.as_deref(), Some("as agreed"));
    assert!(app.record("f04").is_open());
    let told = events(&app, FAILED_ACCOUNTING, "f02");
    assert_eq!(told.len(), 1);
    assert_eq!((&*told[0].author, &*told[0].source, &*told[0].action), ("operator", "batch", "handle"));
    assert_eq!(json(&told[0].after_state)["batch"].as_str(), batch.strip_prefix("/batches/"));
    assert!(operator.get("/failed-accounting/f02").await.text(".timeline").contains("operator handled this"));

    let again = operator.post(&format!("{batch}/run"), &[("resolution", "written_off")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text("[role=alert]").contains("already run"));
    let undone = operator.submit(&format!("{batch}/undo"), &[]).await;
    assert_eq!(report(&undone), ["3", "0", "3"]);
    assert_eq!(app.record("f02"), before, "as it was, to the letter");
    assert_eq!(operator.post(&format!("{batch}/undo"), &[]).await.status, StatusCode::CONFLICT);
    let check = app.database.run_here(chain::check).unwrap();
    assert_eq!(check.count, 0, "the chain holds: {check:?}");
}

#[actix_web::test]
async fn all_that_matches_is_frozen_and_new_arrivals_are_never_touched() {
    let app = twelve();
    let operator = app.signed_in(Role::Operator).await;
    let list = operator.get("/failed-accounting?userorgid=org-c").await;
    let batch = made(&operator, &[("action", "handle"), ("scope", "filter"), ("userorgid", "org-c")]).await;
    app.given(&FailedRecord { userorgid: Some("org-c".to_owned()), ..failure("f99") });
    let preview = operator.get(&batch).await;
    let card = ["data-count", "data-sum-amount", "data-sum-cost"]
        .map(|name| preview.attribute("a.card[data-count]", name));
    assert_eq!(card, list.money_line());
    assert!(preview.text(".chips").contains("org-c"), "{}", preview.body);
    let split = preview.attributes(".split a[data-count]", "data-count");
    assert_eq!(split, ["6", "6"], "by cause and by organisation");
    for link in preview.attributes(".split a[data-count]", "href") {
        let rows = operator.get(&link).await;
        assert_eq!(rows.money_line(), list.money_line(), "{link}");
    }
    let done = ran(&operator, &batch, &[("resolution", "duplicate")]).await;
    assert_eq!(report(&done), ["6", "0", "0"]);
    assert!(app.record("f99").is_open());
    let csv = operator.get(&format!("{batch}.csv")).await;
    assert_eq!(csv.status, StatusCode::OK);
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(lines[1].contains("f01") && lines[1].contains("done"), "{}", lines[1]);
}

#[actix_web::test]
async fn what_changed_meanwhile_is_left_and_the_report_says_by_whom() {
    let app = twelve();
    let operator = app.signed_in(Role::Operator).await;
    app.add_user("bea", Role::Operator);
    let bea = app.visitor();
    bea.post("/login", &[("username", "bea"), ("password", crate::app::PASSWORD)]).await;
    app.given(&FailedRecord { handled: Some("1".to_owned()), ..failure("h1") });
    sql(
        &app.database,
        "UPDATE llmusage_accounting_failed SET handled = '1', resolution = 'superseded' WHERE id = 'f05'",
    );
    let ids = ["f01", "f02", "f03", "f04", "f05", "h1", "nowhere"].map(|id| ("id", id));
    let fields: Vec<(&str, &str)> = ids.into_iter().chain([("action", "handle")]).collect();
    let batch = made(&operator, &fields).await;
    let preview = operator.get(&batch).await;
    assert!(preview.body.contains("took its place"), "superseded is not handled: {}", preview.body);
    assert!(preview.body.contains("already handled") && preview.body.contains("The record is gone"));
    bea.post("/failed-accounting/f01/handle", &[("resolution", "duplicate")]).await;
    bea.post("/failed-accounting/f02", &[("failed_reason", "edited")]).await;
    sql(&app.database, "UPDATE llmusage_accounting_failed SET amount = 7 WHERE id = 'f03'");
    let done = ran(&operator, &batch, &[("resolution", "written_off")]).await;
    assert_eq!(report(&done), ["1", "6", "0"]);
    let why = |id: &str| done.text(&format!("#report tr[data-id='{id}']"));
    assert!(why("f01").contains("bea changed the record in the meantime"), "{}", why("f01"));
    assert!(why("f02").contains("bea changed"), "{}", why("f02"));
    assert!(why("f03").contains("not through this app"), "{}", why("f03"));
    assert!(why("h1").contains("already handled"), "{}", why("h1"));
    assert!(why("nowhere").contains("gone"), "{}", why("nowhere"));
    assert_eq!(app.record("f01").resolution.as_deref(), Some("duplicate"));
    assert_eq!(app.record("f03").amount, Some(money("7")));
    assert!(!app.record("f04").is_open());

    let rest = operator.submit(&format!("{batch}/rest"), &[]).await;
    let card = rest.attribute("a.card[data-count]", "data-count");
    assert_eq!(card, "5", "the rest again: f01, f02, f03, f05, h1");
}

#[actix_web::test]
async fn undoing_leaves_what_has_moved_on_and_reports_it() {
    let app = twelve();
    sql(
        &app.database,
        "UPDATE llmusage_accounting_failed SET handled = NULL, handled_note = 'before' WHERE id = 'f01'",
    );
    let operator = app.signed_in(Role::Operator).await;
    let fields = [("action", "handle"), ("id", "f01"), ("id", "f02"), ("id", "f03"), ("id", "f04")];
    let batch = made(&operator, &fields).await;
    ran(&operator, &batch, &[("resolution", "written_off")]).await;
    operator.post("/failed-accounting/f02/reopen", &[]).await;
    sql(&app.database, "UPDATE llmusage_accounting_failed SET handled = '0' WHERE id = 'f03'");
    let undone = operator.submit(&format!("{batch}/undo"), &[]).await;
    assert_eq!(report(&undone), ["4", "0", "2"]);
    assert_eq!(app.record("f01").handled, None, "as it was, to the letter");
    assert_eq!(app.record("f01").handled_note.as_deref(), Some("before"));
    assert!(undone.text("#report tr[data-id='f02']").contains("operator changed the record since"));
    assert!(undone.text("#report tr[data-id='f03']").contains("not through this app"));
}

#[actix_web::test]
async fn a_reopening_is_undone_with_resolution_note_author_and_time() {
    let app = TestApp::new();
    let handled = FailedRecord {
        handled: Some("1".to_owned()),
        handled_time: Some(at("2026-05-22 09:00:00")),
        handled_note: Some("credited by phone".to_owned()),
        resolution: Some("customer_credited".to_owned()),
        handled_by: Some("ann".to_owned()),
        ..failure("f1")
    };
    app.given(&handled);
    app.given(&FailedRecord {
        resolution: Some("accounted".to_owned()),
        ..FailedRecord { id: "f2".to_owned(), ..handled.clone() }
    });
    let handled = app.record("f1");
    let operator = app.signed_in(Role::Operator).await;
    let batch = made(&operator, &[("action", "reopen"), ("scope", "filter"), ("handled", "1")]).await;
    let done = ran(&operator, &batch, &[("note", "wrong customer")]).await;
    assert_eq!(report(&done), ["1", "1", "0"]);
    assert!(app.record("f1").is_open());
    assert_eq!(app.record("f1").handled_note.as_deref(), Some("wrong customer"));
    let undone = operator.submit(&format!("{batch}/undo"), &[]).await;
    assert_eq!(report(&undone), ["1", "1", "1"]);
    assert_eq!(app.record("f1"), handled);
}

/// Usages of f01 to f12, failed.
fn with_usages(app: &TestApp) {
    for number in 1..=12 {
        app.given_usage(&usage(&format!("usage-f{number:02}")));
    }
}

fn state_of(app: &TestApp, id: &str) -> Option<String> {
    app.database.run_here(|connection| usages::lookup(connection, id)).unwrap().unwrap().accounting_status
}

#[actix_web::test]
async fn a_batch_of_retries_follows_the_rules_of_one_retry() {
    let app = twelve();
    with_usages(&app);
    app.given(&FailedRecord { llmusageid: Some("usage-f01".to_owned()), ..failure("f01b") });
    app.given(&FailedRecord { llmusageid: None, ..failure("without") });
    app.given(&FailedRecord { llmusageid: Some("gone".to_owned()), ..failure("lost") });
    let accounted = Some("accounted".to_owned());
    app.given_usage(&Usage { accounting_status: accounted, ..usage("usage-paid") });
    app.given(&failure("paid"));
    let operator = app.signed_in(Role::Operator).await;
    let batch = made(&operator, &[("action", "retry"), ("scope", "filter")]).await;
    let preview = operator.get(&batch).await;
    for why in ["names no usage", "neither live nor", "the customer was charged"] {
        assert!(preview.body.contains(why), "{why}: {}", preview.body);
    }
    let done = ran(&operator, &batch, &[]).await;
    assert_eq!(report(&done), ["12", "4", "0"], "two failures of one usage are one retry");
    assert_eq!(state_of(&app, "usage-f01").as_deref(), Some("created"));
    assert_eq!(state_of(&app, "usage-paid").as_deref(), Some("accounted"));
    let (first, second) = (app.record("f01"), app.record("f01b"));
    assert!(first.is_retrying() != second.is_retrying());
    let asked = if first.is_retrying() { first } else { second };
    assert_eq!(asked.retry.known().len(), 1, "it knows of the other one");
    assert_eq!(events(&app, USAGE, "usage-f02")[0].author, "operator");
    assert_eq!(operator.post(&format!("{batch}/undo"), &[]).await.status, StatusCode::CONFLICT);
    let second = made(&operator, &[("action", "handle"), ("id", "f02")]).await;
    let refused = operator.post(&format!("{second}/run"), &[("resolution", "duplicate")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "nothing can be done");
    assert!(app.record("f02").is_retrying(), "a retry under way is not handled");
}

/// The platform's answer to all usages that wait: this state, and the watcher looks twice.
fn platform_answers(app: &TestApp, state: &str) {
    sql(
        &app.database,
        &format!("UPDATE llmusage SET accounting_status = '{state}' WHERE accounting_status = 'created'"),
    );
    let clock = Clock::stopped(chrono_tz::Tz::Asia__Shanghai, at("2026-05-22 12:00:09"));
    let watcher = Watcher::new((*app.database).clone(), clock);
    watcher.step().unwrap();
    watcher.step().unwrap();
}

#[actix_web::test]
async fn some_are_retried_first_and_the_rest_follows_or_is_left() {
    for (state, expected, left) in [("accounted", "12", 0), ("failed", "4", 8)] {
        let app = twelve();
        with_usages(&app);
        let operator = app.signed_in(Role::Operator).await;
        let batch = made(&operator, &[("action", "retry"), ("scope", "filter")]).await;
        let wrong =
            operator.post(&format!("{batch}/run"), &[("canary_size", "x"), ("canary_percent", "7")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.attribute("#canary_percent", "value"), "7");
        let waiting = ran(&operator, &batch, &[("canary_size", "4"), ("canary_percent", "25")]).await;
        assert_eq!(waiting.attribute("#report", "data-done"), "4");
        runner(&app).step().unwrap();
        assert!(operator.get(&batch).await.has(".batch-waiting"), "nothing is known yet");
        platform_answers(&app, state);
        runner(&app).step().unwrap();
        runner(&app).step().unwrap();
        let ended = operator.get(&batch).await;
        assert_eq!(ended.attribute("#report", "data-done"), expected, "{state}");
        assert_eq!(ended.attribute("#report", "data-not-done"), left.to_string(), "{state}");
        assert_eq!(ended.has(".batch-stopped"), left > 0);
    }
}

#[actix_web::test]
async fn stopping_leaves_the_rest_untouched_and_the_rest_can_be_taken_up() {
    let app = twelve();
    for number in 0..900 {
        app.given(&failure(&format!("g{number:03}")));
    }
    let operator = app.signed_in(Role::Operator).await;
    let batch = made(&operator, &[("action", "handle"), ("scope", "filter")]).await;
    let fields = [("resolution", "test_traffic"), ("confirm_count", "912")];
    let running = ran(&operator, &batch, &fields).await;
    assert_eq!(running.attribute("#report", "data-done"), "400", "the first stretch");
    assert!(running.has("[data-refresh] progress"));
    let stopped = operator.submit(&format!("{batch}/abort"), &[]).await;
    assert_eq!(report(&stopped), ["400", "512", "0"]);
    runner(&app).step().unwrap();
    assert_eq!(operator.get("/failed-accounting").await.money_line()[0], "512");
    assert_eq!(operator.post(&format!("{batch}/run"), &[]).await.status, StatusCode::CONFLICT);
    let csv = operator.get(&format!("{batch}.csv")).await;
    assert_eq!(csv.body.lines().filter(|line| line.contains(",not_done,")).count(), 512);
    let rest = operator.submit(&format!("{batch}/rest"), &[]).await;
    assert_eq!(rest.attribute("a.card[data-count]", "data-count"), "512");
    let rest = rest.attribute("form[action$='/run']", "action").replace("/run", "");
    ran(&operator, &rest, &[("resolution", "test_traffic")]).await;
    runner(&app).step().unwrap();
    assert_eq!(report(&operator.get(&rest).await), ["512", "0", "0"]);
}

#[actix_web::test]
async fn much_money_or_many_rows_ask_for_the_number_to_be_typed() {
    let app = TestApp::with(&["--batch-confirm-amount", "2"]);
    app.given(&failure("f1"));
    app.given(&failure("f2"));
    let operator = app.signed_in(Role::Operator).await;
    let one = made(&operator, &[("action", "handle"), ("id", "f1")]).await;
    assert!(!operator.get(&one).await.has("#confirm_count"));
    let both = made(&operator, &[("action", "handle"), ("scope", "filter")]).await;
    assert!(operator.get(&both).await.has("#confirm_count"));
    for typed in ["", "1", "two"] {
        let fields = [("resolution", "duplicate"), ("confirm_count", typed)];
        let refused = operator.post(&format!("{both}/run"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert_eq!(refused.attribute("#confirm_count", "aria-invalid"), "true");
    }
    let done = ran(&operator, &both, &[("resolution", "duplicate"), ("confirm_count", "2")]).await;
    assert_eq!(report(&done), ["2", "0", "0"]);
}

#[actix_web::test]
async fn a_preview_is_run_by_who_made_it_and_records_are_deleted_by_administrators_only() {
    let app = twelve();
    let operator = app.signed_in(Role::Operator).await;
    let admin = app.signed_in(Role::Admin).await;
    let viewer = app.signed_in(Role::Viewer).await;
    let batch = made(&operator, &[("action", "handle"), ("id", "f01")]).await;
    for visitor in [&viewer, &admin] {
        let seen = visitor.get(&batch).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(!seen.has("form[action$='/run']"));
    }
    assert_eq!(viewer.get("/batches").await.status, StatusCode::OK);
    assert!(!viewer.get("/failed-accounting").await.has("form[action='/batches']"));
    let foreign = admin.post(&format!("{batch}/run"), &[("resolution", "duplicate")]).await;
    assert_eq!(foreign.status, StatusCode::CONFLICT);
    assert!(foreign.text("[role=alert]").contains("operator made this preview"));
    assert_eq!(viewer.post(&format!("{batch}/run"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        viewer.post("/batches", &[("action", "handle"), ("id", "f01")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        operator.post("/batches", &[("action", "delete"), ("id", "f01")]).await.status,
        StatusCode::FORBIDDEN
    );

    let deletion = made(&admin, &[("action", "delete"), ("id", "f01"), ("id", "f02")]).await;
    assert_eq!(operator.post(&format!("{deletion}/run"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(operator.post(&format!("{deletion}/abort"), &[]).await.status, StatusCode::FORBIDDEN);
    let done = ran(&admin, &deletion, &[]).await;
    assert_eq!(report(&done), ["2", "0", "0"]);
    assert_eq!(admin.get("/failed-accounting/f01").await.status, StatusCode::NOT_FOUND);
    let kept = events(&app, FAILED_ACCOUNTING, "f01");
    assert_eq!(
        json(&kept[0].before_state)["failed_reason"],
        "usages is None",
        "the whole row stays in the trail"
    );
}

#[actix_web::test]
async fn bad_selections_are_refused_in_clear_words() {
    let app = twelve();
    let operator = app.signed_in(Role::Operator).await;
    let long = "x".repeat(1_001);
    for (fields, words) in [
        (vec![("action", "handle")], "tick at least one"),
        (vec![("action", "handle"), ("id", "nowhere")], "tick at least one"),
        (vec![("action", "handle"), ("scope", "filter"), ("userorgid", "nobody")], "matches some"),
        (vec![("action", "explode"), ("id", "f01")], "One of handle"),
        (vec![("id", "f01")], "One of handle"),
        (vec![("action", "handle"), ("scope", "all")], "filter"),
        (vec![("action", "handle"), ("scope", "filter"), ("usrorgid", "org-b")], "no such filter"),
        (vec![("action", "handle"), ("scope", "filter"), ("amount_min", "x")], "plain number"),
        (vec![("action", "handle"), ("id", &long)], "At most 1000 characters"),
    ] {
        let refused = operator.post("/batches", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.text("main").contains(words), "{fields:?}: {}", refused.text("main"));
    }
    let ids: Vec<String> = (0..10_001).map(|number| format!("i{number}")).collect();
    let fields: Vec<(&str, &str)> =
        ids.iter().map(|id| ("id", id.as_str())).chain([("action", "handle")]).collect();
    let refused = operator.post("/batches", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("10000") || refused.body.contains("10,000"), "{}", refused.body);
    let long = operator.get(&format!("/failed-accounting?batch={long}")).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY, "a batch in the list's filter, too");
    for path in ["/batches/nowhere", "/batches/nowhere.csv", "/batches/%FF"] {
        assert_eq!(operator.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for action in ["run", "abort", "undo", "rest"] {
        let answer = operator.post(&format!("/batches/nowhere/{action}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{action}");
    }
    let made = made(&operator, &[("action", "handle"), ("id", "f01")]).await;
    let discarded = operator.submit(&format!("{made}/abort"), &[]).await;
    assert!(discarded.has(".batch-aborted"));
    let aborted = operator.post(&format!("{made}/run"), &[("resolution", "duplicate")]).await;
    assert_eq!(aborted.status, StatusCode::CONFLICT);
}

#[actix_web::test]
async fn the_records_that_were_frozen_unsorted_are_found_by_their_link_once_they_are_sorted() {
    let app = twelve();
    sql(
        &app.database,
        "UPDATE llmusage_accounting_failed SET cause = NULL, cause_version = NULL WHERE id < 'f04'",
    );
    let operator = app.signed_in(Role::Operator).await;
    let batch = made(&operator, &[("action", "handle"), ("scope", "filter")]).await;
    let link = operator.get(&batch).await.attribute("a[href*='batch_outcome=unsorted']", "href");
    assert_eq!(operator.get(&link).await.money_line()[0], "3");
    sorting::sort_all(&app.database).unwrap();
    assert_eq!(operator.get(&link).await.money_line()[0], "3", "{link}");
    assert_eq!(operator.get("/failed-accounting?cause=unsorted").await.money_line()[0], "0");
}

#[actix_web::test]
async fn the_records_of_a_cause_are_those_that_had_it_when_they_were_frozen() {
    let app = twelve();
    let operator = app.signed_in(Role::Operator).await;
    let batch = made(&operator, &[("action", "handle"), ("scope", "filter")]).await;
    let page = operator.get(&batch).await;
    let links = page.attributes("section[aria-labelledby='split-causes'] a", "href");
    let counts = page.attributes("section[aria-labelledby='split-causes'] a", "data-count");
    assert!(!links.is_empty() && links.iter().all(|link| link.contains("batch_cause=")), "{links:?}");
    // One gets another reason, and its cause with it.
    let another = [("failed_reason", "llm not found(m9)"), ("amount", "1"), ("cost", "1"), ("handled", "0")];
    let page = operator.get("/failed-accounting/f01/edit").await;
    let seen = page.attribute("input[name=seen]", "value");
    let edited = operator.post("/failed-accounting/f01", &[&another[..], &[("seen", &*seen)]].concat()).await;
    assert_eq!(edited.status, StatusCode::SEE_OTHER, "{}", edited.body);
    sorting::sort_all(&app.database).unwrap();
    let program = crate::web::api::admin(&app);
    for (link, count) in links.iter().zip(counts) {
        let list = operator.get(link).await;
        assert_eq!(list.money_line()[0], count, "{link}");
        assert!(!list.text(".chips").contains("batch_cause"), "{}", list.text(".chips"));
        let told = program.get(&link.replace("/failed-accounting?", "/api/v1/failed-accounting?")).await;
        assert_eq!(told["total"].to_string(), count, "{link}");
    }
}
