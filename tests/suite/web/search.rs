//! One box that finds records by half an id, names, and words; and says honestly what there is not.

use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::retry::Retry;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, failure, noon, usage};
use crate::support::rows::run;

#[actix_web::test]
async fn half_an_id_of_any_kind_finds_its_records_with_their_money() {
    let app = TestApp::new();
    app.given(&FailedRecord { llmusageid: Some("use-AbCdEf-77".to_owned()), ..failure("fail-QwErTy-01") });
    app.given_usage(&usage("use-AbCdEf-77"));
    app.given(&failure("other"));
    let viewer = app.signed_in(Role::Viewer).await;
    assert_eq!(viewer.get("/").await.attributes("header form[role=search] input", "name"), ["q"]);
    for part in ["fail-QwErTy-01", "QwErTy", "qwerty-0", "use-AbCdEf-77", "AbCdEf", "-AbCdEf-7"] {
        let page = viewer.get(&format!("/search?q={part}")).await;
        assert_eq!(page.attributes("#found-failures tr[data-id]", "data-id"), ["fail-QwErTy-01"], "{part}");
        let money = page.texts("#found-failures td.num");
        assert_eq!(money[0], app.record("fail-QwErTy-01").amount.unwrap().to_string(), "{part}");
        let is_of_usage =
            part.contains("AbCdEf") || part.len() == "fail-QwErTy-01".len() && part.contains("use");
        let usages = page.attributes("#found-usages tr[data-id]", "data-id");
        assert_eq!(usages.len(), usize::from(is_of_usage), "{part}: {usages:?}");
    }
    let link = viewer.get("/search?q=QwErTy").await.attribute("#found-failures a", "href");
    assert_eq!(viewer.get(&link).await.status, 200);
}

#[actix_web::test]
async fn what_is_not_there_is_a_page_that_says_so_and_keeps_the_text() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let none = viewer.get("/search?q=%3Cb%3Enothing-at-all").await;
    assert_eq!(none.text("main h2"), "Nothing has “<b>nothing-at-all”");
    assert_eq!(none.attribute("header input[name=q]", "value"), "<b>nothing-at-all");
    assert!(!none.has("[role=status].flash"));
    let short = viewer.get("/search?q=zz").await;
    assert!(short.body.contains("at least 6 characters"), "{}", short.body);
    assert_eq!(viewer.get("/search").await.status, 200);
}

#[actix_web::test]
async fn names_and_words_lead_to_exactly_what_they_count() {
    let app = TestApp::new();
    for id in ["f1", "f2"] {
        app.given(&FailedRecord { userorgid: Some("org-a".to_owned()), ..failure(id) });
    }
    run(&app.database, "CREATE TABLE organization (id VARCHAR(32) PRIMARY KEY, orgname VARCHAR(64))");
    run(&app.database, "INSERT INTO organization VALUES ('org-a', 'Northwind Traders')");
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/search?q=northwind").await;
    assert_eq!(page.attribute("#found-names a", "data-count"), "2");
    let list = viewer.get(&page.attribute("#found-names a", "href")).await;
    assert_eq!(list.money_line()[0], "2");
    let words = viewer.get("/search?q=usages").await;
    let link = words.attribute("a[data-count][href*='q=']", "href");
    let counted = words.attribute("a[data-count][href*='q=']", "data-count");
    assert_eq!(viewer.get(&link).await.money_line()[0], counted);
}

#[actix_web::test]
async fn a_search_tells_the_same_states_as_the_lists() {
    let app = TestApp::new();
    let asked = |at| Retry { retry_requested_at: Some(at), ..Retry::default() };
    app.given(&failure("same-state-1"));
    app.given(&FailedRecord { retry: asked(noon()), ..failure("same-state-2") });
    let long_ago = noon() - chrono::TimeDelta::days(9);
    app.given(&FailedRecord { retry: asked(long_ago), ..failure("same-state-3") });
    for (id, resolution) in
        [("same-state-4", "accounted"), ("same-state-5", "superseded"), ("same-state-6", "duplicate")]
    {
        let resolution = Some(resolution.to_owned());
        app.given(&FailedRecord { handled: Some("1".to_owned()), resolution, ..failure(id) });
    }
    for (id, status) in [("same-state-7", "accounted"), ("same-state-8", "created")] {
        app.given_usage(&Usage { accounting_status: Some(status.to_owned()), ..usage(id) });
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let found = viewer.get("/search?q=same-state").await;
    let failures = viewer.get("/failed-accounting?handled=").await;
    let usages = viewer.get("/usages").await;
    for number in 1..=8 {
        let row = format!("tr[data-id=same-state-{number}] .state");
        let list = if number > 6 { &usages } else { &failures };
        assert_eq!(found.text(&row), list.text(&row), "{number}");
        assert_eq!(found.attribute(&row, "class"), list.attribute(&row, "class"), "{number}");
    }
}

#[actix_web::test]
async fn tasks_are_found_by_parts_live_and_archived_and_all_usages_of_one() {
    let app = TestApp::new();
    app.given_usage(&Usage { taskid: Some("task-AbCdEf-1".to_owned()), ..usage("u1") });
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, taskid) VALUES ('h1', 'task-AbCdEf-2'), ('h2', 'task-AbCdEf-2'), \
         ('h3', 'task-AbCdEf-1')",
    );
    let viewer = app.signed_in(Role::Viewer).await;
    for (part, ids) in [
        ("abcdef-2", vec!["h1", "h2"]),
        ("task-AbCdEf-2", vec!["h1", "h2"]),
        ("AbCdEf", vec!["h1", "h2", "h3", "u1"]),
    ] {
        let page = viewer.get(&format!("/search?q={part}")).await;
        let mut found = page.attributes("#found-usages tr[data-id]", "data-id");
        found.sort_unstable();
        assert_eq!(found, ids, "{part}");
    }
    let exact = viewer.get("/search?q=task-AbCdEf-1").await;
    assert_eq!(exact.attributes("#found-usages tr[data-id]", "data-id"), ["u1", "h3"]);
}

#[actix_web::test]
async fn names_that_are_left_out_are_told_and_odd_ids_lead_to_what_they_count() {
    let app = TestApp::new();
    app.given(&FailedRecord { userorgid: Some("none".to_owned()), ..failure("f1") });
    app.given(&FailedRecord { userorgid: None, ..failure("f2") });
    run(&app.database, "CREATE TABLE organization (id VARCHAR(32) PRIMARY KEY, orgname VARCHAR(64))");
    run(
        &app.database,
        "INSERT INTO organization VALUES ('none', 'Acme 0'), ('o1', 'Acme 1'), ('o2', 'Acme 2'), ('o3', 'Acme 3'), \
         ('o4', 'Acme 4'), ('o5', 'Acme 5'), ('o6', 'Acme 6')",
    );
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/search?q=acme").await;
    assert_eq!(page.attributes("#found-names a", "href").len(), 5);
    assert!(page.body.contains("2 more names hold this"), "{}", page.body);
    assert_eq!(page.attributes("#found-names a", "data-count")[0], "1");
    let list = viewer.get(&page.attributes("#found-names a", "href")[0]).await;
    assert_eq!(list.rows(), ["f1"]);
}
