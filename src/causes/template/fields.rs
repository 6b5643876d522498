//! The names of the fields of bodies: whose value is wording, a code, data, and which make a body one of an error.
//!
//! Suppliers make names of the same few words; what the lists in `lists/` do not hold is told by the words it is made of.

use super::names::{Words, words};

static WORDING: Words = words!("lists/wording_names.txt");
static CODES: Words = words!("lists/code_names.txt");
static ERRORS: Words = words!("lists/error_names.txt");
static DATA: Words = words!("lists/data_names.txt");

/// What the first part of a name of several words speaks of, where the last one is general: `errText`, `resp_desc`.
const SUBJECTS: [&str; 22] = [
    "error",
    "err",
    "exception",
    "failure",
    "failed",
    "fail",
    "fault",
    "status",
    "state",
    "return",
    "retn",
    "rtn",
    "ret",
    "response",
    "resp",
    "result",
    "rsp",
    "res",
    "sub",
    "biz",
    "block",
    "reject",
];

/// General words that name a text, behind one of [`SUBJECTS`].
const TEXTS: [&str; 22] = [
    "text",
    "txt",
    "info",
    "information",
    "des",
    "desc",
    "description",
    "str",
    "string",
    "summary",
    "tip",
    "tips",
    "note",
    "remark",
    "phrase",
    "title",
    "message",
    "msg",
    "detail",
    "details",
    "words",
    "content",
];

/// General words that name a code, behind one of [`SUBJECTS`].
const NUMBERS: [&str; 16] = [
    "no", "num", "number", "name", "key", "class", "subtype", "category", "domain", "symbol", "code", "type",
    "reason", "status", "cd", "level",
];

pub(super) fn is_wording(name: &str) -> bool {
    const LAST: [&str; 13] = [
        "message",
        "msg",
        "reason",
        "description",
        "desc",
        "explanation",
        "detail",
        "details",
        "error",
        "exception",
        "fault",
        "failure",
        "summary",
    ];
    WORDING.contains(last_part(name).as_str())
        || LAST.contains(&last_word(name).as_str())
        || is_made_of(name, &TEXTS)
}

pub(super) fn is_code(name: &str) -> bool {
    const LAST: [&str; 7] = ["code", "type", "kind", "errno", "status", "substatus", "subcode"];
    CODES.contains(last_part(name).as_str())
        || LAST.contains(&last_word(name).as_str())
        || is_made_of(name, &NUMBERS)
}

pub(super) fn is_of_error(name: &str) -> bool {
    const LAST: [&str; 6] = ["msg", "reason", "exception", "fault", "error", "failure"];
    let part = last_part(name);
    // Why a model stopped is told of every answer.
    let is_of_answer =
        matches!(part.as_str(), "finish_reason" | "stop_reason" | "finishreason" | "stopreason");
    let is_made = || is_made_of(name, &TEXTS) || (is_made_of(name, &NUMBERS) && !part.ends_with("name"));
    !is_of_answer && (ERRORS.contains(part.as_str()) || LAST.contains(&last_word(name).as_str()) || is_made())
}

/// Names whose value is a name, a place or a time, whatever it looks like.
pub(super) fn is_value_name(name: &str) -> bool {
    const LAST: [&str; 27] = [
        "name",
        "id",
        "no",
        "by",
        "time",
        "date",
        "at",
        "url",
        "uri",
        "model",
        "user",
        "path",
        "host",
        "file",
        "key",
        "text",
        "instance",
        "sid",
        "logid",
        "traceid",
        "requestid",
        "email",
        "phone",
        "trace",
        "stack",
        "link",
        "region",
    ];
    LAST.contains(&last_word(name).as_str())
}

pub(super) fn is_data(name: &str) -> bool {
    DATA.contains(last_part(name).as_str())
}

/// Whether a name is one of the subjects and then one of these words, in whatever way they are put together.
fn is_made_of(name: &str, last: &[&str]) -> bool {
    let letters: String = last_part(name).chars().filter(|letter| letter.is_alphanumeric()).collect();
    let is_told = |rest: &str| last.contains(&rest);
    if SUBJECTS.iter().any(|subject| letters.strip_prefix(subject).is_some_and(is_told)) {
        return true;
    }
    let word = last_word(name);
    let before = letters.strip_suffix(word.as_str()).unwrap_or_default();
    is_told(&word) && SUBJECTS.iter().any(|subject| before.len() > subject.len() && before.ends_with(subject))
}

/// The last part of a dotted name, in small letters.
fn last_part(name: &str) -> String {
    let name = name.rsplit('.').next().unwrap_or(name);
    let name =
        if name == "__type" { name } else { name.trim_matches(|letter: char| !letter.is_alphanumeric()) };
    name.to_lowercase().replace(['-', ' '], "_")
}

/// The last word of a name that is written in several: `failReason`, `task_status_msg`.
fn last_word(name: &str) -> String {
    let name = name.trim_matches(|letter: char| !letter.is_alphanumeric());
    let begin = name
        .char_indices()
        .rev()
        .find(|(_, letter)| letter.is_ascii_uppercase() || !letter.is_alphanumeric());
    let word = begin.map_or(name, |(at, sign)| {
        name.get(at + if sign.is_alphanumeric() { 0 } else { sign.len_utf8() }..).unwrap_or(name)
    });
    word.to_lowercase()
}
