//! From a reason to its template: wording stays, what varies from row to row becomes `…`.
//!
//! Time is linear in the length of the text, whatever it holds: each part is read once for each level of quotes,
//! and there are at most four of them. A template is its own template. What is unsure stays: two causes
//! in one hide each other, one cause in two is only a nuisance. Raise [`VERSION`] with every change of the rules.

mod body;
mod chinese;
mod fields;
mod html;
mod money;
mod names;
mod notation;
mod platform;
mod quotes;
mod scanner;
mod wild;
mod words;

use std::collections::HashSet;

use scanner::Scanner;

use crate::base::secrets;

/// The version of the rules; rows that were masked by an older one are masked again.
pub const VERSION: i32 = 8;

/// Stands for whatever was masked.
pub const HIDDEN: char = '…';

/// How deep texts in texts are read: a quoted message that quotes a body that quotes a message.
const LEVELS: u8 = 4;

/// From so many lines on, a line that was there before is left out: a recursion is no longer by its depth.
const MANY_LINES: usize = 40;

/// How often a template is masked again, until nothing changes; two are enough for what programs write.
const PASSES: usize = 6;

/// The template of a reason; empty where the reason has nothing but blanks.
pub fn template(reason: &str) -> String {
    let mut masked = pass(reason);
    for _ in 1..PASSES {
        let again = pass(&masked);
        if again == masked {
            break;
        }
        masked = again;
    }
    masked
}

/// Secrets go first; what was written with escapes shows them only in the next pass.
fn pass(text: &str) -> String {
    let masked = tidy(&of_part(&without_secrets(&secrets::mask(text)), 0));
    without_repeats(tidy(&wild::without_wild_words(&masked)))
}

/// Hides a masked secret with the word that it stands in: an id may hold what looks like a key.
fn without_secrets(text: &str) -> String {
    let mut parts = text.split(secrets::MASK);
    let mut hidden = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        let kept = hidden.trim_end_matches(word).len();
        hidden.truncate(kept);
        hidden.push(HIDDEN);
        hidden.push_str(part);
    }
    hidden
}

/// The template of a text within a text.
fn of_part(text: &str, level: u8) -> String {
    Scanner::new(text, level).scan()
}

/// Makes one of masks that stand side by side, one space of many, and no blank line.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(next) = rest.chars().next() {
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        if next == HIDDEN {
            tidied.push(HIDDEN);
            rest = after_masks(rest);
        } else if next.is_whitespace() {
            let end = rest.find(|next: char| !next.is_whitespace()).unwrap_or(rest.len());
            let (blanks, after) = rest.split_at(end);
            let is_line = next == '\n' || blanks.contains('\n');
            if is_line || !is_beside_chinese(&tidied, after) {
                tidied.push(if is_line { '\n' } else { ' ' });
            }
            rest = after;
        } else if !next.is_control() {
            tidied.push(next);
        }
    }
    tidied
}

/// Whether a blank stands between a mask and Chinese, which needs none.
fn is_beside_chinese(before: &str, after: &str) -> bool {
    let ends = (before.chars().next_back(), after.chars().next());
    let (Some(last), Some(first)) = ends else { return false };
    (last == HIDDEN && notation::is_wide_letter(first)) || (first == HIDDEN && notation::is_wide_letter(last))
}

/// What follows a row of masks: they may be parted by a comma, a dash, a space and the like.
fn after_masks(mut rest: &str) -> &str {
    let is_between =
        |next: char| matches!(next, ',' | ' ' | '/' | '-' | ':' | '.' | '~' | '–' | '+' | '_' | '|');
    loop {
        let gap: usize = rest.chars().take(3).take_while(|next| is_between(*next)).map(char::len_utf8).sum();
        match rest.get(gap..).and_then(|after| after.strip_prefix(HIDDEN)) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

fn without_repeats(text: String) -> String {
    if text.lines().count() <= MANY_LINES {
        return text;
    }
    let mut seen = HashSet::new();
    let lines: Vec<&str> = text.lines().filter(|line| seen.insert(*line)).collect();
    lines.join("\n")
}
