//! Whether the customer was charged already: what stands in the way of a retry, and closing a failure by the entry of the
//! platform's ledger.

use serde_json::json;

use super::rules::Refusal;
use super::{Case, View};
use crate::audit::event::{Action, Author};
use crate::base::form::Message;
use crate::error::{Error, Result};
use crate::failed_accounting::brief::Wordings;
use crate::failed_accounting::failure::{FailedRecord, Handling, Resolution};
use crate::ledger::{Entry, Told};

/// The input by which somebody says that the customer was not charged, and its value.
pub const UNKNOWN_OUTCOME: &str = "unknown_outcome";
pub const CHECKED: &str = "checked";

/// The key of the words for a retry of what the ledger says was charged; where the entry is named, another.
pub const CHARGED: &str = "retry-charged";
const CHARGED_BY: &str = "retry-charged-by";

/// What is known of whether the customer was charged already, when somebody asks for a retry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// What the ledger told a moment ago.
    pub told: Told,
    /// Whether somebody says that they looked, and the customer was not charged; it counts where the ledger tells nothing.
    pub is_checked: bool,
}

impl Evidence {
    /// Nobody asked a ledger; somebody looked.
    pub fn checked() -> Evidence {
        Evidence { told: Told::Unknown, is_checked: true }
    }
}

impl View<'_> {
    /// Whether nobody knows if one of the attempts at the usage charged the customer: the one that this failure tells of, or
    /// one before it that nobody decided on. A later attempt says nothing of an earlier one.
    pub fn is_outcome_unknown(self, record: &FailedRecord, wordings: &mut Wordings) -> bool {
        let earlier = self.others(&record.id).filter(|other| other.is_open() || other.is_superseded());
        std::iter::once(record).chain(earlier).any(|one| wordings.brief(one).needs.is_outcome_unknown)
    }
}

impl Case {
    /// Refuses what must not be charged again: an entry of the ledger is proof whatever the cause; after an error that
    /// leaves the outcome open, only a ledger without an entry, or somebody who looked, says that the customer was not charged.
    pub(super) fn refuse_charged(&self, record: &FailedRecord, evidence: &Evidence) -> Result<()> {
        if let [first, ..] = evidence.told.entries() {
            return Err(Error::Conflict(
                Message::new(CHARGED_BY)
                    .with("entry", first.name())
                    .with("state", "charged")
                    .with("record", &record.id)
                    .with("way_out", "close-charged"),
            ));
        }
        let is_known = evidence.is_checked || evidence.told.is_free();
        if is_known || !self.view().is_outcome_unknown(record, &mut Wordings::default()) {
            return Ok(());
        }
        let message = match evidence.told.why() {
            Some(why) => Message::new("error-outcome-not-asked").with("why", why),
            None => Message::new("error-outcome-unchecked"),
        };
        Err(Error::invalid(UNKNOWN_OUTCOME, message))
    }

    /// Closes a failure as charged elsewhere, by the entries that the ledger told a moment ago: they are kept in the note and
    /// in the event. `seen` is the entry that somebody saw.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the rules refuse it, or the ledger does not tell such an entry.
    pub fn close_charged(
        &mut self,
        id: &str,
        told: &Told,
        seen: Option<&str>,
        author: &Author,
    ) -> Result<()> {
        let entries = proof(told, seen)?;
        let lines: Vec<String> = entries.iter().map(Entry::line).collect();
        let before = self.failure(id)?.handled_note.clone();
        let note = before.into_iter().chain(lines).collect::<Vec<_>>().join("\n");
        let handling = Handling { resolution: Resolution::AccountedElsewhere, note: Some(note) };
        let after = self.closed(id, &handling, author)?;
        self.put(after, Action::Handle, json!({ "ledger": entries }));
        Ok(())
    }
}

/// The entries by which a failure is closed.
fn proof<'a>(told: &'a Told, seen: Option<&str>) -> Result<&'a [Entry]> {
    let refused = |key, way_out| {
        let refusal = Refusal::new(key, told.as_str());
        Err(match way_out {
            Some(way_out) => refusal.out(way_out).into(),
            None => Error::from(refusal),
        })
    };
    match told {
        Told::Unknown => refused("close-charged-no-ledger", Some("handle")),
        Told::NoEntry => refused("close-charged-no-entry", Some("retry")),
        Told::Unasked(why) => {
            let message = Message::new("close-charged-not-asked").with("why", why);
            Err(Error::Conflict(message.with("state", told.as_str()).with("way_out", "repeat")))
        }
        Told::Charged(entries) => match seen {
            Some(seen) if entries.iter().all(|entry| entry.name() != seen) => {
                refused("close-charged-other", None)
            }
            _ => Ok(entries),
        },
    }
}
