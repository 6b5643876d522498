//! Why an act is not possible now, and what leads out.

use crate::base::form::Message;
use crate::error::Error;
use crate::failed_accounting::failure::FailedRecord;

/// Why something is not possible now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Key of its words in the catalogue.
    pub key: &'static str,
    /// The word for the state that stands in the way.
    pub state: &'static str,
    /// The failure that stands in the way.
    pub record: Option<String>,
    /// The act that leads out, or `wait`.
    pub way_out: Option<&'static str>,
}

impl Refusal {
    pub(in crate::failed_accounting::case) fn new(key: &'static str, state: &'static str) -> Refusal {
        Refusal { key, state, record: None, way_out: None }
    }

    pub(in crate::failed_accounting::case) fn by(self, record: &FailedRecord) -> Refusal {
        Refusal { record: Some(record.id.clone()), ..self }
    }

    pub(in crate::failed_accounting::case) fn out(self, way_out: &'static str) -> Refusal {
        Refusal { way_out: Some(way_out), ..self }
    }

    /// Its words, with what they are about.
    pub fn message(&self) -> Message {
        let mut message = Message::new(self.key).with("state", self.state);
        if let Some(record) = &self.record {
            message = message.with("record", record);
        }
        match self.way_out {
            Some(way_out) => message.with("way_out", way_out),
            None => message,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Conflict(refusal.message())
    }
}
