//! What acts changed in a case, written together: the usage, the failures, and the trail last.

use serde_json::{Value, json};

use super::{Case, rows, usage_rows};
use crate::audit::event::{Action, Author, Change, FAILED_ACCOUNTING, USAGE, difference};
use crate::audit::store as audit;
use crate::causes::arrivals;
use crate::causes::cause::Cause;
use crate::db::{DbConnection, lock_order};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::Usage;

/// What is to be written of a case.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) usage: Vec<UsageChange>,
    pub(super) failures: Vec<FailureChange>,
    events: Vec<Told>,
    /// The new failure that is still to take the place of older ones.
    follow: Option<String>,
}

/// How much was to be written at some moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    usage: usize,
    failures: usize,
    events: usize,
}

/// A change of the usage's row.
#[derive(Debug)]
pub(super) enum UsageChange {
    /// From one accounting state to another, only from that one.
    Moved {
        id: String,
        from: Option<String>,
        to: &'static str,
    },
    Edited {
        before: Box<Usage>,
        after: Box<Usage>,
    },
    Made(Box<Usage>),
    Removed(String),
}

/// A change of a failure's row.
#[derive(Debug)]
pub(super) enum FailureChange {
    Saved {
        before: Box<FailedRecord>,
        after: Box<FailedRecord>,
    },
    /// With the cause of its reason, where that is known already: telling it is dear.
    Made(Box<FailedRecord>, Option<Box<Cause>>),
    Removed(String),
}

/// What the trail is told of it.
#[derive(Debug)]
struct Told {
    action: Action,
    kind: &'static str,
    id: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// An event that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub event_id: i64,
    pub action: Action,
    pub kind: &'static str,
    pub record_id: String,
}

impl Changes {
    fn tell(&mut self, action: Action, kind: &'static str, id: &str, states: [Option<Value>; 2]) {
        let [before, after] = states;
        self.events.push(Told { action, kind, id: id.to_owned(), before, after });
    }

    /// The older open ones that this new failure has not superseded yet are left to the job.
    pub(super) fn follow(&mut self, id: &str) {
        self.follow = Some(id.to_owned());
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { usage: self.usage.len(), failures: self.failures.len(), events: self.events.len() }
    }

    /// What was changed of failures since then.
    pub(super) fn since(&self, mark: Mark) -> &[FailureChange] {
        self.failures.get(mark.failures..).unwrap_or_default()
    }

    /// Forgets what was added since then.
    pub(super) fn back_to(&mut self, mark: Mark) {
        self.usage.truncate(mark.usage);
        self.failures.truncate(mark.failures);
        self.events.truncate(mark.events);
    }
}

impl Case {
    /// Puts a failure's new state in its place; one that did not change is not told of.
    pub(super) fn put(&mut self, after: FailedRecord, action: Action, facts: Value) {
        let Some(place) = self.failures.iter_mut().find(|record| record.id == after.id) else { return };
        if *place == after {
            return;
        }
        let (old, mut new) = difference(&place.to_json(), &after.to_json());
        if let (Some(new), Value::Object(facts)) = (new.as_object_mut(), facts) {
            new.extend(facts);
        }
        let before = std::mem::replace(place, after.clone());
        self.changes.tell(action, FAILED_ACCOUNTING, &before.id, [Some(old), Some(new)]);
        let change = FailureChange::Saved { before: Box::new(before), after: Box::new(after) };
        self.changes.failures.push(change);
    }

    /// Adds a new failure, which is the newest; with its cause, where that is known.
    pub(super) fn add(&mut self, record: FailedRecord, cause: Option<&Cause>, told: Value) {
        self.changes.tell(Action::Create, FAILED_ACCOUNTING, &record.id, [None, Some(told)]);
        self.changes
            .failures
            .push(FailureChange::Made(Box::new(record.clone()), cause.cloned().map(Box::new)));
        self.failures.insert(0, record);
    }

    /// Takes a failure out for good.
    pub(super) fn take_out(&mut self, id: &str) {
        let Some(place) = self.failures.iter().position(|record| record.id == id) else { return };
        let record = self.failures.remove(place);
        self.changes.tell(Action::Delete, FAILED_ACCOUNTING, id, [Some(record.to_json()), None]);
        self.changes.failures.push(FailureChange::Removed(id.to_owned()));
    }

