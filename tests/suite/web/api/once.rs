//! Every POST of the API takes a key: the same request again is answered as the first one, and writes nothing.

use llmage_admin::app::routes;
use llmage_admin::audit::chain;

use super::admin;
use crate::app::{TestApp, failure, usage};
use crate::web::tokens::json;

/// A body with which each POST succeeds, by its path.
fn body(path: &str) -> Option<(&'static str, &'static str)> {
    Some(match path {
        "/api/v1/failed-accounting" => (r#"{"llmusageid": "u9", "failed_reason": "x"}"#, "201"),
        "/api/v1/failed-accounting/{id}/handle" => (r#"{"resolution": "written_off"}"#, "200"),
        "/api/v1/failed-accounting/{id}/reopen" => ("{}", "200"),
        "/api/v1/failed-accounting/{id}/retry" => ("{}", "202"),
        "/api/v1/usages" => (r#"{"id": "u7"}"#, "201"),
        "/api/v1/usages/{id}/fail" => (r#"{"reason": "x"}"#, "201"),
        "/api/v1/archive" => (r#"{"cutoff_date": "2026-05-01"}"#, "202"),
        _ => return None,
    })
}

#[actix_web::test]
async fn each_post_with_the_same_key_answers_the_same_and_writes_nothing() {
    let posts =
        routes().into_iter().filter(|rule| rule.method == "POST" && rule.path.starts_with("/api/v1/"));
    let mut tried = 0;
    for rule in posts {
        let Some((body, status)) = body(rule.path) else { continue };
        let app = TestApp::new();
        let is_handled = rule.path.ends_with("/reopen");
        let state = if rule.path.ends_with("/fail") { "created" } else { "failed" };
        app.given(&failure("f1"));
        app.given_usage(&llmage_admin::usages::usage::Usage {
            accounting_status: Some(state.to_owned()),
            ..usage(if rule.path.ends_with("/fail") { "u1" } else { "usage-f1" })
        });
        let admin = admin(&app);
        let path = rule.path.replace("{id}", if rule.path.ends_with("/fail") { "u1" } else { "f1" });
        if is_handled {
            let handled = admin
                .ask("POST", "/api/v1/failed-accounting/f1/handle", r#"{"resolution": "duplicate"}"#)
                .await;
            assert_eq!(handled.status, 200, "{}", handled.body);
        }
        let first = admin.ask_with_key(&path, body, "key-1").await;
        assert_eq!(first.status.as_str(), status, "{path}: {}", first.body);
        let head = app.database.run_here(chain::head).unwrap();
        let again = admin.ask_with_key(&path, body, "key-1").await;
        assert_eq!((again.status.as_u16(), &again.body), (200, &first.body), "{path}");
        assert_eq!(again.headers.get("location"), first.headers.get("location"), "{path}");
        assert_eq!(app.database.run_here(chain::head).unwrap(), head, "{path}: nothing is written");
        let other =
            body.replacen('{', "{ ", 1).replace("x", "y").replace("u7", "u8").replace("05-01", "05-02");
        let other = other.replace("written_off", "duplicate");
        let other = if other.trim() == "{ }" { r#"{"note": "y"}"#.to_owned() } else { other };
        if !path.ends_with("/retry") {
            let refused = admin.ask_with_key(&path, &other, "key-1").await;
            assert_eq!(refused.status, 422, "{path}: {}", refused.body);
            assert!(json(&refused)["errors"]["Idempotency-Key"].is_array(), "{}", refused.body);
        }
        assert_eq!(admin.ask_with_key(&path, body, "a b").await.status, 422, "{path}");
        tried += 1;
    }
    assert!(tried >= 7, "{tried}");
}
