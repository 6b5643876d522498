//! What a mailbox gets: plain text in the language of the settings, to whom the rule or the settings name.

use llmage_admin::alerts::delivery::{DELIVERED, Reply, WAITING};
use llmage_admin::failed_accounting::failure::FailedRecord;

use crate::alerts::mailbox::Mailbox;
use crate::alerts::{admin, deliveries, look, make, send};
use crate::app::{TestApp, failure};

fn app(mailbox: &Mailbox, more: &[&str]) -> TestApp {
    let settings = [
        "--smtp-url",
        &mailbox.url,
        "--mail-from",
        "Desk <desk@example.com>",
        "--mail-to",
        "a@example.com, b@example.com",
    ];
    TestApp::with(&[&settings[..], more].concat())
}

#[actix_web::test]
async fn an_alert_comes_by_mail_with_exact_money_and_a_link() {
    let mailbox = Mailbox::new(None);
    let app = app(&mailbox, &["--public-url", "https://desk.example"]);
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[("to_mail", "1")]).await;
    app.given(&FailedRecord { amount: Some("1000000.00036".parse().unwrap()), ..failure("f1") });
    assert_eq!((look(&app), send(&app)), (1, 1));
    let delivery = deliveries(&app).remove(0);
    assert_eq!((delivery.state.as_str(), delivery.reply()), (DELIVERED, Some(Reply::Taken)));
    let letter = mailbox.letters().remove(0);
    assert_eq!(letter.to, ["a@example.com", "b@example.com"]);
    assert_eq!(letter.header("Subject"), "[llmage-admin] Open amount 1,000,000.00036 is above 1.00000");
    assert_eq!(letter.header("Message-ID"), format!("<{}@example.com>", delivery.id));
    assert!(letter.header("Content-Type").starts_with("text/plain"));
    let body = letter.body();
    for line in [
        "Open amount 1,000,000.00036 is above 1.00000",
        "1 open failure",
        "2026-05-22 12:00:00 Asia/Shanghai",
        "https://desk.example/failed-accounting",
    ] {
        assert!(body.lines().any(|known| known == line), "no {line} in {body}");
    }
}

#[actix_web::test]
async fn in_chinese_the_mail_can_be_read_too_and_a_rule_may_name_its_own_address() {
    let mailbox = Mailbox::new(None);
    let app = app(&mailbox, &["--alert-language", "zh-CN"]);
    let admin = admin(&app).await;
    make(&admin, "new_cause", "", &[("to_mail", "1"), ("mail_to", "c@example.com")]).await;
    let reason = "余额不足\r\nBcc: spy@example.com\r\n\r\nkey sk-abcdefghijklmnop";
    app.given(&FailedRecord { failed_reason: Some(reason.to_owned()), ..failure("f1") });
    assert_eq!((look(&app), send(&app)), (1, 1));
    let letter = mailbox.letters().remove(0);
    assert_eq!(letter.to, ["c@example.com"]);
    assert!(letter.header("Subject").starts_with("[llmage-admin] =?utf-8?b?"), "{}", letter.text);
    let (headers, _) = letter.text.split_once("\n\n").unwrap();
    assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
    let body = letter.body();
    assert!(body.contains("新的失败原因") && body.contains("余额不足"), "{body}");
    assert!(!letter.text.contains("abcdefghijkl") && !body.contains("abcdefghijkl"), "{body}");
}

#[actix_web::test]
async fn a_mail_that_is_refused_waits_and_the_page_says_why() {
    let mailbox = Mailbox::new(Some("550 no such user here"));
    let app = app(&mailbox, &[]);
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[("to_mail", "1")]).await;
    app.given(&failure("f1"));
    assert_eq!((look(&app), send(&app)), (1, 1));
    assert_eq!(deliveries(&app)[0].state, WAITING);
    let told = admin.get("/alerts").await.text("#alert-history .deliveries li");
    assert!(told.contains("waiting") && told.contains("no such user") && told.contains("next try"), "{told}");
}
