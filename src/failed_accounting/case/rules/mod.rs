//! What may be done to a failure when: the table "States of a case" as pure functions over a usage and all its failures.
//!
//! Every way in asks here: pages, API, edits, batches, undoing, imports. A refusal names the state, the record that stands in
//! the way, and the act that leads out.

mod decision;
pub mod order;
mod refusal;
mod standing;

pub use self::decision::Decision;
pub use self::refusal::Refusal;
pub use self::standing::{Standing, is_awaited};
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::usages::usage::{Usage, Whereabouts};

/// A usage and its failures, to look at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub usage: Option<&'a (Usage, Whereabouts)>,
    /// The newest first.
    pub failures: &'a [FailedRecord],
}

impl<'a> View<'a> {
    /// Whether one failure of the case is newer than another.
    pub fn is_newer(self, one: &FailedRecord, other: &FailedRecord) -> bool {
        order::is_newer(self.failures, one, other)
    }

    /// The newest open failure.
    pub fn newest_open(self) -> Option<&'a FailedRecord> {
        self.failures.iter().find(|record| record.is_open())
    }

    /// The other failures of the same usage; those of a usage that is gone stay apart.
    pub fn others(self, id: &str) -> impl Iterator<Item = &'a FailedRecord> {
        let shared = if self.usage.is_some() { self.failures } else { &[] };
        shared.iter().filter(move |record| record.id != id)
    }

    /// Another failure that is closed with money moved by hand.
    pub fn decided_elsewhere(self, id: &str) -> Option<&'a FailedRecord> {
        self.others(id).find(|record| Decision::on(record).is_some_and(Decision::is_by_hand))
    }

    /// Another failure that was given up: whoever retries this one is told who did.
    pub fn waived_elsewhere(self, id: &str) -> Option<&'a FailedRecord> {
        let waived = [Some(Decision::Waived), Some(Decision::Duplicate)];
        self.others(id).find(|record| waived.contains(&Decision::on(record)))
    }

    /// Why the usage cannot be accounted again now, if so.
    pub fn retry_obstacle(self, record: &FailedRecord) -> Option<Refusal> {
        if !record.is_open() {
            let handled = || Refusal::new("retry-handled", "handled").by(record).out("reopen");
            return Some(self.taken_over(record).unwrap_or_else(handled));
        }
        if record.is_retrying() {
            return Some(Refusal::new("retry-retrying", "retrying").by(record).out("withdraw"));
        }
        let standing = self.standing(record);
        let refusal = |key| Refusal::new(key, standing.as_str());
        match standing {
            Standing::Retrying(other) => Some(refusal("case-retrying").by(other).out("withdraw")),
            Standing::NoUsage => Some(refusal("retry-no-usage").out("handle")),
            Standing::Gone => Some(refusal("retry-gone").out("handle")),
            Standing::Accounted => Some(refusal("retry-accounted").out("settle")),
            Standing::Archived => Some(refusal("retry-archived").out("handle")),
            Standing::Awaited => Some(refusal("retry-created").out("wait")),
            Standing::NeverBilled => Some(refusal("case-never-billed").out("handle")),
            Standing::Foreign => Some(refusal("retry-foreign").out("handle")),
            Standing::Failed => self.decided(record).or_else(|| self.older(record)),
        }
    }

    /// Why an open failure cannot be closed like that now, if so; or a closed one be changed to that.
    pub fn closing_obstacle(self, record: &FailedRecord, resolution: Resolution) -> Option<Refusal> {
        let decision = Decision::of(resolution);
        let standing = self.standing(record);
        let refusal = |key| Refusal::new(key, standing.as_str());
        let refused = match (standing, decision) {
            (Standing::Retrying(other), _) if other.id == record.id => {
                Some(refusal("conflict-retrying").by(other).out("withdraw"))
            }
            (Standing::Retrying(other), _) => Some(refusal("case-retrying").by(other).out("withdraw")),
            (_, Decision::Duplicate) => None,
            (Standing::Awaited, _) => Some(refusal("case-awaited").out("wait")),
            (Standing::Accounted, Decision::Credited) => None,
            (Standing::Accounted, _) => Some(refusal("case-accounted").out("settle")),
            (Standing::Failed, _) => self.decided(record),
            _ => None,
        };
        refused.or_else(|| self.older(record))
    }

    /// Why a closed record cannot be changed to that resolution now, if so.
    pub fn changing_obstacle(self, record: &FailedRecord, resolution: Resolution) -> Option<Refusal> {
        self.taken_over(record).or_else(|| self.closing_obstacle(record, resolution))
    }

    /// A newer failure took the place of the record: the newest that is open is the work.
    pub fn taken_over(self, record: &FailedRecord) -> Option<Refusal> {
        let is_superseded = record.closed_as() == Some(Resolution::Superseded);
        let newest = self.newest_open().map(|newest| newest.id.clone());
        let record = newest.or_else(|| record.retry.superseded_by.clone());
        let refusal = Refusal::new("conflict-closed-as-superseded", "superseded").out("newest");
        is_superseded.then_some(Refusal { record, ..refusal })
    }

    /// Another failure is closed with money moved by hand.
    fn decided(self, record: &FailedRecord) -> Option<Refusal> {
        let other = self.decided_elsewhere(&record.id)?;
        Some(Refusal::new("case-decided", "decided").by(other).out("reopen"))
    }

    /// A newer failure is open: that one is the work.
    fn older(self, record: &FailedRecord) -> Option<Refusal> {
        self.usage?;
        let newest = self.newest_open().filter(|newest| newest.id != record.id)?;
        let is_older = record.is_open() || self.is_newer(newest, record);
        is_older.then(|| Refusal::new("case-older", "superseded").by(newest).out("newest"))
    }

    /// Why a record cannot be opened again now, if so.
    pub fn reopening_obstacle(self, record: &FailedRecord) -> Option<Refusal> {
        if record.is_open() {
            return Some(Refusal::new("conflict-already-open", "open").by(record));
        }
        let standing = self.standing(record);
        match (record.closed_as(), standing) {
            (Some(Resolution::Superseded), _) => self.taken_over(record),
            (Some(Resolution::Accounted), Standing::Failed) => None,
            (Some(Resolution::Accounted), _) => {
                Some(Refusal::new("conflict-closed-as-accounted", standing.as_str()).by(record))
            }
            // What was charged was credited: that is the end of it.
            (_, Standing::Accounted) if Decision::on(record) == Some(Decision::Credited) => {
                Some(Refusal::new("case-reopen-credited", standing.as_str()).by(record))
            }
            (_, Standing::Accounted) => {
                Some(Refusal::new("case-reopen-accounted", standing.as_str()).by(record).out("settle"))
            }
            // What is retried is the work; it is not put aside by an older decision.
            (_, Standing::Retrying(other)) if self.is_newer(record, other) => {
                Some(Refusal::new("case-retrying", standing.as_str()).by(other).out("withdraw"))
            }
            _ => None,
        }
    }

    /// The failure that a record takes its place behind when it is opened again.
    pub fn follower(self, record: &FailedRecord) -> Option<&'a FailedRecord> {
        self.others(&record.id).find(|other| other.is_open() && self.is_newer(other, record))
    }

    /// Why a record cannot be deleted now, if so.
    pub fn deleting_obstacle(self, record: &FailedRecord) -> Option<Refusal> {
        match Decision::on(record) {
            _ if record.is_retrying() => {
                Some(Refusal::new("delete-retrying", "retrying").by(record).out("withdraw"))
            }
            Some(decision) if decision.is_by_hand() => {
                Some(Refusal::new("delete-decided", "decided").by(record).out("reopen"))
            }
            _ => None,
        }
    }

    /// Why it cannot be closed with the proof that its usage is accounted, if so.
    pub fn settling_obstacle(self, record: &FailedRecord) -> Option<Refusal> {
        let accounted = self.usage.is_some_and(|(usage, _)| usage.is_accounted());
        if !accounted || self.standing(record) == Standing::NoUsage {
            let standing = self.standing(record);
            return Some(Refusal::new("settle-not-accounted", standing.as_str()).out("retry"));
        }
        match (Decision::on(record), record.closed_as()) {
            (Some(Decision::Credited), _) => Some(Refusal::new("settle-credited", "decided").by(record)),
            (_, Some(Resolution::Accounted)) => Some(Refusal::new("settle-already", "accounted").by(record)),
            (_, Some(Resolution::Superseded)) => self.taken_over(record),
            (None, _) => self.older(record).filter(|_| !record.is_retrying()),
            _ => None,
        }
    }

    /// Why the newest open failure cannot take its place now, if so.
    pub fn superseding_obstacle(self, record: &FailedRecord) -> Option<Refusal> {
        let standing = self.standing(record);
        if let Standing::Retrying(other) = standing {
            return Some(Refusal::new("case-retrying", "retrying").by(other).out("withdraw"));
        }
        let has_newer = self.newest_open().is_some_and(|newest| newest.id != record.id);
        let is_fit = record.is_open() && has_newer && !matches!(standing, Standing::NoUsage | Standing::Gone);
        (!is_fit).then(|| Refusal::new("batch-no-newer", standing.as_str()))
    }

    /// Why a file cannot bring it in as it is closed, if so: where the usage is there, no money is moved twice, and what
    /// the app says with a proof has that proof.
    pub fn importing_obstacle(self, record: &FailedRecord) -> Option<Refusal> {
        let (usage, _) = self.usage?;
        let standing = self.standing(record);
        let refusal = |key| Some(Refusal::new(key, standing.as_str()));
        match (record.closed_as()?, standing) {
            _ if charges_beside(usage, record) && usage.is_accounted() => refusal("csv-charged-accounted"),
            _ if charges_beside(usage, record) => refusal("csv-charged-awaited"),
            (Resolution::Superseded, _) => {
                let mut others = self.others(&record.id);
                others.all(FailedRecord::is_superseded).then(|| Refusal::new("csv-no-follower", "superseded"))
            }
            (Resolution::Accounted, _) if is_awaited(usage) => refusal("csv-no-proof"),
            (Resolution::Accounted | Resolution::AccountedElsewhere, Standing::Failed) => {
                refusal("csv-no-proof")
            }
            (resolution, Standing::Failed) if Decision::of(resolution).is_by_hand() => {
                let other = self.decided_elsewhere(&record.id)?;
                Some(Refusal::new("csv-decided", "decided").by(other))
            }
            _ => None,
        }
    }

    /// Whether the customer was charged twice: by hand and by the platform.
    pub fn is_charged_twice(self, record: &FailedRecord) -> bool {
        self.usage.is_some_and(|(usage, _)| usage.is_accounted())
            && Decision::on(record) == Some(Decision::Moved)
    }
}

/// Whether the platform charges a usage, now or later, whose money that record says was moved by hand. What was charged may
/// be credited.
pub fn charges_beside(usage: &Usage, record: &FailedRecord) -> bool {
    match Decision::on(record) {
        Some(Decision::Moved) => usage.is_accounted() || is_awaited(usage),
        Some(Decision::Credited) => is_awaited(usage),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
