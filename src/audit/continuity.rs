//! Whether the trail still ends with what was written last. It is asked before each event, so that nothing is added to a
//! trail that was rewritten as if it were whole.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::chain::{Head, Locked};
use super::hash::{self, Seal};
use super::key;
use super::store::Event;
use crate::db::dialect::{self, Statement};
use crate::db::memory::Known;
use crate::db::schema::{admin_user, audit_event};
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// What is wrong with the end of the trail, in words for the log and the trail.
pub(super) fn fault(
    connection: &mut DbConnection,
    locked: &Locked,
    known: Option<&Known>,
) -> Result<Option<String>> {
    if let Some((id, hash)) = known
        && hash_of(connection, locked, *id)?.as_ref() != Some(hash)
    {
        return Ok(Some(format!("event {id} is not what this process wrote: {id}:{hash}")));
    }
    let Locked { head, highest, .. } = locked;
    if *highest > head.id {
        return Ok(Some(format!("event {highest} stands behind the end, {}", head.id)));
    }
    if head.hash.is_empty() { unchained(connection, head) } else { chained(connection, locked) }
}

/// An end without a hash is right where nothing was ever written.
fn unchained(connection: &mut DbConnection, head: &Head) -> Result<Option<String>> {
    if head.id > 0 {
        return Ok(Some(format!("the events up to {} are not chained, and the end has no hash", head.id)));
    }
    // The first user is made in one transaction with the first event.
    let users: i64 = admin_user::table.count().get_result(connection)?;
    Ok((users > 1).then(|| format!("there is no event, but there are {users} users")))
}

fn chained(connection: &mut DbConnection, locked: &Locked) -> Result<Option<String>> {
    let Locked { head, key_mark, .. } = locked;
    match hash_of(connection, locked, head.id)? {
        None => return Ok(Some(format!("the last event, {}, is missing", head.id))),
        Some(hash) if hash != head.hash => {
            return Ok(Some(format!("the last event, {}, is not the one at the end of the chain", head.id)));
        }
        Some(_) => {}
    }
    if key::is_given() && key_mark.is_some() && !head.is_keyed() {
        return Ok(Some(format!("the last event, {}, has no key, though there were keyed ones", head.id)));
    }
    // Where MariaDB reads at REPEATABLE READ, the event itself may be younger than what is seen.
    let last = audit_event::table.find(head.id).select(Event::as_select()).first(connection);
    let Some(last) = last.optional()? else { return Ok(None) };
    let before = hash_of(connection, locked, head.id - 1)?.unwrap_or_default();
    let expected = hash::of(Seal::of(&head.hash), head.began_after, &before, &last)?;
    Ok((expected != head.hash).then(|| format!("the last event, {}, was changed", head.id)))
}

/// Without it a transaction on MariaDB may see what was there at its beginning, where it reads at REPEATABLE READ.
fn latest(engine: Engine, locked: &Locked) -> &'static str {
    if engine == Engine::Mysql && locked.is_held { dialect::for_update(engine) } else { "" }
}

fn hash_of(connection: &mut DbConnection, locked: &Locked, id: i64) -> Result<Option<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        hash: Option<String>,
    }
    let engine = connection.engine();
    let question = Statement::new(engine, "SELECT hash FROM audit_event WHERE id = ").number(id);
    let rows: Vec<Row> = question.sql(latest(engine, locked)).load(connection)?;
    Ok(rows.into_iter().next().and_then(|row| row.hash))
}

/// The hash of the last event that has one: what an event that tells of a fault follows.
pub(super) fn last_hash(connection: &mut DbConnection) -> Result<String> {
    let hashed = audit_event::table.filter(audit_event::hash.is_not_null());
    let last = hashed.order(audit_event::id.desc()).select(audit_event::hash).first(connection);
    Ok(last.optional()?.flatten().unwrap_or_default())
}

/// The highest id in the trail; 0 where it is empty.
pub(super) fn highest(connection: &mut DbConnection) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        highest: i64,
    }
    let question = "SELECT COALESCE(MAX(id), 0) AS highest FROM audit_event";
    let row: Row = diesel::sql_query(question).get_result(connection)?;
    Ok(row.highest)
}
