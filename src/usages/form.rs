//! What people type about a usage: creating one, editing one, saying that it failed.
//!
//! Pure checks of meaning. An absent field means unchanged, and so does a value as the form showed it: what cannot be
//! shown exactly, such as a time that is none, survives an edit of something else.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::usage::{COLUMNS, Usage};
use crate::base::columns::{Cell, Column, Kind};
use crate::base::foreign;
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::merge::{self, Merged, Snapshot, Unit};
use crate::base::secrets;
use crate::db::dialect;

/// The fields of the form: a usage's columns.
pub fn fields() -> Vec<&'static str> {
    COLUMNS.iter().map(|column| column.name).collect()
}

/// The most characters of the long texts.
pub const MAX_TEXT: usize = 200_000;

/// The longest that a call may have taken, in seconds: what `double(18,3)` holds.
const MAX_SECONDS: f64 = 1e12;

/// The values of a usage as its form starts with, secrets masked.
pub fn as_fields(usage: &Usage) -> Fields {
    let text = |column: &Column<Usage>| column.shown(usage).to_text();
    let pair = |column: &Column<Usage>| (column.name.to_owned(), text(column).unwrap_or_default());
    Fields::new(COLUMNS.iter().map(pair).collect())
}

/// Whether a field says what the form showed, but for line ends.
fn is_as_shown(typed: &str, shown: &str) -> bool {
    let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    lines(typed) == lines(&foreign::shown(shown))
}

fn typed_cell(read: &mut Reader<'_>, column: &Column<Usage>, present: &Usage) -> Cell<'static> {
    let name = column.name;
    let text = match column.kind {
        Kind::Date => return Cell::Date(read.date(name)),
        Kind::Time => return Cell::Time(read.time(name)),
        Kind::Money => return Cell::Money(read.money(name)),
        Kind::Count | Kind::Seconds => return Cell::Seconds(seconds(read, name)),
        Kind::Id | Kind::Word(_) => read.id(name),
        Kind::Text(limit) => read.line(name, limit),
        Kind::Long => read.paragraphs(name, MAX_TEXT),
    };
    // The secrets that were shown masked are put back in their places.
    let text = text.map(|typed| match (column.get)(present) {
        Cell::Text(Some(present)) if column.hides => secrets::unmask(&typed, &present),
        _ => typed,
    });
    Cell::Text(text.map(Into::into))
}

/// Reads the form over the values that the usage has; a new one has none but its id.
pub fn usage(fields: &Fields, present: &Usage) -> Result<Usage, FieldErrors> {
    let (mut read, shown) = (Reader::new(fields), as_fields(present));
    let mut usage = present.clone();
    for column in COLUMNS.iter().filter(|column| column.kind != Kind::Id) {
        let Some(typed) = fields.raw(column.name) else { continue };
        if shown.raw(column.name).is_none_or(|shown| !is_as_shown(typed, shown)) {
            (column.set)(&mut usage, typed_cell(&mut read, column, present));
        }
    }
    let texts: Vec<&str> =
        COLUMNS.iter().filter(|column| column.kind.is_text()).map(|column| column.name).collect();
    dialect::check_all_storable(&mut read, fields, &texts);
    if present.is_accounted() && !usage.is_accounted() {
        read.refuse("accounting_status", Message::new("error-accounted-stays"));
    }
    if present.is_accounted() && usage != *present && fields.text("confirm") != Some("1") {
        read.refuse("confirm", Message::new("error-confirm-accounted"));
    }
    if read.errors.is_empty() { Ok(usage) } else { Err(read.errors) }
}

/// Reads a new usage: its id is required; without another state it is to be accounted.
pub fn new_usage(fields: &Fields) -> Result<Usage, FieldErrors> {
    let mut read = Reader::new(fields);
    let id = read.id("id");
    if fields.text("id").is_none() {
        read.refuse("id", Message::new("error-required"));
    }
    let mut errors = read.errors;
    match usage(fields, &Usage::blank(id.unwrap_or_default())) {
        Ok(usage) if errors.is_empty() => {
            let use_date = usage.use_date.or(usage.use_time.map(|time| time.date()));
            Ok(Usage { use_date, ..usage })
        }
        Ok(_) => Err(errors),
        Err(more) => {
            errors.extend(more);
            Err(errors)
        }
    }
}

fn seconds(read: &mut Reader<'_>, name: &str) -> Option<f64> {
    let text = read.fields.text(name)?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = text.parse::<f64>().ok().filter(|seconds| is_plain && (0.0..MAX_SECONDS).contains(seconds));
    if seconds.is_none() {
        read.refuse(name, Message::new("error-seconds"));
    }
    seconds
}

/// Reads why a usage could not be accounted.
pub fn reason(fields: &Fields) -> Result<String, FieldErrors> {
    let mut read = Reader::new(fields);
    let reason = read.paragraphs("reason", MAX_TEXT);
    dialect::check_storable(&mut read, "reason", reason.as_deref());
    if reason.is_none() {
        read.refuse("reason", Message::new("error-required"));
    }
    match reason {
        Some(reason) if read.errors.is_empty() => Ok(reason),
        _ => Err(read.errors),
    }
}

/// A usage as the reader of a form saw it: a digest of all of it, and each field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    digest: String,
    #[serde(flatten)]
    pub fields: Snapshot,
}

impl Seen {
    /// What a form remembers.
    pub fn of(usage: &Usage) -> Seen {
        let digest = Sha256::digest(usage.to_json().to_string());
        Seen {
            digest: digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
            fields: Snapshot::of(&as_fields(usage)),
        }
    }

    /// The text of the hidden field.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the form's reader saw, if the form says.
    pub fn in_form(fields: &Fields) -> Option<Seen> {
        fields.raw("seen").and_then(|text| serde_json::from_str(text).ok())
    }

    pub fn merge(&self, now: &Usage, typed: &Fields) -> Merged {
        // Each field is decided by itself; nobody changes the id.
        let names: Vec<[&str; 1]> = COLUMNS.iter().skip(1).map(|column| [column.name]).collect();
        let units: Vec<Unit<'_>> = names.iter().map(|name| &name[..]).collect();
        merge::merge(&units, &self.fields, &as_fields(now), typed)
    }
}
