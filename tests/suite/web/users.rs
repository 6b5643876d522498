//! Users, as an administrator manages them.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::accounts::store;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::audit::store::timeline;
use llmage_admin::error::Error;

use crate::app::{PASSWORD, TestApp, noon};

const OTHER: &str = "nine blue otters swim";

fn by(name: &str) -> Author {
    Author { name: name.to_owned(), source: Source::Page, request_id: None, at: noon() }
}

#[actix_web::test]
async fn an_admin_adds_a_user_changes_the_role_and_resets_the_password() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let new = [("name", "li.wei"), ("role", "viewer"), ("password", PASSWORD)];
    let list = admin.submit("/users", &new).await;
    assert_eq!(list.attributes("#users tr[data-id]", "data-id"), ["admin", "li.wei"]);
    assert!(list.text("#users tr[data-id='li.wei']").contains("never"));

    let user = app.visitor();
    user.submit("/login", &[("username", "li.wei"), ("password", PASSWORD)]).await;
    assert_eq!(user.get("/failed-accounting/new").await.status, StatusCode::FORBIDDEN);
    let saw = admin.get("/users/li.wei").await.attribute("input[name=saw]", "value");
    admin.submit("/users/li.wei", &[("role", "operator"), ("saw", &saw)]).await;
    assert_eq!(user.get("/failed-accounting/new").await.status, StatusCode::OK);
    admin.submit("/users/li.wei/password", &[("new_password", OTHER)]).await;
    assert_eq!(user.get("/account").await.status, StatusCode::SEE_OTHER);
    let again = user.post("/login", &[("username", "li.wei"), ("password", OTHER)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(!admin.get("/users").await.text("#users tr[data-id='li.wei']").contains("never"));

    let events = app.database.run_here(|connection| timeline(connection, "user", "li.wei")).unwrap();
    let told: Vec<(&str, &str)> =
        events.iter().map(|event| (event.author.as_str(), event.action.as_str())).collect();
    let expected = [
        ("li.wei", "sign_in"),
        ("admin", "change_password"),
        ("admin", "change_role"),
        ("li.wei", "sign_in"),
        ("admin", "create_user"),
    ];
    assert_eq!(told, expected);
    assert!(!format!("{events:?}").contains(OTHER));
}

#[actix_web::test]
async fn a_disabled_user_is_out_until_enabled_and_sessions_can_be_ended() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let user = app.signed_in(Role::Viewer).await;
    admin.submit("/users/viewer/sessions", &[]).await;
    assert_eq!(user.get("/account").await.status, StatusCode::SEE_OTHER);
    let sign_in = [("username", "viewer"), ("password", PASSWORD)];
    user.submit("/login", &sign_in).await;
    let page = admin.submit("/users/viewer/disable", &[]).await;
    assert!(page.has("form[action='/users/viewer/enable']"), "{}", page.body);
    assert_eq!(user.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(user.post("/login", &sign_in).await.status, StatusCode::UNAUTHORIZED);
    admin.submit("/users/viewer/enable", &[]).await;
    assert_eq!(user.post("/login", &sign_in).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_refused_user_form_comes_back_filled_without_the_password() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    for (name, role, password, field) in [
        ("", "viewer", PASSWORD, "name"),
        ("two words", "viewer", PASSWORD, "name"),
        ("admin", "viewer", PASSWORD, "name"),
        ("li.wei", "root", PASSWORD, "role"),
        ("li.wei", "viewer", "tiny", "password"),
        ("li.wei", "viewer", "password1234", "password"),
        ("li.wei", "viewer", "qwertyuiop123", "password"),
        ("li.wei", "viewer", "111111111111111", "password"),
        ("li.wei", "viewer", "Li.Wei-123456", "password"),
    ] {
        let answer = admin.post("/users", &[("name", name), ("role", role), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {role} {password}");
        assert_eq!(answer.attribute(&format!("#{field}"), "aria-invalid"), "true", "{name} {password}");
        assert_eq!(answer.attribute("#name", "value"), name);
        assert!(!answer.body.contains(password), "{password}");
    }
    let refused = admin.post("/users/admin/password", &[("new_password", "admin1234567")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.attribute("#new_password", "aria-invalid"), "true");
    assert_eq!(admin.get("/users/nobody").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.post("/users/nobody/disable", &[]).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_last_admin_cannot_be_lowered_or_disabled_and_nobody_raises_their_own_role() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let saw = admin.get("/users/admin").await.attribute("input[name=saw]", "value");
    let lowered = admin.post("/users/admin", &[("role", "viewer"), ("saw", &saw)]).await;
    assert_eq!(lowered.status, StatusCode::CONFLICT);
    assert!(lowered.text("main").contains("last administrator"), "{}", lowered.body);
    assert_eq!(admin.post("/users/admin/disable", &[]).await.status, StatusCode::CONFLICT);
    app.add_user("operator", Role::Operator);
    let raised = app.database.transaction_here(|connection| {
        store::set_role(connection, "operator", Role::Admin, None, &by("operator"))
    });
    assert!(matches!(raised, Err(Error::Conflict(_))), "{raised:?}");
}

#[test]
fn two_admins_who_disable_each_other_at_once_leave_one() {
    for round in 0..10 {
        let app = TestApp::new();
        app.add_user("anna", Role::Admin);
        app.add_user("boris", Role::Admin);
        let start = std::sync::Barrier::new(2);
        let disable = |who: &'static str, whom: &'static str| {
            start.wait();
            app.database.transaction_here(|connection| store::disable(connection, whom, &by(who)))
        };
        let done = std::thread::scope(|scope| {
            let first = scope.spawn(|| disable("anna", "boris"));
            let second = scope.spawn(|| disable("boris", "anna"));
            [first.join().unwrap(), second.join().unwrap()]
        });
        let left =
            app.database.run_here(store::list).unwrap().into_iter().filter(|user| !user.disabled).count();
        assert_eq!(left, 1, "round {round}: {done:?}");
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "round {round}: {done:?}");
    }
}

#[actix_web::test]
async fn the_account_page_says_what_one_may_do() {
    let app = TestApp::new();
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/account").await;
    let lines = page.texts("section[aria-labelledby=may-title] tbody tr");
    let of = |start: &str| lines.iter().find(|line| line.starts_with(start)).expect(start).clone();
    assert!(of("See failed records").ends_with("yes"), "{lines:?}");
    assert!(of("Record a failure").ends_with("no"), "{lines:?}");
    assert!(of("Manage users").contains("administrator"), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with('/')), "a part of the app without words: {lines:?}");
}
