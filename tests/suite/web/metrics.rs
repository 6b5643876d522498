//! `/metrics`: figures of the desk for Prometheus, without a session, at a bounded price.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;

use crate::app::{TestApp, Visitor, failure};

/// A program on the machine itself.
fn scraper(app: &TestApp) -> Visitor<'_> {
    Visitor { address: Some(([127, 0, 0, 1], 9).into()), ..app.visitor() }
}

#[actix_web::test]
async fn the_figures_of_the_desk_are_told_without_a_session() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given(&failure("f2"));
    let viewer = app.signed_in(Role::Viewer).await;
    viewer.get("/failed-accounting").await;
    viewer.get("/failed-accounting/f1").await;
    let page = scraper(&app).get("/metrics").await;
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
    assert!(scraper(&app).get("/metrics").await.body.contains("llmage_open_failures 1\n"));
    app.given(&failure("f2"));
    assert!(scraper(&app).get("/metrics").await.body.contains("llmage_open_failures 1\n"));
}

#[actix_web::test]
async fn whatever_the_alert_rules_and_the_dashboard_ask_for_is_told() {
    let app = TestApp::new();
    app.visitor().get("/login").await;
    let told = scraper(&app).get("/metrics").await.body;
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
    assert_eq!(scraper(&app).get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    let scraper = app.visitor();
    *scraper.headers.borrow_mut() =
        Some(vec![("authorization".to_owned(), "Bearer a token for the scraper".to_owned())]);
    assert_eq!(scraper.get("/metrics").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn without_a_token_only_this_machine_reads_them_and_not_through_a_proxy() {
    let app = TestApp::new();
    let here = [[127, 0, 0, 1], [127, 8, 0, 1]].map(|address| std::net::SocketAddr::from((address, 9)));
    for address in
        here.into_iter().chain(["[::1]:9".parse().unwrap(), "[::ffff:127.0.0.1]:9".parse().unwrap()])
    {
        let scraper = Visitor { address: Some(address), ..app.visitor() };
        assert_eq!(scraper.get("/metrics").await.status, StatusCode::OK, "{address}");
        for header in ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"] {
            *scraper.headers.borrow_mut() = Some(vec![(header.to_owned(), "127.0.0.1".to_owned())]);
            let refused = scraper.get("/metrics").await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{address} with {header}");
            assert_eq!(refused.body.lines().count(), 1, "{}", refused.body);
            assert!(refused.body.contains("LLMAGE_METRICS_TOKEN"), "{}", refused.body);
        }
    }
    let elsewhere = Visitor { address: Some(([10, 0, 0, 7], 9).into()), ..app.visitor() };
    for visitor in [elsewhere, app.visitor()] {
        let refused = visitor.get("/metrics").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(!refused.body.contains("llmage_open_failures"), "{}", refused.body);
    }
}

#[actix_web::test]
async fn there_is_one_line_of_figures_for_a_route_however_it_is_called() {
    let app = TestApp::new();
    let visitor = app.visitor();
    for rule in llmage_admin::app::routes() {
        for method in [Method::PUT, Method::OPTIONS, Method::TRACE, Method::from_bytes(b"NONSENSE").unwrap()]
        {
            visitor.send(method, &rule.path.replace("{id}", "x"), None).await;
        }
    }
    let page = scraper(&app).get("/metrics").await;
    let counted = page.body.lines().filter(|line| line.starts_with("llmage_http_request_seconds_count{"));
    let counted: Vec<_> = counted.collect();
    assert!(counted.len() <= 8, "{counted:#?}");
}
