//! Secrets inside reasons: masked wherever people read, shown to administrators on request, never lost.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::store::timeline;
use llmage_admin::causes::sorting;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, failure, usage};

const KEY: &str = "sk-proj-Ab12Cd34Ef56";
const BEARER: &str = "Zz99yy88xx77ww66vv";
/// Shorter than a key that is known by its length.
const SHORT: &str = "48q15z";

fn reason() -> String {
    format!("Incorrect API key provided: {KEY}.\nsent Authorization: Bearer {BEARER}")
}

fn given(app: &TestApp) {
    app.given(&FailedRecord { failed_reason: Some(reason()), ..failure("f1") });
}

fn hides(body: &str) -> bool {
    !body.contains(KEY) && !body.contains("Ab12Cd34") && !body.contains(BEARER)
}

#[actix_web::test]
async fn no_page_and_no_csv_shows_a_secret() {
    let app = TestApp::new();
    given(&app);
    let admin = app.signed_in(Role::Admin).await;
    let stale = r#"{"digest":"x","amount":null,"cost":null,"failed_reason":null,"handled":false,
        "resolution":null,"handled_note":null}"#;
    let conflict = admin.post("/failed-accounting/f1", &[("seen", stale), ("cost", "1")]).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(hides(&conflict.body), "{}", conflict.body);
    for path in [
        "/failed-accounting",
        "/failed-accounting?q=provided",
        "/failed-accounting/f1",
        "/failed-accounting/f1/edit",
        "/failed-accounting/f1/delete",
        "/failed-accounting.csv",
    ] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(hides(&page.body), "{path}: {}", page.body);
        assert!(path.ends_with("delete") || page.body.contains("sk-***"), "{path}: {}", page.body);
    }
    admin
        .submit("/failed-accounting/f1", &[("failed_reason", &format!("now {KEY}")), ("handled", "0")])
        .await;
    let seen = admin.get("/failed-accounting/f1/delete").await.attribute("input[name=seen]", "value");
    admin.submit("/failed-accounting/f1/delete", &[("seen", &seen)]).await;
    for path in ["/audit", "/audit.csv"] {
        let page = admin.get(path).await;
        assert!(page.body.contains("sk-***") && hides(&page.body), "{path}: {}", page.body);
    }
}

#[actix_web::test]
async fn an_admin_may_look_and_it_is_noted() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1").await;
    assert!(page.has("#masked") && !page.has("form[action='/failed-accounting/f1/reason']"));
    assert_eq!(operator.post("/failed-accounting/f1/reason", &[]).await.status, StatusCode::FORBIDDEN);
    let admin = app.signed_in(Role::Admin).await;
    let action = admin.get("/failed-accounting/f1").await.attribute("form[action$='/reason']", "action");
    let shown = admin.post(&action, &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text("pre").contains(KEY), "{}", shown.body);
    assert!(hides(&admin.get("/failed-accounting/f1").await.body));
    let events = app.database.run_here(|connection| timeline(connection, "failed_accounting", "f1")).unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.author.as_str(), event.action.as_str())).collect();
    assert_eq!(told, [("admin", "show_secret")]);
    assert_eq!(admin.post("/failed-accounting/f9/reason", &[]).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn an_edit_through_the_masked_form_keeps_the_secret() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let form = operator.get("/failed-accounting/f1/edit").await;
    let (seen, shown) = (form.attribute("input[name=seen]", "value"), form.texts("#failed_reason").remove(0));
    assert!(shown.contains("sk-***"), "{shown}");
    // As a browser sends a text area back.
    let back = reason().replace(KEY, "sk-***").replace(BEARER, "***").replace('\n', "\r\n");
    let fields = [("seen", seen.as_str()), ("failed_reason", &back), ("cost", "0.5"), ("handled", "0")];
    operator.submit("/failed-accounting/f1", &fields).await;
    let kept = app.record("f1");
    assert_eq!((kept.failed_reason, kept.cost.unwrap().to_string()), (Some(reason()), "0.50000".to_owned()));
    let edited = format!("Seen twice. {back}");
    operator.submit("/failed-accounting/f1", &[("failed_reason", &edited), ("handled", "0")]).await;
    assert_eq!(app.record("f1").failed_reason, Some(format!("Seen twice. {}", reason())));
    operator.submit("/failed-accounting/f1", &[("failed_reason", "removed"), ("handled", "0")]).await;
    assert_eq!(app.record("f1").failed_reason.as_deref(), Some("removed"));
}

