//! The audit trail: each filter on each page.

use chrono::Duration;
use llmage_admin::audit::filter::Filter;
use llmage_admin::audit::list::{self, Place};
use llmage_admin::db::Engine;

use crate::explained::plan;
use crate::filled::filled;
use crate::support::bulk;
use crate::support::database::engine;
use crate::support::statements::sent;

/// Whether a step reads the trail from end to end: in the order of time it may, where a page is soon full.
fn reads_all(step: &str, is_narrow: bool) -> bool {
    match engine() {
        Engine::Sqlite => {
            step.starts_with("SCAN audit_event")
                && (is_narrow || !step.ends_with("USING INDEX idx_audit_event_time"))
        }
        Engine::Postgres => {
            step.contains("Seq Scan")
                || (is_narrow && step.contains("Index Scan") && step.contains("audit_event_pkey"))
        }
        Engine::Mysql => {
            step.starts_with("audit_event | ALL")
                || (is_narrow && step.starts_with("audit_event | index |"))
                || (is_narrow && step.contains("| PRIMARY |"))
        }
    }
}

#[test]
fn each_filter_of_the_trail_is_a_seek() {
    let database = filled();
    let text = |text: &str| Some(text.to_owned());
    let before = |days| Some(bulk::last_day() - Duration::days(days));
    let record = database.run_here(|connection| list::page(connection, &Filter::default(), Place::Newest, 1));
    let record = record.expect("events").rows.pop().map(|event| event.record_id);
    assert!(record.is_some());
    for (filter, is_narrow) in [
        (Filter::default(), false),
        (Filter { author: text("bob"), ..Filter::default() }, true),
        (Filter { author: text("nobody"), ..Filter::default() }, true),
        (Filter { action: text("edit"), ..Filter::default() }, false),
        (Filter { action: text("delete"), ..Filter::default() }, true),
        (Filter { record: record.clone(), ..Filter::default() }, true),
        (Filter { from: before(300), to: before(299), ..Filter::default() }, true),
        (Filter { to: before(300), ..Filter::default() }, true),
        (Filter { to: before(300), author: text("bob"), ..Filter::default() }, true),
        (Filter { to: before(300), action: text("edit"), ..Filter::default() }, true),
        (Filter { from: before(3), ..Filter::default() }, true),
    ] {
        for place in [Place::Newest, Place::OlderThan(500), Place::NewerThan(500)] {
            let asked = sent(&database, |connection| list::page(connection, &filter, place, 50));
            let Some(listed) = asked.last() else { panic!("nothing was asked for {filter:?}") };
            let steps = plan(&database, listed);
            // Next to a place the key may be the better way.
            let is_narrow = is_narrow && place == Place::Newest;
            let reading = steps.iter().find(|step| reads_all(step, is_narrow));
            assert_eq!(reading, None, "{filter:?} reads all in\n{listed}\n{steps:#?}");
        }
    }
}

#[test]
fn the_csv_of_some_days_begins_with_them() {
    let database = filled();
    let filter = Filter { from: Some(bulk::last_day() - Duration::days(3)), ..Filter::default() };
    let asked = sent(&database, |connection| list::after(connection, &filter, None, 1_000));
    let Some(listed) = asked.last() else { panic!("nothing was asked") };
    let steps = plan(&database, listed);
    let reading = steps.iter().find(|step| reads_all(step, true));
    assert_eq!(reading, None, "the CSV reads all in\n{listed}\n{steps:#?}");
}
