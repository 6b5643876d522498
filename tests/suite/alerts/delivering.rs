//! Deliveries come through failures, growing pauses and kills; given up, they stay in the history.

use llmage_admin::alerts::delivery::{DELIVERED, Delivery, GIVEN_UP, Reply, WAITING};
use llmage_admin::alerts::outbox::{self, MOST_ATTEMPTS};

use crate::alerts::receiver::{Reaction, Receiver};
use crate::alerts::{SECRET, admin, app_with_webhook, courier, deliveries, events, look, make, send, wait};
use crate::app::{TestApp, failure};

/// An app whose rule has just fired, to that webhook.
async fn fired(url: &str) -> TestApp {
    let app = app_with_webhook(url);
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[("to_webhook", "1")]).await;
    app.given(&failure("f1"));
    assert_eq!(look(&app), 1);
    app
}

/// A process that never was.
const GONE: &str = "gone";

/// Takes a delivery for a try of that holder.
fn take(app: &TestApp, delivery: &Delivery, holder: &str) -> Option<Delivery> {
    let now = app.clock.milliseconds();
    let taken = app.database.transaction_here(|connection| outbox::take(connection, delivery, holder, now));
    taken.unwrap().map(|(taken, _)| taken)
}

#[actix_web::test]
async fn a_delivery_that_fails_comes_again_after_growing_pauses_under_the_same_id() {
    let receiver = Receiver::new(&[500, 503, 404, 200].map(Reaction::Status));
    let app = fired(&receiver.url()).await;
    assert_eq!(send(&app), 1);
    for (tries, pause) in [(1, 60), (2, 120), (3, 240)] {
        let waiting = deliveries(&app).remove(0);
        assert_eq!((waiting.state.as_str(), waiting.attempts), (WAITING, tries));
        wait(&app, pause - 1);
        assert_eq!(send(&app), 0, "not before its time");
        wait(&app, pause / 4 + 1);
        assert_eq!(send(&app), 1);
    }
    let delivered = deliveries(&app).remove(0);
    assert_eq!((delivered.state.as_str(), delivered.attempts), (DELIVERED, 4));
    wait(&app, 100_000);
    assert_eq!(send(&app), 0);
    let received = receiver.received();
    assert_eq!(received.len(), 4);
    for one in &received {
        assert!(one.is_signed_by(SECRET));
        assert_eq!((one.header("x-llmage-delivery"), &one.body), (delivered.id.as_str(), &received[0].body));
    }
}

#[actix_web::test]
async fn after_eight_tries_it_is_given_up_and_the_page_says_so() {
    let receiver = Receiver::new(&[Reaction::Status(500)]);
    let app = fired(&receiver.url()).await;
    let mut sent = 0;
    for _ in 0..200 {
        sent += send(&app);
        wait(&app, 60);
    }
    assert_eq!((sent, receiver.received().len()), (MOST_ATTEMPTS as usize, MOST_ATTEMPTS as usize));
    assert_eq!(deliveries(&app)[0].state, GIVEN_UP);
    let visitor = app.visitor();
    visitor.post("/login", &[("username", "admin"), ("password", crate::app::PASSWORD)]).await;
    let page = visitor.get("/alerts").await;
    let told = page.text("#alert-history .deliveries li");
    assert!(told.contains("given up") && told.contains("8 of 8") && told.contains("answered 500"), "{told}");
    assert!(!page.body.contains("T0K3N"), "the path of a webhook is a secret");
}

#[actix_web::test]
async fn killed_between_the_event_and_its_delivery_it_is_delivered_later() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let app = fired(&receiver.url()).await;
    // The process that looked is gone; another one finds what is due.
    assert_eq!((deliveries(&app).len(), receiver.received().len()), (1, 0));
    assert!(courier(&app).is_due().unwrap());
    assert_eq!(send(&app), 1);
    assert_eq!((deliveries(&app)[0].state.as_str(), receiver.received().len()), (DELIVERED, 1));
    assert_eq!(look(&app), 0, "and the rule fired once");
}

