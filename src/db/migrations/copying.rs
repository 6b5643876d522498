//! A copy of an SQLite file before its schema is changed: the way back to the version before.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{applying, status};
use crate::base::clock::Clock;
use crate::db::url::sqlite_file;
use crate::db::{Database, Engine, versions};
use crate::error::{Error, Result};

/// Applies what is pending as [`applying::apply_telling`] does. An SQLite file that holds tables is copied before, if
/// so wanted; the copy is told.
///
/// # Errors
/// [`Error::Unavailable`], with nothing applied, when the database wants a later version or cannot be copied.
pub fn upgrade(
    database: &Database,
    is_copy_wanted: bool,
    tell_copy: &mut dyn FnMut(&Path) -> Result<()>,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<String>> {
    versions::check(database)?;
    if database.engine() != Engine::Sqlite || !is_copy_wanted || !is_pending(database)? {
        return applying::apply_telling(database, tell);
    }
    // Of two that start at once, one copies and migrates; the other finds nothing to do.
    let file = real_file(database);
    let turn = Turn::take(&file)?;
    if is_pending(database)? && holds_tables(database)? {
        tell_copy(&copy(database, &file)?)?;
    }
    let applied = applying::apply_telling(database, tell);
    drop(turn);
    applied
}

fn is_pending(database: &Database) -> Result<bool> {
    Ok(status(database)?.iter().any(|status| !status.applied))
}

fn real_file(database: &Database) -> PathBuf {
    let file = sqlite_file(&database.manager.url);
    file.canonicalize().unwrap_or(file)
}

fn holds_tables(database: &Database) -> Result<bool> {
    let question = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let tables: i64 = database
        .run_here(|connection| sql::<BigInt>(question).get_result(connection).map_err(Error::from))?;
    Ok(tables > 0)
}

/// A lock of the operating system on a file beside the database, while it is copied and migrated.
struct Turn {
    /// The lock is on it.
    _file: File,
    path: PathBuf,
}

impl Turn {
    fn take(database: &Path) -> Result<Turn> {
        let path = beside(database, "-migrating");
        let taken = OpenOptions::new().create(true).write(true).truncate(false).open(&path);
        let taken = taken.and_then(|file| file.lock().map(|()| file));
        let file = taken.map_err(|error| refused(&path, &error))?;
        Ok(Turn { _file: file, path })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Whoever waits for it finds nothing pending; one that stays is used again.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn refused(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(format!(
        "the copy {} of the database could not be made: {error}; nothing was migrated: make room for it in that \
         folder, or copy the file yourself and start with --no-copy",
        path.display()
    ))
}

/// Copies all that is committed, what is in the log, too; on the disk when this returns.
fn copy(database: &Database, file: &Path) -> Result<PathBuf> {
    let path = made(file)?;
    let copied = filled(database, file, &path);
    copied.map_err(|error| {
        // Half a copy is none.
        let _ = std::fs::remove_file(&path);
        refused(&path, &error)
    })?;
    Ok(path)
}

/// An empty file that nobody else may read: the copy holds what the database holds.
fn made(file: &Path) -> Result<PathBuf> {
    let at = DateTime::from_timestamp_millis(Clock::epoch_milliseconds()).unwrap_or_default();
    let at = at.format("%Y%m%dT%H%M%SZ");
    for number in 1..100 {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = beside(file, &format!(".before-{}-{at}{more}", env!("CARGO_PKG_VERSION")));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(&path, &error)),
            Ok(_) => return Ok(path),
        }
    }
    Err(refused(file, &"a hundred copies of this second are there"))
}

fn filled(
    database: &Database,
    file: &Path,
    path: &Path,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let name = path.to_str().ok_or("its name is no UTF-8")?.replace('\'', "''");
    database.connection()?.batch_execute(&format!("VACUUM INTO '{name}'"))?;
    std::fs::set_permissions(path, std::fs::metadata(file)?.permissions())?;
    File::open(path)?.sync_all()?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
