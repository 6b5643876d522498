//! What somebody saw of a preview before they let it run: what the run would do, so that it does nothing else.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::counts::Tally;
use crate::base::form::{Fields, Message};
use crate::error::{Error, Result};

/// The name of the field in which a form says what its reader saw.
pub const SEEN: &str = "seen";

/// What a preview says that its run would do, in few letters: what is counted, what is left out and why, what is corrected to
/// what. Two that are equal would do the same.
pub fn digest(batch: &Batch) -> String {
    let told = serde_json::json!([batch.summary, batch.planned]).to_string();
    Sha256::digest(told).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A preview as the reader of its form saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    digest: String,
    /// What is done, and what is left; of corrections without the retry.
    done: Numbers,
    /// The same where corrections are retried by the same press.
    retried: Numbers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Numbers {
    wanted: Tally,
    left_out: Tally,
}

impl Numbers {
    fn of(batch: &Batch) -> Numbers {
        let wanted = batch.wanted();
        Numbers { wanted, left_out: batch.summary.all - wanted }
    }
}

impl Seen {
    /// What the form of that preview remembers.
    pub fn of(batch: &Batch) -> Seen {
        Seen {
            digest: digest(batch),
            done: Numbers::of(batch),
            retried: Numbers::of(&batch.then_retry(true)),
        }
    }

    /// The text of the hidden field.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Refuses a form whose reader saw another preview; one that says nothing of it is believed.
///
/// # Errors
/// [`Error::Conflict`] with what the run would have done by the form, and what it would do now.
pub fn check(fields: &Fields, batch: &Batch) -> Result<()> {
    let Some(text) = fields.raw(SEEN) else { return Ok(()) };
    let now = Seen::of(batch);
    match serde_json::from_str::<Seen>(text) {
        Ok(saw) if saw.digest == now.digest => Ok(()),
        Ok(saw) if fields.text("then") == Some("retry") => {
            Err(Error::Conflict(changed(&saw.retried, &now.retried)))
        }
        Ok(saw) => Err(Error::Conflict(changed(&saw.done, &now.done))),
        Err(_) => Err(Error::Conflict(Message::new("batch-unseen"))),
    }
}

fn changed(saw: &Numbers, now: &Numbers) -> Message {
    if saw == now {
        return Message::new("batch-seen-otherwise");
    }
    Message::new("batch-seen-changed")
        .with("wanted-before", saw.wanted.count)
        .with("amount-before", saw.wanted.amount.to_string())
        .with("left-before", saw.left_out.count)
        .with("wanted", now.wanted.count)
        .with("amount", now.wanted.amount.to_string())
        .with("left", now.left_out.count)
}
