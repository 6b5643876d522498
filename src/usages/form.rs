//! What people type about a usage: creating one, editing one, saying that it failed.
//!
//! Pure checks of meaning. An absent field means unchanged, and so does a value as the form showed it: what cannot be
//! shown exactly, such as a time that is none, survives an edit of something else.
//!
//! More than 250 lines: all fields of a usage are read here, and merged with what others changed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::usage::Usage;
use crate::base::clock::TIME_FORMAT;
use crate::base::foreign;
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::merge::{self, Merged, Snapshot, Unit};
use crate::base::secrets;
use crate::db::dialect;

/// The fields of the form, in its order.
pub const FIELDS: [&str; 17] = [
    "id",
    "llmid",
    "userid",
    "userorgid",
    "ownerid",
    "use_date",
    "use_time",
    "status",
    "accounting_status",
    "amount",
    "cost",
    "taskid",
    "transno",
    "responsed_seconds",
    "finish_seconds",
    "usages",
    "ioinfo",
];

/// The most characters of the long texts.
pub const MAX_TEXT: usize = 200_000;

/// The longest that a call may have taken, in seconds: what `double(18,3)` holds.
const MAX_SECONDS: f64 = 1e12;

/// The values of a usage as its form starts with, secrets masked.
pub fn as_fields(usage: &Usage) -> Fields {
    let masked = |text: &Option<String>| text.as_deref().map(|text| secrets::mask(text).into_owned());
    let pair = |name: &str, value: Option<String>| (name.to_owned(), value.unwrap_or_default());
    Fields::new(vec![
        pair("id", Some(usage.id.clone())),
        pair("llmid", usage.llmid.clone()),
        pair("userid", usage.userid.clone()),
        pair("userorgid", usage.userorgid.clone()),
        pair("ownerid", usage.ownerid.clone()),
        pair("use_date", usage.use_date.map(|date| date.to_string())),
        pair("use_time", usage.use_time.map(|time| time.format(TIME_FORMAT).to_string())),
        pair("status", usage.status.clone()),
        pair("accounting_status", usage.accounting_status.clone()),
        pair("amount", usage.amount.map(|money| money.to_string())),
        pair("cost", usage.cost.map(|money| money.to_string())),
        pair("taskid", usage.taskid.clone()),
        pair("transno", usage.transno.clone()),
        pair("responsed_seconds", usage.responsed_seconds.map(|seconds| seconds.to_string())),
        pair("finish_seconds", usage.finish_seconds.map(|seconds| seconds.to_string())),
        pair("usages", masked(&usage.usages)),
        pair("ioinfo", masked(&usage.ioinfo)),
    ])
}

/// The texts of a usage.
const TEXTS: [&str; 11] = [
    "id",
    "llmid",
    "userid",
    "userorgid",
    "ownerid",
    "status",
    "accounting_status",
    "taskid",
    "transno",
    "usages",
    "ioinfo",
];

struct Typed<'a> {
    fields: &'a Fields,
    shown: Fields,
    read: Reader<'a>,
}

impl Typed<'_> {
    fn value<T>(
        &mut self,
        name: &str,
        present: Option<T>,
        parse: impl FnOnce(&mut Reader<'_>, &str) -> Option<T>,
    ) -> Option<T> {
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        match (self.fields.raw(name), self.shown.raw(name)) {
            (None, _) => present,
            (Some(typed), Some(shown)) if lines(typed) == lines(&foreign::shown(shown)) => present,
            (Some(_), _) => parse(&mut self.read, name),
        }
    }
}

/// Reads the form over the values that the usage has; a new one has none but its id.
pub fn usage(fields: &Fields, present: &Usage) -> Result<Usage, FieldErrors> {
    let mut typed = Typed { fields, shown: as_fields(present), read: Reader::new(fields) };
    let p = present.clone();
    let use_time = typed.value("use_time", p.use_time, |read, name| read.time(name));
    let usage = Usage {
        id: p.id,
        llmid: typed.value("llmid", p.llmid, |read, name| read.id(name)),
        use_date: typed.value("use_date", p.use_date, |read, name| read.date(name)),
        use_time,
        userid: typed.value("userid", p.userid, |read, name| read.id(name)),
        usages: typed.value("usages", p.usages, |read, name| long_text(read, name, &present.usages)),
        ioinfo: typed.value("ioinfo", p.ioinfo, |read, name| long_text(read, name, &present.ioinfo)),
        transno: typed.value("transno", p.transno, |read, name| read.id(name)),
        responsed_seconds: typed
            .value("responsed_seconds", p.responsed_seconds, |read, name| seconds(read, fields, name)),
        finish_seconds: typed
            .value("finish_seconds", p.finish_seconds, |read, name| seconds(read, fields, name)),
        status: typed.value("status", p.status, |read, name| read.id(name)),
        taskid: typed.value("taskid", p.taskid, |read, name| read.line(name, 256)),
        amount: typed.value("amount", p.amount, |read, name| read.money(name)),
        cost: typed.value("cost", p.cost, |read, name| read.money(name)),
        userorgid: typed.value("userorgid", p.userorgid, |read, name| read.id(name)),
        ownerid: typed.value("ownerid", p.ownerid, |read, name| read.id(name)),
        accounting_status: typed.value("accounting_status", p.accounting_status, |read, name| read.id(name)),
    };
    let mut read = typed.read;
    dialect::check_all_storable(&mut read, fields, &TEXTS);
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
    match usage(fields, &blank(id.unwrap_or_default())) {
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

/// A usage of which nothing is known.
pub fn blank(id: String) -> Usage {
    Usage {
        id,
        llmid: None,
        use_date: None,
        use_time: None,
        userid: None,
        usages: None,
        ioinfo: None,
        transno: None,
        responsed_seconds: None,
        finish_seconds: None,
        status: None,
        taskid: None,
        amount: None,
        cost: None,
        userorgid: None,
        ownerid: None,
        accounting_status: None,
    }
}

fn seconds(read: &mut Reader<'_>, fields: &Fields, name: &str) -> Option<f64> {
    let text = fields.text(name)?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = text.parse::<f64>().ok().filter(|seconds| is_plain && (0.0..MAX_SECONDS).contains(seconds));
    if seconds.is_none() {
        read.refuse(name, Message::new("error-seconds"));
    }
    seconds
}

/// Text of several lines, with the secrets that were shown masked put back in their places.
fn long_text(read: &mut Reader<'_>, name: &str, present: &Option<String>) -> Option<String> {
    let typed = read.paragraphs(name, MAX_TEXT)?;
    Some(secrets::unmask(&typed, present.as_deref().unwrap_or_default()))
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

/// The fields of a usage, each decided by itself.
const UNITS: [Unit<'static>; 16] = [
    &["llmid"],
    &["userid"],
    &["userorgid"],
    &["ownerid"],
    &["use_date"],
    &["use_time"],
    &["status"],
    &["accounting_status"],
    &["amount"],
    &["cost"],
    &["taskid"],
    &["transno"],
    &["responsed_seconds"],
    &["finish_seconds"],
    &["usages"],
    &["ioinfo"],
];

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
        merge::merge(&UNITS, &self.fields, &as_fields(now), typed)
    }
}
