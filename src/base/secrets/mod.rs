//! Secrets inside foreign texts, such as API keys in error messages: masked wherever people read along.
//!
//! Text in, text out, by one setting: whether numbers and addresses of people are masked, too. What is masked once stays as it is when masked again.

mod address;
mod find;
mod header;
mod names;
mod notation;
mod pem;
mod personal;
mod prefix;
mod shape;
mod shortened;
mod signs;
mod told;
mod value;
mod wide;
pub mod wording;

use std::borrow::Cow;
use std::ops::Range;

pub use personal::{is_personal_masked, mask_personal};

/// Stands in the place of a secret.
pub const MASK: &str = "***";

/// A mask may complete what looks like a secret; so often the masked text is masked again.
const PASSES: usize = 4;

/// The most characters of what others say.
const LONGEST: usize = 200;

/// What a database or the platform said, as one line that may be shown.
pub fn told_line(text: &str) -> String {
    let line = mask(text).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
}

/// Masks the secrets in every text of a JSON value; names stay.
pub fn mask_texts(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::String(text) => *text = mask(text).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(mask_texts),
        Value::Object(values) => values.values_mut().for_each(mask_texts),
        _ => {}
    }
}

/// The text with every secret in it replaced by [`MASK`].
pub fn mask(text: &str) -> Cow<'_, str> {
    let Some(hidden) = find::secrets(text) else { return Cow::Borrowed(MASK) };
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = with_masks(text, &hidden);
    for _ in 1..PASSES {
        match find::secrets(&masked) {
            Some(hidden) if hidden.iter().any(|part| masked.get(part.clone()) != Some(MASK)) => {
                masked = with_masks(&masked, &hidden);
            }
            _ => break,
        }
    }
    Cow::Owned(masked)
}

/// As [`mask`], of a text that may not be there.
pub fn masked(text: Option<&str>) -> Option<String> {
    text.map(|text| mask(text).into_owned())
}

