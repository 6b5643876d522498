//! `/alerts` as administrators use it: rules are made, changed, switched, tested and deleted; bad input is told.

use actix_web::http::StatusCode;
use clap::Parser;
use llmage_admin::accounts::role::Role;
use llmage_admin::app::Application;
use llmage_admin::audit::event::ALERT_RULE;
use llmage_admin::audit::store as audit;
use llmage_admin::base::language::Language;
use llmage_admin::config::Config;

use crate::alerts::mailbox::Mailbox;
use crate::alerts::receiver::{Reaction, Receiver};
use crate::alerts::{SECRET, admin, app_with_webhook, events, look, make, rules, send, wait};
use crate::app::{TestApp, failure};

#[actix_web::test]
async fn administrators_alone_see_and_change_alerts() {
    let app = TestApp::new();
    {
        let admin = admin(&app).await;
        make(&admin, "open_amount", "1", &[]).await;
        assert!(admin.get("/").await.has(".nav a[href='/alerts']"));
    }
    let rule = rules(&app).remove(0).id;
    for role in [Role::Viewer, Role::Operator] {
        let visitor = app.signed_in(role).await;
        assert!(!visitor.get("/").await.has("a[href='/alerts']"), "{role}");
        assert_eq!(visitor.get("/alerts").await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.get("/alerts/new").await.status, StatusCode::FORBIDDEN);
        for path in ["", "/enable", "/disable", "/delete", "/test"] {
            let answer = visitor.post(&format!("/alerts/{rule}{path}"), &[("threshold", "x")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role} {path}");
        }
        let answer = visitor.post("/alerts", &[("kind", "open_amount"), ("threshold", "5")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(rules(&app).len(), 1);
}

#[actix_web::test]
async fn bad_input_is_told_beside_its_field_and_the_values_are_kept() {
    let app = TestApp::new();
    let mut admin = admin(&app).await;
    for (kind, threshold, field) in [
        ("", "1", "kind"),
        ("nonsense", "1", "kind"),
        ("open_amount", "", "threshold"),
        ("open_amount", "x", "threshold"),
        ("open_amount", "-1", "threshold"),
        ("open_amount", "1.000001", "threshold"),
        ("open_amount", "999999999999999", "threshold"),
        ("leakage_money", "100.01", "threshold"),
        ("leakage_count", "5%", "threshold"),
        ("leakage_count", "", "threshold"),
        ("stuck_retries", "1.5", "threshold"),
        ("stuck_retries", "99999", "threshold"),
        ("new_cause", "3", "threshold"),
        ("archive_failed", "0", "threshold"),
    ] {
        for language in Language::ALL.map(Language::tag) {
            admin.language = language.to_owned();
            let fields = [("kind", kind), ("threshold", threshold), ("mail_to", "c@example.com")];
            let page = admin.post("/alerts", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind} {threshold}");
            assert_eq!(page.attribute(&format!("#{field}"), "aria-invalid"), "true", "{kind} {threshold}");
            assert!(!page.text(&format!("#{field}-error")).is_empty());
            assert_eq!(page.attribute("#mail_to", "value"), "c@example.com", "kept");
            assert!(page.has("[role=alert]"));
        }
    }
    admin.language = "en".to_owned();
    for (fields, field, words) in [
        (vec![("to_webhook", "1")], "to_webhook", "LLMAGE_WEBHOOK_SECRET"),
        (vec![("to_mail", "1")], "to_mail", "LLMAGE_SMTP_URL"),
        (vec![("webhook_url", "ftp://x")], "webhook_url", "https://"),
        (vec![("webhook_url", "http://10.0.0.1/")], "webhook_url", "LLMAGE_WEBHOOK_PRIVATE"),
        (vec![("webhook_url", "https://a:b@x.example/")], "webhook_url", "password"),
        (vec![("mail_to", "nobody")], "mail_to", "nobody"),
    ] {
        let page = admin.post("/alerts", &[&[("kind", "new_cause")], &fields[..]].concat()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(
            page.text(&format!("#{field}-error")).contains(words),
            "{}",
            page.text(&format!("#{field}-error"))
        );
    }
    assert!(rules(&app).is_empty());
}

#[actix_web::test]
async fn a_destination_needs_an_address_of_its_own_or_of_the_settings() {
    let mailbox = Mailbox::new(None);
    let settings = ["--webhook-secret", SECRET, "--smtp-url", &mailbox.url, "--mail-from", "a@example.com"];
    let app = TestApp::with(&settings);
    let admin = admin(&app).await;
    let page = admin.post("/alerts", &[("kind", "new_cause"), ("to_webhook", "1"), ("to_mail", "1")]).await;
    assert!(page.text("#webhook_url-error").contains("LLMAGE_WEBHOOK_URL"));
    assert!(page.text("#mail_to-error").contains("LLMAGE_MAIL_TO"));
}

#[actix_web::test]
async fn a_rule_is_changed_switched_and_deleted_and_each_step_is_audited_without_secrets() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let app = app_with_webhook(&receiver.url());
    let admin = admin(&app).await;
    let url = receiver.url();
    make(&admin, "open_amount", "1", &[("to_webhook", "1"), ("webhook_url", &url)]).await;
    let rule = rules(&app).remove(0);
    let form = admin.get(&format!("/alerts/{}/edit", rule.id)).await;
    assert_eq!(form.attribute("#threshold", "value"), "1.00000");
    assert_eq!(form.attribute("#webhook_url", "value"), url);
    let change = format!("/alerts/{}", rule.id);
    let fields = [("threshold", "250.5"), ("to_webhook", "1"), ("webhook_url", "http://127.0.0.1/new-T0K3N")];
    let changed = [&fields[..], &[("version", "0")]].concat();
    assert!(admin.submit(&change, &changed).await.text("#rules th[scope=row]").contains("250.50000"));
    let stale = admin.post(&change, &changed).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "somebody else was faster");
    assert!(stale.text("[role=alert]").contains("changed after you had opened it"));
    let wrong = admin.post(&change, &[("threshold", "x"), ("version", "1")]).await;
    assert_eq!(
        (wrong.status, wrong.attribute("#threshold", "value").as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "x")
    );
    let off = admin.submit(&format!("{change}/disable"), &[]).await;
    assert_eq!(off.attribute("#rules tbody tr", "data-state"), "off");
    admin.submit(&format!("{change}/enable"), &[]).await;
    assert!(admin.get(&format!("{change}/delete")).await.has("form button.danger"));
    admin.submit(&format!("{change}/delete"), &[]).await;
    assert!(rules(&app).is_empty());
    let trail =
        app.database.run_here(|connection| audit::timeline(connection, ALERT_RULE, &rule.id)).unwrap();
    let actions: Vec<&str> = trail.iter().rev().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["create_alert", "change_alert", "disable_alert", "enable_alert", "delete_alert"]);
    let change = &trail[3];
    let [before, after] = [&change.before_state, &change.after_state].map(|state| state.clone().unwrap());
    assert!(before.contains("\"1.00000\"") && after.contains("\"250.50000\""), "{before} {after}");
    let all: String =
        trail.iter().flat_map(|event| [&event.before_state, &event.after_state]).flatten().cloned().collect();
    assert!(!all.contains("T0K3N") && all.contains("http://127.0.0.1/***"), "{all}");
    let page = admin.get("/audit").await;
    assert!(page.body.contains("deleted an alert rule"), "{}", page.body);
}

#[actix_web::test]
async fn a_test_goes_out_at_once_and_the_page_says_what_came_of_it() {
    let receiver = Receiver::new(&[Reaction::Status(200), Reaction::Status(500)]);
    let mailbox = Mailbox::new(None);
    let url = receiver.url();
    let settings = ["--webhook-secret", SECRET, "--webhook-private", "true", "--webhook-url", &url];
    let mail = ["--smtp-url", &mailbox.url, "--mail-from", "desk@example.com", "--mail-to", "a@example.com"];
    let app = TestApp::with(&[&settings[..], &mail[..]].concat());
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[("to_webhook", "1"), ("to_mail", "1")]).await;
    let test = format!("/alerts/{}/test", rules(&app)[0].id);
    let told = admin.submit(&test, &[]).await;
    let outcome = told.text("#tested[role=status]");
    assert!(outcome.contains("answered 200") && outcome.contains("the mail server took it"), "{outcome}");
    let said = receiver.received()[0].json();
    assert_eq!((said["what"].as_str(), said["title"].as_str()), (Some("test"), Some("A test of an alert")));
    assert!(receiver.received()[0].is_signed_by(SECRET));
    assert!(mailbox.letters()[0].body().contains("Open amount above 1.00000"));
    assert_eq!(told.attribute("#alert-history tbody tr", "data-what"), "test");
    assert!(told.text("#alert-history tbody tr td:nth-child(2)").contains("admin"), "who asked");
    let again = admin.post(&test, &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "not as fast as one can press");
    assert!(again.text("[role=alert]").contains("5 seconds"));
    assert_eq!(receiver.received().len(), 1);
    wait(&app, 5);
    let failed = admin.submit(&test, &[]).await;
    assert!(failed.text("#tested[role=alert]").contains("answered 500"), "{}", failed.body);
    wait(&app, 100_000);
    assert_eq!(send(&app), 0, "a test is not tried again");
    assert!(rules(&app)[0].firing_since.is_none(), "and does not touch the rule");
    let events = events(&app);
    assert_eq!(events.len(), 2);
    let trail =
        app.database.run_here(|connection| audit::timeline(connection, ALERT_RULE, &rules(&app)[0].id));
    assert_eq!(trail.unwrap().iter().filter(|event| event.action == "test_alert").count(), 2);
}

#[actix_web::test]
async fn without_destination_the_page_says_how_to_set_one() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    let empty = admin.get("/alerts").await;
    assert!(empty.has(".empty"));
    let page = make(&admin, "new_cause", "", &[]).await;
    let destinations = page.text("#destinations");
    for name in ["LLMAGE_WEBHOOK_SECRET", "LLMAGE_WEBHOOK_URL", "LLMAGE_SMTP_URL", "LLMAGE_MAIL_TO"] {
        assert!(destinations.contains(name), "{destinations}");
    }
    assert!(page.text("#rules tbody tr").contains("nowhere"));
    let refused = admin.post(&format!("/alerts/{}/test", rules(&app)[0].id), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(events(&app).is_empty());
}

#[actix_web::test]
async fn firing_rules_are_told_on_the_overview_and_in_the_figures() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[]).await;
    look(&app);
    assert!(!admin.get("/").await.has("#firing"));
    app.given(&failure("f1"));
    look(&app);
    let notice = admin.get("/").await;
    assert!(notice.text("#firing").contains("Open amount above 1.00000"));
    assert!(notice.has("#firing a[href='/alerts']"));
    let viewer = app.signed_in(Role::Viewer).await;
    let notice = viewer.get("/").await;
    assert!(notice.has("#firing") && !notice.has("#firing a"), "a link that one may not open is none");
    let scraper = crate::app::Visitor { address: Some(([127, 0, 0, 1], 9).into()), ..app.visitor() };
    assert!(scraper.get("/metrics").await.body.contains("llmage_alerts_firing 1\n"));
}

