//! A name that a page does not know is refused and named, on pages without any filter, too.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;
use llmage_admin::app::routes;
use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;
use llmage_admin::web::access::Access;

use crate::app::{TestApp, failure, usage};
use crate::support::database::engine;
use crate::support::rows::run;
use crate::web::api::admin;

#[actix_web::test]
async fn pages_refuse_parameters_that_they_do_not_know() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    for path in ["/", "/alerts", "/archive", "/check", "/jobs", "/users", "/tokens", "/batches/none.csv"] {
        let page = admin.get(&format!("{path}?start_dat=2026-05-01")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", page.body);
        assert!(page.body.contains("start_dat"), "{path}: {}", page.body);
    }
    for path in ["/failed-accounting.csv?after=x", "/usages.csv?before=x", "/audit.csv?after=x"] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.body);
    }
    for path in ["/", "/alerts?tested=none", "/archive?cutoff_date=2026-05-01&exact=1", "/jobs?", "/check"] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    }
}

/// Every page and download there is: none shows everything where a name of its filter was mistyped.
#[actix_web::test]
async fn every_route_refuses_a_name_that_it_does_not_know() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let (admin, program) = (app.signed_in(Role::Admin).await, admin(&app));
    let read = routes().into_iter().filter(|rule| rule.method == Method::GET);
    for rule in read.filter(|rule| rule.access != Access::Watching) {
        let path = format!("{}?start_dat=2026-05-01", rule.path.replace("{id}", "f1"));
        if rule.path.starts_with("/api/") {
            let answer = program.ask("GET", &path, "").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.body);
            assert!(answer.body.contains("start_dat"), "{path}: {}", answer.body);
            continue;
        }
        let page = admin.get(&path).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", page.body);
        assert!(page.body.contains("start_dat"), "{path}: {}", page.body);
    }
}

/// A list shows its faults at its fields; a page of one record has none, and refuses them by name.
#[actix_web::test]
async fn pages_of_one_refuse_values_that_mean_nothing_by_name() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given_usage(&usage("u1"));
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, accounting_status, use_date) VALUES ('h1', 'accounted', '2026-05-01')",
    );
    let admin = app.signed_in(Role::Admin).await;
    let batch = admin.post("/batches", &[("action", "handle"), ("id", "f1")]).await.location().to_owned();
    for (path, name) in [
        ("/failed-accounting/f1?start_date=May", "start_date"),
        ("/failed-accounting/f1/edit?handled=perhaps", "handled"),
        ("/failed-accounting/f1/delete?batch_cause=c1", "batch_cause"),
        ("/usages/u1?page_size=none", "page_size"),
        ("/usages/u1/edit?end_date=2026-02-31", "end_date"),
        ("/history/h1?backup_time=then", "backup_time"),
        (&*format!("{batch}?after=x"), "after"),
        (&*format!("{batch}?after=-1"), "after"),
    ] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", page.body);
        assert!(page.text("main").contains(name), "{path}: {}", page.text("main"));
        let right = path.split('?').next().unwrap();
        assert_eq!(admin.get(right).await.status, StatusCode::OK, "{right}");
    }
    assert_eq!(admin.get(&format!("{batch}?after=1")).await.status, StatusCode::OK);
    // A form that is sent from there is not lost.
    let handled = [("resolution", "duplicate")];
    let sent = admin.post("/failed-accounting/f1/handle?start_date=May", &handled).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

/// A link's path, with ids left out, and the names in its query.
fn shape(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let path: Vec<&str> =
        path.split('/').take(3).map(|part| if part.len() > 14 { "id" } else { part }).collect();
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", path.join("/"), names.join("&"))
}

/// What pages link is taken, to the second step.
#[actix_web::test]
async fn no_page_links_to_an_address_that_is_refused() {
    let app = TestApp::new();
    for number in 0..25 {
        app.given(&FailedRecord { llmusageid: Some(format!("u{number}")), ..failure(&format!("f{number}")) });
        app.given_usage(&Usage {
            accounting_status: Some("failed".to_owned()),
            ..usage(&format!("u{number}"))
        });
    }
    let admin = app.signed_in(Role::Admin).await;
    let retried = admin.post("/failed-accounting/f1/retry", &[]).await;
    assert_eq!(retried.status, StatusCode::SEE_OTHER, "{}", retried.body);
    let batch = admin.post("/batches", &[("action", "handle"), ("id", "f2"), ("id", "f3")]).await;
    let mut links = vec![
        batch.location().to_owned(),
        "/history".to_owned(),
        "/failed-accounting?handled=&group=cause,day".to_owned(),
    ];
    links.extend(
        [
            "/",
            "/usages?group=day",
            "/decisions",
            "/search?q=usage",
            "/failed-accounting?retrying=1",
            "/failed-accounting/f1?handled=",
        ]
        .map(str::to_owned),
    );
    let mut seen: std::collections::HashSet<String> = links.iter().map(|link| shape(link)).collect();
    let mut at = 0;
    while at < links.len() && at < 400 {
        let link = links[at].clone();
        at += 1;
        if link.contains(".csv") {
            continue;
        }
        let page = admin.get(&link).await;
        assert_ne!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{link}: {}", page.texts("main").join(" "));
        for next in page.attributes("a[href^='/']", "href") {
            if seen.insert(shape(&next)) {
                links.push(next);
            }
        }
    }
    assert!(at > 60, "{links:?}");
}

/// SQLite alone holds such ids: an address names them by their bytes.
#[actix_web::test]
async fn a_filter_takes_an_id_of_bytes() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    if engine() == Engine::Sqlite {
        run(
            &app.database,
            "INSERT INTO llmusage_accounting_failed (id, llmid, handled) VALUES ('odd', CAST(x'6D6FFF' AS TEXT), '0')",
        );
        let page = admin.get("/failed-accounting?llmid=mo%FF").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("/failed-accounting/odd"), "{}", page.body);
    }
    assert_eq!(admin.get("/failed-accounting?q=mo%FF").await.status, StatusCode::BAD_REQUEST);
}
