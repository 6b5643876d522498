//! The CSV of a filter: every row of it, exact, in its order, from one snapshot, in constant memory.
//!
//! First the table's columns, so that an import takes the file again, then what is derived.

use std::io::Write;

use chrono::NaiveDateTime;

use super::chunks;
use super::condition;
use super::filter::Filter;
use super::keys;
use crate::base::csv::{Sink, Writer};
use crate::base::money::MoneySum;
use crate::base::secrets;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::names::Names;

/// The columns in their order.
pub const COLUMNS: [&str; 21] = [
    "id",
    "llmusageid",
    "llmid",
    "userid",
    "userorgid",
    "use_date",
    "use_time",
    "amount",
    "cost",
    "failed_reason",
    "failed_time",
    "retry_count",
    "handled",
    "handled_time",
    "handled_note",
    "llm_name",
    "user_name",
    "org_name",
    "cause",
    "resolution",
    "handled_by",
];

/// The most characters of a file name that describe the filter.
const DESCRIBED: usize = 100;

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    pub rows: u64,
    pub amount: MoneySum,
    pub cost: MoneySum,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// With a byte order mark, for Excel.
    pub bom: bool,
    /// With the secrets in reasons masked, for pages.
    pub masked: bool,
}

/// Writes the CSV of a filter in chunks of about 64 kB; the page size is ignored. To be called within one
/// [`Database::run_here`], whose snapshot it shows.
///
/// # Errors
/// What was handed to the sink until then is no file: the transfer must end as broken.
pub fn write(
    connection: &mut DbConnection,
    filter: &Filter,
    names: &Names,
    shape: Shape,
    sink: Sink<'_>,
) -> Result<Exported> {
    let search = condition::plan_search(connection, filter)?;
    let mut writer = Writer::new(sink, shape.bom, &COLUMNS)?;
    let mut exported = Exported::default();
    chunks::each(connection, filter, &search, &mut |record| {
        exported.rows += 1;
        exported.amount = exported.amount + record.amount.unwrap_or_default().into();
        exported.cost = exported.cost + record.cost.unwrap_or_default().into();
        write_row(&mut writer, record, (names, shape))
    })?;
    writer.finish()?;
    Ok(exported)
}

/// Writes the CSV of a filter to a file or to standard output.
pub fn run(database: &Database, filter: &Filter, names: &Names, output: &mut impl Write) -> Result<Exported> {
    let failed = |error| Error::Unavailable(format!("cannot write the CSV: {error}"));
    let exported = database.run_here(|connection| {
        write(connection, filter, names, Shape::default(), &mut |chunk| {
            output.write_all(&chunk).map_err(failed)
        })
    })?;
    output.flush().map_err(failed)?;
    Ok(exported)
}

fn write_row(writer: &mut Writer<'_>, record: &FailedRecord, (names, shape): (&Names, Shape)) -> Result<()> {
    let reason = record.failed_reason.as_deref();
    let masked = reason.filter(|_| shape.masked).map(secrets::mask);
    writer.text(Some(&record.id))?;
    writer.text(record.llmusageid.as_deref())?;
    writer.text(record.llmid.as_deref())?;
    writer.text(record.userid.as_deref())?;
    writer.text(record.userorgid.as_deref())?;
    writer.date(record.use_date)?;
    writer.time(record.use_time)?;
    writer.money(record.amount)?;
    writer.money(record.cost)?;
    writer.text(masked.as_deref().or(reason))?;
    writer.time(record.failed_time)?;
    writer.number(record.retry_count)?;
    writer.text(record.handled.as_deref())?;
    writer.time(record.handled_time)?;
    let note = record.handled_note.as_deref();
    let masked_note = note.filter(|_| shape.masked).map(secrets::mask);
    writer.text(masked_note.as_deref().or(note))?;
    writer.text(names.model(record.llmid.as_deref()))?;
    writer.text(names.user(record.userid.as_deref()))?;
    writer.text(names.organisation(record.userorgid.as_deref()))?;
    writer.text(record.cause.as_deref())?;
    writer.text(record.resolution.as_deref())?;
    writer.text(record.handled_by.as_deref())?;
    writer.end_row()
}

/// `failed-accounting_<filter>_<as-of>.csv`, of letters, digits, `-`, `_` and `.` only.
pub fn file_name(filter: &Filter, as_of: NaiveDateTime) -> String {
    let mut described = filter.tab().to_owned();
    for key in &keys::TABLE {
        if let (Some(word), Some(value)) = (key.in_file_name, (key.write)(filter)) {
            described.push_str(&format!("_{word}{}", plain(&value)));
        }
    }
    // All of it is ASCII, so that bytes are characters.
    described.truncate(DESCRIBED);
    let described = described.trim_end_matches(['-', '_']);
    format!("failed-accounting_{described}_{}.csv", as_of.format("%Y%m%d-%H%M%S"))
}

/// The letters and digits of a value, after a `-`; what lies between them becomes one `-`.
fn plain(value: &str) -> String {
    let mut text = String::from("-");
    for character in value.chars() {
        if character.is_ascii_alphanumeric() || character == '.' {
            text.push(character);
        } else if !text.ends_with('-') {
            text.push('-');
        }
    }
    text.truncate(text.trim_end_matches(['-', '.']).len());
    text
}
