//! Why an import brought nothing.

use std::io;

use crate::base::csv::reader::{ReadError, Refusal};
use crate::base::form::Message;
use crate::error::Error;

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// The file cannot be read.
    File(io::Error),
    /// Some lines of the file are wrong: the first of them, at least one.
    Refused(Vec<Refusal>),
    /// The database is away or fails.
    Database(Error),
}

impl ImportError {
    /// The reason in one line: of bad lines the first, with its place in the file.
    pub fn in_words(&self, words: impl Fn(&Message) -> String) -> String {
        match self {
            ImportError::File(error) => words(&Message::new("import-file").with("reason", error)),
            ImportError::Refused(refused) => {
                refused.first().map(|first| words(&first.in_words(&words))).unwrap_or_default()
            }
            ImportError::Database(error) => error.to_string(),
        }
    }
}

impl From<ReadError> for ImportError {
    fn from(error: ReadError) -> ImportError {
        match error {
            ReadError::File(error) => ImportError::File(error),
            ReadError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for ImportError {
    fn from(refusal: Refusal) -> ImportError {
        ImportError::Refused(vec![refusal])
    }
}

impl From<Error> for ImportError {
    fn from(error: Error) -> ImportError {
        ImportError::Database(error)
    }
}
