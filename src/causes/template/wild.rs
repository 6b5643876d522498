//! Words that no error is written with: names of people and things, answers of models, and what somebody typed. One or two
//! may be what an error speaks of, and stay; a row of them is a value.
//!
//! Errors of all programs keep to a few thousand words, which stand in `lists/vocabulary.txt` without their endings.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::HIDDEN;
use crate::base::drawn;

/// From so many unknown words in a row on they are a value.
const MANY: usize = 3;

/// What a word may end with that is in the list without it.
const ENDS: [&str; 7] = ["s", "es", "ed", "d", "ing", "ly", "er"];

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("lists/vocabulary.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Whether errors are written with that word; any other letters than English ones are.
pub(super) fn is_known(word: &str) -> bool {
    if !word.is_ascii() {
        return true;
    }
    let small = word.to_ascii_lowercase();
    let is_listed = |stem: &str| KNOWN.contains(stem);
    is_listed(&small)
        || ENDS.iter().any(|end| {
            let stem = small.strip_suffix(end).filter(|stem| stem.len() >= 3);
            stem.is_some_and(|stem| is_listed(stem) || is_listed(&format!("{stem}e")))
        })
}

/// A word of a text that stands between blanks.
struct Word<'t> {
    text: &'t str,
    /// Where its letters are, without the signs around them.
    letters: std::ops::Range<usize>,
    kind: Kind,
}

impl Word<'_> {
    fn is_odd(&self) -> bool {
        self.text.get(self.letters.clone()).is_some_and(drawn::are_letters_odd)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wild,
    /// Too short to tell anything, or hidden already: it neither makes a row nor ends one.
    Neutral,
    Known,
}

/// The text without rows of such words, and without words whose letters nobody would put together.
pub(super) fn without_wild_words(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut clause: Vec<Word<'_>> = Vec::new();
    for part in text.split_inclusive([' ', '\n']) {
        let word = read(part);
        let after = part.get(word.letters.end..).unwrap_or_default();
        let is_end = after.contains('\n') || !matches!(after.trim_end(), "" | ",");
        if word.letters.start > 0 {
            write(&mut shown, &mut clause);
        }
        clause.push(word);
        if is_end {
            write(&mut shown, &mut clause);
        }
    }
    write(&mut shown, &mut clause);
    shown
}

/// Writes the words between two signs. Where most of them are wild they are a value from the first wild one to the last;
/// else each row of them is, and where somebody typed at random all of them are.
fn write(shown: &mut String, clause: &mut Vec<Word<'_>>) {
    let is_wild = |word: &Word<'_>| word.kind == Kind::Wild;
    let wild = clause.iter().filter(|word| is_wild(word)).count();
    let known = clause.iter().filter(|word| word.kind == Kind::Known).count();
    let is_typed = clause.iter().any(|word| is_wild(word) && word.is_odd());
    if wild >= MANY && wild >= known {
        let first = clause.iter().position(is_wild).unwrap_or_default();
        let last = clause.iter().rposition(is_wild).unwrap_or_default();
        clause.drain(..).enumerate().for_each(|(at, word)| put(shown, &word, (first..=last).contains(&at)));
        return;
    }
    let mut row = 0;
    let rows: Vec<bool> = clause
        .iter()
        .enumerate()
        .map(|(at, word)| {
            if word.kind == Kind::Known {
                return false;
            }
            if at == 0 || clause.get(at - 1).is_some_and(|before| before.kind == Kind::Known) {
                let words = clause.iter().skip(at).take_while(|word| word.kind != Kind::Known);
                row = words.filter(|word| is_wild(word)).count();
            }
            (row >= MANY || is_typed) && is_wild(word)
        })
        .collect();
    clause.drain(..).zip(rows).for_each(|(word, is_hidden)| put(shown, &word, is_hidden));
}

fn put(shown: &mut String, word: &Word<'_>, is_hidden: bool) {
    if !is_hidden {
        return shown.push_str(word.text);
    }
    shown.push_str(word.text.get(..word.letters.start).unwrap_or_default());
    shown.push(HIDDEN);
    shown.push_str(word.text.get(word.letters.end..).unwrap_or_default());
}

fn read(part: &str) -> Word<'_> {
    let is_letter = |next: char| next.is_alphanumeric() || next == HIDDEN;
    let start = part.find(is_letter).unwrap_or(part.len());
    let end = part.rfind(is_letter).map_or(start, |at| {
        at + part.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let letters = part.get(start..end).unwrap_or_default();
    let (before, after) = (part.get(..start).unwrap_or_default(), part.get(end..).unwrap_or_default());
    // What stands in quotes or brackets alone is a name, or was judged by them.
    let is_alone = !before.is_empty() && after.contains(['\'', '"', '`', ')', ']', '}', '>']);
    let is_plain = letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !is_alone
        && !after.contains(['(', '=', '_', '/'])
        && !before.contains(['=', '_', '/', '-'])
        && !letters.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    let kind = if is_known(letters) && letters.len() > 1 {
        Kind::Known
    } else if letters.len() <= 2 || letters.chars().all(|letter| letter == HIDDEN) {
        Kind::Neutral
    } else if is_plain {
        Kind::Wild
    } else {
        Kind::Known
    };
    Word { text: part, letters: start..end, kind }
}
