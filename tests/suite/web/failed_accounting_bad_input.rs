//! Parameters that nobody should send: a clear refusal, the other filters kept, never an error of ours.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;
use proptest::prelude::*;

use crate::app::{TestApp, failure};

#[actix_web::test]
async fn a_bad_filter_is_named_at_its_field_and_the_others_stay() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let long = "x".repeat(1_001);
    let huge = "9".repeat(400);
    for (field, value) in [
        ("handled", "2"),
        ("start_date", "2026-13-01"),
        ("start_date", "20260501"),
        ("end_date", "1"),
        ("end_date", "%2B2026-05-01"),
        ("userorgid", long.as_str()),
        ("llmid", "a%00b"),
        ("llmusageid", long.as_str()),
        ("q", huge.as_str()),
        ("q", "%01"),
        ("amount_min", "-1"),
        ("amount_min", "abc"),
        ("amount_max", huge.as_str()),
        ("resolution", "nothing"),
        ("sort", "id;drop"),
        ("sort", "--amount"),
        ("page_size", "0"),
        ("page_size", "201"),
        ("page_size", "-1"),
        ("page_size", huge.as_str()),
        ("after", "nonsense"),
        ("before", "e30"),
    ] {
        let page = viewer.get(&format!("/failed-accounting?llmid=m-kimi-k3&{field}={value}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        assert!(page.body.contains(&format!("{field}-error")), "{field}={value}: {}", page.body);
        if field != "llmid" {
            assert_eq!(page.attribute("input[name=llmid]", "value"), "m-kimi-k3", "{field}");
            assert_eq!(page.rows(), ["f1"], "{field}={value}");
        }
        let csv = viewer.get(&format!("/failed-accounting.csv?{field}={value}")).await;
        if field != "after" && field != "before" && field != "page_size" {
            assert_eq!(csv.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        }
    }
    for query in ["start_date=2026-05-02&end_date=2026-05-01", "amount_min=2&amount_max=1"] {
        let page = viewer.get(&format!("/failed-accounting?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[actix_web::test]
async fn a_cursor_that_somebody_made_up_is_refused() {
    use base64::Engine;
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let encode = |json: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    for json in [
        r#"{"k":{"t":"' OR 1=1"},"i":"f1","s":"-failed_time"}"#,
        r#"{"k":{"t":"99:99:99"},"i":"f1","s":"-failed_time"}"#,
        r#"{"k":{"f":1e999},"i":"f1","s":"-failed_time"}"#,
        r#"{"k":{"f":1.5},"i":"f1","s":"-amount"}"#,
        r#"{"k":"n","i":"a\u0000b","s":"-failed_time"}"#,
        r#"{"k":{"f":1.5},"i":"f1","s":"-failed_time"}"#,
        "[]",
    ] {
        let page = viewer.get(&format!("/failed-accounting?after={}", encode(json))).await;
        assert!(!page.status.is_server_error(), "{json} gave {}", page.status);
    }
}

#[actix_web::test]
async fn forms_that_are_no_forms_are_refused() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let post = |body: &[u8]| operator.send(Method::POST, "/failed-accounting/f1/handle", Some(body.to_vec()));
    assert_eq!(post(b"resolution=%FF%FE").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post(b"\xff\xfe").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post(&vec![b'a'; 1024 * 1024 + 1]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post(b"&&==&a").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.record("f1").is_open());
}

#[actix_web::test]
async fn ids_that_cannot_be_are_not_found() {
    let app = TestApp::new();
    let operator = app.signed_in(Role::Operator).await;
    let long = "x".repeat(5_000);
    for id in ["%00", "%FF", "a%2Fb", "%25", "..%2f..", "%F0%9F%98%80", "'", long.as_str()] {
        for path in [format!("/failed-accounting/{id}"), format!("/failed-accounting/{id}/edit")] {
            assert_eq!(operator.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let path = format!("/failed-accounting/{id}/handle");
        let answer = operator.post(&path, &[("resolution", "duplicate")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn whatever_the_query_string_holds_the_answer_is_a_page() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let runtime = actix_web::rt::System::new();
    let viewer = runtime.block_on(app.signed_in(Role::Viewer));
    let keys = prop::sample::select(vec![
        "handled",
        "start_date",
        "end_date",
        "userorgid",
        "llmid",
        "userid",
        "llmusageid",
        "q",
        "amount_min",
        "amount_max",
        "resolution",
        "sort",
        "page_size",
        "after",
        "before",
        "exact",
        "bom",
        "unknown",
    ]);
    let query = prop::collection::vec((keys, any::<String>()), 0..4);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(60));
    runner
        .run(&query, |pairs| {
            let query = llmage_admin::web::links::query(&pairs);
            let page = runtime.block_on(viewer.get(&format!("/failed-accounting?{query}")));
            prop_assert!(page.status == 200 || page.status == 422, "{query} gave {}", page.status);
            Ok(())
        })
        .unwrap();
}
