//! The least version of the app that may work on a database, as the database itself names it.
//!
//! Versions from 0.2.0 on look; the migration that needs a later one raises it.

use diesel::prelude::*;

use super::schema::app_setting::dsl;
use super::{Database, DbConnection, dialect};
use crate::error::{Error, Result};

/// Where the database names it.
pub const LEAST_VERSION: &str = "least_version";

const OURS: &str = env!("CARGO_PKG_VERSION");

/// Refuses a database that wants a later version.
///
/// # Errors
/// [`Error::Unavailable`] with both versions and the way out.
pub fn check(database: &Database) -> Result<()> {
    refused(wanted(database)?)
}

/// As [`check`], within a transaction.
pub(super) fn check_with(connection: &mut DbConnection) -> Result<()> {
    refused(wanted_by(connection)?)
}

fn refused(wanted: Option<String>) -> Result<()> {
    match wanted {
        Some(words) => Err(Error::Unavailable(format!(
            "--database-url: {words}; nothing was done: install that version, or go back to the copy of before the \
             upgrade"
        ))),
        None => Ok(()),
    }
}

/// Which later version the database wants, in words.
pub fn wanted(database: &Database) -> Result<Option<String>> {
    // Asked apart: the table may be made at this moment.
    match database.run_here(|connection| dialect::table_exists(connection, "app_setting"))? {
        true => database.run_here(wanted_by),
        false => Ok(None),
    }
}

fn wanted_by(connection: &mut DbConnection) -> Result<Option<String>> {
    let row = dsl::app_setting.filter(dsl::name.eq(LEAST_VERSION)).select(dsl::value);
    let least: Option<String> = row.first(connection).optional()?;
    let later = least.filter(|least| parts(OURS) < parts(least));
    Ok(later.map(|least| format!("the database wants llmage-admin {least} or later, this is {OURS}")))
}

/// `1.10.0` is later than `1.9.3`; what is no number is later than all.
fn parts(version: &str) -> Vec<u64> {
    let number = |part: &str| part.trim().parse().unwrap_or(u64::MAX);
    version.split(['-', '+']).next().unwrap_or_default().split('.').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(parts("1.9.3") < parts("1.10.0") && parts("0.2.0") < parts("0.2.1"));
        assert!(parts("0.2.0") == parts("0.2.0-rc.1") && parts("9.9.9") < parts("next"));
    }
}
