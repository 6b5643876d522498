//! Keys that are known by what they begin with, from the table `prefixes.txt`.

use std::ops::Range;
use std::sync::LazyLock;

use super::find::{self, LONGEST};
use super::wording;
use crate::base::drawn;

/// A row of the table.
#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) begin: &'static str,
    pub(super) least: usize,
    letters: Letters,
    /// Ordinary words begin so, too.
    is_common: bool,
    /// It may stand inside a word.
    is_anywhere: bool,
}

#[derive(Debug, Clone, Copy)]
enum Letters {
    Word,
    Dotted,
    Base64,
}

static ALL: LazyLock<Vec<Prefix>> = LazyLock::new(|| {
    let rows = include_str!("prefixes.txt").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(row).collect()
});

pub(super) fn all() -> &'static [Prefix] {
    &ALL
}

fn row(line: &'static str) -> Option<Prefix> {
    let mut cells = line.split('\t');
    let (begin, least, kind) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?);
    let letters = match kind.chars().next()? {
        'd' => Letters::Dotted,
        'b' => Letters::Base64,
        _ => Letters::Word,
    };
    Some(Prefix { begin, least, letters, is_common: kind.contains('?'), is_anywhere: kind.contains('!') })
}

/// What is to be hidden of the key that begins there.
pub(super) fn key(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let prefix = ALL.get(at)?;
    let begin = from + prefix.begin.len();
    if text.get(from..begin)? != prefix.begin || !(prefix.is_anywhere || find::is_boundary(text, from)) {
        return None;
    }
    let (length, is_shortened) = key_length(find::near(text, begin, LONGEST), prefix.letters);
    let key = text.get(begin..begin + length)?;
    let letters = key.bytes().filter(u8::is_ascii_alphanumeric).count();
    let is_key = if is_shortened {
        letters > 0
    } else {
        key.len() >= prefix.least
            && letters > 0
            && (!prefix.is_common || drawn::looks_drawn(key))
            && !(prefix.begin == "sk-" && is_words(key))
    };
    is_key.then(|| begin..begin + length + secret_behind_id(text, begin + length, prefix.begin))
}

/// The length of what stands behind the id of an AWS key and a colon: its secret.
fn secret_behind_id(text: &str, at: usize, begin: &str) -> usize {
    let secret =
        text.get(at..).and_then(|rest| rest.strip_prefix(':')).filter(|_| matches!(begin, "AKIA" | "ASIA"));
    let letters = secret.map_or(0, |secret| {
        secret
            .bytes()
            .take(41)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
            .count()
    });
    if letters == 40 { letters + 1 } else { 0 }
}

/// `sk-learn`, `sk-is-missing`: words that are wording.
fn is_words(key: &str) -> bool {
    key == "learn" || key.split('-').all(wording::is_word)
}

/// How long the key is, and whether somebody shortened it: `sk-ab…9xYB`, `sk-***9xYB`.
fn key_length(text: &str, letters: Letters) -> (usize, bool) {
    let is_letter = |next: char| {
        next.is_ascii_alphanumeric()
            || match letters {
                Letters::Word => matches!(next, '_' | '-'),
                Letters::Dotted => matches!(next, '_' | '-' | '.' | '~'),
                Letters::Base64 => matches!(next, '_' | '-' | '.' | '+' | '/' | '='),
            }
    };
    let mut is_shortened = false;
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        end += rest.find(|next| !is_letter(next)).unwrap_or(rest.len());
        let rest = text.get(end..).unwrap_or_default();
        let gap = gap(rest);
        if gap == 0
            || !rest
                .get(gap..)
                .is_some_and(|after| after.starts_with(|next: char| next.is_ascii_alphanumeric()))
        {
            break;
        }
        is_shortened = true;
        end += gap;
    }
    let key = text.get(..end).unwrap_or_default();
    (key.trim_end_matches('.').len(), is_shortened)
}

/// The length of stars, dots or dashes that stand for what was left out.
pub(super) fn gap(text: &str) -> usize {
    let next = text.chars().next().unwrap_or(' ');
    let length = text.find(|other| other != next).unwrap_or(text.len());
    match next {
        '…' | '•' | '●' => length,
        '*' if length >= 2 => length,
        '.' if length >= 3 => length,
        _ => 0,
    }
}
