//! What the database says about one record, its usage, its attempts and its trail, for the details page.

use chrono::NaiveDateTime;

use crate::audit::event::{Action, FAILED_ACCOUNTING, USAGE};
use crate::audit::store::{self as audit, Event};
use crate::causes::store::{self as causes, KnownCause};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::causes::history;
use crate::failed_accounting::condition;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::{list, store};
use crate::usages::store as usages;
use crate::usages::usage::{Usage, Whereabouts};

/// What the database says about one record.
pub(super) struct Found {
    pub record: FailedRecord,
    pub neighbours: (Option<String>, Option<String>),
    pub usage: Option<(Usage, Whereabouts)>,
    pub attempts: Vec<FailedRecord>,
    pub events: Vec<Event>,
    pub cause: Option<KnownCause>,
    pub seen: (Option<NaiveDateTime>, Option<NaiveDateTime>),
}

impl Found {
    /// Reads it; the neighbours are those of the filtered list.
    pub(super) fn read(connection: &mut DbConnection, id: &str, filter: &Filter) -> Result<Found> {
        let record = store::find(connection, id)?;
        let search = condition::plan_search(connection, filter)?;
        let neighbours = list::neighbours(connection, filter, &search, &record.id)?;
        let (usage, attempts) = match record.llmusageid.as_deref() {
            Some(usage_id) => {
                (usages::find_anywhere(connection, usage_id)?, store::attempts(connection, usage_id)?)
            }
            None => (None, Vec::new()),
        };
        let mut events = audit::timeline(connection, FAILED_ACCOUNTING, &record.id)?;
        if let Some((usage, _)) = &usage {
            // A correction is an event of the usage, and belongs to the story of its failures.
            let corrections = [Action::Correct, Action::UndoCorrect].map(Action::as_str);
            let of_usage = audit::timeline(connection, USAGE, &usage.id)?.into_iter();
            events.extend(of_usage.filter(|event| corrections.contains(&event.action.as_str())));
            events.sort_by_key(|event| std::cmp::Reverse(event.id));
        }
        let (cause, seen) = match record.cause.as_deref() {
            Some(key) => (causes::lookup(connection, key)?, history::seen(connection, key)?),
            None => (None, (None, None)),
        };
        Ok(Found { record, neighbours, usage, attempts, events, cause, seen })
    }
}
