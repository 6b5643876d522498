//! Failed records from a CSV file, such as an export wrote.

use diesel::prelude::*;

use crate::audit::event::{Author, FAILED_ACCOUNTING};
use crate::base::columns;
use crate::base::csv::reader::Refusal;
use crate::base::csv::sheet::{Cells, Layout};
use crate::base::money::Money;
use crate::causes::arrivals;
use crate::db::Database;
use crate::db::DbConnection;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TextOf, TolerantText};
use crate::error::Result;
use crate::failed_accounting::case::{self, rules::Decision};
use crate::failed_accounting::export::HEADER;
use crate::failed_accounting::failure::{COLUMNS, FailedRecord};
use crate::imports::progress::Progress;
use crate::imports::{self, Claim, Forbidden, ImportError, Importable, Imported, Source};

/// Imports a file: every row of it or none, with one audit event.
pub fn run(
    database: &Database,
    source: Source,
    author: &Author,
    progress: &Progress,
) -> std::result::Result<Imported, ImportError> {
    imports::run::<FailedRecord>(database, source, author, progress)
}

impl Importable for FailedRecord {
    const LAYOUT: Layout = Layout {
        columns: &HEADER,
        ignored: &["llm_name", "user_name", "org_name", "cause", "cause_title", "family", "margin"],
    };
    const TABLE: &'static str = "llmusage_accounting_failed";
    const RECORD_KIND: &'static str = FAILED_ACCOUNTING;
    const UNIQUE: &'static [&'static str] = &["id"];

    /// What comes back after others took it out is not new any more.
    fn prepare(database: &Database) -> Result<()> {
        arrivals::drop_gone(database)
    }

    fn from_cells(cells: &Cells<'_>) -> std::result::Result<FailedRecord, Refusal> {
        // A file without these columns holds open records that were never retried; an empty cell says NULL.
        let (handled, retry_count) = (Some("0".to_owned()), Some(0));
        let mut record = FailedRecord { handled, retry_count, ..FailedRecord::default() };
        columns::read_cells(COLUMNS, cells, &mut record)?;
        Ok(record)
    }

    fn insert(&self, connection: &mut DbConnection) -> QueryResult<()> {
        case::adopt(connection, self)
    }

    fn money(&self) -> [Option<Money>; 2] {
        [self.amount, self.cost]
    }

    fn unique_value(&self, column: &str) -> Option<&str> {
        (column == "id").then_some(self.id.as_str())
    }

    fn claim(&self) -> Option<&str> {
        let needs_usage = self.closed_as().is_some_and(|resolution| {
            matches!(Decision::of(resolution), Decision::Moved | Decision::Credited | Decision::ByApp)
        });
        self.llmusageid.as_deref().filter(|id| needs_usage && !id.trim().is_empty())
    }

    fn forbidden(connection: &mut DbConnection, claims: &[Claim]) -> Result<Forbidden> {
        case::unproven(connection, claims)
    }

    fn is_taken(connection: &mut DbConnection, _column: &str, value: &str) -> Result<bool> {
        let row = failed::table.filter(failed::id.eq(TextOf::new(value))).select(failed::id);
        Ok(row.first::<TolerantText>(connection).optional()?.is_some())
    }
}