#[actix_web::test]
async fn notes_of_people_are_masked_as_reasons_are_and_kept_by_an_edit() {
    let app = TestApp::new();
    let note = format!("they sent password={BEARER} by mail");
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        handled_note: Some(note.clone()),
        handled_time: Some(crate::app::noon()),
        resolution: Some("other".to_owned()),
        ..failure("f1")
    });
    let operator = app.signed_in(Role::Operator).await;
    for path in ["/failed-accounting/f1", "/failed-accounting/f1/edit", "/failed-accounting.csv?handled=1"] {
        let page = operator.get(path).await;
        assert!(hides(&page.body) && page.body.contains("password=***"), "{path}: {}", page.body);
    }
    let edited =
        [("handled_note", "they sent password=*** by post"), ("handled", "1"), ("resolution", "other")];
    operator.submit("/failed-accounting/f1", &edited).await;
    assert_eq!(app.record("f1").handled_note, Some(note.replace("mail", "post")));
}

#[actix_web::test]
async fn a_search_finds_only_in_what_is_shown() {
    let app = TestApp::new();
    given(&app);
    app.given(&FailedRecord { failed_reason: Some("usages is None Ab12Cd34".to_owned()), ..failure("f2") });
    app.given(&FailedRecord {
        failed_reason: Some(format!("upstream said {KEY} is wrong")),
        ..failure("f3")
    });
    app.given(&FailedRecord { failed_reason: Some("upstream is busy".to_owned()), ..failure("f4") });
    app.given(&FailedRecord { failed_reason: Some(format!("wrong pin={SHORT}")), ..failure("f5") });
    let viewer = app.signed_in(Role::Viewer).await;
    let found = async |words: &str| {
        let page = viewer.get(&format!("/failed-accounting?handled=&q={words}")).await;
        let mut ids = page.attributes("table#failed-accounting tbody tr", "data-id");
        ids.sort();
        ids
    };
    for round in ["as we wrote them", "as the platform writes them", "sorted"] {
        match round {
            "as the platform writes them" => app.forget_causes(),
            "sorted" => assert_eq!(sorting::sort_all(&app.database).unwrap(), 5),
            _ => {}
        }
        for part in [&SHORT[..3], SHORT] {
            assert_eq!(found(part).await, [""; 0], "{round}: {part}");
        }
        assert_eq!(found("Ab12Cd34").await, ["f2"], "{round}: a key is not found by a part of it");
        for part in ["12Cd34Ef", "Zz99yy", "88xx77"] {
            assert_eq!(found(part).await, [""; 0], "{round}: {part}");
        }
        assert!(found("upstream").await.contains(&"f4".to_owned()), "{round}");
        if round == "sorted" {
            assert_eq!(found("***").await, ["f1", "f3", "f5"], "what is shown is found");
        }
        // Of rows that are not sorted, those that may hold a secret are found within seconds only.
        if round != "as the platform writes them" {
            assert_eq!(found("provided").await, ["f1"], "{round}");
            assert_eq!(found("upstream").await, ["f3", "f4"], "{round}");
        }
    }
}

#[actix_web::test]
async fn keys_in_the_numbers_of_tasks_and_transactions_are_masked_and_survive_an_edit() {
    let app = TestApp::new();
    let (task, transaction) = (format!("task {KEY}"), "AKIAIOSFODNN7ABCDEFG".to_owned());
    let row = Usage { taskid: Some(task.clone()), transno: Some(transaction.clone()), ..usage("u1") };
    app.given_usage(&row);
    let admin = app.signed_in(Role::Admin).await;
    for path in ["/usages", "/usages/u1", "/usages/u1/edit", "/usages.csv"] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(hides(&page.body) && !page.body.contains("IOSFODNN7ABCDEFG"), "{path}: {}", page.body);
        // The list has no column for it.
        assert!(path == "/usages" || page.body.contains("task sk-***"), "{path}: {}", page.body);
    }
    let typed = [("taskid", "a task sk-***"), ("transno", "AKIA***"), ("cost", "7")];
    admin.submit("/usages/u1", &typed).await;
    let saved = app.database.run_here(|connection| usages::lookup(connection, "u1")).unwrap().unwrap();
    assert_eq!((saved.taskid, saved.transno), (Some(format!("a {task}")), Some(transaction)));
}
