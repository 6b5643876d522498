//! What people type about a failed record: recording one, editing, handling, reopening.
//!
//! Pure checks of meaning; whether an action is possible now is the record's business (`failure`).

use chrono::NaiveDateTime;

use super::failure::{Edit, FailedRecord, Handling, Resolution};
use super::seen::Seen;
use crate::base::foreign;
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::money::Money;
use crate::base::secrets;
use crate::db::dialect;
use crate::failed_accounting::case::{CHECKED, UNKNOWN_OUTCOME};

/// The most characters of a reason: all that the platform was seen to write, and more.
pub const MAX_REASON: usize = 200_000;

/// The most characters of a note.
pub const MAX_NOTE: usize = 10_000;

/// The texts of a new failure.
const TEXTS: [&str; 5] = ["llmusageid", "llmid", "userid", "userorgid", "failed_reason"];

pub type Read<T> = Result<T, FieldErrors>;

fn finish<T>(read: Reader<'_>, value: T) -> Read<T> {
    if read.errors.is_empty() { Ok(value) } else { Err(read.errors) }
}

/// Reads a new failure; the id is given, and it failed now unless it says when.
pub fn new_failure(fields: &Fields, id: String, now: NaiveDateTime) -> Read<FailedRecord> {
    let mut read = Reader::new(fields);
    let use_time = read.time("use_time");
    let failed_time = read.time("failed_time").or(Some(now));
    let record = FailedRecord {
        id,
        llmusageid: read.id("llmusageid"),
        llmid: read.id("llmid"),
        userid: read.id("userid"),
        userorgid: read.id("userorgid"),
        use_date: read.date("use_date").or(use_time.map(|time| time.date())),
        use_time,
        amount: read.money("amount"),
        cost: read.money("cost"),
        failed_reason: read.paragraphs("failed_reason", MAX_REASON),
        failed_time,
        retry_count: Some(0),
        handled: Some("0".to_owned()),
        ..FailedRecord::default()
    };
    dialect::check_all_storable(&mut read, fields, &TEXTS);
    for name in ["llmusageid", "failed_reason"] {
        if fields.text(name).is_none() {
            read.refuse(name, Message::new("error-required"));
        }
    }
    finish(read, record)
}

/// A person who types a day and a time means the same day; a program tells what it has.
pub fn on_one_day(record: FailedRecord) -> Read<FailedRecord> {
    if record.use_time.is_some_and(|time| record.use_date != Some(time.date())) {
        return Err([("use_date".to_owned(), Message::new("error-use-date-differs"))].into());
    }
    Ok(record)
}

/// Reads a handle: a resolution by hand, with a note where `other` is chosen.
pub fn handling(fields: &Fields) -> Read<Handling> {
    let mut read = Reader::new(fields);
    let resolution = resolution(&mut read, fields, None);
    let note = read.paragraphs("handled_note", MAX_NOTE);
    dialect::check_storable(&mut read, "handled_note", note.as_deref());
    if resolution.is_none() {
        read.refuse("resolution", Message::new("error-required"));
    }
    require_note(&mut read, resolution, note.as_deref());
    finish(read, Handling { resolution: resolution.unwrap_or(Resolution::Other), note })
}

/// Reads the note of a reopening.
pub fn reopening(fields: &Fields) -> Read<Option<String>> {
    let mut read = Reader::new(fields);
    let note = read.paragraphs("note", MAX_NOTE);
    dialect::check_storable(&mut read, "note", note.as_deref());
    finish(read, note)
}

/// Reads whether somebody says that they looked, and the customer was not charged.
pub fn checked(fields: &Fields) -> Read<bool> {
    let mut read = Reader::new(fields);
    let is_checked = match fields.text(UNKNOWN_OUTCOME) {
        None => false,
        Some(CHECKED) => true,
        Some(_) => {
            read.refuse(UNKNOWN_OUTCOME, Message::new("error-outcome-value"));
            false
        }
    };
    finish(read, is_checked)
}

/// Reads an edit. A value that came from the platform and was left as it is stays valid, whatever it is.
pub fn edit(fields: &Fields, record: &FailedRecord) -> Read<Edit> {
    let mut read = Reader::new(fields);
    let handled = match fields.text("handled") {
        Some("0") => false,
        Some("1") => true,
        None => !record.is_open(),
        Some(_) => {
            read.refuse("handled", Message::new("error-handled"));
            false
        }
    };
    let amount = money(&mut read, fields, "amount", record.amount);
    let cost = money(&mut read, fields, "cost", record.cost);
    let failed_reason = text(&mut read, fields, "failed_reason", MAX_REASON, record.failed_reason.as_deref());
    let handled_note = text(&mut read, fields, "handled_note", MAX_NOTE, record.handled_note.as_deref());
    let resolution = resolution(&mut read, fields, record.closed_as());
    if handled {
        let was_without = !record.is_open() && record.closed_as().is_none();
        if resolution.is_none() && !was_without {
            read.refuse("resolution", Message::new("error-required"));
        }
        require_note(&mut read, resolution, handled_note.as_deref());
    } else if resolution.is_some() {
        read.refuse("resolution", Message::new("error-resolution-open"));
    }
    finish(read, Edit { amount, cost, failed_reason, handled, resolution, handled_note })
}

/// What the form's reader saw of the record, if the form says.
pub fn seen(fields: &Fields) -> Option<Seen> {
    fields.raw("seen").and_then(Seen::decode)
}

fn resolution(read: &mut Reader<'_>, fields: &Fields, present: Option<Resolution>) -> Option<Resolution> {
    let text = fields.text("resolution")?;
    let known = Resolution::parse(text);
    match known {
        None => read.refuse("resolution", Message::new("error-resolution")),
        Some(resolution) if !resolution.is_by_hand() && known != present => {
            read.refuse("resolution", Message::new("error-resolution-by-app"));
        }
        Some(_) => {}
    }
    known
}

fn require_note(read: &mut Reader<'_>, resolution: Option<Resolution>, note: Option<&str>) {
    if resolution == Some(Resolution::Other) && note.is_none() {
        read.refuse("handled_note", Message::new("error-note-for-other"));
    }
}

/// Absent means unchanged; blank means none, unless there was money before.
fn money(read: &mut Reader<'_>, fields: &Fields, name: &str, present: Option<Money>) -> Option<Money> {
    let Some(typed) = fields.raw(name).map(str::trim) else { return present };
    if present.is_some_and(|money| money.to_string() == typed) {
        return present;
    }
    if typed.is_empty() && present.is_some() {
        read.refuse(name, Message::new("error-required"));
    }
    read.money(name)
}

/// Absent means unchanged; so does the text as a browser gives it back, with other line ends. Secrets that
/// the form masked are put back where their masks still stand.
fn text(
    read: &mut Reader<'_>,
    fields: &Fields,
    name: &str,
    limit: usize,
    present: Option<&str>,
) -> Option<String> {
    let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(typed) = fields.raw(name) else { return present.map(str::to_owned) };
    let Some(present) = present else { return read.paragraphs(name, limit) };
    if lines(&foreign::shown(&secrets::mask(present))) == lines(typed) {
        return Some(present.to_owned());
    }
    let meant = secrets::unmask(&lines(typed), &lines(present));
    if lines(present) == meant {
        return Some(present.to_owned());
    }
    let checked = read.paragraphs(name, limit)?;
    Some(if lines(&checked) == meant { checked } else { meant })
}
