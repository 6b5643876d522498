//! What stands behind the word of a scheme: `Bearer …`, `Authorization: Token …`.

use std::ops::Range;

use super::find::{self, LONGEST};
use super::value::{self, Place};
use super::wording;

/// Words behind which a secret stands wherever they stand.
pub(super) const SCHEMES: [&str; 2] = ["bearer", "basic"];

/// Words that may stand before the secret in a header of authorization.
const IN_HEADER: [&str; 14] = [
    "bearer",
    "basic",
    "token",
    "apikey",
    "api-key",
    "key",
    "negotiate",
    "ntlm",
    "jwt",
    "oauth",
    "bot",
    "sso-key",
    "splunk",
    "app",
];

/// Schemes whose secret is written in several fields: all of the line is hidden.
const IN_FIELDS: [&str; 12] = [
    "digest",
    "hawk",
    "oauth ",
    "aws4-",
    "tc3-",
    "hmac",
    "sdk-hmac",
    "acs3-",
    "signature",
    "algorithm=",
    "credential=",
    "bce-auth",
];

/// The secret behind the word of a scheme.
pub(super) fn value(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    let is_basic = text.get(from..to)?.eq_ignore_ascii_case("basic");
    if !find::is_boundary(text, from) {
        return None;
    }
    let to = if is_basic { to + of_word(text, to) } else { to };
    let rest = find::near(text, to, LONGEST);
    let begin =
        rest.find(|next: char| !(next.is_ascii_whitespace() || matches!(next, ':' | '+' | '\'' | '"')));
    let begin =
        begin.filter(|begin| (1..=9).contains(begin)).or_else(|| rest.starts_with("%20").then_some(3))?;
    // A quote behind the word closes what it stood in, unless a quote opens the secret.
    let gap = rest.get(..begin)?;
    if gap.contains(['\'', '"']) && (gap.starts_with(['\'', '"']) || is_basic) {
        return None;
    }
    let word = rest.get(begin..)?;
    let is_letter = |next: char| next.is_ascii_alphanumeric() || "-._~+/=".contains(next);
    let length = word.find(|next| !is_letter(next)).unwrap_or(word.len());
    let word = word.get(..length)?.trim_end_matches(['.', ':']);
    let least = if is_basic { 8 } else { 6 };
    let is_secret = word.len() >= least
        && !wording::is_word(word)
        && (!is_basic || super::names::looks_secret(word) || word.ends_with('=') || is_base64(word));
    is_secret.then_some(to + begin..to + begin + word.len())
}

/// The length of a word that stands between `Basic` and what is sent: `Basic auth …`.
fn of_word(text: &str, to: usize) -> usize {
    const WORDS: [&str; 5] = [" auth", " authentication", " credentials", " token", " header"];
    let rest = find::near(text, to, 40);
    let word = WORDS
        .iter()
        .filter(|word| rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)));
    let ended = word.filter(|word| rest.get(word.len()..).is_some_and(|after| after.starts_with([' ', ':'])));
    ended.map(|word| word.len()).max().unwrap_or(0)
}

/// A name and a password in base64 have capitals and small letters; a word has them at its beginning at most.
fn is_base64(word: &str) -> bool {
    word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
}

/// The secret of a header of authorization: all behind the scheme, to the end of the quotation.
pub(super) fn behind_name(text: &str, place: &Place) -> Option<Range<usize>> {
    let whole = value::extent(text, place, LONGEST)?;
    let rest = find::near(text, place.from, LONGEST);
    let small = find::near(text, place.from, 40).to_ascii_lowercase();
    if IN_FIELDS.iter().any(|scheme| small.starts_with(scheme)) {
        let line =
            if place.quote.is_empty() { rest.find(['\n', '\r']).unwrap_or(rest.len()) } else { whole.len() };
        return Some(place.from..place.from + line.max(whole.len()));
    }
    for scheme in IN_HEADER {
        let Some(after) = small.strip_prefix(scheme) else { continue };
        let gap = after.len() - after.trim_start_matches([' ', ':', '+', '\t', '=', '"']).len();
        if gap == 0 {
            continue;
        }
        let from = place.from + scheme.len() + gap;
        let end = if place.quote.is_empty() {
            let rest = find::near(text, from, LONGEST);
            from + rest
                .find(|next: char| next.is_whitespace() || ",;\"')}".contains(next))
                .unwrap_or(rest.len())
        } else {
            whole.end
        };
        let content = text.get(from..end.max(from))?;
        return (!wording::is_wording(content)).then_some(from..end);
    }
    behind_unknown_scheme(text, place, whole)
}

/// The secret behind a scheme of one supplier's own: `DeepL-Auth-Key …:fx`.
fn behind_unknown_scheme(text: &str, place: &Place, whole: Range<usize>) -> Option<Range<usize>> {
    let rest = find::near(text, place.from, 200);
    let length = rest.find(|next: char| !(next.is_ascii_alphabetic() || next == '-'))?;
    let from = place.from + length + 1;
    let word = rest.get(length..)?.strip_prefix(' ')?;
    let end = word
        .find(|next: char| next.is_whitespace() || ",;\"')}".contains(next))
        .map_or(if place.quote.is_empty() { from + word.len() } else { whole.end }, |end| from + end);
    super::names::looks_secret(text.get(from..end)?).then_some(from..end)
}
