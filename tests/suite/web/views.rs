//! Saved views: naming a filter, opening it first, sharing, and what happens to one that no longer fits.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;

use crate::app::{PASSWORD, TestApp, failure};
use crate::support::rows::run as sql;

#[actix_web::test]
async fn a_filter_is_saved_under_a_name_opened_first_renamed_and_deleted() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let list = viewer.get("/failed-accounting?llmid=m-kimi-k3&sort=-amount").await;
    let new = viewer.get(&list.attribute(".views a[href^='/views/new']", "href")).await;
    assert!(new.text(".chips").contains("m-kimi-k3"), "{}", new.body);
    let fields = [("llmid", "m-kimi-k3"), ("sort", "-amount"), ("name", "Kimi 大额"), ("default", "1")];
    let saved = viewer.submit("/views", &fields).await;
    assert_eq!(saved.text(".views:not(.group-by) a[aria-current]"), "Kimi 大额");
    let nav = saved.attribute("nav.nav a[href^='/failed-accounting']", "href");
    let opened = viewer.submit_get(&nav).await;
    assert_eq!(opened.attribute("#llmid", "value"), "m-kimi-k3");
    assert_eq!(viewer.get("/failed-accounting").await.attribute("#llmid", "name"), "llmid");
    assert!(!viewer.get("/failed-accounting").await.has(".chips"), "the bare address stays the open tab");

    let again = viewer.post("/views", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again.attribute("#name", "value"), "Kimi 大额");
    assert!(again.text("#name-error").contains("already"));
    assert_eq!(viewer.post("/views", &[("name", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        viewer.post("/views", &[("name", "x"), ("amount_min", "y")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let edit = viewer.get(&viewer.get("/views").await.attribute("#views a[href$='/edit']", "href")).await;
    let (action, version) =
        (edit.attribute("main form.panel", "action"), edit.attribute("input[name=version]", "value"));
    let renamed = [("name", "Kimi"), ("shared", "1"), ("version", version.as_str())];
    viewer.submit(&action, &renamed).await;
    let stale = viewer.post(&action, &[("name", "other"), ("version", version.as_str())]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(stale.attribute("#name", "value"), "other", "what was typed is kept");
    let deleted = viewer.submit(&format!("{action}/delete"), &[]).await;
    assert!(deleted.text("[role=status]").contains("Kimi") && !deleted.has("#views"));
    let gone = viewer.submit_get(&nav).await;
    assert!(gone.text("[role=status]").contains("gone"), "{}", gone.body);
}

#[actix_web::test]
async fn a_private_view_is_nobody_elses_and_a_shared_one_is_changed_by_its_owner_only() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    app.add_user("bea", Role::Operator);
    let bea = app.visitor();
    bea.post("/login", &[("username", "bea"), ("password", PASSWORD)]).await;
    viewer.submit("/views", &[("name", "mine"), ("q", "usages")]).await;
    viewer.submit("/views", &[("name", "ours"), ("q", "usages"), ("shared", "1")]).await;
    let seen = bea.get("/views").await;
    assert_eq!(seen.texts("#views tbody th"), ["ours"]);
    assert!(seen.text("#views tbody").contains("shared by viewer"));
    assert!(!seen.has("#views a[href$='/edit']"));
    let choose = seen.attribute("#views form", "action");
    let shared = choose.replace("/default", "");
    let refused = bea.post(&shared, &[("name", "hers"), ("version", "0")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(bea.post(&format!("{shared}/delete"), &[]).await.status, StatusCode::CONFLICT);
    bea.submit(&choose, &[("on", "1")]).await;
    assert!(
        bea.get("/views").await.attribute("nav.nav a[href^='/failed-accounting']", "href").contains("view=")
    );
    let own = viewer.get("/views").await.attributes("#views a[href$='/edit']", "href");
    for path in own {
        let expected = if path.starts_with(&shared) { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(bea.get(&path).await.status, expected, "{path}");
    }
}

#[actix_web::test]
async fn a_view_of_a_filter_that_is_gone_says_so_and_shows_the_rest() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let saved = viewer.post("/views", &[("name", "old"), ("llmid", "m-kimi-k3")]).await;
    sql(&app.database, r#"UPDATE saved_view SET query = '[["llmid","m-kimi-k3"],["planet","mars"]]'"#);
    let id = saved.location().rsplit_once("view=").map(|(_, id)| id.to_owned()).unwrap();
    let opened = viewer.submit_get(&format!("/failed-accounting?view={id}")).await;
    assert!(opened.text(".notice").contains("planet"), "{}", opened.body);
    assert_eq!(opened.rows(), ["f1"]);
    sql(&app.database, r#"UPDATE saved_view SET query = '[["amount_min","much"]]'"#);
    let wrong = viewer.get(viewer.get(&format!("/failed-accounting?view={id}")).await.location()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.attribute("#amount_min", "aria-invalid"), "true");
}

#[actix_web::test]
async fn the_filter_of_a_view_gives_way_to_the_present_one() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    assert!(!viewer.get("/views/new?llmid=m-kimi-k3").await.has("#replace"), "there is none to replace");
    viewer.submit("/views", &[("name", "Kimi"), ("q", "usages"), ("shared", "1")]).await;
    let new = viewer.get("/views/new?llmid=m-kimi-k3&handled=1&view=x").await;
    let choice = new.attribute("#replace option:not([value=''])", "value");
    let fields = [("llmid", "m-kimi-k3"), ("handled", "1"), ("replace", choice.as_str())];
    let replaced = viewer.submit("/views", &fields).await;
    assert!(replaced.text("[role=status]").contains("Kimi"), "{}", replaced.body);
    assert_eq!(replaced.text(".views:not(.group-by) a[aria-current]"), "Kimi");
    assert_eq!(replaced.attribute("#llmid", "value"), "m-kimi-k3");
    assert!(!replaced.has("#q[value='usages']"), "{}", replaced.body);
    let all = viewer.get("/views").await;
    assert!(all.text("#views tbody").contains("everybody"), "what is shared stays so: {}", all.body);
    let stale = viewer.post("/views", &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.has("#replace[aria-invalid=true]") && stale.has("#replace-error"), "{}", stale.body);
    assert_eq!(stale.attribute("#replace option[selected]", "value"), choice.replace(":0", ":1"));
    assert_eq!(stale.attribute("input[name=llmid]", "value"), "m-kimi-k3");
    for nonsense in ["", "x", "x:0", ":"] {
        let status = viewer.post("/views", &[("llmid", "a"), ("replace", nonsense)]).await.status;
        assert!(status.is_client_error(), "{nonsense}: {status}");
    }
    app.add_user("bea", Role::Operator);
    let bea = app.visitor();
    bea.post("/login", &[("username", "bea"), ("password", PASSWORD)]).await;
    let foreign = bea.post("/views", &[("llmid", "a"), ("replace", &choice.replace(":0", ":1"))]).await;
    assert_eq!(foreign.status, StatusCode::CONFLICT);
    assert!(!bea.get("/views/new").await.has("#replace"));
}

#[actix_web::test]
async fn a_view_of_a_cause_calls_it_by_its_title() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let list = viewer.get("/failed-accounting?llmid=m-kimi-k3").await;
    let of_cause = viewer.get(&list.attribute(".top-causes a[href*='cause=']", "href")).await;
    let new = viewer.get(&of_cause.attribute(".views a[href^='/views/new']", "href")).await;
    assert!(new.text(".chips").contains("usages is None"), "{}", new.body);
    let key = new.attribute("input[name=cause]", "value");
    viewer.submit("/views", &[("cause", &key), ("name", "One cause")]).await;
    let views = viewer.get("/views").await;
    assert!(views.text("#views").contains("usages is None") && !views.text("#views").contains(&key));
    let edit = viewer.get(&views.attribute("#views a[href$='/edit']", "href")).await;
    assert!(edit.text(".chips").contains("usages is None"), "{}", edit.body);
}
