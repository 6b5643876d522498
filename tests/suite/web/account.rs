//! Signing in and out, and one's own password and language.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::accounts::store;
use llmage_admin::audit::event::{Author, Source};

use crate::app::{PASSWORD, TestApp, noon};

fn by_command() -> Author {
    Author { name: "test".to_owned(), source: Source::Command, request_id: None, at: noon() }
}

#[actix_web::test]
async fn a_wrong_password_shows_the_form_again_without_saying_which_part_was_wrong() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let visitor = app.visitor();
    let wrong_password = visitor.post("/login", &[("username", "li.wei"), ("password", "x")]).await;
    let wrong_name = visitor.post("/login", &[("username", "nobody"), ("password", "x")]).await;
    for answer in [&wrong_password, &wrong_name] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.has("[role=alert]"));
    }
    assert_eq!(wrong_password.text("[role=alert]"), wrong_name.text("[role=alert]"));
    assert_eq!(wrong_password.attribute("input[name=username]", "value"), "li.wei");
    assert_eq!(visitor.get("/failed-accounting").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn signing_in_leads_to_where_one_wanted_to_go_but_never_to_another_site() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    for (next, expected) in [
        ("/failed-accounting?handled=1", "/failed-accounting?handled=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example", "/"),
        ("evil", "/"),
    ] {
        let fields = [("username", "li.wei"), ("password", PASSWORD), ("next", next)];
        let answer = app.visitor().post("/login", &fields).await;
        assert_eq!(answer.location(), expected, "{next}");
    }
}

#[actix_web::test]
async fn signing_out_ends_the_session() {
    let app = TestApp::new();
    let visitor = app.signed_in(Role::Viewer).await;
    assert_eq!(visitor.get("/failed-accounting").await.status, StatusCode::OK);
    visitor.submit("/logout", &[]).await;
    assert_eq!(visitor.get("/failed-accounting").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_disabled_user_is_out_at_once_and_a_lower_role_counts_at_once() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    app.add_user("second", Role::Admin);
    app.database
        .transaction_here(|connection| {
            store::set_role(connection, "admin", Role::Viewer, None, &by_command())
        })
        .unwrap();
    assert_eq!(admin.get("/failed-accounting/new").await.status, StatusCode::FORBIDDEN);
    app.database.transaction_here(|connection| store::disable(connection, "admin", &by_command())).unwrap();
    assert_eq!(admin.get("/failed-accounting").await.status, StatusCode::SEE_OTHER);
    let fields = [("username", "admin"), ("password", PASSWORD)];
    assert_eq!(admin.post("/login", &fields).await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn the_last_admin_stays() {
    let app = TestApp::new();
    app.add_user("admin", Role::Admin);
    let disabled =
        app.database.transaction_here(|connection| store::disable(connection, "admin", &by_command()));
    assert!(disabled.is_err());
    let lowered = app.database.transaction_here(|connection| {
        store::set_role(connection, "admin", Role::Viewer, None, &by_command())
    });
    assert!(lowered.is_err());
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let app = TestApp::new();
    let here = app.signed_in(Role::Viewer).await;
    let elsewhere = app.visitor();
    elsewhere.submit("/login", &[("username", "viewer"), ("password", PASSWORD)]).await;
    let fields = [("current_password", PASSWORD), ("new_password", "nine blue otters swim")];
    let page = here.submit("/account", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("[role=status]"));
    assert_eq!(elsewhere.get("/failed-accounting").await.status, StatusCode::SEE_OTHER);
    let again = [("username", "viewer"), ("password", "nine blue otters swim")];
    assert_eq!(elsewhere.post("/login", &again).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_weak_password_or_a_wrong_present_one_changes_nothing() {
    let app = TestApp::new();
    let visitor = app.signed_in(Role::Viewer).await;
    for (current, new, field) in [
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "new_password"),
        (PASSWORD, "viewer123456", "new_password"),
        (PASSWORD, "", "new_password"),
        ("wrong wrong wrong", "nine blue otters swim", "current_password"),
    ] {
        let answer = visitor.post("/account", &[("current_password", current), ("new_password", new)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert_eq!(answer.attribute(&format!("#{field}"), "aria-invalid"), "true", "{new}");
        assert!(!answer.text(&format!("#{field}-error")).is_empty());
    }
    let fields = [("username", "viewer"), ("password", PASSWORD)];
    assert_eq!(app.visitor().post("/login", &fields).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_under_https_bound_to_the_host() {
    let app = TestApp::with(&["--public-url", "https://admin.example.com"]);
    app.add_user("viewer", Role::Viewer);
    let answer = app.visitor().post("/login", &[("username", "viewer"), ("password", PASSWORD)]).await;
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(answer.headers.contains_key("strict-transport-security"));
}
