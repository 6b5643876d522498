//! Whether the audit trail is still what was written: each event, its beginning and its end, and its triggers.

use diesel::prelude::*;

use super::chain::{Head, Mark, stored};
use super::event::Action;
use super::hash::{self, Seal};
use super::store::Event;
use super::{key, triggers};
use crate::base::finding::Finding;
use crate::db::schema::{admin_user, audit_event};
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

/// How many events the check reads at once.
const CHUNK: i64 = 1_000;

/// The events that are not what was written, a missing end or beginning, and triggers that are not there.
pub fn check(connection: &mut DbConnection) -> Result<Finding> {
    check_since(connection, None)
}

/// As [`check`], and that an event is still what somebody kept of it: whoever computes the whole chain anew cannot bring
/// that back.
pub fn check_since(connection: &mut DbConnection, kept: Option<&Mark>) -> Result<Finding> {
    let mut finding = Finding::none("audit_chain");
    triggers::check(connection, &mut finding)?;
    super::stored::check(connection, &mut finding)?;
    let end = stored(connection)?;
    let mut walk = Walk::new(end.as_ref().map_or(0, |end| end.head.began_after), finding);
    loop {
        let events = walk.next_events(connection)?;
        if events.is_empty() {
            break;
        }
        for event in events {
            walk.step(event)?;
        }
    }
    let (mut finding, last_id) = walk.end(end.map(|end| end.head));
    // The first user is made with an event.
    if last_id.is_none() && has_users(connection)? {
        finding.add("0 (the beginning)");
    }
    if let Some(kept) = kept.filter(|kept| !kept.hash.is_empty()) {
        let event = audit_event::table.find(kept.id).select(audit_event::hash);
        let hash: Option<Option<String>> = event.first(connection).optional()?;
        if hash.flatten().as_ref() != Some(&kept.hash) {
            finding.add(format!("{} (not as it was kept)", kept.id));
        }
    }
    Ok(finding)
}

fn has_users(connection: &mut DbConnection) -> Result<bool> {
    let first = admin_user::table.select(admin_user::name).limit(1).get_result::<String>(connection);
    Ok(first.optional()?.is_some())
}

/// How far the check has come.
struct Walk {
    began_after: i64,
    finding: Finding,
    last_id: Option<i64>,
    /// The last event that has a hash, and its hash.
    chained_id: Option<i64>,
    previous: String,
    /// The strongest so far: what comes after it is no weaker.
    seal: Seal,
}

impl Walk {
    fn new(began_after: i64, finding: Finding) -> Walk {
        Walk {
            began_after,
            finding,
            last_id: None,
            chained_id: None,
            previous: String::new(),
            seal: Seal::Early,
        }
    }

    fn next_events(&self, connection: &mut DbConnection) -> Result<Vec<Event>> {
        let mut events: audit_event::BoxedQuery<'_, DbBackend> = audit_event::table.into_boxed();
        if let Some(last) = self.last_id {
            events = events.filter(audit_event::id.gt(last));
        }
        Ok(events.order(audit_event::id).limit(CHUNK).select(Event::as_select()).load(connection)?)
    }

    fn step(&mut self, event: Event) -> Result<()> {
        let is_before = event.id <= self.began_after;
        // Before the chain some may be missing; from its beginning on each follows the one before.
        let follows = self.last_id.unwrap_or(0).max(self.began_after).checked_add(1) == Some(event.id);
        let is_right = event.id > 0
            && (is_before || follows)
            && match &event.hash {
                None => is_before,
                Some(kept) => {
                    let seal = Seal::of(kept);
                    let expected = hash::of(seal, self.began_after, &self.previous, &event)?;
                    let is_weaker = seal < self.seal;
                    // A key begins with an event of its own, or with the trail.
                    let is_unbound = seal == Seal::Keyed && self.seal != seal && self.has_unbound(&event);
                    self.seal = self.seal.max(seal);
                    !is_before && !is_weaker && !is_unbound && *kept == expected
                }
            };
        if event.action == Action::TrailBroken.as_str() {
            self.finding.add(format!("{} (the trail was found broken here)", event.id));
        } else if !is_right {
            self.finding.add(event.id);
        }
        if let Some(kept) = event.hash {
            self.previous = kept;
            self.chained_id = Some(event.id);
        }
        self.last_id = Some(event.id);
        Ok(())
    }

    /// Whether there are events that this keyed one does not bind.
    fn has_unbound(&self, event: &Event) -> bool {
        let binds = event.action == Action::SealTrail.as_str();
        !binds && self.last_id.is_some()
    }

    /// What was found with the end of the chain, and the last event.
    fn end(mut self, head: Option<Head>) -> (Finding, Option<i64>) {
        let Some(head) = head else {
            self.finding.add("0 (the end is missing)");
            return (self.finding, self.last_id);
        };
        let is_other = self.chained_id.is_some_and(|last| last != head.id);
        if head.hash != self.previous || is_other {
            self.finding.add(format!("{} (the end)", head.id));
        } else if self.last_id.is_some() && self.previous.is_empty() {
            self.finding.add(format!("{} (the beginning)", head.began_after));
        } else if key::is_given() && self.last_id.is_some() && !head.is_keyed() {
            self.finding.add(format!("{} (the end has no key)", head.id));
        }
        (self.finding, self.last_id)
    }
}
