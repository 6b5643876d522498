//! The CSV of a filter of usages: every row, exact, in its order, from one snapshot, in constant memory.
//!
//! First the table's columns, so that an import takes the file again, then the names. Secrets are masked.

use chrono::NaiveDateTime;

use super::filter::{Filter, Shelf};
use super::grouped;
use super::list::{self, Listed};
use super::usage::COLUMNS;
use crate::base::columns;
use crate::base::csv::{Sink, Writer};
use crate::base::grouping::sheet;
use crate::db::DbConnection;
use crate::error::Result;
use crate::names::Names;
use crate::names::columns::Face;

/// The columns in their order; the history has one more, before the names.
pub const HEADER: [&str; Face::File.count(COLUMNS)] = Face::File.header(COLUMNS, &[]);

/// Writes the CSV of a filter, or of its groups; the page size is ignored.
///
/// # Errors
/// What was handed to the sink until then is no file: the transfer must end as broken.
pub fn write(
    connection: &mut DbConnection,
    filter: &Filter,
    names: &Names,
    bom: bool,
    sink: Sink<'_>,
) -> Result<()> {
    if let Some(grouping) = filter.group {
        let name = |dimension, key: &str| names.of(dimension, key).map(str::to_owned);
        return sheet::write(&grouped::of(connection, filter)?, grouping, &name, bom, sink);
    }
    let mut header = HEADER.to_vec();
    let is_archived = filter.shelf == Shelf::History;
    if is_archived {
        header.insert(COLUMNS.len(), "backup_time");
    }
    let mut writer = Writer::new(sink, bom, &header)?;
    list::each(connection, filter, &mut |row| write_row(&mut writer, row, is_archived, names))?;
    writer.finish()
}

fn write_row(writer: &mut Writer<'_>, row: &Listed, is_archived: bool, names: &Names) -> Result<()> {
    let cells = Face::File.cells(COLUMNS, &row.usage, names, true);
    for (number, (_, cell)) in cells.enumerate() {
        if is_archived && number == COLUMNS.len() {
            writer.time(row.backup_time)?;
        }
        columns::write_cell(writer, &cell)?;
    }
    writer.end_row()
}

/// `usages_<state>_<as-of>.csv`, of letters, digits, `-` and `_` only.
pub fn file_name(filter: &Filter, as_of: NaiveDateTime) -> String {
    let state = filter.accounting_status.as_deref().unwrap_or("all");
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let state: String = state.chars().map(plain).collect();
    let narrowed = if *filter == filter.cleared() { "" } else { "-filtered" };
    let what = if filter.shelf == Shelf::Live { "usages" } else { "history" };
    format!("{what}_{state}{narrowed}_{}.csv", as_of.format("%Y%m%d-%H%M%S"))
}
