//! Usages in the database: finding one wherever it is, inserting. Who changes one takes its case.

use diesel::prelude::*;

use super::usage::{Usage, Whereabouts, columns_in};
use crate::base::foreign;
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::{TextOf, TolerantText, TolerantTime};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// Inserts a new live usage.
///
/// # Errors
/// The unique violation of the database when its id or taskid is taken; see [`crate::db::is_duplicate`].
pub(crate) fn insert(connection: &mut DbConnection, usage: &Usage) -> QueryResult<()> {
    diesel::insert_into(live::table).values(usage).execute(connection).map(drop)
}

/// The usage of that id, to the letter, and where it is: live, else archived, else none.
pub fn find_anywhere(connection: &mut DbConnection, id: &str) -> Result<Option<(Usage, Whereabouts)>> {
    if let Some(usage) = lookup(connection, id)? {
        return Ok(Some((usage, Whereabouts::Live)));
    }
    as_text_or_blob(connection, id, |connection, id| {
        let found = find_archived(connection, id)?;
        // Some collations find another one, too.
        Ok(found.filter(|(usage, _)| usage.id == id))
    })
}

/// An address has the bytes of an id, and does not say whether they are a text or a BLOB.
fn as_text_or_blob<T>(
    connection: &mut DbConnection,
    id: &str,
    find: impl Fn(&mut DbConnection, &str) -> Result<Option<T>>,
) -> Result<Option<T>> {
    match (find(connection, id)?, foreign::as_blob(id)) {
        (None, Some(blob)) if connection.engine().keeps_any_type() => find(connection, &blob),
        (found, _) => Ok(found),
    }
}

/// The live usage of that id, to the letter.
pub fn lookup(connection: &mut DbConnection, id: &str) -> Result<Option<Usage>> {
    as_text_or_blob(connection, id, lookup_exact)
}

fn lookup_exact(connection: &mut DbConnection, id: &str) -> Result<Option<Usage>> {
    let found: Option<Usage> = live::table
        .filter(live::id.eq(TextOf::new(id)))
        .select(Usage::as_select())
        // Not `first`: SQLite reads a text with a bound LIMIT anew each time.
        .get_result(connection)
        .optional()?;
    Ok(found.filter(|usage| usage.id == id))
}

/// The other live usage that has that task, if there is one.
pub fn other_of_task(connection: &mut DbConnection, id: &str, taskid: &str) -> Result<Option<String>> {
    let row = live::table.filter(live::taskid.eq(taskid.to_owned())).filter(live::id.ne(TextOf::new(id)));
    Ok(row.select(live::id).first::<TolerantText>(connection).optional()?.map(String::from))
}

/// The archived usage of that id and since when it is archived.
pub fn find_archived(connection: &mut DbConnection, id: &str) -> Result<Option<(Usage, Whereabouts)>> {
    let found: Option<(Usage, TolerantTime)> = history::table
        .filter(history::id.eq(TextOf::new(id)))
        .select((columns_in!(history), history::backup_time))
        .get_result(connection)
        .optional()?;
    Ok(found.map(|(usage, time)| (usage, Whereabouts::Archived { backup_time: time.into() })))
}

/// Whether the usage of that id is in the history.
pub fn is_archived(connection: &mut DbConnection, id: &str) -> Result<bool> {
    let row = history::table.filter(history::id.eq(TextOf::new(id))).select(history::id);
    Ok(row.first::<TolerantText>(connection).optional()?.is_some())
}

/// The id of the usage that has that id or task, live before archived.
pub fn find_by_id_or_task(connection: &mut DbConnection, text: &str) -> Result<Option<String>> {
    if let Some((usage, _)) = find_anywhere(connection, text)? {
        return Ok(Some(usage.id));
    }
    let found = live::table.filter(live::taskid.eq(text.to_owned())).select(live::id);
    if let Some(id) = found.first::<TolerantText>(connection).optional()? {
        return Ok(Some(id.into()));
    }
    let found = history::table.filter(history::taskid.eq(text.to_owned())).select(history::id);
    Ok(found.first::<TolerantText>(connection).optional()?.map(String::from))
}

/// The ids of the usages of exactly that task, live before archived, at most so many of each; tables that were adopted may
/// have a task twice.
pub fn ids_of_task(connection: &mut DbConnection, task: &str, most: usize) -> Result<Vec<String>> {
    let (engine, most) = (connection.engine(), most as i64);
    let lived = live::table.filter(dialect::exactly::<live::table>(engine, "taskid", task));
    let mut ids: Vec<TolerantText> = lived.select(live::id).limit(most).load(connection)?;
    let archived = history::table.filter(dialect::exactly::<history::table>(engine, "taskid", task));
    ids.extend(archived.select(history::id).limit(most).load::<TolerantText>(connection)?);
    Ok(ids.into_iter().map(String::from).collect())
}

/// Whether there is no usage at all, neither live nor archived.
pub fn is_empty(connection: &mut DbConnection) -> Result<bool> {
    let live: Option<TolerantText> = live::table.select(live::id).first(connection).optional()?;
    let archived: Option<TolerantText> = history::table.select(history::id).first(connection).optional()?;
    Ok(live.is_none() && archived.is_none())
}
