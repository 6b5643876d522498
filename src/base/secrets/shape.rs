//! Keys that are known by how they are built, whatever they begin with.

use std::ops::Range;

use super::find;

pub(super) const SIGNS: [&str; 5] = ["q~", ":AA", ".atlasv1.", "-us", "_mmk"];

/// The key around a sign.
pub(super) fn key(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    let is_letter = |next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '_' | '~' | '.');
    let before = text.get(..from)?;
    let head = before.len() - before.trim_end_matches(is_letter).len();
    let rest = find::near(text, to, 200);
    let tail = rest.find(|next| !is_letter(next)).unwrap_or(rest.len());
    let tail = rest.get(..tail)?.trim_end_matches('.').len();
    let head_text = before.get(from - head..)?;
    let is_key = match text.get(from..to)? {
        // Azure: three letters, a digit, Q~ and more than thirty letters.
        "Q~" => {
            head == 4 && (28..=40).contains(&tail) && head_text.ends_with(|last: char| last.is_ascii_digit())
        }
        // Telegram: the number of the bot, and its token.
        ":AA" => (8..=11).contains(&digits_at_end(head_text)) && (30..=36).contains(&tail),
        ".atlasv1." => head >= 12 && tail >= 40,
        // Mailchimp.
        "-us" => {
            head >= 32
                && head_text.get(head - 32..)?.bytes().all(|byte| byte.is_ascii_hexdigit())
                && (1..=2).contains(&tail)
        }
        "_mmk" => head == 36 && tail == 0,
        _ => false,
    };
    if !is_key {
        return None;
    }
    let head = if text.get(from..to) == Some(":AA") { 0 } else { head };
    Some(from + usize::from(head == 0) - head..to + tail)
}

fn digits_at_end(text: &str) -> usize {
    text.bytes().rev().take_while(u8::is_ascii_digit).count()
}

/// Keys of Zhipu: 32 hexadecimal digits, a dot, 16 letters. No other sign of theirs could be searched for.
pub(super) fn dotted_keys(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    if bytes.len() < 49 {
        return found;
    }
    let mut at = 32;
    while let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'.')) {
        let dot = at + next;
        at = dot + 1;
        let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
        let begin = dot - 32;
        let is_whole = begin == 0 || bytes.get(begin - 1).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let tail = bytes
            .get(dot + 1..)
            .unwrap_or_default()
            .iter()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        if is_whole && (12..=24).contains(&tail) && bytes.get(begin..dot).is_some_and(is_hex) {
            found.push(begin..dot + 1 + tail);
        }
    }
    found
}
