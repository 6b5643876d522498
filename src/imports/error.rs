//! Why an import brought nothing.

use std::fmt;
use std::io;

use crate::base::csv::reader::{ReadError, Refusal};
use crate::error::Error;

/// Why nothing was imported; says it in one line.
#[derive(Debug)]
pub enum ImportError {
    /// The file cannot be read.
    File(io::Error),
    /// Something in the file is wrong.
    Refused(Refusal),
    /// The database is away or fails.
    Database(Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportError::File(error) => write!(f, "cannot read the file: {error}"),
            ImportError::Refused(refusal) => write!(f, "{refusal}"),
            ImportError::Database(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<ReadError> for ImportError {
    fn from(error: ReadError) -> ImportError {
        match error {
            ReadError::File(error) => ImportError::File(error),
            ReadError::Refused(refusal) => ImportError::Refused(refusal),
        }
    }
}

impl From<Refusal> for ImportError {
    fn from(refusal: Refusal) -> ImportError {
        ImportError::Refused(refusal)
    }
}

impl From<Error> for ImportError {
    fn from(error: Error) -> ImportError {
        ImportError::Database(error)
    }
}
