//! The CSV of a filter of usages: every row, exact, in its order, from one snapshot, in constant memory.
//!
//! First the table's columns, so that an import takes the file again, then the names. Secrets are masked.

use chrono::NaiveDateTime;

use super::filter::{Filter, Shelf};
use super::list::{self, Listed};
use crate::base::csv::{Sink, Writer};
use crate::base::secrets;
use crate::db::DbConnection;
use crate::error::Result;
use crate::names::Names;

/// The columns in their order.
pub const COLUMNS: [&str; 20] = [
    "id",
    "llmid",
    "use_date",
    "use_time",
    "userid",
    "usages",
    "ioinfo",
    "transno",
    "responsed_seconds",
    "finish_seconds",
    "status",
    "taskid",
    "amount",
    "cost",
    "userorgid",
    "ownerid",
    "accounting_status",
    "llm_name",
    "user_name",
    "org_name",
];

/// So many columns are those of the live table; the history has one more.
const OF_THE_TABLE: usize = 17;

/// Writes the CSV of a filter; the page size is ignored.
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
    let mut columns = COLUMNS.to_vec();
    let is_archived = filter.shelf == Shelf::History;
    if is_archived {
        columns.insert(OF_THE_TABLE, "backup_time");
    }
    let mut writer = Writer::new(sink, bom, &columns)?;
    list::each(connection, filter, &mut |row| write_row(&mut writer, row, is_archived, names))?;
    writer.finish()
}

fn write_row(writer: &mut Writer<'_>, row: &Listed, is_archived: bool, names: &Names) -> Result<()> {
    let usage = &row.usage;
    writer.text(Some(&usage.id))?;
    writer.text(usage.llmid.as_deref())?;
    writer.date(usage.use_date)?;
    writer.time(usage.use_time)?;
    writer.text(usage.userid.as_deref())?;
    let masked = |text: &Option<String>| text.as_deref().map(|text| secrets::mask(text).into_owned());
    writer.text(masked(&usage.usages).as_deref())?;
    writer.text(masked(&usage.ioinfo).as_deref())?;
    writer.text(usage.transno.as_deref())?;
    writer.number(usage.responsed_seconds)?;
    writer.number(usage.finish_seconds)?;
    writer.text(usage.status.as_deref())?;
    writer.text(usage.taskid.as_deref())?;
    writer.money(usage.amount)?;
    writer.money(usage.cost)?;
    writer.text(usage.userorgid.as_deref())?;
    writer.text(usage.ownerid.as_deref())?;
    writer.text(usage.accounting_status.as_deref())?;
    if is_archived {
        writer.time(row.backup_time)?;
    }
    writer.text(names.model(usage.llmid.as_deref()))?;
    writer.text(names.user(usage.userid.as_deref()))?;
    writer.text(names.organisation(usage.userorgid.as_deref()))?;
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
