//! What became of a usage, as the platform's tables prove it: of a retry, and where somebody asks for the proof. Nothing here
//! changes a usage.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::Case;
use super::acts::closed_as;
use crate::audit::event::{Action, Author};
use crate::base::clock::TIME_FORMAT;
use crate::base::form::Message;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::ledger::Told;
use crate::usages::usage::{CREATED, FAILED, Whereabouts};

/// So far the clocks of the platform and of this app may be apart.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// How one look at a retry ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The usage is accounted; the record is closed with that proof, other open ones of the usage are superseded by it.
    Accounted,
    /// It failed again with a new record, which took the place of this one and of the other open ones of the usage.
    Superseded,
    /// It failed again without a new record; this one is open again.
    FailedAgain,
    /// It failed, and no new record is there yet: the platform may be about to write it.
    Doubtful,
    /// The usage was changed, archived unaccounted, or went away; the record is open again.
    Ended,
    /// The platform has not taken the usage yet.
    Waiting,
    /// There are very many open ones: some of them ended, the others follow with the next look.
    Going,
    /// Nothing is to be settled any more: somebody else did, or the record is gone.
    Nothing,
}

/// How sure one must be that a usage failed without a new record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The platform may write the state first and the record a moment later: look twice.
    First,
    /// It was seen like this before.
    Again,
}

impl Case {
    /// Looks what became of the retry of a failure, and closes, reopens or leaves it. The proof of an accounted one holds what
    /// the ledger told.
    pub fn look(&mut self, id: &str, look: Look, told: &Told, author: &Author) -> Settled {
        let Ok(record) = self.failure(id).cloned() else { return Settled::Nothing };
        if !record.is_retrying() {
            return Settled::Nothing;
        }
        if self.is_accounted() {
            let facts = ledger_facts(told, self.usage_facts());
            self.prove(&record, record.handled_note.clone(), Action::RetryAccounted, facts, author);
            return Settled::Accounted;
        }
        let state = match &self.usage {
            Some((usage, Whereabouts::Live)) => usage.accounting_status.as_deref(),
            _ => None,
        };
        if state == Some(CREATED) {
            return Settled::Waiting;
        }
        if let Some(newer) = self.outcome_of(&record) {
            self.supersede_retried(&record, &newer, author);
            return Settled::Superseded;
        }
        let ended = FailedRecord { retry: record.retry.ended(), ..record.clone() };
        let (action, facts, settled) = match (state, look) {
            (Some(FAILED), Look::First) => return Settled::Doubtful,
            (Some(FAILED), Look::Again) => (Action::RetryFailed, json!({}), Settled::FailedAgain),
            _ => (Action::RetryEnded, self.usage_facts(), Settled::Ended),
        };
        self.put(ended, action, facts);
        settled
    }

    /// Closes a failure with the proof that its usage is accounted: one that is open, was given up, or was charged by hand,
    /// too. Where it was, the note says what became of that charge.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the rules refuse it; [`Error::Invalid`] at `note` where it is needed.
    pub fn settle(&mut self, id: &str, note: Option<&str>, author: &Author) -> Result<()> {
        let record = self.failure(id)?.clone();
        if let Some(refusal) = self.view().settling_obstacle(&record) {
            return Err(refusal.into());
        }
        if self.view().is_charged_twice(&record) && note.is_none() {
            return Err(Error::invalid("note", Message::new("error-note-for-charged-twice")));
        }
        let note = note.map(str::to_owned).or_else(|| record.handled_note.clone());
        let action = if record.is_retrying() { Action::RetryAccounted } else { Action::Settle };
        let facts = self.usage_facts();
        self.prove(&record, note, action, facts, author);
        Ok(())
    }

    /// Closes a failure as accounted by these facts, and the other open ones as superseded by it: their money is one.
    fn prove(
        &mut self,
        record: &FailedRecord,
        note: Option<String>,
        action: Action,
        mut facts: Value,
        author: &Author,
    ) {
        facts["seen_at"] = json!(author.at.format(TIME_FORMAT).to_string());
        let open: Vec<FailedRecord> =
            self.view().others(&record.id).filter(|other| other.is_open()).cloned().collect();
        let standing = self.stand_for(record, &open, Action::Supersede, author);
        let closed = closed_as(&standing, Resolution::Accounted, author);
        self.put(FailedRecord { handled_note: note, ..closed }, action, facts);
    }

    /// The failure that a retry ended in: the oldest new one that follows no other, because it may have been retried, and
    /// failed again, already.
    fn outcome_of(&self, record: &FailedRecord) -> Option<FailedRecord> {
        outcome_among(self.view().others(&record.id), record).cloned()
    }

    /// The outcome of a retry takes its place, and that of the other open ones of before.
    fn supersede_retried(&mut self, record: &FailedRecord, newer: &FailedRecord, author: &Author) {
        let known = record.retry.known();
        let stood = |other: &&FailedRecord| other.is_open() && known.contains(&other.id);
        let mut earlier = vec![record.clone()];
        earlier.extend(self.view().others(&record.id).filter(stood).cloned());
        let carried = self.stand_for(newer, &earlier, Action::RetrySuperseded, author);
        self.put(carried, Action::CarryRetries, json!({}));
    }

    fn is_accounted(&self) -> bool {
        self.usage.as_ref().is_some_and(|(usage, _)| usage.is_accounted())
    }

    /// What was seen of the usage, for the event.
    fn usage_facts(&self) -> Value {
        match &self.usage {
            None => json!({ "usage_found": false }),
            Some((usage, whereabouts)) => json!({
                "usage_accounting_status": usage.accounting_status,
                "usage_amount": usage.amount,
                "usage_cost": usage.cost,
                "usage_archived": matches!(whereabouts, Whereabouts::Archived { .. }),
            }),
        }
    }
}

/// What the ledger told, beside what was seen of the usage.
fn ledger_facts(told: &Told, mut facts: Value) -> Value {
    match told {
        Told::Unknown => {}
        Told::NoEntry | Told::Charged(_) => facts["ledger"] = json!(told.entries()),
        Told::Unasked(why) => facts["ledger_not_asked"] = json!(why),
    }
    facts
}

/// The one of these, the newest first, that the retry of the record ended in.
pub(super) fn outcome_among<'a>(
    others: impl Iterator<Item = &'a FailedRecord>,
    record: &FailedRecord,
) -> Option<&'a FailedRecord> {
    let known = record.retry.known();
    let new: Vec<&FailedRecord> =
        others.filter(|other| came_after(other, record) && !known.contains(&other.id)).collect();
    let free = new.iter().rfind(|other| other.retry.supersedes.is_none());
    free.or(new.last()).copied()
}

/// Whether a failure can be the outcome of the retry of a record. One that is brought in meanwhile, by an import, tells
/// of an earlier attempt; one without a time may be new.
fn came_after(other: &FailedRecord, record: &FailedRecord) -> bool {
    let asked = record.retry.retry_requested_at;
    asked.is_none_or(|asked| may_follow(other, asked))
}

/// Whether a failure, by its time, can be the outcome of a retry that was asked for then.
pub(super) fn may_follow(other: &FailedRecord, asked: NaiveDateTime) -> bool {
    other.failed_time.is_none_or(|failed| failed >= asked - CLOCKS_DIFFER)
}
