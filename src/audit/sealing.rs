//! Events about the trail itself: what stands in it was bound to its chain or to a key, or was found broken.

use diesel::prelude::*;
use serde_json::json;

use super::chain::{self, Head, Locked};
use super::event::{Action, Author, Change, Source, TRAIL};
use super::{continuity, hash, key, store};
use crate::db::schema::audit_chain;
use crate::db::{Database, DbConnection, memory};
use crate::error::{Error, Result};

/// The author of what the app notes about its trail.
const APP: &str = "llmage-admin";

/// The end to which an event may be added. Where the trail is not what was written last, an event that says so comes
/// first, and the check names that one for ever.
///
/// # Errors
/// [`Error::Unavailable`] where the end is missing, where the trail is keyed and this process has no key, or where the
/// key was never bound to what was written without it.
pub(super) fn open(connection: &mut DbConnection, author: &Author) -> Result<Head> {
    let locked = chain::lock(connection)?.ok_or_else(end_missing)?;
    refuse_without_key(&locked)?;
    if let Some(found) = continuity::fault(connection, &locked, memory::known().as_ref())? {
        return note_break(connection, &locked, author, &found);
    }
    refuse_unbound(&locked)?;
    Ok(locked.head)
}

/// What is said where the only row of the chain is gone.
const END_MISSING: &str = "audit_chain: the end of the audit trail is missing; nothing is written until it is made again, \
                           with an event that says so: llmage-admin migrate";

fn end_missing() -> Error {
    Error::Unavailable(END_MISSING.to_owned())
}

fn refuse_without_key(locked: &Locked) -> Result<()> {
    match locked.head.is_keyed() && !key::is_given() {
        true => Err(hash::key_missing()),
        false => Ok(()),
    }
}

/// A key is bound to what was written without it by whoever runs the app, not by the next start: otherwise whoever
/// rewrites a keyed trail without its key had it bound, too.
fn refuse_unbound(locked: &Locked) -> Result<()> {
    match key::is_given() && locked.head.id > 0 && !locked.head.is_keyed() {
        true => Err(Error::Unavailable(
            "LLMAGE_AUDIT_KEY: the audit trail was written without a key so far; if the key is new, bind it once: \
             llmage-admin audit bind. If it is not, the trail was rewritten"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

/// Adds the event that says what was found, behind all that is there.
fn note_break(connection: &mut DbConnection, locked: &Locked, author: &Author, found: &str) -> Result<Head> {
    tracing::error!(found, "the audit trail is broken; an event says so from here on");
    let id = locked.head.id.max(locked.highest);
    let head = Head { id, hash: continuity::last_hash(connection)?, began_after: locked.head.began_after };
    if head.is_keyed() && !key::is_given() {
        return Err(hash::key_missing());
    }
    let after = json!({ "found": found, "end": locked.head.mark().to_string() });
    add(connection, head, author, Action::TrailBroken, after)
}

fn add(
    connection: &mut DbConnection,
    head: Head,
    author: &Author,
    action: Action,
    after: serde_json::Value,
) -> Result<Head> {
    let change = Change { action, record_kind: TRAIL, record_id: "chain", before: None, after: Some(after) };
    let begins_anew = action == Action::TrailBroken;
    let own = Author { name: APP.to_owned(), source: Source::Job, request_id: None, at: author.at };
    let author = if begins_anew { &own } else { author };
    store::record_at(connection, head, author, change, begins_anew)
}

/// What is to be done with the trail after a migration: its end is made where it is missing, and events from before the
/// chain are bound to it where something was migrated.
pub fn after_migration(connection: &mut DbConnection, author: &Author, is_new: bool) -> Result<()> {
    match chain::lock(connection)? {
        None => make_end(connection, author),
        Some(locked) if is_new => bind_early(connection, locked, author),
        Some(_) => Ok(()),
    }
}

/// Looks at the trail when a server starts, and each minute: makes its end again where it is missing, and notes where it is
/// not what was written last. Gives whether it had to.
///
/// # Errors
/// What the database says, or that the key of the trail is wanted.
pub fn watch(connection: &mut DbConnection, author: &Author) -> Result<bool> {
    let Some(locked) = chain::lock(connection)? else {
        return make_end(connection, author).map(|()| true);
    };
    refuse_without_key(&locked)?;
    let found = continuity::fault(connection, &locked, memory::known().as_ref())?;
    match found {
        Some(found) => note_break(connection, &locked, author, &found).map(|_| true),
        None => refuse_unbound(&locked).map(|()| false),
    }
}

/// The row of the end anew, where it was taken away.
fn make_end(connection: &mut DbConnection, author: &Author) -> Result<()> {
    let last_id = continuity::highest(connection)?;
    let row = (
        audit_chain::id.eq(1),
        audit_chain::last_id.eq(last_id),
        audit_chain::last_hash.eq(""),
        audit_chain::began_after.eq(0),
    );
    diesel::insert_into(audit_chain::table).values(row).execute(connection)?;
    let head = Head { id: last_id, hash: String::new(), began_after: 0 };
    let locked = Locked { head, key_mark: None, highest: last_id, is_held: true };
    note_break(connection, &locked, author, "the end of the chain was missing").map(|_| ())
}

/// Binds events from before the chain to it.
fn bind_early(connection: &mut DbConnection, locked: Locked, author: &Author) -> Result<()> {
    let Locked { head, highest, .. } = locked;
    let is_early = head.hash.is_empty() && head.id > 0 && highest <= head.id;
    if is_early { seal(connection, head, author) } else { Ok(()) }
}

/// Binds what was written without a key to the key, once.
///
/// # Errors
/// [`Error::Unavailable`] where the end is missing, or keyed and there is no key.
pub fn bind_key(connection: &mut DbConnection, author: &Author) -> Result<bool> {
    let locked = chain::lock(connection)?.ok_or_else(end_missing)?;
    refuse_without_key(&locked)?;
    if let Some(found) = continuity::fault(connection, &locked, memory::known().as_ref())? {
        return note_break(connection, &locked, author, &found).map(|_| true);
    }
    let is_due = key::is_given() && locked.head.id > 0 && !locked.head.is_keyed();
    if is_due {
        seal(connection, locked.head, author)?;
    }
    Ok(is_due)
}

fn seal(connection: &mut DbConnection, head: Head, author: &Author) -> Result<()> {
    let after = json!({ "began_after": head.began_after, "keyed": key::is_given() });
    add(connection, head, author, Action::SealTrail, after).map(|_| ())
}

/// Why nothing should be added to the trail as it stands, in words; nothing where it is whole.
pub fn obstacle_of(database: &Database) -> Result<Option<String>> {
    // Known first: the snapshot that is read then has it.
    let known = database.known_event();
    database.run_here(|connection| match chain::peek(connection)? {
        None => Ok(Some(END_MISSING.to_owned())),
        Some(locked) if locked.head.is_keyed() && !key::is_given() => Ok(None),
        Some(locked) => continuity::fault(connection, &locked, known.as_ref()),
    })
}
