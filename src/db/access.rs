//! Whether the database lets us write, asked at the start: a user who may only read is told so then, not on each page.

use diesel::connection::SimpleConnection;

use super::{Database, is_duplicate};
use crate::base::clock::Clock;
use crate::error::{Error, Result};

/// Each touches no row; the database judges the right to it all the same.
const WRITES: [&str; 7] = [
    "UPDATE llmusage_accounting_failed SET handled = handled WHERE 1 = 0",
    "INSERT INTO llmusage_accounting_failed (id) SELECT id FROM llmusage_accounting_failed WHERE 1 = 0",
    "UPDATE llmusage SET accounting_status = accounting_status WHERE 1 = 0",
    "DELETE FROM llmusage WHERE 1 = 0",
    "INSERT INTO llmusage_history (id) SELECT id FROM llmusage_history WHERE 1 = 0",
    "INSERT INTO app_setting (name, value) SELECT name, value FROM app_setting WHERE 1 = 0",
    "UPDATE job_lease SET name = name WHERE 1 = 0",
];

/// The row that [`try_to_write`] writes.
const PROBE: &str = "written_at";

/// Writes a row: what only fails when something is written, such as a full disk, is found. SQLite writes nothing where
/// a value stays as it is, hence the time.
pub fn try_to_write(database: &Database) -> Result<()> {
    use diesel::prelude::*;

    use super::schema::app_setting::dsl;
    let now = Clock::epoch_milliseconds().to_string();
    database.probe(|connection| {
        let row = dsl::app_setting.filter(dsl::name.eq(PROBE));
        if diesel::update(row).set(dsl::value.eq(now.clone())).execute(connection)? > 0 {
            return Ok(());
        }
        let row = (dsl::name.eq(PROBE), dsl::value.eq(now));
        match diesel::insert_into(dsl::app_setting).values(row).execute(connection) {
            // Another instance was first, and wrote.
            Err(error) if is_duplicate(&error) => Ok(()),
            inserted => Ok(inserted.map(drop)?),
        }
    })
}

/// Refuses a database that cannot be written.
///
/// # Errors
/// [`Error::Unavailable`] with one line that names the setting and what to grant.
pub fn check_may_write(database: &Database) -> Result<()> {
    let tried = database.transaction_here(|connection| {
        WRITES.iter().try_for_each(|write| Ok(connection.batch_execute(write)?))
    });
    tried.map_err(|error| {
        Error::Unavailable(format!(
            "--database-url: this user, file or server cannot be written: {error}; it needs SELECT, INSERT, UPDATE \
             and DELETE, and for migrate CREATE, ALTER, INDEX and TRIGGER"
        ))
    })
}
