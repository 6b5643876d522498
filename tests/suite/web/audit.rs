//! The audit trail: its page, its CSV, and that nothing in it can be changed unseen.

use std::ops::Range;

use actix_web::http::StatusCode;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::chain;
use llmage_admin::audit::event::{Action, Author, Change, FAILED_ACCOUNTING, Source};
use llmage_admin::audit::store::record;
use llmage_admin::base::finding::Finding;
use llmage_admin::db::{Database, DbConnection, Engine};
use llmage_admin::error::Result;

use crate::app::{TestApp, failure, noon};

/// An event of its own transaction.
pub fn event(database: &Database, number: usize) {
    events(database, number..number + 1, TimeDelta::zero());
}

/// Events of one transaction, each so long after the one before.
fn events(database: &Database, numbers: Range<usize>, apart: TimeDelta) {
    database
        .transaction_here(|connection| {
            for number in numbers.clone() {
                write(connection, number, noon() + apart * number as i32)?;
            }
            Ok(())
        })
        .expect("they are recorded");
}

fn write(connection: &mut DbConnection, number: usize, at: NaiveDateTime) -> Result<()> {
    let author = Author { name: "archive".to_owned(), source: Source::Job, request_id: None, at };
    let id = format!("f{number}");
    let change = Change {
        action: Action::Edit,
        record_kind: FAILED_ACCOUNTING,
        record_id: &id,
        before: Some(serde_json::json!({ "failed_reason": "余额 'x' \\ 😵" })),
        after: None,
    };
    record(connection, &author, change)
}

fn checked(database: &Database) -> Finding {
    database.run_here(chain::check).expect("it can be checked")
}

fn run(database: &Database, statement: &str) -> bool {
    database.transaction_here(|connection| Ok(connection.batch_execute(statement)?)).is_ok()
}

/// Takes the triggers away, as somebody with all rights could.
fn unprotect(database: &Database) {
    let on = if database.engine() == Engine::Postgres { " ON audit_event" } else { "" };
    for trigger in ["audit_event_stays", "audit_event_remains", "audit_event_follows"] {
        assert!(run(database, &format!("DROP TRIGGER {trigger}{on}")));
    }
}

#[actix_web::test]
async fn an_event_can_neither_be_changed_nor_deleted() {
    let app = TestApp::new();
    event(&app.database, 1);
    assert!(!run(&app.database, "UPDATE audit_event SET author = 'somebody else'"));
    assert!(!run(&app.database, "DELETE FROM audit_event"));
    assert_eq!(checked(&app.database).count, 0);
    event(&app.database, 2);
}

#[actix_web::test]
async fn the_check_finds_what_was_changed_removed_added_or_cut_off() {
    for (statement, ids) in [
        ("UPDATE audit_event SET author = 'somebody else' WHERE id = 3", vec!["3"]),
        ("UPDATE audit_event SET happened_at = '2026-05-22 12:00:01' WHERE id = 3", vec!["3"]),
        ("UPDATE audit_event SET before_state = NULL WHERE id = 3", vec!["3"]),
        ("DELETE FROM audit_event WHERE id = 3", vec!["4"]),
        ("DELETE FROM audit_event WHERE id > 4", vec!["6 (the end)"]),
        (
            "INSERT INTO audit_event (id, happened_at, author, source, action, record_kind, record_id) \
             VALUES (7, '2026-05-22 12:00:01', 'me', 'page', 'edit', 'user', 'x')",
            vec!["7"],
        ),
    ] {
        let app = TestApp::new();
        for number in 1..=6 {
            event(&app.database, number);
        }
        assert_eq!(checked(&app.database).count, 0);
        unprotect(&app.database);
        assert!(run(&app.database, statement), "{statement}");
        let found = checked(&app.database).ids;
        // The triggers that were taken away are named first.
        let found: Vec<_> = found.into_iter().filter(|id| !id.contains("trigger")).collect();
        assert_eq!(found, ids, "{statement}");
        // Work goes on, and what was found stays found.
        event(&app.database, 8);
        assert!(checked(&app.database).count >= 1, "{statement}");
    }
}

#[test]
fn writers_at_once_do_not_fork_the_chain() {
    let app = TestApp::new();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let database = &app.database;
            scope.spawn(move || (0..25).for_each(|number| event(database, writer * 100 + number)));
        }
    });
    let finding = checked(&app.database);
    assert_eq!(finding.count, 0, "{finding}");
    let count: i64 = app
        .database
        .run_here(|connection| {
            Ok(llmage_admin::db::schema::audit_event::table.count().get_result(connection)?)
        })
        .unwrap();
    assert_eq!(count, 200);
}