#[actix_web::test]
async fn a_try_whose_process_may_live_comes_again_when_the_lease_is_over() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let app = fired(&receiver.url()).await;
    let waiting = deliveries(&app).remove(0);
    // Taken, and never noted.
    let taken = take(&app, &waiting, &app.database.instance().holder());
    assert_eq!(taken.map(|taken| taken.attempts), Some(1));
    assert_eq!(send(&app), 0, "somebody may still be at it");
    wait(&app, 91);
    assert_eq!((send(&app), receiver.received().len()), (1, 1));
    assert_eq!((deliveries(&app)[0].state.as_str(), deliveries(&app)[0].attempts), (DELIVERED, 2));
}

#[actix_web::test]
async fn killed_in_the_middle_of_a_try_its_successor_makes_the_next_one_at_once() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let app = fired(&receiver.url()).await;
    let waiting = deliveries(&app).remove(0);
    assert_eq!(take(&app, &waiting, GONE).map(|taken| taken.attempts), Some(1));
    assert!(courier(&app).is_due().unwrap());
    assert_eq!((send(&app), receiver.received().len()), (1, 1));
    let delivered = deliveries(&app).remove(0);
    assert_eq!((delivered.state.as_str(), delivered.attempts), (DELIVERED, 2));
    assert_eq!(delivered.holder, None, "nobody is at it any more");
}

#[actix_web::test]
async fn killed_in_its_last_try_it_is_given_up() {
    let app = fired("http://127.0.0.1:9/").await;
    for _ in 0..MOST_ATTEMPTS {
        let waiting = deliveries(&app).remove(0);
        take(&app, &waiting, GONE);
    }
    send(&app);
    assert_eq!(deliveries(&app)[0].state, GIVEN_UP);
    assert_eq!(send(&app), 0);
}

#[actix_web::test]
async fn instances_that_send_at_once_send_once() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let app = fired(&receiver.url()).await;
    std::thread::scope(|scope| {
        let sending: Vec<_> =
            (0..4).map(|_| scope.spawn(|| while courier(&app).step().unwrap() {})).collect();
        sending.into_iter().for_each(|one| one.join().unwrap());
    });
    assert_eq!(receiver.received().len(), 1);
}

#[actix_web::test]
async fn without_the_setting_it_waits_and_says_which_one_is_missing() {
    let app = fired("http://127.0.0.1:9/").await;
    let other = TestApp::new();
    // An instance that was started without the secret.
    let without = llmage_admin::alerts::courier::Courier::new(
        (*app.database).clone(),
        app.clock.clone(),
        other.application.destinations().clone(),
    );
    assert!(without.step().unwrap());
    assert_eq!(deliveries(&app)[0].reply(), Some(Reply::Unset("LLMAGE_WEBHOOK_SECRET".to_owned())));
    assert_eq!(deliveries(&app)[0].state, WAITING);
}

#[actix_web::test]
async fn a_recovery_is_delivered_too_and_names_since_when_it_fired() {
    let receiver = Receiver::new(&[Reaction::Status(200)]);
    let app = fired(&receiver.url()).await;
    let admin = app.visitor();
    admin.post("/login", &[("username", "admin"), ("password", crate::app::PASSWORD)]).await;
    wait(&app, 600);
    admin.post("/failed-accounting/f1/handle", &[("resolution", "written_off"), ("handled_note", "x")]).await;
    assert_eq!((look(&app), send(&app)), (1, 2));
    let said = receiver.received()[1].json();
    assert_eq!((said["what"].as_str(), said["value"].as_str()), (Some("recovered"), Some("0.00000")));
    assert_eq!(said["facts"]["since"], "2026-05-22T12:00:00");
    assert_eq!(events(&app).len(), 2);
}

#[actix_web::test]
async fn of_two_who_read_the_same_delivery_one_takes_it() {
    let app = fired("http://127.0.0.1:9/").await;
    let read = deliveries(&app).remove(0);
    assert!(take(&app, &read, GONE).is_some() && take(&app, &read, "another").is_none());
}
