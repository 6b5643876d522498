//! Errors with a face, and what machines ask.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;

use crate::app::{TestApp, failure};

#[actix_web::test]
async fn alive_and_ready_answer_without_a_session() {
    let app = TestApp::new();
    let visitor = app.visitor();
    assert_eq!(visitor.get("/healthz").await.status, StatusCode::OK);
    let ready = visitor.get("/readyz").await;
    assert_eq!((ready.status, ready.body.trim()), (StatusCode::OK, "ready"));
}

#[actix_web::test]
async fn each_error_has_a_page_with_a_request_id_and_a_way_back() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let large = vec![b'a'; 1024 * 1024 + 1];
    for (method, path, body, status) in [
        (Method::GET, "/nowhere", None, StatusCode::NOT_FOUND),
        (Method::GET, "/failed-accounting/unknown", None, StatusCode::NOT_FOUND),
        (Method::GET, "/failed-accounting/new", None, StatusCode::FORBIDDEN),
        (Method::DELETE, "/failed-accounting/f1", None, StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "/failed-accounting", None, StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/account", Some(large), StatusCode::PAYLOAD_TOO_LARGE),
        (Method::GET, "/failed-accounting?q=%ff", None, StatusCode::BAD_REQUEST),
        (Method::GET, "/failed-accounting.csv?handled=9", None, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let page = viewer.send(method.clone(), path, body).await;
        assert_eq!(page.status, status, "{method} {path}");
        let id = page.headers.get("x-request-id").unwrap().to_str().unwrap();
        assert!(page.body.contains(id), "{method} {path}: no request id");
        assert!(!page.text("main h1").is_empty());
        assert!(page.has("main a[href]"), "{method} {path}: no way back");
    }
}

#[actix_web::test]
async fn a_fault_of_ours_says_nothing_of_its_inside() {
    let app = TestApp::new();
    let viewer = app.signed_in(Role::Viewer).await;
    app.database
        .transaction_here(|connection| {
            diesel::connection::SimpleConnection::batch_execute(connection, "DROP TABLE llmusage_history")?;
            Ok(())
        })
        .unwrap();
    app.given(&failure("f1"));
    let page = viewer.get("/failed-accounting/f1").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.has("main h1"));
    assert!(!page.body.contains("llmusage_history") && !page.body.contains("SELECT"), "{}", page.body);
}