fn with_masks(text: &str, hidden: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for part in hidden {
        masked.push_str(text.get(at..part.start).unwrap_or_default());
        masked.push_str(MASK);
        at = part.end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

/// Whether a field of that name holds a secret.
pub fn is_name(name: &str) -> bool {
    names::is_name(name)
}

/// Two regular expressions, as PostgreSQL and MariaDB read them, the second one with regard to case: one of them finds
/// something in every text that holds a secret, and in some that hold none. A database tells by them in which texts there
/// is nothing to mask.
pub fn signs() -> [&'static str; 2] {
    signs::expressions()
}

/// Whether the text holds a secret.
pub fn has_secret(text: &str) -> bool {
    mask(text) != text
}

/// What somebody means who was shown `mask(original)` and gives back `typed`: the secrets are put back in
/// their places while every mask is still there; else the text is taken as typed.
pub fn unmask(typed: &str, original: &str) -> String {
    let shown = mask(original);
    if shown == original {
        return typed.to_owned();
    }
    let hidden = hidden(original, &shown);
    let parts: Vec<&str> = typed.split(MASK).collect();
    if parts.len() != hidden.len() + 1 {
        return typed.to_owned();
    }
    let mut restored = parts.first().map_or_else(String::new, |first| (*first).to_owned());
    for (secret, part) in hidden.iter().zip(parts.iter().skip(1)) {
        restored.push_str(secret);
        restored.push_str(part);
    }
    if mask(&restored) == mask(typed) { restored } else { typed.to_owned() }
}

/// What stands in the original where each mask stands in what was shown; a mask may be in the original too.
fn hidden(original: &str, shown: &str) -> Vec<String> {
    let between: Vec<&str> = shown.split(MASK).collect();
    let mut rest = original;
    let mut hidden = Vec::new();
    for (index, part) in between.iter().enumerate() {
        if index == 0 {
            rest = rest.strip_prefix(part).unwrap_or(rest);
            continue;
        }
        let is_last = index + 1 == between.len();
        let end = if is_last { rest.len().checked_sub(part.len()) } else { find_after(rest, part) };
        let Some((secret, after)) = end.and_then(|end| rest.split_at_checked(end)) else { return Vec::new() };
        hidden.push(secret.to_owned());
        rest = after.get(part.len()..).unwrap_or_default();
    }
    hidden
}

/// Where the part begins, at least one character on.
fn find_after(text: &str, part: &str) -> Option<usize> {
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.get(first..)?.find(part).map(|place| place + first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_masked_and_what_was_there_can_still_be_told() {
        for (text, expected) in [
            ("Incorrect API key provided: sk-proj-abcDEF123_456-x.", "Incorrect API key provided: sk-***."),
            ("key sk-a1b2 and sk-ant-api03-xyzt", "key sk-*** and sk-***"),
            ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer ***"),
            ("'authorization': 'bearer eyJhbGciOi.J9.x-y_z'", "'authorization': 'bearer ***'"),
            ("token eyJhbGciOiJI.eyJzdWIi.SflKxw expired", "token eyJ*** expired"),
            ("{'api_key': 'abcd1234', 'model': 'm'}", "{'api_key': '***', 'model': 'm'}"),
            ("https://host/v1?apikey=abcd1234&x=1", "https://host/v1?apikey=***&x=1"),
            ("mysql://root:geheim@10.0.0.1/db", "mysql://root:***@10.0.0.1/db"),
            ("Basic dXNlcjpwYXNz rejected", "Basic *** rejected"),
            ("lma_V1StGXR8_Z5jdHi6B-myTV1StGXR8", "lma_***"),
            ("ａｐｉ＿ｋｅｙ＝ａｂｃｄ１２３４ｅｆ", "ａｐｉ＿ｋｅｙ＝***"),
            ("密钥 ｓｋ－ａｂｃｄ１２３４ｅｆ 无效", "密钥 ｓｋ－*** 无效"),
        ] {
            assert_eq!(mask(text), expected);
            assert!(has_secret(text));
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "usages is None",
            "risk-management-department",
            "Bearer authentication is needed",
            "(1045, \"Access denied for user 'x'@'h' (using password: YES)\")",
            "llm_charging failed: 'prompt_tokens'",
            "账户余额不够",
            "desk-lamp task-force sk-",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn a_text_given_back_keeps_its_secrets_while_the_masks_are_there() {
        let original = "first sk-abcdef1, then Bearer qwertzuiop and *** stars";
        let shown = mask(original).into_owned();
        assert_eq!(unmask(&shown, original), original);
        let edited = shown.replace("first", "the first");
        assert_eq!(unmask(&edited, original), original.replace("first", "the first"));
        assert_eq!(unmask("no keys any more", original), "no keys any more");
        let one_gone = shown.replacen("sk-***", "a key", 1);
        assert_eq!(unmask(&one_gone, original), one_gone);
    }

    fn secret() -> impl Strategy<Value = String> {
        prop_oneof![
            "sk-[A-Za-z0-9_-]{8,48}",
            "Bearer [A-Za-z0-9]{16,64}",
            "(api_key|password)=[A-Za-z0-9]{8,20}",
            "lma_[A-Za-z0-9_-]{43}",
        ]
    }

    proptest! {
        #[test]
        fn masked_once_is_masked_for_good(text in ".{0,80}", secret in secret(), rest in "[ -~\n]{0,80}") {
            let whole = format!("{text} {secret} {rest}");
            let once = mask(&whole).into_owned();
            let twice = mask(&once).into_owned();
            prop_assert_eq!(&twice, &once);
        }

        #[test]
        fn no_secret_is_left(before in "[^a-z]{0,40}", secret in secret(), after in "[^A-Za-z0-9_]{0,40}") {
            let whole = format!("{before} {secret} {after}");
            let value = secret.rsplit(['=', ' ']).next().unwrap_or_default();
            let value = value.trim_start_matches("sk-").trim_start_matches("lma_");
            prop_assert!(!mask(&whole).contains(value), "{}", mask(&whole));
        }

        #[test]
        fn what_comes_back_unchanged_loses_nothing(
            parts in prop::collection::vec(prop_oneof![secret(), "[a-z ]{0,20}", ".{0,12}"], 0..6),
        ) {
            let original = parts.join(" ");
            let back = unmask(&mask(&original), &original);
            // Where stars in the text make it ambiguous, the masked text itself may come back, never another.
            prop_assert!(back == original || original.contains('*'), "{back}");
        }
    }
}
