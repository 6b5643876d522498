//! What an error of Diesel means: refused, held, to be tried again, away, or a fault.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::dialect;
use crate::error::Error;

/// Whether an error says that a row with that key exists already.
pub fn is_duplicate(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Error {
        of_database(&error)
    }
}

fn of_database(error: &DieselError) -> Error {
    if let DieselError::DatabaseError(_, details) = error
        && let Some(refused) = dialect::refusal(details.message())
    {
        return refused;
    }
    match error {
        DieselError::NotFound => Error::NotFound,
        // What went wrong first; a connection that is gone cannot roll back either.
        DieselError::RollbackErrorOnCommit { commit_error, .. } => of_database(commit_error),
        // Before its commit, a transaction whose connection is lost has done nothing, and may be done again.
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
            Error::Transient(error.to_string())
        }
        DieselError::DatabaseError(_, details) if dialect::is_lost(details.message()) => {
            Error::Transient(error.to_string())
        }
        DieselError::DatabaseError(_, details) if dialect::is_held(details.message()) => Error::Held,
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
            Error::Transient(error.to_string())
        }
        DieselError::DatabaseError(_, details) if dialect::is_transient(details.message()) => {
            Error::Transient(error.to_string())
        }
        DieselError::DatabaseError(_, details) if dialect::is_outage(details.message()) => {
            Error::Unavailable(error.to_string())
        }
        DieselError::DatabaseError(kind, details) if is_rule(kind, details.message()) => {
            Error::Refused(details.message().to_owned())
        }
        DieselError::DatabaseError(_, details)
            if is_ours(details.message()) || details.statement_position().is_some() =>
        {
            Error::Internal(details.message().to_owned())
        }
        DieselError::DatabaseError(_, details) => Error::Fault(details.message().to_owned()),
        _ => Error::Internal(error.to_string()),
    }
}

/// Whether a constraint on a table of the platform's is hurt: ours have none that a valid change could hurt.
fn is_rule(kind: &DatabaseErrorKind, message: &str) -> bool {
    match kind {
        DatabaseErrorKind::CheckViolation | DatabaseErrorKind::ForeignKeyViolation => true,
        DatabaseErrorKind::NotNullViolation => {
            message.contains("llmusage") || message.starts_with("Column '")
        }
        DatabaseErrorKind::UniqueViolation => {
            // MariaDB names the key and no table.
            let is_of_mariadb = message.starts_with("Duplicate entry ") && !message.contains("'PRIMARY'");
            message.contains("llmusage") || is_of_mariadb
        }
        // MariaDB's checks, and a column of the platform's that has to be given, have no kind of their own.
        _ => {
            message.starts_with("CONSTRAINT `")
                || (message.starts_with("Field '") && message.contains("default value"))
        }
    }
}

/// Errors that no rule of the platform's raises: a lost right, a limit of time, a schema that is not ours,
/// the audit trail's own.
fn is_ours(message: &str) -> bool {
    const BEGINNINGS: [&str; 5] =
        ["permission denied", "canceling statement", "no such table", "no such column", "audit events "];
    BEGINNINGS.iter().any(|begin| message.starts_with(begin))
}
