//! Bringing CSV files in: all or nothing, in one transaction, with one audit event for the whole file.
//!
//! Every line is checked before the first one is written, so that a bad line neither holds the write lock
//! nor costs the time of those before it. What a table takes says its [`Importable`].

mod brought;
mod error;
mod kept;
pub mod pages;
pub mod progress;
mod source;

use std::collections::HashMap;

use diesel::QueryResult;

use crate::audit::event::{Action, Author, Change};
use crate::audit::store as audit;
use crate::base::csv::reader::Refusal;
use crate::base::csv::sheet::{Cells, Layout, quoted};
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::{Database, DbConnection, dialect, is_duplicate};
use crate::error::{Error, Result, quoted as told};
pub use brought::Imported;
pub use error::ImportError;
use kept::Unread;
use progress::Progress;
pub use source::Source;

/// The most characters of a file's name that the audit trail keeps.
const NAME: usize = 64;

/// A row that can be brought in.
pub trait Importable: Sized {
    /// The columns of a file.
    const LAYOUT: Layout;
    /// Where it goes.
    const TABLE: &'static str;
    /// The kind of record that the audit event is about.
    const RECORD_KIND: &'static str;
    /// Columns in which no two rows of the table may hold the same.
    const UNIQUE: &'static [&'static str];

    /// What has to be known of the table before rows come in.
    fn prepare(_database: &Database) -> Result<()> {
        Ok(())
    }

    /// Reads a row, or says which cell is wrong.
    fn from_cells(cells: &Cells<'_>) -> std::result::Result<Self, Refusal>;
    /// Inserts it as a new row.
    fn insert(&self, connection: &mut DbConnection) -> QueryResult<()>;
    /// Its amount and cost.
    fn money(&self) -> [Option<Money>; 2];
    /// What it holds in one of the columns of [`Importable::UNIQUE`].
    fn unique_value(&self, column: &str) -> Option<&str>;
    /// Whether a row of the table holds that value in that column.
    fn is_taken(connection: &mut DbConnection, column: &str, value: &str) -> Result<bool>;

    /// The usage whose state has to bear out what this row says, if one has.
    fn claim(&self) -> Option<&str> {
        None
    }

    /// The rows, by id, that must not be brought in beside the others: the column and the reason. Asked once all rows are
    /// written, last before the commit. Rows that were there before may be among them.
    fn forbidden(_connection: &mut DbConnection, _claims: &[Claim]) -> Result<Forbidden> {
        Ok(Forbidden::new())
    }

    /// Why it must not be inserted though it could be: the column and the reason.
    fn obstacle(&self, _connection: &mut DbConnection) -> Result<Option<(&'static str, Message)>> {
        Ok(None)
    }
}

/// A row that says something of a usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The id of the row.
    pub id: String,
    pub usage_id: String,
}

/// Why rows must not be brought in: the column and the reason by the id of the row.
pub type Forbidden = HashMap<String, (&'static str, Message)>;

/// Brings the rows of a file in, or none of them.
pub fn run<T: Importable>(
    database: &Database,
    mut source: Source,
    author: &Author,
    progress: &Progress,
) -> std::result::Result<Imported, ImportError> {
    progress.say("checking");
    let expected = source.check::<T>(progress)?;
    T::prepare(database)?;
    let mut stopped = None;
    let written = database.transaction_once_here(|connection| {
        let imported = write::<T>(connection, &mut source, expected, progress);
        imported
            .and_then(|imported| Ok(record(connection, source.name(), author, T::RECORD_KIND, imported)?))
            .map_err(|stop| {
                let reason = format!("{stop:?}");
                stopped = Some(stop);
                Error::Internal(reason)
            })
    });
    progress.finish();
    match stopped {
        None => Ok(written?),
        Some(Stop::Error(error)) => Err(error),
        Some(Stop::Clash(line)) => Err(explain::<T>(database, &mut source, line)?.into()),
    }
}

/// Why writing stopped; the transaction is taken back before anybody is told.
#[derive(Debug)]
enum Stop {
    Error(ImportError),
    /// The row of that line has the key of another one.
    Clash(u64),
}

impl<E: Into<ImportError>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Error(error.into())
    }
}

