//! Fields that are named as a secret, in every notation in which errors come: the name stays, the value goes.

use std::ops::Range;
use std::sync::LazyLock;

use super::{find, header, notation, told, value, wording};
use crate::base::drawn;

/// A row of the table `names.txt`.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: &'static str,
    pub(super) is_strong: bool,
    pub(super) is_whole: bool,
}

static ALL: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        let (strength, place) = (cells.next()? == "strong", cells.next()? == "whole");
        Some(Name { name: cells.next()?, is_strong: strength, is_whole: place })
    };
    include_str!("names.txt").lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
});

pub(super) fn all() -> &'static [Name] {
    &ALL
}

/// Whether a field of that name holds a secret.
pub(super) fn is_name(name: &str) -> bool {
    let small = name.to_lowercase();
    let small = small.trim_matches(|next: char| !next.is_alphanumeric());
    ALL.iter().any(|one| {
        one.is_strong
            && small.strip_suffix(one.name).is_some_and(|before| {
                !one.is_whole || before.is_empty() || before.ends_with(|last: char| !last.is_alphanumeric())
            })
    })
}

/// What may stand behind the noun in the name: `password_hash`, `token2`.
const ENDS: [&str; 26] = [
    "-sha256",
    "_sha256",
    "-256",
    "-sha1",
    "_value",
    "_hash",
    "_base64",
    "_b64",
    "_string",
    "_plain",
    "_plaintext",
    "_new",
    "_old",
    "_data",
    "_text",
    "_raw",
    "-value",
    "value",
    "hash",
    "base64",
    "string",
    "plain",
    "v2",
    "v3",
    "_v2",
    "_v3",
];

/// The longest value of a name that other things have, too, in bytes.
const WEAK: usize = 400;

/// What is to be hidden of the value of the name that stands there.
pub(super) fn value(text: &str, from: usize, to: usize, at: usize) -> Option<Range<usize>> {
    let name = ALL.get(at)?;
    if name.is_whole && !is_part_begin(text, from) {
        return None;
    }
    // A code is what lets in where an address asks for it; elsewhere it tells what went wrong.
    if name.name == "code" && !find::just_before(text, from, 1).ends_with(['?', '&']) {
        return None;
    }
    let end = end_of_name(text, to)?;
    // A syntax error tells of a token, too.
    if is_behind(text, from, "unexpected ")
        || is_behind(text, from, "unexpected_")
        || is_behind(text, from, "end of ")
    {
        return None;
    }
    let is_header = matches!(name.name, "authorization" | "authorisation");
    if let Some(second) =
        notation::second_argument(text, end).filter(|_| matches!(name.name, "auth" | "password"))
    {
        return Some(second);
    }
    let place = value::place(text, from, end)?;
    if is_header && let Some(hidden) = header::behind_name(text, &place) {
        return Some(hidden);
    }
    if name.name == "cookies" {
        return notation::of_map(text, &place).or_else(|| value::to_line_end(text, &place));
    }
    if name.name == "cookie" {
        return value::to_line_end(text, &place);
    }
    let hidden = value::extent(text, &place, if name.is_strong { find::LONGEST } else { WEAK })?;
    let content = text.get(hidden.clone())?;
    is_secret(content, name, &place).then_some(hidden)
}

fn is_secret(content: &str, name: &Name, place: &value::Place) -> bool {
    let plain = content.trim();
    let letters = plain.chars().filter(|next| next.is_alphanumeric()).count();
    if letters == 0 || plain.starts_with(super::MASK) && letters < 3 {
        return false;
    }
    if wording::is_wording(plain) || is_path_of_shell(plain, name) {
        return false;
    }
    let is_count =
        plain.len() <= 7 && plain.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
    if is_count && matches!(name.name, "token" | "pass" | "令牌" | "credential" | "credentials") {
        return false;
    }
    if name.is_strong && !place.is_weak {
        return true;
    }
    looks_secret(plain) || (name.is_strong && plain.len() >= 8 && told::is_mixed(plain))
}

/// `PWD=/home/x` of an environment.
fn is_path_of_shell(value: &str, name: &Name) -> bool {
    name.name == "pwd" && (value.starts_with("/home/") || value.matches('/').count() >= 3)
}

/// Whether a value under a name that other things have, too, can only be a secret.
pub(super) fn looks_secret(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    let is_one_word = !value.contains(char::is_whitespace);
    is_one_word
        && value.len() >= 8
        && (drawn::looks_drawn(value)
            || drawn::has_strewn_capitals(value)
            || (has_long_run(value) && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic))
            || (has(u8::is_ascii_digit)
                && has(u8::is_ascii_alphabetic)
                && has(|byte| b"!@#$%^&*+".contains(byte))))
}

/// Names are parted by signs; what goes on for so long is a key.
fn has_long_run(value: &str) -> bool {
    value.split(|next: char| !next.is_ascii_alphanumeric()).any(|run| run.len() >= 20)
}

fn is_behind(text: &str, at: usize, word: &str) -> bool {
    let begin = at.checked_sub(word.len());
    begin.and_then(|begin| text.get(begin..at)).is_some_and(|before| before.eq_ignore_ascii_case(word))
}

/// Whether a part of a name begins there: `db_pass`, `dbPass`, but not `bypass`.
fn is_part_begin(text: &str, at: usize) -> bool {
    let is_upper = text.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase);
    let is_after_small = text.as_bytes().get(at.wrapping_sub(1)).is_some_and(u8::is_ascii_lowercase);
    find::is_boundary(text, at) || (is_upper && is_after_small)
}

/// Where the name ends whose noun ends there; none where the noun is only the beginning of a word.
pub(super) fn end_of_name(text: &str, to: usize) -> Option<usize> {
    let rest = text.get(to..)?;
    let is_end = |rest: &str| {
        !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '-')
    };
    let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
    if let Some(after) = rest.get(digits..).filter(|after| is_end(after)) {
        return Some(text.len() - after.len());
    }
    let end = ENDS.iter().find(|end| {
        rest.get(..end.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(end))
            && rest.get(end.len()..).is_some_and(is_end)
    })?;
    Some(to + end.len())
}
