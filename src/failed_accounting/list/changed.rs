//! What happened to records since some time, as the audit trail tells it: accounted, handled, reopened.
//!
//! The trail is the only place that knows of a reopening; no index of the table has to be kept for it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text, Timestamp};

use diesel::{ExpressionMethods, QueryDsl};

use super::condition::Condition;
use crate::db::schema::audit_event;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// No event is older.
const FIRST_TIME: NaiveDateTime =
    NaiveDate::from_ymd_opt(1971, 1, 1).expect("a date").and_time(NaiveTime::MIN);

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its usage was accounted after a retry.
    Accounted,
    /// Somebody handled it, by an edit or in a batch, too.
    Handled,
    /// Somebody reopened it, or took back that it was handled.
    Reopened,
}

impl Change {
    pub const ALL: [Change; 3] = [Change::Accounted, Change::Handled, Change::Reopened];

    /// As in the query of the list.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Accounted => "accounted",
            Change::Handled => "handled",
            Change::Reopened => "reopened",
        }
    }

    /// The change of that name.
    pub fn parse(text: &str) -> Option<Change> {
        Change::ALL.into_iter().find(|change| change.as_str() == text)
    }

    /// The events that tell it; an edit tells it where it moved the flag.
    fn events(self) -> &'static str {
        match self {
            Change::Accounted => "COALESCE(e.action, '') = 'retry_accounted'",
            Change::Handled => {
                "(COALESCE(e.action, '') IN ('handle', 'undo_reopen') \
                 OR COALESCE(e.action, '') = 'edit' AND e.after_state LIKE '%\"handled\":\"1\"%')"
            }
            Change::Reopened => {
                "(COALESCE(e.action, '') IN ('reopen', 'undo_handle') \
                 OR COALESCE(e.action, '') = 'edit' AND e.after_state LIKE '%\"handled\":\"0\"%')"
            }
        }
    }
}

/// Events of the trail that are looked at for one number of a page.
pub const EVENTS: i64 = 5_000;

/// How many events might tell it since that time, counting to one more than [`EVENTS`]: by the trail's index on actions
/// and times.
pub fn count_events(
    connection: &mut DbConnection,
    change: Change,
    from: Option<NaiveDateTime>,
) -> Result<i64> {
    let actions: &[&str] = match change {
        Change::Accounted => &["retry_accounted"],
        Change::Handled => &["handle", "undo_reopen", "edit"],
        Change::Reopened => &["reopen", "undo_handle", "edit"],
    };
    let mut counted = 0;
    for action in actions {
        let events = audit_event::table
            .filter(audit_event::action.eq(*action))
            .filter(audit_event::happened_at.ge(from.unwrap_or(FIRST_TIME)))
            .select(audit_event::id);
        counted += dialect::count_rows(connection, events.limit(EVENTS + 1 - counted))?;
    }
    Ok(counted)
}

/// "This happened to it from that time on, and somebody else than that one did it." The times lead to the events:
/// `COALESCE` keeps the trail's other indexes, which know nothing of times, out of the way.
pub(in crate::failed_accounting) fn condition(
    change: Change,
    from: Option<NaiveDateTime>,
    not_by: Option<&str>,
) -> Condition {
    let start = format!(
        "id IN (SELECT e.record_id FROM audit_event e WHERE COALESCE(e.record_kind, '') = 'failed_accounting' \
         AND {} AND e.happened_at >= ",
        change.events()
    );
    let among = sql::<Nullable<Bool>>(&start).bind::<Timestamp, _>(from.unwrap_or(FIRST_TIME));
    let among = among.sql(" AND COALESCE(e.author, '') <> ");
    Box::new(among.bind::<Text, _>(not_by.unwrap_or_default().to_owned()).sql(")"))
}