#[actix_web::test]
async fn the_page_tells_who_did_what_to_which_record_and_filters_it() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/handle", &[("resolution", "written_off")]).await;
    let admin = app.signed_in(Role::Admin).await;
    let page = admin.get("/audit?q=f1").await;
    let row = page.text("#audit > tbody > tr");
    for part in ["2026-05-22 12:00:00", "operator", "handled", "failed record", "f1", "page"] {
        assert!(row.contains(part), "{part} in {row}");
    }
    assert_eq!(page.attribute("#audit td a.id", "href"), "/failed-accounting/f1");
    assert!(row.contains("ritten off"), "{row}");
    for (query, count) in [
        ("author=operator", 2),
        ("author=operator&action=handle", 1),
        ("action=sign_in", 2),
        ("q=f1&author=admin", 0),
        ("from=2026-05-22&to=2026-05-22", 5),
        ("to=2026-05-21", 0),
        ("from=2026-05-23", 0),
    ] {
        let page = admin.get(&format!("/audit?{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.attributes("#audit > tbody > tr", "data-id").len(), count, "{query}");
    }
    assert_eq!(operator.get("/audit").await.status, StatusCode::FORBIDDEN);
    assert_eq!(operator.get("/audit.csv").await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_place_after_or_before_an_event_that_nobody_knows_is_the_newest_page() {
    let app = TestApp::new();
    for number in 0..3 {
        event(&app.database, number);
    }
    let admin = app.signed_in(Role::Admin).await;
    for place in ["after", "before"] {
        let page = admin.get(&format!("/audit?author=archive&{place}=99999999")).await;
        assert_eq!(page.attributes("#audit > tbody > tr", "data-id"), ["3", "2", "1"], "{place}");
        assert!(!page.has("a[rel=prev]"), "{place}: nothing is newer");
    }
}

#[actix_web::test]
async fn pages_of_the_trail_neither_repeat_nor_lose_an_event() {
    let app = TestApp::new();
    for number in 0..120 {
        event(&app.database, number);
    }
    let admin = app.signed_in(Role::Admin).await;
    let mut page = admin.get("/audit?author=archive").await;
    let mut seen = page.attributes("#audit > tbody > tr", "data-id");
    while page.has("a[rel=next]") {
        page = admin.get(&page.attribute("a[rel=next]", "href")).await;
        seen.extend(page.attributes("#audit > tbody > tr", "data-id"));
    }
    let wanted: Vec<String> = (1..=120).rev().map(|id: i32| id.to_string()).collect();
    assert_eq!(seen, wanted);
    let back = admin.get(&page.attribute("a[rel=prev]", "href")).await;
    assert_eq!(back.attributes("#audit > tbody > tr", "data-id"), wanted[50..100]);
    let csv = admin.get("/audit.csv?author=archive").await;
    let ids = csv.body.lines().skip(1).filter_map(|line| line.split(',').next());
    assert!(ids.eq(wanted.iter().rev()), "{}", csv.body);
}

#[actix_web::test]
async fn a_long_csv_holds_each_event_once_in_the_order_of_time() {
    let app = TestApp::new();
    // The clock was set back in between.
    events(&app.database, 0..1_300, TimeDelta::milliseconds(10));
    events(&app.database, 0..1_300, TimeDelta::milliseconds(10));
    let csv = app.signed_in(Role::Admin).await.get("/audit.csv?author=archive").await;
    let ids: Vec<usize> =
        csv.body.lines().skip(1).filter_map(|line| line.split(',').next()?.parse().ok()).collect();
    let wanted: Vec<usize> = (1..=1_300).flat_map(|id| [id, id + 1_300]).collect();
    assert!(ids == wanted, "{} events, the first of them {:?}", ids.len(), ids.first());
}

#[actix_web::test]
async fn wrong_filters_are_named_at_their_fields() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    for (query, field) in [("from=soon", "from"), ("from=2026-05-02&to=2026-05-01", "to")] {
        let page = admin.get(&format!("/audit?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(page.attribute(&format!("#{field}"), "aria-invalid"), "true", "{query}");
    }
    assert_eq!(admin.get("/audit?after=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.get("/audit.csv?from=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn times_of_events_are_those_of_the_clock() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    app.clock.advance(TimeDelta::hours(1));
    admin
        .submit("/users", &[("name", "li.wei"), ("role", "viewer"), ("password", "nine blue otters swim")])
        .await;
    assert!(admin.get("/audit?q=li.wei").await.text("#audit").contains("2026-05-22 13:00:00"));
}