#[actix_web::test]
async fn the_history_goes_on_over_pages() {
    let app = TestApp::new();
    let mut admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[]).await;
    app.given(&failure("f1"));
    for round in 0..60 {
        let (threshold, version) = (["1", "2"][round % 2], round.to_string());
        let fields = [("threshold", threshold), ("version", version.as_str())];
        admin.post(&format!("/alerts/{}", rules(&app)[0].id), &fields).await;
        wait(&app, i64::from(round % 3 == 0));
        look(&app);
    }
    assert_eq!(events(&app).len(), 60);
    let first = admin.get("/alerts").await;
    let second = admin.get(&first.attribute("a[rel=next]", "href")).await;
    let rows = |page: &crate::app::Answer| page.attributes("#alert-history tbody tr", "data-id");
    assert_eq!((rows(&first).len(), rows(&second).len()), (50, 10));
    let all: std::collections::BTreeSet<String> = rows(&first).into_iter().chain(rows(&second)).collect();
    assert_eq!(all.len(), 60, "each once");
    assert!(!second.has("a[rel=next]"));
    admin.language = "zh-CN".to_owned();
    assert!(admin.get("/alerts").await.text("h1").contains("告警"));
    assert_eq!(admin.get("/alerts?after=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.get("/alerts?tested=nonsense").await.status, StatusCode::OK);
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

#[test]
fn wrong_settings_stop_the_start_with_one_line_that_names_them() {
    let app = TestApp::new();
    for (settings, words) in [
        (vec!["--webhook-secret", "short"], "--webhook-secret: must have"),
        (vec!["--webhook-url", "https://x.example"], "--webhook-secret: must be set"),
        (vec!["--webhook-url", "x", "--webhook-secret", SECRET], "--webhook-url: must be http"),
        (vec!["--webhook-url", "http://127.0.0.1/", "--webhook-secret", SECRET], "--webhook-private"),
        (
            vec!["--webhook-url", "https://u:geheim@x.example/", "--webhook-secret", SECRET],
            "--webhook-url: must hold no",
        ),
        (vec!["--smtp-url", "mail.example.com"], "--smtp-url: must be smtp"),
        (vec!["--smtp-url", "smtp://u:geheim@mail.example.com"], "--mail-from: must be set"),
        (vec!["--smtp-url", "smtp://localhost", "--mail-from", "nobody"], "--mail-from: must be an address"),
        (
            vec!["--smtp-url", "smtp://localhost", "--mail-from", "a@example.com", "--mail-to", "b"],
            "--mail-to: must be addresses",
        ),
        (vec!["--mail-to", "b@example.com"], "--smtp-url: must be set"),
    ] {
        let arguments = ["test", "--secret-key", "a key of at least 32 characters, for tests"];
        let config = Arguments::parse_from(arguments.iter().chain(&settings)).config;
        let error =
            Application::new(&config, (*app.database).clone(), app.clock.clone()).unwrap_err().to_string();
        assert!(
            error.contains(words) && !error.contains('\n') && !error.contains("geheim"),
            "{settings:?}: {error}"
        );
    }
}
