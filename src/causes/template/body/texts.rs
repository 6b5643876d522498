//! The texts in a body: its wordings as they are masked, its codes as they are.

use super::Node;
use crate::causes::template::quotes::{requoted, unescaped};
use crate::causes::template::{self, HIDDEN, LEVELS, names, notation, wild};

/// The longest code that is kept, in bytes.
const LONGEST_CODE: usize = 80;

/// The longest text under a name that nobody knows that may be wording, in bytes.
const LONGEST_SENTENCE: usize = 2_000;

/// The longest text that is taken for wording only because nothing else tells what happened, in bytes.
const LONGEST_NOTICE: usize = 300;

/// A text in quotes that it does not hold itself.
pub(super) fn quoted(shown: &str) -> String {
    requoted(shown, if shown.contains('\'') { '"' } else { '\'' })
}

/// A wording as it is masked, one level deeper.
pub(super) fn wording(text: &str, level: u8) -> String {
    let masked = if level + 1 < LEVELS { template::of_part(text, level + 1) } else { HIDDEN.to_string() };
    template::tidy(&masked)
}

/// Whether a text under a name that nobody knows says that something went wrong.
pub(super) fn is_sentence(text: &str) -> bool {
    const SIGNS: [&str; 24] = [
        "not ",
        "fail",
        "error",
        "invalid",
        "denied",
        "exceed",
        "insufficient",
        "unable",
        "cannot",
        "can't",
        "missing",
        "timeout",
        "timed out",
        "refused",
        "unsupported",
        "不",
        "失败",
        "错误",
        "超",
        "未",
        "无",
        "已",
        "缺",
        "禁",
    ];
    let small = text.to_lowercase();
    let is_long_enough = text.contains(' ') || text.chars().filter(|next| !next.is_ascii()).count() >= 4;
    text.len() <= LONGEST_SENTENCE && is_long_enough && SIGNS.iter().any(|sign| small.contains(sign))
}

/// Whether a text under a name that nobody knows is wording, where nothing else in its body tells what happened: two
/// words that errors are written with, a few signs of Chinese, or the name of an error.
pub(super) fn is_notice(text: &str) -> bool {
    let wide = text.chars().filter(|next| notation::is_wide_letter(*next)).count();
    let words = || text.split(|next: char| !next.is_alphanumeric()).filter(|word| word.len() > 1);
    let known = || words().filter(|word| wild::is_known(word)).count();
    let is_name = text.contains('_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && words().all(wild::is_known);
    text.len() <= LONGEST_NOTICE
        && (wide >= 3 || is_name || (text.contains(' ') && known() >= 2 && known() * 2 >= words().count()))
}

pub(super) fn is_code_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A code as it is, unless it is drawn; a code of several words is wording.
pub(super) fn code(text: &str, level: u8) -> String {
    let is_plain = text.len() <= LONGEST_CODE
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte));
    if is_code_number(text)
        || (is_plain && !text.split(['.', ':', '/']).any(names::is_random) && !notation::is_value(text))
    {
        return text.to_owned();
    }
    wording(text, level)
}

/// The names in a list such as `['body', 'messages', 0]`.
pub(super) fn names_of(value: &Node<'_>) -> String {
    let Node::List(nodes) = value else { return HIDDEN.to_string() };
    let name = |node: &Node<'_>| match node {
        Node::Text(text) if names::is_name(text) => format!("'{text}'"),
        _ => HIDDEN.to_string(),
    };
    let names: Vec<String> = nodes.iter().take(16).map(name).collect();
    format!("[{}]", names.join(", "))
}

/// The wordings in a list such as `['Field required', 'Not a number']`.
pub(super) fn texts_of(value: &Node<'_>, level: u8) -> String {
    let Node::List(nodes) = value else { return HIDDEN.to_string() };
    let text = |node: &Node<'_>| match node {
        Node::Text(text) => requoted(&wording(&unescaped(text), level), '"'),
        _ => HIDDEN.to_string(),
    };
    let texts: Vec<String> = nodes.iter().take(16).map(text).collect();
    format!("[{}]", texts.join(", "))
}
