//! The sign of life beside an SQLite file: a file that its process has locked. The lock ends with the process.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::error::{Error, Result};

/// Somebody who clears away old marks may have a new one in hand for a moment.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// A locked file; removed when dropped.
pub struct Mark {
    /// The lock is on it.
    _file: File,
    path: PathBuf,
}

impl Drop for Mark {
    fn drop(&mut self) {
        // One that stays is cleared away by the next process.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Mark {
    /// Makes and locks the mark of that process, and clears away those of processes that are gone.
    pub fn make(database: &Path, id: &str) -> Result<Mark> {
        let path = path_of(database, id);
        let refuse = |error: io::Error| {
            Error::Unavailable(format!(
                "--database-url: {} cannot be made and locked: {error}; the folder of the database must be writable \
                 and its file system must know locks",
                path.display()
            ))
        };
        clear(database, &path);
        for _ in 0..TRIES {
            match attempt(&path).map_err(refuse)? {
                Some(file) => return Ok(Mark { _file: file, path }),
                None => sleep(PAUSE),
            }
        }
        Err(refuse(io::Error::other("somebody else keeps it")))
    }
}

/// The locked file; none while somebody else has it in hand.
fn attempt(path: &Path) -> io::Result<Option<File>> {
    let file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        // Whoever cleared it away between the two had locked it before us.
        Ok(()) => Ok(path.exists().then_some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether the process of that mark is gone.
pub fn is_gone(database: &Path, id: &str) -> bool {
    // Nothing else is ever a name of ours, such as those of versions that had no marks.
    if id.is_empty() || !id.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-') {
        return true;
    }
    match File::open(path_of(database, id)) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// `desk.db-instance-<id>`, beside the file itself, whatever link leads to it.
fn path_of(database: &Path, id: &str) -> PathBuf {
    let mut name: OsString = real(database).into_os_string();
    name.push(format!("{PREFIX}{id}"));
    PathBuf::from(name)
}

const PREFIX: &str = "-instance-";

fn real(database: &Path) -> PathBuf {
    database.canonicalize().unwrap_or_else(|_| database.to_owned())
}

fn clear(database: &Path, own: &Path) {
    // What cannot be read or removed is in nobody's way.
    for path in marks(database).filter(|path| path != own) {
        if is_free(&path) {
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// Whether somebody keeps a mark beside the database.
pub fn lives(database: &Path) -> bool {
    marks(database).any(|path| path.exists() && !is_free(&path))
}

/// Whether nobody has it locked; false where it cannot be opened.
fn is_free(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

fn marks(database: &Path) -> impl Iterator<Item = PathBuf> {
    let database = real(database);
    let folder = database.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let start = format!("{name}{PREFIX}");
    let entries = folder.into_iter().flatten().flatten();
    entries
        .filter(move |entry| entry.file_name().to_string_lossy().starts_with(&start))
        .map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_gone_when_its_lock_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("desk.db");
        std::fs::write(&database, "").expect("a file");
        let mark = Mark::make(&database, "one").expect("it is made");
        assert!(!is_gone(&database, "one"));
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&database, &link).expect("a link");
        assert!(!is_gone(&link, "one"), "by another name");
        assert!(lives(&link));
        drop(mark);
        assert!(!lives(&database));
        assert!(is_gone(&database, "one"));
        assert!(is_gone(&database, "never-there") && is_gone(&database, "") && is_gone(&database, "../x"));
    }

    #[test]
    fn marks_that_were_left_over_are_cleared_away_and_others_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("desk.db");
        std::fs::write(&database, "").expect("a file");
        std::fs::write(folder.path().join("desk.db-instance-killed"), "").expect("a mark without a lock");
        let living = Mark::make(&database, "living").expect("it is made");
        assert!(!folder.path().join("desk.db-instance-killed").exists());
        let _other = Mark::make(&database, "other").expect("it is made");
        assert!(living.path.exists() && !is_gone(&database, "living"));
    }
}
