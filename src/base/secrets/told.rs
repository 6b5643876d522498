//! Secrets of which a sentence tells: a drawn word behind a name, with nothing but a few words between.

use std::ops::Range;

use super::{find, names};

/// The longest gap between a name and a drawn word that it tells of, in bytes.
const GAP: usize = 60;

/// A drawn word that stands behind the name with nothing but a few words between: `Invalid API key 3f9a…`.
pub(super) fn told(text: &str, to: usize, at: usize) -> Option<Range<usize>> {
    let (name, end) = (names::all().get(at)?, names::end_of_name(text, to)?);
    if !name.is_strong && !matches!(name.name, "key" | "auth" | "签名串") {
        return None;
    }
    let (mut at, mut is_said) = (end, true);
    loop {
        let rest = find::near(text, at, 600);
        let begin = rest.find(|next: char| next.is_alphanumeric() || next == '*')?;
        // What is drawn in base64 may begin with a slash.
        let gap = rest.get(..begin)?;
        let is_letter = |next: char| next.is_ascii_alphanumeric() || "+/=".contains(next);
        let letters =
            rest.get(begin..).map_or(0, |word| word.find(|next| !is_letter(next)).unwrap_or(word.len()));
        let is_base64 = gap.ends_with(" /") && letters >= 30;
        let begin = if is_base64 { begin - 1 } else { begin };
        let gap = rest.get(..begin)?;
        if gap.contains(['\n', '{', '}', ';', ')', ']', '，', '。', ',', '/', '&', '?', '@'])
            || gap.contains(". ")
            || (begin == 0 && at == end && text.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric))
        {
            return None;
        }
        let word = rest.get(begin..)?;
        let length = word.find(|next: char| !(next.is_ascii_alphanumeric() || "-_.~+/=".contains(next)));
        let word = word.get(..length.unwrap_or(word.len()))?.trim_end_matches(['.', '-', '=']);
        let place = at + begin;
        if word.is_empty() {
            // Chinese: one sign of it is a word between, where it is one that connects.
            let first = rest.get(begin..)?.chars().next()?;
            if !"是为：（「“的值".contains(first) || place > end + GAP {
                return None;
            }
            is_said = false;
            at = place + first.len_utf8();
            continue;
        }
        let is_written =
            rest.get(begin + word.len()..).is_some_and(|after| after.starts_with(['=', '(', '@']));
        let is_next = gap.chars().all(|next| !next.is_alphanumeric()) && is_said;
        let is_secret =
            (word.len() >= 12 && names::looks_secret(word)) || (is_next && is_short_secret(word, name));
        if is_secret && !is_written {
            return Some(place..place + word.len());
        }
        if !is_between(word) || place > end + GAP {
            return None;
        }
        is_said &= matches!(word, "is" | "was");
        at = place + word.len();
    }
}

/// Whether what stands right behind a name is a secret, though short: of digits, capitals and small letters, or the digits
/// of a code that somebody was sent.
fn is_short_secret(word: &str, name: &names::Name) -> bool {
    const OF_DIGITS: [&str; 11] = [
        "pin",
        "otp",
        "passcode",
        "verification code",
        "security code",
        "login code",
        "one-time code",
        "验证码",
        "口令",
        "动态码",
        "授权码",
    ];
    let is_of_digits = (4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    (is_of_digits && OF_DIGITS.contains(&name.name)) || (name.is_strong && word.len() >= 8 && is_mixed(word))
}

/// Whether a word is of digits, capitals and small letters, as no word of a language is.
pub(super) fn is_mixed(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Words that stand between the name of a secret and the secret.
fn is_between(word: &str) -> bool {
    const BETWEEN: [&str; 33] = [
        "provided",
        "given",
        "supplied",
        "used",
        "is",
        "was",
        "be",
        "of",
        "with",
        "value",
        "your",
        "the",
        "a",
        "an",
        "this",
        "invalid",
        "incorrect",
        "wrong",
        "bad",
        "unknown",
        "expired",
        "revoked",
        "starting",
        "beginning",
        "prefix",
        "received",
        "got",
        "not",
        "found",
        "sent",
        "secret",
        "key",
        "token",
    ];
    BETWEEN.contains(&word.to_ascii_lowercase().as_str())
}
