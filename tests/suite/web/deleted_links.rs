//! Nothing names a failure that was deleted, wherever in a chain of failures it stood.

use llmage_admin::db::schema::llmusage_accounting_failed as failed;
use llmage_admin::failed_accounting::accounted::Accounted;
use llmage_admin::failed_accounting::failure::FailedRecord;

use diesel::prelude::*;

use super::api::{Programs, admin};
use super::at_stake::look;
use crate::app::{TestApp, usage};
use crate::support::rows::{self, Row, run as sql};

/// Three failures of one usage, each of which took the place of the one before; their ids.
async fn chain(app: &TestApp, programs: &Programs<'_>) -> [String; 3] {
    app.given_usage(&usage("u1"));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let body = r#"{"llmusageid": "u1", "failed_reason": "usages is None", "amount": 1.2}"#;
        let made = programs.told(("POST", "/api/v1/failed-accounting"), body, 201).await;
        ids.push(made["id"].as_str().expect("an id").to_owned());
    }
    let ids: [String; 3] = ids.try_into().unwrap();
    assert_eq!(links(app, &ids[1]), (Some(ids[0].clone()), Some(ids[2].clone())));
    ids
}

/// What a failure took the place of, and what took its place.
fn links(app: &TestApp, id: &str) -> (Option<String>, Option<String>) {
    let retry = app.record(id).retry;
    (retry.supersedes, retry.superseded_by)
}

async fn delete(app: &TestApp, programs: &Programs<'_>, id: &str) {
    programs.told(("DELETE", &format!("/api/v1/failed-accounting/{id}")), "", 204).await;
    let records: Vec<FailedRecord> = app
        .database
        .run_here(|connection| Ok(failed::table.select(FailedRecord::as_select()).load(connection)?))
        .unwrap();
    for record in &records {
        for named in [&record.retry.supersedes, &record.retry.superseded_by].into_iter().flatten() {
            assert!(records.iter().any(|other| other.id == *named), "{} names {named}", record.id);
        }
    }
}

#[actix_web::test]
async fn in_the_middle_its_neighbours_name_each_other() {
    let app = TestApp::new();
    let programs = admin(&app);
    let [first, middle, last] = chain(&app, &programs).await;
    delete(&app, &programs, &middle).await;
    assert_eq!(links(&app, &first), (None, Some(last.clone())));
    assert_eq!(links(&app, &last), (Some(first.clone()), None));
    delete(&app, &programs, &first).await;
    assert_eq!(links(&app, &last), (None, None));
    assert!(app.record(&last).is_open());
}

#[actix_web::test]
async fn at_either_end_the_other_two_are_a_chain() {
    let app = TestApp::new();
    let programs = admin(&app);
    let [first, middle, last] = chain(&app, &programs).await;
    delete(&app, &programs, &first).await;
    assert_eq!(links(&app, &middle), (None, Some(last.clone())));
    delete(&app, &programs, &last).await;
    assert_eq!(links(&app, &middle), (None, None));
    assert!(app.record(&middle).is_open(), "it is the work again");
}

#[actix_web::test]
async fn what_followed_it_is_still_newer_than_what_was_older() {
    let app = TestApp::new();
    look(&app);
    let programs = admin(&app);
    app.given_usage(&usage("u1"));
    let recorded = |time: &str| {
        format!(
            r#"{{"llmusageid": "u1", "failed_reason": "x", "failed_time": "2026-05-20 {time}", "use_time": "2026-05-20 01:00:00"}}"#
        )
    };
    let list = ("POST", "/api/v1/failed-accounting");
    let oldest = programs.told(list, &recorded("09:00:00"), 201).await;
    let oldest = oldest["id"].as_str().expect("an id");
    let path = format!("/api/v1/failed-accounting/{oldest}");
    programs.told(("POST", &format!("{path}/handle")), r#"{"resolution": "written_off"}"#, 200).await;
    let between = Row {
        llmusageid: Some("u1".to_owned()),
        failed_time: Some("2026-05-20 09:30:00".to_owned()),
        ..rows::failure("between")
    };
    rows::insert(&app.database, &[between]);
    look(&app);
    let newest = programs.told(list, &recorded("08:00:00"), 201).await;
    let newest = newest["id"].as_str().expect("an id");
    assert_eq!(links(&app, newest).0.as_deref(), Some("between"));
    delete(&app, &programs, "between").await;
    assert_eq!(links(&app, newest).0.as_deref(), Some(oldest));
    programs.told(("POST", &format!("{path}/reopen")), "", 200).await;
    assert_eq!(links(&app, oldest).1.as_deref(), Some(newest));
    assert!(app.record(newest).is_open(), "it stays the work");
}

fn account(app: &TestApp) {
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted'");
    let job = Accounted::new((*app.database).clone(), app.clock.clone());
    while job.is_due().unwrap() {
        while job.step().unwrap() {}
    }
}

#[actix_web::test]
async fn where_nothing_is_the_work_what_stood_behind_it_names_nothing_and_stays_closed() {
    let app = TestApp::new();
    let programs = admin(&app);
    let [first, middle, last] = chain(&app, &programs).await;
    account(&app);
    assert_eq!(app.record(&last).resolution.as_deref(), Some("accounted"));
    delete(&app, &programs, &last).await;
    assert_eq!(links(&app, &middle), (Some(first.clone()), None));
    assert_eq!(links(&app, &first), (None, Some(middle.clone())));
    let path = format!("/api/v1/failed-accounting/{middle}");
    for act in ["retry", "reopen", "settle"] {
        let refused = programs.told(("POST", &format!("{path}/{act}")), "", 409).await;
        assert_eq!(refused["state"], "superseded", "{act}: {refused}");
    }
    let viewer = app.signed_in(llmage_admin::accounts::role::Role::Viewer).await;
    assert_eq!(viewer.get(&format!("/failed-accounting/{middle}")).await.status, 200);
    // A new failure is the one that leads on from there.
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'failed'");
    let body = r#"{"llmusageid": "u1", "failed_reason": "usages is None"}"#;
    let newest = programs.told(("POST", "/api/v1/failed-accounting"), body, 201).await;
    let refused = programs.told(("POST", &format!("{path}/retry")), "", 409).await;
    assert_eq!(refused["record"], newest["id"]);
}

#[actix_web::test]
async fn of_very_many_behind_it_none_names_it() {
    let app = TestApp::new();
    look(&app);
    app.given_usage(&usage("u1"));
    let written = |number: usize| Row {
        llmusageid: Some("u1".to_owned()),
        failed_time: Some(format!("2026-05-20 {:02}:{:02}:00", number / 60, number % 60)),
        ..rows::failure(&format!("f{number:04}"))
    };
    rows::insert_many(&app.database, (0..1_300).map(written));
    look(&app);
    account(&app);
    assert_eq!(app.record("f1299").resolution.as_deref(), Some("accounted"));
    delete(&app, &admin(&app), "f1299").await;
    assert!((0..1_299).all(|number| app.record(&format!("f{number:04}")).is_superseded()));
}
