//! The file of an import: checked, written and searched for twins in passes of their own.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use super::progress::Progress;
use super::{ImportError, Importable};
use crate::base::csv::reader::{ReadError, Refusal};
use crate::base::csv::sheet::Sheet;

/// How many rows pass between two looks at the progress bar.
const STEP: u64 = 1_000;

/// How many bad lines are named at once.
const NAMED: usize = 20;

/// What can be read more than once.
trait Content: Read + Seek + Send {}

impl<T: Read + Seek + Send> Content for T {}

/// A file that is read more than once.
pub struct Source {
    name: String,
    content: Box<dyn Content>,
    bytes: u64,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Source {
    /// A file of this machine.
    ///
    /// # Errors
    /// [`ImportError::File`] when it cannot be opened, or is none.
    pub fn open(path: &Path) -> std::result::Result<Source, ImportError> {
        let file = File::open(path).map_err(ImportError::File)?;
        let metadata = file.metadata().map_err(ImportError::File)?;
        if !metadata.is_file() {
            // It is read twice, which a pipe cannot bear.
            return Err(ImportError::File(io::Error::other("it is not a regular file")));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Source { name, content: Box::new(file), bytes: metadata.len() })
    }

    /// A file that somebody sent.
    pub fn sent(name: &str, content: Vec<u8>) -> Source {
        let bytes = content.len() as u64;
        Source { name: name.to_owned(), content: Box::new(Cursor::new(content)), bytes }
    }

    /// Its name, for the audit trail.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many rows there are, all of them well formed.
    ///
    /// # Errors
    /// [`ImportError::Refused`] with the first bad lines.
    pub(super) fn check<T: Importable>(
        &mut self,
        progress: &Progress,
    ) -> std::result::Result<u64, ImportError> {
        let (mut rows, mut refused) = (0, Vec::new());
        let read = self.each::<T, ImportError>(progress, &mut |_, row| {
            rows += 1;
            refused.extend(row.err());
            let enough = refused.len() >= NAMED;
            if enough { Err(ImportError::Refused(Vec::new())) } else { Ok(()) }
        });
        match read {
            Ok(()) if refused.is_empty() => Ok(rows),
            Ok(()) => Err(ImportError::Refused(refused)),
            Err(ImportError::Refused(last)) => {
                refused.extend(last);
                Err(ImportError::Refused(refused))
            }
            Err(error) => Err(error),
        }
    }

    /// Gives each row with its line to `take`, from the first one on.
    pub(super) fn rows<T: Importable, E: From<ImportError>>(
        &mut self,
        progress: &Progress,
        take: &mut dyn FnMut(u64, T) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.each::<T, E>(progress, &mut |line, row| take(line, row.map_err(ImportError::from)?))
    }

    fn each<T: Importable, E: From<ImportError>>(
        &mut self,
        progress: &Progress,
        take: &mut dyn FnMut(u64, std::result::Result<T, Refusal>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let failed = |error: ReadError| ImportError::from(error);
        self.content.rewind().map_err(ImportError::File)?;
        progress.start(self.bytes);
        let source = BufReader::with_capacity(256 * 1024, &mut self.content);
        let mut sheet = Sheet::new(source, T::LAYOUT).map_err(failed)?;
        let mut count = 0_u64;
        while let Some(cells) = sheet.next_row().map_err(failed)? {
            take(cells.line(), T::from_cells(&cells))?;
            count += 1;
            if count.is_multiple_of(STEP) {
                progress.reach(sheet.bytes_read());
            }
        }
        Ok(())
    }

    /// The first row of which that holds, with its line.
    pub(super) fn first<T: Importable>(
        &mut self,
        holds: &mut dyn FnMut(u64, &T) -> bool,
    ) -> std::result::Result<Option<(u64, T)>, ImportError> {
        let mut found = None;
        self.rows(&Progress::hidden(), &mut |line, row: T| {
            if found.is_none() && holds(line, &row) {
                found = Some((line, row));
            }
            Ok::<(), ImportError>(())
        })?;
        Ok(found)
    }
}
