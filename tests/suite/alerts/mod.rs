//! Alerts: what fires them, once; what recovers, once; and how it reaches a webhook and a mailbox, whatever happens.

mod delivering;
mod mailbox;
mod mailing;
mod pages;
pub mod receiver;
mod rules;
mod telling;

use chrono::TimeDelta;
use llmage_admin::accounts::role::Role;
use llmage_admin::alerts::courier::Courier;
use llmage_admin::alerts::delivery::Delivery;
use llmage_admin::alerts::evaluation::Evaluator;
use llmage_admin::alerts::event::Event;
use llmage_admin::alerts::history;
use llmage_admin::alerts::rule::Rule;
use llmage_admin::alerts::store;

use crate::app::{Answer, TestApp, Visitor};

/// What signs in these tests.
const SECRET: &str = "a secret that signs alerts";

/// An app that may call this machine.
fn app_with_webhook(url: &str) -> TestApp {
    TestApp::with(&["--webhook-secret", SECRET, "--webhook-private", "true", "--webhook-url", url])
}

/// Another instance's job that looks at rules, or this one's.
fn evaluator(app: &TestApp) -> Evaluator {
    Evaluator::new((*app.database).clone(), app.clock.clone(), TimeDelta::minutes(15))
}

/// Looks at all rules once; gives how many events that made.
fn look(app: &TestApp) -> usize {
    evaluator(app).step().unwrap()
}

fn courier(app: &TestApp) -> Courier {
    Courier::new((*app.database).clone(), app.clock.clone(), app.application.destinations().clone())
}

/// Sends all that is due; gives how many tries that were.
fn send(app: &TestApp) -> usize {
    let courier = courier(app);
    std::iter::from_fn(|| courier.step().unwrap().then_some(())).count()
}

/// The history, oldest first.
fn events(app: &TestApp) -> Vec<Event> {
    let mut events = app.database.run_here(|connection| history::list(connection, None, 1_000)).unwrap();
    events.reverse();
    events
}

fn deliveries(app: &TestApp) -> Vec<Delivery> {
    let events = events(app);
    let found = app.database.run_here(|connection| history::deliveries(connection, &events)).unwrap();
    found.into_values().flatten().collect()
}

fn rules(app: &TestApp) -> Vec<Rule> {
    app.database.run_here(store::list).unwrap()
}

/// Makes a rule on its page.
async fn make(admin: &Visitor<'_>, kind: &str, threshold: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("kind", kind), ("threshold", threshold)];
    fields.extend_from_slice(more);
    let page = admin.submit("/alerts", &fields).await;
    assert!(page.text("[role=status]").contains("created"), "{}", page.body);
    page
}

/// Waits on the clock of the app, and lets time pass.
fn wait(app: &TestApp, seconds: i64) {
    app.clock.advance(TimeDelta::seconds(seconds));
}

/// An administrator.
async fn admin(app: &TestApp) -> Visitor<'_> {
    app.signed_in(Role::Admin).await
}