    /// Moves the usage to another accounting state.
    pub(super) fn move_usage(&mut self, to: &'static str, action: Action) {
        let Some((usage, _)) = &mut self.usage else { return };
        let from = usage.accounting_status.replace(to.to_owned());
        let state = |state: Option<&str>| Some(json!({ "accounting_status": state }));
        self.changes.tell(action, USAGE, &usage.id, [state(from.as_deref()), state(Some(to))]);
        self.changes.usage.push(UsageChange::Moved { id: usage.id.clone(), from, to });
    }

    /// Notes another change of the usage.
    pub(super) fn change_usage(&mut self, change: UsageChange, action: Action, states: [Option<Value>; 2]) {
        let id = match &change {
            UsageChange::Moved { id, .. } | UsageChange::Removed(id) => id.clone(),
            UsageChange::Edited { before, .. } => before.id.clone(),
            UsageChange::Made(usage) => usage.id.clone(),
        };
        self.changes.tell(action, USAGE, &id, states);
        self.changes.usage.push(change);
    }

    /// Whether an act left something to write.
    pub fn is_changed(&self) -> bool {
        !self.changes.events.is_empty()
    }

    /// Writes what the acts changed, and tells the trail; to be called in the transaction that took the case.
    pub fn save(&mut self, connection: &mut DbConnection, author: &Author) -> Result<Vec<Saved>> {
        save_all(connection, [self], author, &json!({}))
    }
}

/// Writes what acts changed in several cases: rows that end alike by one statement, the trail once, last. The facts are
/// told with each event.
pub(super) fn save_all<'a>(
    connection: &mut DbConnection,
    cases: impl IntoIterator<Item = &'a mut Case>,
    author: &'a Author,
    facts: &Value,
) -> Result<Vec<Saved>> {
    let mut telling = Telling::default();
    telling.write(connection, cases.into_iter().map(|case| (case, author)))?;
    for (_, told) in &mut telling.told {
        told.add(facts);
    }
    telling.finish(connection)
}

/// What is written of several cases, and not told yet: to be finished last of all that locks.
#[derive(Debug, Default)]
#[must_use = "the trail must be told"]
pub struct Telling<'a> {
    told: Vec<(&'a Author, Told)>,
}

impl<'a> Telling<'a> {
    /// Writes the rows of these cases.
    pub fn write<'c>(
        &mut self,
        connection: &mut DbConnection,
        cases: impl IntoIterator<Item = (&'c mut Case, &'a Author)>,
    ) -> Result<()> {
        let (mut usages, mut failures, mut follow) = (Vec::new(), Vec::new(), Vec::new());
        for (case, author) in cases {
            if case.transaction != lock_order::transaction() {
                return Err(Error::internal("a case is saved in another transaction than locked it"));
            }
            let changes = std::mem::take(&mut case.changes);
            usages.extend(changes.usage);
            failures.extend(changes.failures);
            follow.extend(changes.follow);
            self.told.extend(changes.events.into_iter().map(|told| (author, told)));
        }
        usage_rows::write(connection, usages)?;
        rows::write_failures(connection, failures)?;
        arrivals::note(connection, &follow)
    }

    /// Tells the trail.
    pub fn finish(mut self, connection: &mut DbConnection) -> Result<Vec<Saved>> {
        if self.told.is_empty() {
            return Ok(Vec::new());
        }
        let changes = self.told.iter_mut().map(|(author, event)| {
            let (before, after) = (event.before.take(), event.after.take());
            let Told { action, kind, ref id, .. } = *event;
            (*author, Change { action, record_kind: kind, record_id: id, before, after })
        });
        let first = audit::record_each(connection, changes)?;
        let saved = (first..).zip(self.told).map(|(event_id, (_, event))| Saved {
            event_id,
            action: event.action,
            kind: event.kind,
            record_id: event.id,
        });
        Ok(saved.collect())
    }
}

impl Told {
    /// More that is told with it.
    fn add(&mut self, facts: &Value) {
        let Some(more) = facts.as_object().filter(|facts| !facts.is_empty()) else { return };
        let after = self.after.get_or_insert_with(|| json!({}));
        if let Some(after) = after.as_object_mut() {
            after.extend(more.clone());
        }
    }
}
