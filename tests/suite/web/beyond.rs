//! Amounts beyond what is counted are marked as such wherever they are shown.

use llmage_admin::accounts::role::Role;
use llmage_admin::db::Engine;

use crate::app::TestApp;
use crate::support::database::engine;
use crate::support::rows::run;
use crate::web::api::admin;

#[actix_web::test]
async fn an_amount_beyond_what_is_counted_is_marked_on_pages_in_files_and_for_programs() {
    // The tables that the others get hold no such amount.
    if engine() != Engine::Sqlite {
        return;
    }
    let app = TestApp::new();
    let (most, least) = ("1e300", "-2e14");
    run(
        &app.database,
        &format!(
            "INSERT INTO llmusage_accounting_failed (id, amount, cost, failed_time, handled) \
             VALUES ('f1', {most}, {least}, '2026-05-20 10:00:00', '0'), ('f2', 1.5, 1, '2026-05-20 10:00:00', '0'); \
             INSERT INTO llmusage (id, amount, use_date) VALUES ('u1', {most}, '2026-05-20')"
        ),
    );
    let viewer = app.signed_in(Role::Viewer).await;
    for path in ["/failed-accounting", "/failed-accounting/f1", "/usages", "/usages/u1"] {
        let page = viewer.get(path).await;
        assert!(page.body.contains("≥ 90,000,000,000,000.00000"), "{path}: {}", page.body);
    }
    let list = viewer.get("/failed-accounting").await;
    assert!(list.body.contains("≤ -90,000,000,000,000.00000"), "{}", list.body);
    let api = admin(&app);
    assert_eq!(api.get("/api/v1/failed-accounting/f1").await["beyond"], "amount cost");
    assert_eq!(api.get("/api/v1/failed-accounting/f2").await["beyond"], serde_json::Value::Null);
    assert_eq!(api.get("/api/v1/usages/u1").await["beyond"], "amount");
}
