//! What a webhook is sent: signed, complete, and only where it may go.

use std::time::{Duration, Instant};

use llmage_admin::alerts::delivery::{DELIVERED, Reply, WAITING};

use crate::alerts::receiver::{Reaction, Receiver};
use crate::alerts::{SECRET, admin, app_with_webhook, deliveries, look, make, send};
use crate::app::{TestApp, failure};

const TO_WEBHOOK: [(&str, &str); 1] = [("to_webhook", "1")];

/// An app with a rule that has just fired, and its reply to one try.
async fn tried(app: &TestApp) -> Reply {
    let admin = admin(app).await;
    make(&admin, "open_amount", "1", &TO_WEBHOOK).await;
    app.given(&failure("f1"));
    assert_eq!((look(app), send(app)), (1, 1));
    deliveries(app)[0].reply().unwrap()
}

#[actix_web::test]
async fn a_webhook_is_sent_what_happened_signed_with_time_and_id() {
    let receiver = Receiver::new(&[Reaction::Status(204)]);
    let url = receiver.url();
    let settings = ["--webhook-secret", SECRET, "--webhook-private", "true", "--webhook-url", &url];
    let app = TestApp::with(&[&settings[..], &["--public-url", "https://desk.example/"]].concat());
    tried(&app).await;
    let delivery = deliveries(&app).remove(0);
    assert_eq!((delivery.state.as_str(), delivery.attempts), (DELIVERED, 1));
    let received = receiver.received().remove(0);
    assert_eq!(received.line, "POST /hook?key=T0K3N HTTP/1.1");
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("x-llmage-delivery"), delivery.id);
    assert!(received.is_signed_by(SECRET), "{received:?}");
    assert!(!received.is_signed_by("another secret that signs"), "the test looks at the secret");
    let said = received.json();
    assert_eq!(said["delivery"], delivery.id.as_str());
    assert_eq!(said["event"], delivery.event_id.as_str());
    assert_eq!((said["version"].as_i64(), said["what"].as_str()), (Some(1), Some("fired")));
    assert_eq!(said["rule"]["kind"], "open_amount");
    assert_eq!(said["rule"]["threshold"], "1.00000");
    assert_eq!(said["value"], "1.20000");
    assert_eq!(said["title"], "Open amount 1.20000 is above 1.00000");
    assert_eq!(said["at"], "2026-05-22T12:00:00.000+08:00");
    assert_eq!(said["link"], "https://desk.example/failed-accounting");
    assert!(said["text"].as_str().unwrap().contains("1 open failure"), "{said}");
}

#[actix_web::test]
async fn what_is_told_is_in_the_language_of_the_settings() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let url = receiver.url();
    let settings = ["--webhook-secret", SECRET, "--webhook-private", "true", "--webhook-url", &url];
    let app = TestApp::with(&[&settings[..], &["--alert-language", "zh-CN"]].concat());
    tried(&app).await;
    let said = receiver.received()[0].json();
    assert_eq!(said["title"], "未处理金额 1.20000，超过 1.00000");
    assert_eq!(said["link"], serde_json::Value::Null, "no address of this app is known");
}

#[actix_web::test]
async fn a_private_address_is_not_called_whatever_its_name() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let port = receiver.address.rsplit(':').next().unwrap().to_owned();
    // None of these is refused as typed: only what they resolve to tells.
    for host in ["2130706433", "0x7f000001", "127.1", "ip6-localhost", "localhost.localdomain"] {
        let app = TestApp::with(&["--webhook-secret", SECRET]);
        let url = format!("http://{host}:{port}/");
        let admin = admin(&app).await;
        make(&admin, "open_amount", "1", &[("to_webhook", "1"), ("webhook_url", &url)]).await;
        app.given(&failure("f1"));
        assert_eq!((look(&app), send(&app)), (1, 1));
        let reply = deliveries(&app)[0].reply().unwrap();
        let is_private =
            matches!(&reply, Reply::Private(address) if address == "127.0.0.1" || address == "::1");
        // Where a machine does not know the name, it is not called either.
        assert!(
            is_private || (host.contains("local") && matches!(reply, Reply::Error(_))),
            "{host}: {reply:?}"
        );
        assert_eq!(deliveries(&app)[0].state, WAITING);
    }
    assert!(receiver.received().is_empty());
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let inside = Receiver::new(&[Reaction::Status(200)]);
    let outside = Receiver::new(&[Reaction::Redirect(inside.url())]);
    let reply = tried(&app_with_webhook(&outside.url())).await;
    assert!(matches!(reply, Reply::Status { code: 302, .. }), "{reply:?}");
    assert_eq!((outside.received().len(), inside.received().len()), (1, 0));
}

#[actix_web::test]
async fn a_proxy_of_the_environment_is_not_asked() {
    // The library reads these when it is asked to; another test's process shares them, and must not mind either.
    let proxy = Receiver::new(&[Reaction::Status(200)]);
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let program = std::env::current_exe().unwrap();
    if std::env::var_os("HTTP_PROXY").is_none() {
        let name = "telling::a_proxy_of_the_environment_is_not_asked";
        let ended = std::process::Command::new(program)
            .args(["--exact", name])
            .envs([
                ("HTTP_PROXY", &proxy.address),
                ("http_proxy", &proxy.address),
                ("ALL_PROXY", &proxy.address),
            ])
            .status();
        assert!(ended.unwrap().success());
        assert!(proxy.received().is_empty());
        return;
    }
    tried(&app_with_webhook(&receiver.url())).await;
    assert_eq!(receiver.received().len(), 1);
}

#[actix_web::test]
async fn a_huge_answer_is_cut_and_its_secrets_are_masked() {
    let huge = Receiver::new(&[Reaction::Huge(50_000_000)]);
    let Reply::Status { code, text } = tried(&app_with_webhook(&huge.url())).await else {
        panic!("no status")
    };
    assert_eq!((code, text.len()), (200, 300));
    let plain = Receiver::new(&[Reaction::Status(500)]);
    let Reply::Status { text, .. } = tried(&app_with_webhook(&plain.url())).await else {
        panic!("no status")
    };
    assert_eq!(text, "thanks, key sk-***");
}

/// What comes of a try to a receiver that keeps one waiting, in bounded time.
async fn tried_in_time(reaction: Reaction) -> Reply {
    let receiver = Receiver::new(&[reaction]);
    let app = app_with_webhook(&receiver.url());
    let began = Instant::now();
    let reply = tried(&app).await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    reply
}

#[actix_web::test]
async fn a_silent_receiver_is_left_after_ten_seconds() {
    assert_eq!(tried_in_time(Reaction::Silent).await, Reply::Silent(10));
}

#[actix_web::test]
async fn a_receiver_that_drips_is_left_too_and_its_status_counts() {
    let reply = tried_in_time(Reaction::Slow).await;
    assert!(matches!(reply, Reply::Status { code: 200, .. }), "{reply:?}");
}
