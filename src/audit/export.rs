//! The CSV of the audit trail: oldest first, streamed, secrets masked.

use super::filter::Filter;
use super::list;
use super::store::Event;
use crate::base::csv::{Sink, Writer};
use crate::base::secrets;
use crate::db::DbConnection;
use crate::error::Result;

/// The columns in their order.
const COLUMNS: [&str; 11] = [
    "id",
    "happened_at",
    "author",
    "source",
    "action",
    "record_kind",
    "record_id",
    "before_state",
    "after_state",
    "request_id",
    "hash",
];

/// How many events are read at once.
const CHUNK: usize = 1_000;

/// Writes the events of a filter. To be called within one read, whose snapshot it shows.
pub fn write(connection: &mut DbConnection, filter: &Filter, bom: bool, sink: Sink<'_>) -> Result<()> {
    let mut writer = Writer::new(sink, bom, &COLUMNS)?;
    let mut last: Option<Event> = None;
    loop {
        let events = list::after(connection, filter, last.as_ref(), CHUNK)?;
        for event in &events {
            write_row(&mut writer, event)?;
        }
        match events.into_iter().next_back() {
            Some(event) => last = Some(event),
            None => break,
        }
    }
    writer.finish()
}

fn write_row(writer: &mut Writer<'_>, event: &Event) -> Result<()> {
    let masked = |state: &Option<String>| state.as_deref().map(|state| secrets::mask(state).into_owned());
    writer.number(Some(event.id))?;
    writer.time(Some(event.happened_at))?;
    writer.text(Some(&event.author))?;
    writer.text(Some(&event.source))?;
    writer.text(Some(&event.action))?;
    writer.text(Some(&event.record_kind))?;
    writer.text(Some(&event.record_id))?;
    writer.text(masked(&event.before_state).as_deref())?;
    writer.text(masked(&event.after_state).as_deref())?;
    writer.text(event.request_id.as_deref())?;
    writer.text(event.hash.as_deref())?;
    writer.end_row()
}