fn write<T: Importable>(
    connection: &mut DbConnection,
    source: &mut Source,
    expected: u64,
    progress: &Progress,
) -> std::result::Result<Imported, Stop> {
    let mut imported = Imported::default();
    let (mut claims, mut unread) = (Vec::new(), Unread::default());
    progress.say("writing");
    let bulk = dialect::begin_bulk(connection, T::TABLE, expected)?;
    source.rows(progress, &mut |line, row: T| -> std::result::Result<(), Stop> {
        if let Some((column, reason)) = row.obstacle(connection)? {
            return Err(Refusal::of_cell(line, column, reason).into());
        }
        imported.count(&row);
        claims.extend(
            row.unique_value("id")
                .zip(row.claim())
                .map(|(id, usage_id)| Claim { id: id.to_owned(), usage_id: usage_id.to_owned() }),
        );
        row.insert(connection).map_err(|error| stopped_at(line, error))?;
        refuse_if(unread.add(connection, line, &row)?)
    })?;
    refuse_if(unread.look::<T>(connection)?)?;
    progress.say("indexing");
    dialect::end_bulk(connection, bulk)?;
    let forbidden = T::forbidden(connection, &claims)?;
    refuse_if(refused::<T>(source, forbidden)?)?;
    Ok(imported)
}

fn refuse_if(refusal: Option<Refusal>) -> std::result::Result<(), Stop> {
    refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Why the database did not take the row of that line.
fn stopped_at(line: u64, error: diesel::result::Error) -> Stop {
    if is_duplicate(&error) {
        return Stop::Clash(line);
    }
    match Error::from(error) {
        Error::Invalid(mut errors) => match errors.pop_first() {
            Some((column, message)) => Refusal::of_cell(line, &column, message).into(),
            None => Error::Invalid(errors).into(),
        },
        Error::Fault(reason) | Error::Refused(reason) => {
            let reason = told(&reason);
            Refusal::of_line(line, Message::new("csv-database-refuses").with("reason", reason)).into()
        }
        error => error.into(),
    }
}

/// The first line of the file that is forbidden.
fn refused<T: Importable>(
    source: &mut Source,
    mut forbidden: Forbidden,
) -> std::result::Result<Option<Refusal>, ImportError> {
    if forbidden.is_empty() {
        return Ok(None);
    }
    let is_forbidden = |row: &T| row.unique_value("id").is_some_and(|id| forbidden.contains_key(id));
    let first = source.first::<T>(&mut |_, row| is_forbidden(row))?;
    Ok(first.and_then(|(line, row)| {
        let (column, reason) = forbidden.remove(row.unique_value("id")?)?;
        Some(Refusal::of_cell(line, column, reason))
    }))
}

fn record(
    connection: &mut DbConnection,
    name: &str,
    author: &Author,
    record_kind: &'static str,
    imported: Imported,
) -> Result<Imported> {
    let name: String = name.chars().take(NAME).collect();
    let after = serde_json::to_value(imported).map_err(Error::internal)?;
    let change =
        Change { action: Action::Import, record_kind, record_id: &name, before: None, after: Some(after) };
    audit::record(connection, author, change)?;
    Ok(imported)
}

/// Which other row has the key of the row of that line: an earlier one of the file, or one of the database.
fn explain<T: Importable>(
    database: &Database,
    source: &mut Source,
    line: u64,
) -> std::result::Result<Refusal, ImportError> {
    let row = source.first::<T>(&mut |at, _| at == line)?;
    let Some((_, row)) = row else { return Ok(Refusal::of_line(line, Message::new("csv-changes"))) };
    for column in T::UNIQUE {
        let Some(value) = row.unique_value(column) else { continue };
        let same = source.first::<T>(&mut |at, other| at < line && other.unique_value(column) == Some(value));
        let found = |key| Message::new(key).with("found", quoted(value));
        if let Some((before, _)) = same? {
            let twice = found("csv-in-line-too").with("line", before);
            return Ok(Refusal::of_cell(line, column, twice));
        }
        if database.run_here(|connection| T::is_taken(connection, column, value))? {
            return Ok(Refusal::of_cell(line, column, found("csv-in-database")));
        }
    }
    Ok(Refusal::of_line(line, Message::new("csv-same-but-case")))
}
