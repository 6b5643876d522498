//! The chain of hashes: each event carries one over itself and the event before it.
//!
//! A changed or missing event breaks the chain at the next one; missing last ones break it at its end.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use sha2::{Digest, Sha256};

use super::store::Event;
use crate::base::clock::TIME_FORMAT;
use crate::base::finding::Finding;
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::lock_order::{self, Lock};
use crate::db::schema::{audit_chain, audit_event};
use crate::error::{Error, Result};

/// How many events the check reads at once.
const CHUNK: i64 = 1_000;

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub id: i64,
    pub hash: String,
}

/// The end of the chain; nobody else adds an event until the transaction ends. The id is at least the
/// highest in the table, so that a foreign row stops nobody; the check finds it.
pub(super) fn lock(connection: &mut DbConnection) -> Result<Head> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        last_id: i64,
        #[diesel(sql_type = Text)]
        last_hash: String,
        #[diesel(sql_type = BigInt)]
        highest: i64,
    }
    let engine = connection.engine();
    lock_order::note(engine, Lock::Trail, &[]);
    let question = "SELECT last_id, last_hash, (SELECT COALESCE(MAX(id), 0) FROM audit_event) AS highest \
                    FROM audit_chain WHERE id = 1";
    let rows: Vec<Row> =
        Statement::new(engine, question).sql(dialect::for_update(engine)).load(connection)?;
    let row = rows.into_iter().next().ok_or_else(|| Error::internal("the audit chain has no end"))?;
    Ok(Head { id: row.last_id.max(row.highest), hash: row.last_hash })
}

/// Makes an event the end of the chain.
pub(super) fn append(connection: &mut DbConnection, head: &Head) -> Result<()> {
    Statement::new(connection.engine(), "UPDATE audit_chain SET last_id = ")
        .number(head.id)
        .sql(", last_hash = ")
        .text(head.hash.as_str())
        .sql(" WHERE id = 1")
        .execute(connection)?;
    Ok(())
}

/// The hash of an event after the one with that hash.
pub(super) fn hash(before: &str, event: &Event) -> String {
    let mut hasher = Sha256::new();
    let happened = event.happened_at.format(TIME_FORMAT).to_string();
    let id = event.id.to_string();
    let parts = [
        Some(before),
        Some(&id),
        Some(&happened),
        Some(&event.author),
        Some(&event.source),
        Some(&event.action),
        Some(&event.record_kind),
        Some(&event.record_id),
        event.before_state.as_deref(),
        event.after_state.as_deref(),
        event.request_id.as_deref(),
    ];
    for part in parts {
        // With its length, so that no two events have the same bytes.
        match part {
            Some(text) => hasher.update(format!("{}:{text}", text.len())),
            None => hasher.update("-"),
        }
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The events that are not what was written, and a missing end. Events from before the chain are passed over.
pub fn check(connection: &mut DbConnection) -> Result<Finding> {
    let mut finding = Finding::none("audit_chain");
    let (mut previous, mut last_id) = (String::new(), 0);
    loop {
        let events: Vec<Event> = audit_event::table
            .filter(audit_event::id.gt(last_id))
            .order(audit_event::id)
            .limit(CHUNK)
            .select(Event::as_select())
            .load(connection)?;
        let Some(last) = events.last() else { break };
        last_id = last.id;
        for event in events {
            let expected = hash(&previous, &event);
            match event.hash {
                None if previous.is_empty() => {}
                Some(kept) => {
                    if kept != expected {
                        finding.add(event.id);
                    }
                    previous = kept;
                }
                None => finding.add(event.id),
            }
        }
    }
    let (end, end_hash): (i64, String) = audit_chain::table
        .find(1)
        .select((audit_chain::last_id, audit_chain::last_hash))
        .first(connection)?;
    if end_hash != previous {
        finding.add(format!("{end} (the end)"));
    }
    Ok(finding)
}
