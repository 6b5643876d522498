//! The file of an import: checked, written and searched for twins in passes of their own.

use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::Path;

use super::progress::Progress;
use super::{ImportError, Importable};
use crate::base::csv::sheet::Sheet;

/// How many rows pass between two looks at the progress bar.
const STEP: u64 = 1_000;

/// A file that is read more than once.
pub(super) struct Source {
    file: File,
    bytes: u64,
}

impl Source {
    pub(super) fn open(path: &Path) -> std::result::Result<Source, ImportError> {
        let file = File::open(path).map_err(ImportError::File)?;
        let metadata = file.metadata().map_err(ImportError::File)?;
        if !metadata.is_file() {
            // It is read twice, which a pipe cannot bear.
            return Err(ImportError::File(io::Error::other("it is not a regular file")));
        }
        Ok(Source { file, bytes: metadata.len() })
    }

    /// Gives each row with its line to `take`, from the first one on.
    pub(super) fn rows<T: Importable, E: From<ImportError>>(
        &mut self,
        progress: &Progress,
        take: &mut dyn FnMut(u64, T) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.file.rewind().map_err(ImportError::File)?;
        progress.start(self.bytes);
        let source = BufReader::with_capacity(256 * 1024, &self.file);
        let mut sheet = Sheet::new(source, T::LAYOUT).map_err(ImportError::from)?;
        let mut count = 0_u64;
        while let Some(cells) = sheet.next_row().map_err(ImportError::from)? {
            let row = T::from_cells(&cells).map_err(ImportError::from)?;
            take(cells.line(), row)?;
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
