//! `/metrics`: figures of the desk for Prometheus, without a session, at a bounded price.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;

use crate::app::{TestApp, failure};

#[actix_web::test]
async fn the_figures_of_the_desk_are_told_without_a_session() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given(&failure("f2"));
    let viewer = app.signed_in(Role::Viewer).await;
    viewer.get("/failed-accounting").await;
    viewer.get("/failed-accounting/f1").await;
    let page = app.visitor().get("/metrics").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.headers.get("content-type").unwrap().to_str().unwrap().starts_with("text/plain; version=0.0.4")
    );
    for line in [
        "llmage_open_failures 2\n",
        "llmage_open_failures_amount 2.40000\n",
        "llmage_open_failures_cost 1.80000\n",
        // From 00:00:04 until noon.
        "llmage_open_failures_oldest_age_seconds 43196\n",
        "llmage_retries_running 0\n",
        "llmage_retries_stuck 0\n",
        "llmage_database_up 1\n",
        "llmage_http_requests_total{method=\"GET\",route=\"/failed-accounting/{id}\",status=\"200\"} 1\n",
        "llmage_database_connections_max ",
    ] {
        assert!(page.body.contains(line), "no {line} in\n{}", page.body);
    }
    assert!(!page.body.contains("route=\"/failed-accounting/f1\""), "a path, not a route");
}

#[actix_web::test]
async fn figures_stand_for_a_while_however_often_they_are_asked_for() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    assert!(app.visitor().get("/metrics").await.body.contains("llmage_open_failures 1\n"));
    app.given(&failure("f2"));
    assert!(app.visitor().get("/metrics").await.body.contains("llmage_open_failures 1\n"));
}

#[actix_web::test]
async fn whatever_the_alert_rules_and_the_dashboard_ask_for_is_told() {
    let app = TestApp::new();
    app.visitor().get("/login").await;
    let told = app.visitor().get("/metrics").await.body;
    for file in ["alerts.yml", "grafana.json"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let mut asked = 0;
        for rest in text.split("llmage_").skip(1) {
            let end =
                rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(rest.len());
            let name = format!("llmage_{}", &rest[..end]);
            let family = name.trim_end_matches("_bucket").trim_end_matches("_sum").trim_end_matches("_count");
            assert!(told.contains(&format!("# TYPE {family} ")), "{file} asks for {name}");
            asked += 1;
        }
        assert!(asked > 5, "{file} asks for nothing");
    }
}

#[actix_web::test]
async fn with_a_token_set_nobody_reads_them_without_it() {
    let app = TestApp::with(&["--metrics-token", "a token for the scraper"]);
    assert_eq!(app.visitor().get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    let scraper = app.visitor();
    *scraper.headers.borrow_mut() =
        Some(vec![("authorization".to_owned(), "Bearer a token for the scraper".to_owned())]);
    assert_eq!(scraper.get("/metrics").await.status, StatusCode::OK);
}
