//! The details page: everything about one record, and the way through its list.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;

use crate::app::{TestApp, at, failure, usage};

#[actix_web::test]
async fn previous_and_next_stay_within_the_filter() {
    let app = TestApp::new();
    for (id, model) in [("f1", "a"), ("f2", "b"), ("f3", "a"), ("f4", "a")] {
        app.given(&FailedRecord { llmid: Some(model.to_owned()), ..failure(id) });
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let list = viewer.get("/failed-accounting?llmid=a").await;
    assert_eq!(list.rows(), ["f4", "f3", "f1"]);
    let middle = viewer.get(&list.attribute("tr[data-id=f3] td.cause a", "href")).await;
    assert!(middle.attribute("a[rel=prev]", "href").starts_with("/failed-accounting/f4?"));
    let last = viewer.get(&middle.attribute("a[rel=next]", "href")).await;
    assert!(last.body.contains("f1") && !last.has("a[rel=next]"));
    assert!(last.attributes("a", "href").contains(&"/failed-accounting?llmid=a".to_owned()), "{}", last.body);
}

#[actix_web::test]
async fn all_attempts_for_the_usage_are_listed() {
    let app = TestApp::new();
    let usage = Some("one-usage".to_owned());
    app.given(&FailedRecord { llmusageid: usage.clone(), ..failure("f1") });
    app.given(&FailedRecord {
        llmusageid: usage,
        failed_time: Some(at("2026-05-22 03:00:00")),
        failed_reason: Some("accounting failed".to_owned()),
        ..failure("f2")
    });
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting/f1").await;
    assert!(page.has("a[href^='/failed-accounting/f2']"), "{}", page.body);
    assert!(page.body.contains("accounting failed"));
}

#[actix_web::test]
async fn the_usage_is_shown_live_archived_or_gone() {
    let app = TestApp::new();
    let insert = |sql: &'static str| {
        app.database
            .transaction_here(|connection| {
                diesel::connection::SimpleConnection::batch_execute(connection, sql)?;
                Ok(())
            })
            .unwrap();
    };
    insert(
        "INSERT INTO llmusage (id, usages, status, accounting_status) VALUES \
         ('usage-live', '{\"prompt_tokens\": 812}', 'SUCCEEDED', 'failed')",
    );
    insert(
        "INSERT INTO llmusage_history (id, usages, accounting_status, backup_time) VALUES \
         ('usage-old', '{\"cut', 'accounted', '2026-05-01 02:30:00')",
    );
    for id in ["live", "old", "gone"] {
        app.given(&failure(id));
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let live = viewer.get("/failed-accounting/live").await;
    assert!(live.body.contains("812") && live.body.contains("SUCCEEDED"), "{}", live.body);
    assert!(viewer.get("/failed-accounting/old").await.body.contains("2026-05-01 02:30:00"));
    assert_eq!(viewer.get("/failed-accounting/gone").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_row_of_the_platform_with_nothing_but_an_id_is_shown() {
    let app = TestApp::new();
    let nothing = FailedRecord {
        llmusageid: None,
        llmid: None,
        userid: None,
        userorgid: None,
        use_date: None,
        use_time: None,
        amount: None,
        cost: None,
        failed_reason: None,
        failed_time: None,
        retry_count: None,
        handled: None,
        ..failure("0")
    };
    app.given(&nothing);
    let viewer = app.signed_in(Role::Viewer).await;
    assert_eq!(viewer.get("/failed-accounting").await.rows(), ["0"]);
    assert_eq!(viewer.get("/failed-accounting/0").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn hostile_text_is_text() {
    let app = TestApp::new();
    let hostile = "<script>alert(1)</script>\n'\"&amp; {{ 7 * 7 }} 😵‍💫";
    let id = "a/b ?%#&\"<x>";
    app.given(&FailedRecord {
        llmusageid: Some("<img src=x>".to_owned()),
        llmid: Some("\"><svg>".to_owned()),
        failed_reason: Some(hostile.to_owned()),
        handled_note: Some("</textarea><script>".to_owned()),
        ..failure(id)
    });
    let operator = app.signed_in(Role::Operator).await;
    let list = operator.get("/failed-accounting").await;
    assert_eq!(list.rows(), [id]);
    let page = operator.get(&list.attribute("tbody td.cause a", "href")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.attributes("script", "src").iter().filter(|source| source.is_empty()).count(), 0);
    assert!(!page.has("img") && !page.has("pre script"));
    assert!(page.texts(".reason pre")[0].contains("<script>alert(1)</script> '\"&amp; {{ 7 * 7 }}"));
    let action = page.attribute("form[action*='/handle']", "action");
    operator.submit(&action, &[("resolution", "duplicate")]).await;
    assert!(!app.record(id).is_open());
}

#[actix_web::test]
async fn events_of_another_version_of_the_app_are_shown_in_plain_words() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.database
        .transaction_here(|connection| {
            diesel::connection::SimpleConnection::batch_execute(
                connection,
                "INSERT INTO audit_event (id, happened_at, author, source, action, record_kind, record_id, after_state) \
                 VALUES (1, '2026-05-22 01:00:00', 'sofia', 'drone', 'teleport', 'failed_accounting', 'f1', \
                 '{\"resolution\": \"vanished\", \"handled\": \"1\"}')",
            )?;
            Ok(())
        })
        .unwrap();
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting/f1").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let timeline = page.text(".timeline");
    assert!(
        timeline.contains("sofia") && timeline.contains("vanished") && timeline.contains("Handled"),
        "{timeline}"
    );
}

#[actix_web::test]
async fn records_that_are_called_as_pages_are_open_by_their_links() {
    let app = TestApp::new();
    for id in ["new", "causes", "import", "~new", "restore"] {
        app.given(&FailedRecord { llmusageid: Some(format!("of-{id}")), ..failure(id) });
        app.given_usage(&usage(id));
    }
    let admin = app.signed_in(Role::Admin).await;
    for list in ["/failed-accounting?page_size=50", "/usages?page_size=50"] {
        let page = admin.get(list).await;
        let links = page.attributes("main a[href]", "href");
        let ids = page.attributes("tbody tr[data-id]", "data-id");
        assert_eq!(ids.len(), 5, "{list}");
        for id in ids {
            let path = list.split('?').next().unwrap();
            let link = links.iter().find(|link| link.split('?').next().unwrap() == format!("{path}/~{id}"));
            let shown = admin.get(link.unwrap_or_else(|| panic!("no link to {id} in {links:?}"))).await;
            assert_eq!(shown.status, StatusCode::OK, "{list} {id}");
            assert!(shown.text("main").contains(&id), "{list} {id}");
        }
    }
    admin.submit("/failed-accounting/~new/handle", &[("resolution", "test_traffic")]).await;
    assert!(!app.record("new").is_open());
}
