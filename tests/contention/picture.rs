//! What two acts left, as text that is the same for each usage; and what must hold of it whatever they were.

use std::collections::BTreeMap;

use diesel::prelude::*;
use llmage_admin::audit::store::{self as audit, Event};
use llmage_admin::db::Database;
use llmage_admin::db::schema::{audit_event, llmusage_accounting_failed as failed};
use llmage_admin::failed_accounting::failure::{FailedRecord, Resolution};
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::{Usage, Whereabouts};
use serde_json::{Map, Value, json};

use crate::scene::Scene;

pub fn last_event(database: &Database) -> i64 {
    database.run_here(audit::last_id).unwrap()
}

/// The case and what the trail says of it since that event.
pub fn of(database: &Database, (usage, since): (&str, i64), scene: Scene) -> String {
    let (records, found, events) = database
        .run_here(|connection| {
            let records: Vec<FailedRecord> = failed::table
                .filter(failed::llmusageid.eq(usage))
                .order(failed::id)
                .select(FailedRecord::as_select())
                .load(connection)?;
            let events: Vec<Event> = audit_event::table
                .filter(audit_event::id.gt(since))
                .filter(audit_event::record_id.like(format!("{usage}%")))
                .order(audit_event::id)
                .select(Event::as_select())
                .load(connection)?;
            Ok((records, usages::find_anywhere(connection, usage)?, events))
        })
        .unwrap();
    is_permitted(&records, found.as_ref(), scene);
    trail_is_true(&records, &events);
    let events: Vec<String> = events
        .iter()
        .map(|event| {
            let state = |text: &Option<String>| {
                let mut state: Value = serde_json::from_str(text.as_deref().unwrap_or("null")).unwrap();
                // Each batch has an id of its own.
                if let Some(batch) = state.get_mut("batch") {
                    *batch = json!("batch");
                }
                state
            };
            let (before, after) = (state(&event.before_state), state(&event.after_state));
            format!("{} {} by {:?}: {before} -> {after}", event.action, event.record_id, event.author)
        })
        .collect();
    let records: Vec<String> = records.iter().map(|record| record.to_json().to_string()).collect();
    let state = found
        .map(|(usage, whereabouts)| (usage.accounting_status, usage.llmid, whereabouts == Whereabouts::Live));
    format!("{state:?}\n{}\n{}", records.join("\n"), events.join("\n")).replace(usage, "U")
}

/// No state that the rules exclude.
fn is_permitted(records: &[FailedRecord], found: Option<&(Usage, Whereabouts)>, scene: Scene) {
    let told = || format!("{scene:?}: {found:?} {records:#?}");
    let by_hand = records.iter().any(|record| {
        matches!(record.closed_as(), Some(Resolution::ChargedManually | Resolution::AccountedElsewhere))
    });
    let state = found.and_then(|(usage, _)| usage.accounting_status.as_deref());
    assert!(!by_hand || !matches!(state, Some("created" | "accounted")), "charged twice: {}", told());
    let retrying: Vec<_> = records.iter().filter(|record| record.is_retrying()).collect();
    assert!(retrying.len() <= 1, "two retries: {}", told());
    assert!(!by_hand || retrying.is_empty(), "retried what was charged by hand: {}", told());
    let open = records.iter().filter(|record| record.is_open()).count();
    // Adopted ones stay as they are until somebody acts.
    let adopted = scene == Scene::Open
        && records.iter().filter(|record| record.is_open() && record.retry.supersedes.is_none()).count()
            == open;
    assert!(open <= 1 || adopted, "at stake more than once: {}", told());
    // Whoever acts on the newest ends the older ones with it.
    let acted_on = |record: &&FailedRecord| {
        let by_app = [Some(Resolution::Superseded), Some(Resolution::Accounted)];
        record.is_retrying() || (!record.is_open() && !by_app.contains(&record.closed_as()))
    };
    let leaves_older =
        |record: &FailedRecord| records.iter().any(|other| other.is_open() && other.id < record.id);
    let left = scene == Scene::Open && records.iter().filter(acted_on).any(leaves_older);
    assert!(!left, "an older one is left open: {}", told());
    let proven = records.iter().all(|record| {
        record.closed_as() != Some(Resolution::Accounted) || found.is_none() || state == Some("accounted")
    });
    assert!(proven, "accounted without proof: {}", told());
    for named in records.iter().flat_map(|record| [&record.retry.supersedes, &record.retry.superseded_by]) {
        let is_there = |id: &String| records.iter().any(|record| record.id == *id);
        assert!(named.as_ref().is_none_or(is_there), "it names {named:?}, which is gone: {}", told());
    }
}

/// Each event's "before" is what the one before it left, and the last one left what is there.
fn trail_is_true(records: &[FailedRecord], events: &[Event]) {
    let mut known: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for event in events {
        let object = |text: &Option<String>| -> Map<String, Value> {
            text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
        };
        let (before, after) = (object(&event.before_state), object(&event.after_state));
        let state = known.entry(event.record_id.as_str()).or_default();
        for (field, value) in before {
            if let Some(present) = state.get(&field) {
                assert_eq!(present, &value, "{field} before {event:?}");
            }
        }
        state.extend(after);
    }
    for record in records {
        let Some(told) = known.get(record.id.as_str()) else { continue };
        let json = record.to_json();
        for (field, value) in told {
            if let Some(present) = json.get(field) {
                assert_eq!(present, value, "{field} of {} after all events", record.id);
            }
        }
    }
}
