//! A new failure closes by itself once the platform accounts its usage, whenever that is; what was adopted or imported stays.

use actix_web::http::StatusCode;
use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store as audit;
use llmage_admin::check::runner::{self as checks, Order};
use llmage_admin::check::store as check;
use llmage_admin::failed_accounting::accounted::Accounted;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use super::api::{Programs, admin};
use super::at_stake::{finding, look};
use crate::app::{TestApp, failure, usage};
use crate::support::rows::{self, Row, run as sql};
use crate::transfer::files::import_failures;
use crate::web::tokens::json;

const OPEN_OF_ACCOUNTED: &str = "open_failure_of_accounted";

/// What the platform writes of a usage.
fn written(id: &str, usage_id: &str) -> Row {
    Row { llmusageid: Some(usage_id.to_owned()), ..rows::failure(id) }
}

fn job(app: &TestApp) -> Accounted {
    Accounted::new((*app.database).clone(), app.clock.clone())
}

/// The job, as it is after a pause.
fn work(app: &TestApp) {
    let job = job(app);
    while job.is_due().unwrap() {
        while job.step().unwrap() {}
    }
}

fn account(app: &TestApp) {
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted'");
}

fn archive(app: &TestApp) {
    let columns = "id, llmid, use_date, use_time, amount, cost, status";
    sql(
        &app.database,
        &format!(
            "INSERT INTO llmusage_history ({columns}, accounting_status) SELECT {columns}, 'accounted' FROM llmusage; \
             DELETE FROM llmusage"
        ),
    );
}

