//! The failures that one transaction records: the usages become `failed` one by one, what follows from it is written for
//! all of them at once.
//!
//! Whoever comes second to a usage or a key finds what the first one wrote, in the same group, too.

use super::failure::FailedRecord;
use super::idempotency::{self, Key};
use super::recorder::{Asked, Outcome, Prepared};
use super::retry::Retry;
use super::store;
use crate::audit::event::Author;
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::{DbConnection, dialect, is_duplicate};
use crate::error::{Error, Result};
use crate::usages::recording::{self, Written};
use crate::usages::store as usages;

/// A group that grows.
#[derive(Default)]
pub(super) struct Group<'a> {
    /// None where a failure is still owed.
    outcomes: Vec<Option<Outcome>>,
    owed: Vec<Owed<'a>>,
    trail: Vec<(&'a Author, Written)>,
}

/// A failure whose usage is `failed` already.
struct Owed<'a> {
    asked: &'a Asked,
    written: Written,
    /// Its place among the outcomes.
    place: usize,
}

impl<'a> Group<'a> {
    /// One more.
    pub fn one(&mut self, connection: &mut DbConnection, prepared: &'a Prepared) -> Result<()> {
        let asked = &prepared.asked;
        if self.owed.iter().any(|owed| meets(owed.asked, asked)) {
            self.pay(connection)?;
        }
        let outcome = self.begin(connection, prepared)?;
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Writes what is owed; how each of them ended, in their order.
    pub fn finish(mut self, connection: &mut DbConnection) -> Result<Vec<Outcome>> {
        self.pay(connection)?;
        let events = self.trail.iter().flat_map(|(author, written)| {
            recording::events(written).into_iter().map(move |change| (*author, change))
        });
        audit::record_each(connection, events)?;
        let outcomes: Option<Vec<Outcome>> = self.outcomes.into_iter().collect();
        outcomes.ok_or_else(|| Error::internal("an outcome is owed"))
    }

    fn begin(&mut self, connection: &mut DbConnection, prepared: &'a Prepared) -> Result<Option<Outcome>> {
        let asked = &prepared.asked;
        if let Some(key) = &asked.key {
            // Of two with the same key, the later one sees what the earlier one wrote.
            usages::lock(connection, &asked.usage_id)?;
            if let Some(known) = idempotency::lookup(connection, key)? {
                let is_same = known.is_to(key);
                let repeated = Outcome::Repeated { id: known.record_id, answer: known.answer };
                return Ok(Some(if is_same { repeated } else { Outcome::KeyTaken }));
            }
        }
        match recording::begin(connection, &asked.usage_id, &asked.recording, &prepared.cause) {
            Ok(Ok(written)) => {
                self.owed.push(Owed { asked, written, place: self.outcomes.len() });
                Ok(None)
            }
            Ok(Err(refused)) => Ok(Some(Outcome::Refused(refused))),
            Err(Error::NotFound) => Ok(Some(Outcome::Unknown)),
            Err(error) => Err(error),
        }
    }

    fn pay(&mut self, connection: &mut DbConnection) -> Result<()> {
        let written: Vec<&Written> = self.owed.iter().map(|owed| &owed.written).collect();
        recording::insert_all(connection, &written)?;
        for Owed { asked, written, place } in self.owed.drain(..) {
            let record = match dialect::keeps_milliseconds(connection.engine()) {
                true => record_of(&written),
                false => store::find(connection, &asked.recording.id)?,
            };
            let answer = (asked.render)(&record)?;
            if let Some(key) = &asked.key {
                keep(connection, key, (&record.id, &answer), asked)?;
            }
            if let Some(outcome) = self.outcomes.get_mut(place) {
                *outcome = Some(Outcome::Written { id: record.id, answer });
            }
            self.trail.push((&asked.author, written));
        }
        Ok(())
    }
}

/// Whether one has to see what the other wrote.
fn meets(one: &Asked, other: &Asked) -> bool {
    let key = |asked: &Asked| asked.key.as_ref().map(|key| (key.token.clone(), key.text.clone()));
    one.usage_id == other.usage_id || (one.key.is_some() && key(one) == key(other))
}

fn keep(connection: &mut DbConnection, key: &Key, answer: (&str, &str), asked: &Asked) -> Result<()> {
    match idempotency::keep(connection, key, answer, asked.author.at) {
        Err(error) if is_duplicate(&error) => Err(Error::Conflict(Message::new("conflict-recorded"))),
        kept => Ok(kept?),
    }
}

/// The record of a failure as it was just inserted.
fn record_of(Written { usage, recording, cause, attempts }: &Written) -> FailedRecord {
    FailedRecord {
        id: recording.id.clone(),
        llmusageid: Some(usage.id.clone()),
        llmid: usage.llmid.clone(),
        userid: usage.userid.clone(),
        userorgid: usage.userorgid.clone(),
        use_date: usage.use_date,
        use_time: usage.use_time,
        amount: usage.amount,
        cost: usage.cost,
        failed_reason: Some(recording.reason.clone()),
        failed_time: Some(recording.failed_time),
        retry_count: Some(*attempts),
        handled: Some("0".to_owned()),
        handled_time: None,
        handled_note: None,
        resolution: None,
        handled_by: None,
        cause: Some(cause.key.clone()),
        retry: Retry::default(),
    }
}
