//! Failed records from a CSV file, such as an export wrote.

use diesel::prelude::*;

use crate::audit::event::{Author, FAILED_ACCOUNTING};
use crate::base::csv::reader::Refusal;
use crate::base::csv::sheet::{Cells, Layout, quoted};
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::Database;
use crate::db::DbConnection;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TextOf, TolerantText};
use crate::error::Result;
use crate::failed_accounting::case::{self, rules::Decision};
use crate::failed_accounting::export::COLUMNS;
use crate::failed_accounting::failure::{FailedRecord, Resolution};
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
    const LAYOUT: Layout =
        Layout { columns: &COLUMNS, ignored: &["llm_name", "user_name", "org_name", "cause"] };
    const TABLE: &'static str = "llmusage_accounting_failed";
    const RECORD_KIND: &'static str = FAILED_ACCOUNTING;
    const UNIQUE: &'static [&'static str] = &["id"];

    fn from_cells(cells: &Cells<'_>) -> std::result::Result<FailedRecord, Refusal> {
        Ok(FailedRecord {
            id: cells.required_id("id")?,
            llmusageid: cells.short_text("llmusageid", 32)?,
            llmid: cells.short_text("llmid", 32)?,
            userid: cells.short_text("userid", 32)?,
            userorgid: cells.short_text("userorgid", 32)?,
            use_date: cells.date("use_date")?,
            use_time: cells.time("use_time")?,
            amount: cells.money("amount")?,
            cost: cells.money("cost")?,
            failed_reason: cells.text("failed_reason")?,
            failed_time: cells.time("failed_time")?,
            retry_count: if cells.has("retry_count") { cells.integer("retry_count")? } else { Some(0) },
            handled: handled(cells)?,
            handled_time: cells.time("handled_time")?,
            handled_note: cells.text("handled_note")?,
            resolution: resolution(cells)?,
            handled_by: cells.short_text("handled_by", 64)?,
            cause: None,
            retry: Default::default(),
        })
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

/// A file without the column holds open records; a file with an empty cell says NULL.
fn handled(cells: &Cells<'_>) -> std::result::Result<Option<String>, Refusal> {
    if cells.has("handled") { cells.short_text("handled", 1) } else { Ok(Some("0".to_owned())) }
}

fn resolution(cells: &Cells<'_>) -> std::result::Result<Option<String>, Refusal> {
    let text = cells.text("resolution")?;
    match text.as_deref().filter(|text| Resolution::parse(text).is_none()) {
        None => Ok(text),
        Some(unknown) => {
            let known = Resolution::ALL.map(Resolution::as_str).join(", ");
            let reason = Message::new("csv-resolution").with("known", known).with("found", quoted(unknown));
            Err(cells.refuse("resolution", reason))
        }
    }
}
