//! A record as others keep it: whole in the audit trail, and as a form remembers what its reader saw.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::failure::{COLUMNS, FailedRecord};
use crate::base::columns::{self, Place};
use crate::base::merge::{Snapshot, mark};
use crate::base::secrets;

impl FailedRecord {
    /// All fields as a JSON object with the names of the columns, for the audit trail.
    pub fn to_json(&self) -> Value {
        columns::to_json(COLUMNS.iter().filter(|column| column.place != Place::Derived), self)
    }

    /// What a form remembers of the record as its reader saw it.
    pub fn seen(&self) -> Seen {
        let digest = Sha256::digest(self.to_json().to_string());
        Seen {
            digest: digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
            amount: self.amount.map(|money| money.to_string()),
            cost: self.cost.map(|money| money.to_string()),
            failed_reason: self.failed_reason.as_deref().map(seen_reason),
            reason_mark: self.failed_reason.as_deref().and_then(|reason| mark(&secrets::mask(reason))),
            handled: !self.is_open(),
            resolution: self.resolution.clone(),
            handled_note: self.handled_note.as_deref().map(|note| secrets::mask(note).into_owned()),
        }
    }
}

/// A record as a person saw it: a digest of all of it, and the fields that a conflict page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Seen {
    pub digest: String,
    pub amount: Option<String>,
    pub cost: Option<String>,
    /// The first 200 characters.
    pub failed_reason: Option<String>,
    /// A digest of the reason where it is longer.
    #[serde(default)]
    pub reason_mark: Option<String>,
    pub handled: bool,
    pub resolution: Option<String>,
    pub handled_note: Option<String>,
}

impl Seen {
    /// The text of the hidden field.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the hidden field back.
    pub fn decode(text: &str) -> Option<Seen> {
        serde_json::from_str(text).ok()
    }

    /// The editable fields as they were seen.
    pub fn snapshot(&self) -> Snapshot {
        let pair = |name: &str, value: &Option<String>| (name.to_owned(), value.clone().unwrap_or_default());
        // A closed record of the old system has a resolution that means nothing while it is open.
        let resolution = self.resolution.clone().filter(|_| self.handled);
        let fields = vec![
            pair("amount", &self.amount),
            pair("cost", &self.cost),
            pair("failed_reason", &self.failed_reason),
            pair("handled", &Some(if self.handled { "1" } else { "0" }.to_owned())),
            pair("resolution", &resolution),
            pair("handled_note", &self.handled_note),
        ];
        let marks = self.reason_mark.iter().map(|mark| ("failed_reason".to_owned(), mark.clone()));
        Snapshot { fields, marks: marks.collect() }
    }
}

/// The beginning of a reason, its secrets masked: a form must not carry what its page hides.
fn seen_reason(reason: &str) -> String {
    let beginning: String = reason.chars().take(2_000).collect();
    secrets::mask(&beginning).chars().take(200).collect()
}
