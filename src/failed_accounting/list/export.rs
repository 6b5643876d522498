//! The CSV of a filter: every row of it, exact, in its order, from one snapshot, in constant memory.
//!
//! First the table's columns, so that an import takes the file again, then what is derived.

use std::collections::HashMap;
use std::io::Write;

use chrono::NaiveDateTime;

use super::chunks;
use super::condition;
use super::filter::Filter;
use super::{grouped, keys};
use crate::base::columns;
use crate::base::csv::{Sink, Writer};
use crate::base::grouping::{self, Dimension, sheet};
use crate::base::money::{Money, MoneySum};
use crate::causes::store::{self as causes, CauseName};
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::{COLUMNS, FailedRecord};
use crate::names::Names;
use crate::names::columns::Face;

/// What is derived of each row.
const DERIVED: [&str; 3] = ["cause_title", "family", "margin"];

/// The columns in their order.
pub const HEADER: [&str; Face::File.count(COLUMNS) + DERIVED.len()] = Face::File.header(COLUMNS, &DERIVED);

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

/// Writes the CSV of a filter, or of its groups, in chunks of about 64 kB; the page size is ignored. To be called within one
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
    if let Some(grouping) = filter.group {
        let groups = grouped::of(connection, filter, &search, grouping)?;
        let titles = grouped::titles(connection, grouping, &groups)?;
        let name = |dimension, key: &str| match dimension {
            Dimension::Cause => titles.get(key).cloned(),
            _ => names.of(dimension, key).map(str::to_owned),
        };
        sheet::write(&groups, grouping, &name, shape.bom, sink)?;
        let all = grouping::sum(&groups);
        return Ok(Exported { rows: groups.len() as u64, amount: all.amount, cost: all.cost });
    }
    let causes = causes::names(connection)?;
    let naming = Naming { names, causes: &causes };
    let mut writer = Writer::new(sink, shape.bom, &HEADER)?;
    let mut exported = Exported::default();
    chunks::each(connection, filter, &search, &mut |_, record| {
        exported.rows += 1;
        exported.amount = exported.amount + record.amount.unwrap_or_default().into();
        exported.cost = exported.cost + record.cost.unwrap_or_default().into();
        write_row(&mut writer, record, &naming, shape)
    })?;
    writer.finish()?;
    Ok(exported)
}

/// Writes the CSV of a filter to a file or to standard output.
pub fn run(database: &Database, filter: &Filter, names: &Names, output: &mut impl Write) -> Result<Exported> {
    let failed = |error| Error::Unavailable(format!("cannot write the CSV: {error}"));
    let exported = database.run_once_here(|connection| {
        write(connection, filter, names, Shape::default(), &mut |chunk| {
            output.write_all(&chunk).map_err(failed)
        })
    })?;
    output.flush().map_err(failed)?;
    Ok(exported)
}

/// Who, what and which cause has which name.
struct Naming<'a> {
    names: &'a Names,
    causes: &'a HashMap<String, CauseName>,
}

fn write_row(
    writer: &mut Writer<'_>,
    record: &FailedRecord,
    naming: &Naming<'_>,
    shape: Shape,
) -> Result<()> {
    for (_, cell) in Face::File.cells(COLUMNS, record, naming.names, shape.masked) {
        columns::write_cell(writer, &cell)?;
    }
    let cause = record.cause.as_ref().and_then(|key| naming.causes.get(key));
    writer.text(cause.map(|cause| cause.title.as_str()))?;
    writer.text(cause.map(|cause| cause.family.as_str()))?;
    writer.money(Money::margin(record.amount, record.cost))?;
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
