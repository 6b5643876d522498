//! Private keys as blocks, in many lines or in one.

use std::ops::Range;

use super::find;

pub(super) const BEGIN: &str = "-----BEGIN ";

/// The longest block, in bytes.
const LONGEST: usize = 40_000;

/// What stands between the lines that begin and end a private key.
pub(super) fn block(text: &str, from: usize) -> Option<Range<usize>> {
    let inside = from + BEGIN.len();
    let title = find::near(text, inside, 80);
    let end = title.find("-----")?;
    let name = title.get(..end)?;
    if !name.contains("PRIVATE KEY") {
        return None;
    }
    let begin = inside + end + "-----".len();
    let rest = find::near(text, begin, LONGEST);
    let length = rest.find("-----END").unwrap_or_else(|| cut(rest));
    let content = rest.get(..length)?;
    let trimmed = content.trim().trim_start_matches("\\n").trim_end_matches("\\n");
    (!trimmed.is_empty() && trimmed != super::MASK).then_some(begin..begin + length)
}

/// Without an end the block reaches as far as its letters do.
fn cut(rest: &str) -> usize {
    let is_letter =
        |next: char| next.is_ascii_alphanumeric() || next.is_whitespace() || "+/=\\-:,".contains(next);
    rest.find(|next| !is_letter(next)).unwrap_or(rest.len())
}
