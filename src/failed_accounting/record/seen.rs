//! A record as others keep it: whole in the audit trail, and as a form remembers what its reader saw.

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::failure::FailedRecord;
use crate::base::clock::TIME_FORMAT;
use crate::base::merge::{Snapshot, mark};
use crate::base::secrets;

impl FailedRecord {
    /// All fields as a JSON object with the names of the columns, for the audit trail.
    pub fn to_json(&self) -> Value {
        let time = |time: Option<NaiveDateTime>| time.map(|time| time.format(TIME_FORMAT).to_string());
        json!({
            "id": self.id, "llmusageid": self.llmusageid, "llmid": self.llmid, "userid": self.userid,
            "userorgid": self.userorgid, "use_date": self.use_date, "use_time": time(self.use_time),
            "amount": self.amount, "cost": self.cost, "failed_reason": self.failed_reason,
            "failed_time": time(self.failed_time), "retry_count": self.retry_count, "handled": self.handled,
            "handled_time": time(self.handled_time), "handled_note": self.handled_note,
            "resolution": self.resolution, "handled_by": self.handled_by,
            "retry_requested_at": time(self.retry.retry_requested_at),
            "retry_requested_by": self.retry.retry_requested_by, "retry_known": self.retry.retry_known,
            "supersedes": self.retry.supersedes, "superseded_by": self.retry.superseded_by,
        })
    }

    /// The fields that handling and retrying change, as [`FailedRecord::to_json`] says them.
    pub fn handling_json(&self) -> Value {
        let time = |time: Option<NaiveDateTime>| time.map(|time| time.format(TIME_FORMAT).to_string());
        json!({
            "handled": self.handled, "handled_time": time(self.handled_time), "handled_note": self.handled_note,
            "resolution": self.resolution, "handled_by": self.handled_by,
            "retry_requested_at": time(self.retry.retry_requested_at),
            "retry_requested_by": self.retry.retry_requested_by, "retry_known": self.retry.retry_known,
        })
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
