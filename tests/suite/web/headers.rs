//! What every response carries, and what pages must not contain.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use scraper::Selector;

use crate::app::{TestApp, failure};

#[actix_web::test]
async fn every_page_forbids_inline_code_frames_sniffing_and_caching() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let visitor = app.signed_in(Role::Admin).await;
    for path in
        ["/failed-accounting", "/failed-accounting/f1", "/nowhere", "/failed-accounting.csv", "/account"]
    {
        let answer = visitor.get(path).await;
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").expect("a content policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"), "{path}");
        assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{path}");
        assert!(header("x-request-id").is_some_and(|id| !id.is_empty()), "{path}");
    }
}

#[actix_web::test]
async fn no_page_has_inline_script_or_style() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let visitor = app.signed_in(Role::Admin).await;
    for path in [
        "/failed-accounting",
        "/failed-accounting?q=x",
        "/failed-accounting/f1",
        "/failed-accounting/f1/edit",
        "/failed-accounting/f1/delete",
        "/failed-accounting/new",
        "/account",
        "/nowhere",
    ] {
        let page = visitor.get(path).await;
        for element in page.html().select(&Selector::parse("*").unwrap()) {
            let value = element.value();
            assert!(value.name() != "style", "{path}");
            assert!(value.name() != "script" || value.attr("src").is_some(), "{path}");
            for (name, _) in value.attrs() {
                assert!(name != "style" && !name.starts_with("on"), "{name} in {path}");
            }
        }
    }
}

#[actix_web::test]
async fn static_files_are_cached_for_ever_under_their_version() {
    let app = TestApp::new();
    let visitor = app.visitor();
    let login = visitor.get("/login").await;
    for (selector, name) in [("link[rel=stylesheet]", "href"), ("script[src]", "src")] {
        let address = login.attribute(selector, name);
        assert!(address.contains("?v="), "{address}");
        let file = visitor.get(&address).await;
        assert_eq!(file.status, StatusCode::OK, "{address}");
        assert!(file.headers.get("cache-control").unwrap().to_str().unwrap().contains("immutable"));
    }
    assert_eq!(visitor.get("/static/none.css").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get("/static/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get("/static/%2e%2e/Cargo.toml").await.status, StatusCode::NOT_FOUND);
}
