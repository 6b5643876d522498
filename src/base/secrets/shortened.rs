//! Keys that the supplier itself shortened: `****De99`, `sk-proj-****MxYA`, `ab12****cd34`.

use std::ops::Range;

use super::find;

pub(super) const SIGNS: [&str; 3] = ["***", "•••", "●●●"];

/// The most letters on each side of the stars.
const SIDE: usize = 24;

/// The stars and what was left of the key beside them.
pub(super) fn key(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    let star = text.get(from..to)?.chars().next()?;
    let before = text.get(..from)?;
    if before.ends_with(star) {
        return None;
    }
    let rest = find::near(text, from, 400);
    let stars = rest.find(|next| next != star).unwrap_or(rest.len());
    let after = rest.get(stars..)?;
    let after = if after.starts_with(|next: char| next.is_ascii_alphanumeric()) { after } else { "" };
    let tail = after
        .find(|next: char| !(next.is_ascii_alphanumeric() || next == '-' || next == '_'))
        .unwrap_or(after.len());
    let tail = after.get(..tail)?.trim_end_matches(['-', '_']);
    let head_begin = before.rfind(|next: char| !(next.is_ascii_alphanumeric() || next == '-' || next == '_'));
    let head_begin = head_begin.map_or(0, |sign| {
        sign + before.get(sign..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let head = before.get(head_begin..)?;
    if tail.is_empty() && head.is_empty() || tail.len() > SIDE || head.len() > SIDE {
        return None;
    }
    // 138****5678 is the number of a telephone.
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if head.len() >= 3 && tail.len() >= 2 && is_number(head) && is_number(tail) {
        return None;
    }
    let is_key = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    // ***important*** is no key.
    if stars == 3 && (!is_key(tail) || tail.len() < 3) || !is_key(tail) && !is_key(head) && tail.len() != 4 {
        return None;
    }
    let kept = head.rfind(['-', '_']).map_or(0, |sign| sign + 1);
    Some(head_begin + kept..from + stars + tail.len())
}
