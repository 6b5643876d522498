//! The page of jobs: what the app does by itself, and how it went.

use std::time::Duration;

use llmage_admin::accounts::role::Role;
use llmage_admin::jobs::job::Outcome;
use llmage_admin::jobs::{Job, Turn, store};

use crate::app::{TestApp, noon};

fn jobs() -> [Job; 2] {
    let watcher = Job::every("retry watcher", Duration::from_secs(5), || Ok(Turn::Done));
    [watcher, Job::daily("tidy", "02:30:00".parse().unwrap(), || Ok(Turn::Done))]
}

#[actix_web::test]
async fn a_job_that_looks_and_finds_nothing_is_not_said_to_have_never_run() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    app.database.transaction_here(|connection| store::register(connection, &jobs(), noon())).unwrap();
    let page = admin.get("/jobs").await;
    assert_eq!(page.texts("#jobs tbody tr"), ["tidy Every day at 02:30 never –none 2026-05-23 02:30:00"]);
    assert_eq!(
        page.texts("details #jobs-idle tbody tr"),
        ["Watching the outcome of retries Every 5 seconds nothing to do so far –none 2026-05-22 12:00:05"]
    );
}

#[actix_web::test]
async fn an_admin_sees_when_each_job_ran_how_it_went_and_when_it_comes_again() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let empty = admin.get("/jobs").await;
    assert!(empty.body.contains("No server has started its jobs"), "{}", empty.body);
    let [watcher, tidy] = jobs();
    app.database
        .transaction_here(|connection| {
            store::register(connection, &[watcher.clone(), tidy], noon())?;
            store::begin(connection, "retry watcher", noon())?;
            store::end(connection, &watcher, &Outcome::Failed("<b>away</b>".to_owned()), noon())
        })
        .unwrap();
    let page = admin.get("/jobs").await;
    let rows = page.texts("#jobs tbody tr");
    assert_eq!(
        rows,
        [
            "tidy Every day at 02:30 never –none 2026-05-23 02:30:00",
            "Watching the outcome of retries Every 5 seconds 2026-05-22 12:00:00 failed<b>away</b> 2026-05-22 12:00:05",
        ]
    );
    assert!(!page.has("#jobs b"));
    app.database.transaction_here(|connection| store::register(connection, &[watcher], noon())).unwrap();
    assert!(admin.get("/jobs").await.texts("#jobs tbody tr").iter().any(|row| row.starts_with("tidy Off")));
}
