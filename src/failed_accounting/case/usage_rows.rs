//! The statements that write usages. Nobody outside this room can call them but through a case.

use diesel::prelude::*;

use super::changes::UsageChange;
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::dialect::{Statement, Wanted};
use crate::db::schema::llmusage as live;
use crate::db::values::TextOf;
use crate::db::{DbConnection, dialect, is_duplicate};
use crate::error::{Error, Result};
use crate::usages::store;
use crate::usages::usage::{COLUMNS, CREATED, FAILED, Usage};

/// The state that a usage leaves, and the one that it gets.
type States = (Option<String>, &'static str);

/// Writes changes of usages; moves from one state to another by one statement.
pub(super) fn write(connection: &mut DbConnection, changes: Vec<UsageChange>) -> Result<()> {
    let mut moved: Vec<(States, Vec<String>)> = Vec::new();
    for change in changes {
        match change {
            UsageChange::Moved { id, from, to } => {
                let states = (from, to);
                match moved.iter_mut().find(|(known, _)| *known == states) {
                    Some((_, ids)) => ids.push(id),
                    None => moved.push((states, vec![id])),
                }
            }
            UsageChange::Edited { before, after } => edit(connection, &before, &after)?,
            UsageChange::Made(usage) => make(connection, &usage)?,
            UsageChange::Removed(id) => {
                diesel::delete(live::table.filter(live::id.eq(TextOf::new(&id)))).execute(connection)?;
            }
        }
    }
    for ((from, to), ids) in moved {
        let rows = live::table.filter(dialect::among::<live::table>("id", &ids));
        let state = live::accounting_status.eq(to);
        // They are locked: what they are moved from is said once more where it is a promise.
        let moved = match from.filter(|from| [CREATED, FAILED].contains(&&**from)) {
            Some(from) => {
                let still = dialect::still::<live::table>(connection.engine(), "accounting_status", &from);
                diesel::update(rows.filter(still)).set(state).execute(connection)?
            }
            None => diesel::update(rows).set(state).execute(connection)?,
        };
        if moved != ids.len() {
            return Err(Error::internal(format!("{} usages are locked, {moved} moved", ids.len())));
        }
    }
    Ok(())
}

fn make(connection: &mut DbConnection, usage: &Usage) -> Result<()> {
    check_task(connection, usage)?;
    match store::insert(connection, usage) {
        Err(error) if is_duplicate(&error) => {
            let message = Message::new("conflict-usage-taken").with("state", "exists");
            Err(Error::Conflict(message.with("usage", &usage.id)))
        }
        inserted => {
            inserted?;
            let wanted = Wanted { id: &usage.id, amount: usage.amount, cost: usage.cost };
            dialect::check_kept(connection, "llmusage", &[wanted])
        }
    }
}

fn check_task(connection: &mut DbConnection, usage: &Usage) -> Result<()> {
    let Some(taskid) = usage.taskid.as_deref() else { return Ok(()) };
    match store::other_of_task(connection, &usage.id, taskid)? {
        Some(other) => Err(Error::invalid("taskid", Message::new("error-task-taken").with("usage", other))),
        None => Ok(()),
    }
}

/// Writes what changed; what did not stays to the letter.
fn edit(connection: &mut DbConnection, before: &Usage, after: &Usage) -> Result<()> {
    if after.taskid != before.taskid {
        check_task(connection, after)?;
    }
    let mut statement = Statement::new(connection.engine(), "UPDATE llmusage SET ");
    let changed = COLUMNS.iter().filter(|column| (column.get)(before) != (column.get)(after));
    for (number, column) in changed.enumerate() {
        let start = if number == 0 { "" } else { ", " };
        statement = statement.sql(&format!("{start}{} = ", column.name)).typed((column.get)(after));
    }
    let written = statement.sql(" WHERE id = ").text(before.id.as_str()).execute(connection)?;
    let changed = |before: Option<Money>, after: Option<Money>| after.filter(|_| before != after);
    let (amount, cost) = (changed(before.amount, after.amount), changed(before.cost, after.cost));
    match written {
        0 => Err(Error::NotFound),
        _ => dialect::check_kept(connection, "llmusage", &[Wanted { id: &before.id, amount, cost }]),
    }
}
