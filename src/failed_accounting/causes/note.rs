//! What people note about a cause: its owner, how to deal with it, whether it is known or over.
//!
//! By compare-and-set on the revision; each change is one audit event.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::audit::event::{Action, Author, CAUSE, Change};
use crate::audit::store as audit;
use crate::base::clock::TIME_FORMAT;
use crate::base::form::{Fields, Message, Reader};
use crate::base::secrets;
use crate::causes::store::{self, KnownCause};
use crate::db::DbConnection;
use crate::error::{Error, Result};

/// The most characters of a note and of an owner.
pub const MAX_NOTE: usize = 10_000;
pub const MAX_OWNER: usize = 64;

/// Where a cause stands, as people say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    New,
    Known,
    Closed,
}

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::New, Standing::Known, Standing::Closed];

    /// As in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Known => "known",
            Standing::Closed => "closed",
        }
    }

    /// What was said last about a cause.
    pub fn of(cause: &KnownCause) -> Standing {
        match (cause.closed_at, cause.known_at) {
            (Some(_), _) => Standing::Closed,
            (None, Some(_)) => Standing::Known,
            (None, None) => Standing::New,
        }
    }
}

/// `new`, `known`, `closed` or `back`: failed again after somebody closed it.
pub fn state_of(cause: Option<&KnownCause>, newest_open: Option<NaiveDateTime>) -> &'static str {
    match cause {
        Some(cause)
            if cause.closed_at.is_some_and(|closed| newest_open.is_some_and(|newest| newest > closed)) =>
        {
            "back"
        }
        Some(cause) => Standing::of(cause).as_str(),
        None => "new",
    }
}

/// What a person wants noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub note: Option<String>,
    pub owner: Option<String>,
    pub standing: Standing,
    /// The revision that the person saw.
    pub revision: i32,
}

/// Reads `note`, `owner`, `standing` and `revision`.
pub fn read(fields: &Fields) -> Result<Note> {
    let mut read = Reader::new(fields);
    let note = read.paragraphs("note", MAX_NOTE);
    let owner = read.line("owner", MAX_OWNER);
    let standing = fields.text("standing");
    let standing = Standing::ALL.into_iter().find(|one| Some(one.as_str()) == standing);
    if standing.is_none() {
        read.refuse("standing", Message::new("error-standing"));
    }
    let revision = fields.text("revision").and_then(|text| text.parse().ok());
    match (standing, revision) {
        (Some(standing), Some(revision)) if read.errors.is_empty() => {
            Ok(Note { note, owner, standing, revision })
        }
        (Some(_), None) => Err(Error::Malformed(Message::new("error-body"))),
        _ => Err(Error::Invalid(read.errors)),
    }
}

/// The note as people see it: secrets in it are masked as those of reasons are.
pub fn shown(cause: &KnownCause) -> Option<String> {
    cause.note.as_deref().map(|note| secrets::mask(note).into_owned())
}

/// Writes a note down; what was shown masked and is given back stays as it was.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed the cause since it was read, [`Error::NotFound`] for an unknown one.
pub fn save(connection: &mut DbConnection, key: &str, note: &Note, author: &Author) -> Result<KnownCause> {
    let before = store::find(connection, key)?;
    if before.revision != note.revision {
        return Err(changed(connection, &before)?);
    }
    let present = before.note.as_deref().unwrap_or_default();
    let meant = note.note.as_deref().map(|typed| secrets::unmask(typed, present));
    let mut after = KnownCause { note: meant, owner: note.owner.clone(), ..before.clone() };
    if Standing::of(&before) != note.standing {
        let now = |is_so: bool| is_so.then_some(author.at);
        let who = |is_so: bool| is_so.then(|| author.name.clone());
        let is_closed = note.standing == Standing::Closed;
        after.closed_at = now(is_closed);
        after.closed_by = who(is_closed);
        let is_known = note.standing != Standing::New;
        (after.known_at, after.known_by) = match (&before.known_at, is_known) {
            (Some(_), true) => (before.known_at, before.known_by.clone()),
            _ => (now(is_known), who(is_known)),
        };
    } else if note.standing == Standing::Closed && after == before {
        // Said again: over as of now.
        after.closed_at = Some(author.at);
        after.closed_by = Some(author.name.clone());
    }
    if after == before {
        return Ok(before);
    }
    after.revision += 1;
    if !store::save(connection, &before, &after)? {
        let present = store::find(connection, key)?;
        return Err(changed(connection, &present)?);
    }
    let change = Change {
        action: Action::Edit,
        record_kind: CAUSE,
        record_id: key,
        before: Some(facts(&before)),
        after: Some(facts(&after)),
    };
    audit::record(connection, author, change)?;
    Ok(after)
}

/// What is said of a cause that is not as it was read, with who changed it and when.
fn changed(connection: &mut DbConnection, present: &KnownCause) -> Result<Error> {
    let message = Message::new("conflict-cause").with("state", "changed").with("revision", present.revision);
    Ok(Error::Conflict(match audit::last(connection, CAUSE, &present.cause_key)? {
        Some(event) => {
            message.with("changed_by", event.author).with("changed_at", event.happened_at.format(TIME_FORMAT))
        }
        None => message,
    }))
}

fn facts(cause: &KnownCause) -> Value {
    json!({ "note": cause.note, "owner": cause.owner, "standing": Standing::of(cause).as_str(), "title": cause.title })
}