/// Three new failures, each written in another way and looked at while its usage was not accounted; their ids.
async fn three(app: &TestApp, programs: &Programs<'_>) -> [String; 3] {
    look(app);
    app.given_usage(&usage("u-alone"));
    app.given_usage(&Usage { accounting_status: Some("created".to_owned()), ..usage("u-fail") });
    app.given_usage(&usage("u-platform"));
    let body = r#"{"llmusageid": "u-alone", "failed_reason": "usages is None", "amount": 1.2}"#;
    let alone = programs.told(("POST", "/api/v1/failed-accounting"), body, 201).await;
    let failed =
        programs.told(("POST", "/api/v1/usages/u-fail/fail"), r#"{"reason": "usages is None"}"#, 201).await;
    rows::insert(&app.database, &[written("by-platform", "u-platform")]);
    look(app);
    work(app);
    let id = |made: &serde_json::Value| made["id"].as_str().expect("an id").to_owned();
    let ids = [id(&alone), id(&failed), "by-platform".to_owned()];
    assert!(ids.iter().all(|id| app.record(id).is_open()), "nothing is accounted yet");
    ids
}

/// What the last event of a failure says of the usage.
fn proof(app: &TestApp, id: &str) -> serde_json::Value {
    let events = app.database.run_here(|connection| audit::timeline(connection, FAILED_ACCOUNTING, id));
    let event = events.unwrap().remove(0);
    let told = [&event.action, &event.author, &event.source].map(String::as_str);
    assert_eq!(told, ["settle", "accounted usages", "job"]);
    assert_eq!(json_of(&event.before_state)["handled"], "0");
    json_of(&event.after_state)
}

fn json_of(state: &Option<String>) -> serde_json::Value {
    serde_json::from_str(state.as_deref().unwrap_or("null")).unwrap()
}

#[actix_web::test]
async fn new_failures_close_with_the_proof_once_their_usage_is_accounted_live_or_archived() {
    for (make, is_archived) in [(account as fn(&TestApp), false), (archive, true)] {
        let app = TestApp::new();
        let ids = three(&app, &admin(&app)).await;
        make(&app);
        assert_eq!(finding(&app, OPEN_OF_ACCOUNTED).0, 3);
        work(&app);
        for id in &ids {
            let record = app.record(id);
            assert_eq!(record.resolution.as_deref(), Some("accounted"), "{record:?}");
            assert_eq!(record.handled_by.as_deref(), Some("accounted usages"));
            let proof = proof(&app, id);
            assert_eq!(proof["usage_accounting_status"], "accounted");
            assert_eq!(proof["usage_archived"], is_archived);
        }
        assert_eq!(finding(&app, OPEN_OF_ACCOUNTED).0, 0);
        let list = app.signed_in(llmage_admin::accounts::role::Role::Viewer).await;
        assert_eq!(list.get("/failed-accounting").await.money_line()[0], "0");
        let order = Order { by: "admin", since: None };
        checks::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
        let found = app.database.run_here(check::last).unwrap().unwrap().findings;
        let differ = found.iter().find(|finding| finding.class == "totals_differ").expect("the class");
        assert_eq!(differ.count, 0, "the kept totals are right");
        assert!(!job(&app).is_due().unwrap(), "it is done");
    }
}

#[actix_web::test]
async fn what_was_adopted_or_imported_stays_open_and_check_names_it() {
    let app = TestApp::new();
    for id in ["u1", "u2", "u3", "u4"] {
        app.given_usage(&usage(id));
    }
    rows::insert(&app.database, &[written("adopted", "u1")]);
    look(&app);
    app.given(&FailedRecord { llmusageid: Some("u2".to_owned()), ..failure("imported") });
    // Both came back under the ids of new ones.
    rows::insert(&app.database, &[written("back", "u3"), written("again", "u4")]);
    look(&app);
    let programs = admin(&app);
    programs.told(("DELETE", "/api/v1/failed-accounting/back"), "", 204).await;
    sql(&app.database, "DELETE FROM llmusage_accounting_failed WHERE id = 'again'");
    let file = "id,llmusageid,amount\nback,u3,1\nagain,u4,1\n";
    let imported = import_failures(&app.database, file).unwrap();
    assert_eq!(imported.rows, 2);
    account(&app);
    look(&app);
    assert!(!job(&app).is_due().unwrap(), "nothing to do");
    work(&app);
    for id in ["adopted", "imported", "back", "again"] {
        assert!(app.record(id).is_open(), "{id}");
    }
    assert_eq!(finding(&app, OPEN_OF_ACCOUNTED).0, 4);
}

#[actix_web::test]
async fn an_imported_failure_that_is_newer_than_a_new_one_is_left_with_it_to_people() {
    let app = TestApp::new();
    look(&app);
    app.given_usage(&usage("u1"));
    rows::insert(&app.database, &[written("new", "u1")]);
    look(&app);
    app.given(&FailedRecord { llmusageid: Some("u1".to_owned()), ..failure("later") });
    account(&app);
    assert!(!job(&app).is_due().unwrap());
    assert!(app.record("new").is_open() && app.record("later").is_open());
    assert_eq!(finding(&app, OPEN_OF_ACCOUNTED).0, 2);
}

#[actix_web::test]
async fn one_that_was_handled_and_opened_again_is_still_new_and_a_retry_is_left_to_the_watcher() {
    let app = TestApp::new();
    let programs = admin(&app);
    let ids = three(&app, &programs).await;
    for id in &ids {
        let path = format!("/api/v1/failed-accounting/{id}");
        programs.told(("POST", &format!("{path}/handle")), r#"{"resolution": "written_off"}"#, 200).await;
        programs.told(("POST", &format!("{path}/reopen")), "", 200).await;
    }
    programs.told(("POST", &format!("/api/v1/failed-accounting/{}/retry", ids[0])), "", 202).await;
    account(&app);
    work(&app);
    let closed = |id: &String| app.record(id).resolution.is_some();
    assert_eq!(ids.iter().map(closed).collect::<Vec<_>>(), [false, true, true]);
    assert!(app.record(&ids[0]).is_retrying());
}

#[actix_web::test]
async fn of_many_each_ends_once_though_somebody_handles_them_at_the_same_moment() {
    let app = TestApp::new();
    look(&app);
    let id = |number: usize| format!("f{number:03}");
    for number in 0..120 {
        app.given_usage(&usage(&format!("u{number:03}")));
    }
    let written: Vec<Row> = (0..120).map(|number| written(&id(number), &format!("u{number:03}"))).collect();
    rows::insert(&app.database, &written);
    look(&app);
    account(&app);
    let job = job(&app);
    assert!(job.is_due().unwrap());
    let working = std::thread::spawn(move || while job.step().unwrap() {});
    // The job begins with those of the greatest id.
    let programs = admin(&app);
    let mut told = Vec::new();
    for number in 0..120 {
        told.push(credit(&programs, &id(number)).await);
    }
    working.join().unwrap();
    for (number, status) in told.iter().enumerate() {
        let resolution = app.record(&id(number)).resolution;
        let expected = if *status == StatusCode::OK { "customer_credited" } else { "accounted" };
        assert_eq!(resolution.as_deref(), Some(expected), "{number}: {status}");
        let events = app
            .database
            .run_here(|connection| audit::timeline(connection, FAILED_ACCOUNTING, &id(number)))
            .unwrap();
        assert_eq!(events.len(), 1, "{events:?}");
    }
}

/// Says that the customer got the money back: the one decision that an accounted usage allows.
async fn credit(programs: &Programs<'_>, id: &str) -> StatusCode {
    let path = format!("/api/v1/failed-accounting/{id}/handle");
    let answer = programs.ask("POST", &path, r#"{"resolution": "customer_credited"}"#).await;
    let refused = answer.status == StatusCode::CONFLICT && json(&answer)["record"] == id;
    assert!(answer.status == StatusCode::OK || refused, "{}", answer.body);
    answer.status
}

#[actix_web::test]
async fn who_does_not_get_to_close_them_goes_on_and_looks_again_later() {
    let app = TestApp::new();
    three(&app, &admin(&app)).await;
    account(&app);
    let job = job(&app);
    assert!(job.is_due().unwrap());
    assert!(!job.is_due().unwrap(), "another instance does it");
    assert!(!job.is_due().unwrap(), "it rests");
}

#[actix_web::test]
async fn those_behind_many_others_are_found_and_the_others_stay() {
    let app = TestApp::new();
    let usages: Vec<String> =
        (0..2_600).map(|number| format!("('u{number:04}', 'SUCCEEDED', 'failed')")).collect();
    for some in usages.chunks(500) {
        let some = some.join(", ");
        sql(&app.database, &format!("INSERT INTO llmusage (id, status, accounting_status) VALUES {some}"));
    }
    let of = |number: usize| {
        let failed_time = (number % 3 == 1).then(|| "2026-05-20 09:15:11".to_owned());
        Row { failed_time, ..written(&format!("f{number:04}"), &format!("u{number:04}")) }
    };
    rows::insert_many(&app.database, (0..2_500).map(of));
    look(&app);
    rows::insert_many(&app.database, (2_500..2_600).map(of));
    look(&app);
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id >= 'u2400'");
    let job = job(&app);
    let mut looks = 0;
    while job.is_due().unwrap() || looks < 40 {
        while job.step().unwrap() {}
        looks += 1;
    }
    assert_eq!(finding(&app, OPEN_OF_ACCOUNTED).0, 100, "those that were adopted");
    assert!((2_500..2_600).all(|number| !app.record(&format!("f{number:04}")).is_open()));
}
