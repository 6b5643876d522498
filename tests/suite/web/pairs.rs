//! What stands in two places and has to be the same in both.

use actix_web::http::Method;
use llmage_admin::accounts::role::Role;
use llmage_admin::app::routes;
use llmage_admin::audit::event::KINDS;
use llmage_admin::causes::cause::Cause;
use llmage_admin::check::runner as check;
use llmage_admin::failed_accounting::failure::{FailedRecord, Resolution};
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, failure, usage};

#[test]
fn the_page_of_each_kind_of_record_is_a_route() {
    let routes = routes();
    for (kind, page) in KINDS.iter().filter_map(|(kind, page)| Some((kind, (*page)?))) {
        let is_page = routes.iter().any(|rule| rule.method == Method::GET && rule.path == page);
        assert!(is_page, "{kind}: {page}");
    }
}

/// The link of the event in the trail, and the names of the fields that it changed.
async fn event_of_note(app: &TestApp) -> (String, Vec<String>, String) {
    app.given(&FailedRecord { failed_reason: Some("'size'".to_owned()), ..failure("f1") });
    let page = format!("/failed-accounting/causes/{}", Cause::of(Some("'size'")).key);
    let admin = app.signed_in(Role::Admin).await;
    let note = [("note", "ask Wang"), ("owner", ""), ("standing", "new"), ("revision", "0")];
    assert_eq!(admin.post(&page, &note).await.status, 303);
    let trail = admin.get("/audit?action=edit").await;
    let row = trail.attributes("tbody td a", "href").into_iter().find(|link| link.starts_with("/failed"));
    (page, trail.texts("tbody tr"), row.unwrap_or_default())
}

#[actix_web::test]
async fn the_event_of_a_cause_leads_to_its_page_and_calls_its_note_by_its_name() {
    let app = TestApp::new();
    let (page, rows, link) = event_of_note(&app).await;
    assert_eq!(link, page);
    assert!(rows.concat().contains("Runbook note"), "{rows:?}");
    assert!(!rows.concat().contains("Why reopen"), "{rows:?}");
}

/// Whatever decides what became of the money is enough for the check; what only follows another failure is not.
#[actix_web::test]
async fn the_check_takes_each_resolution_that_decides() {
    for resolution in Resolution::ALL {
        let app = TestApp::new();
        app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("u1") });
        app.given(&FailedRecord {
            llmusageid: Some("u1".to_owned()),
            handled: Some("1".to_owned()),
            resolution: Some(resolution.as_str().to_owned()),
            ..failure("f1")
        });
        let admin = app.signed_in(Role::Admin).await;
        assert_eq!(admin.post("/check", &[]).await.status, 303);
        check::answer(&app.database, &app.clock).unwrap();
        let page = admin.get("/check").await;
        let decides = !["accounted", "superseded"].contains(&resolution.as_str());
        let is_found = page.texts("#check tr[data-id=failed-without-open] td")[0] != "0";
        assert_eq!(is_found, !decides, "{}: {}", resolution.as_str(), page.body);
    }
}
