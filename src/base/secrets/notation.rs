//! Ways in which a name and its value are parted, each of one notation: pairs of YAML and JSON, elements, calls, SQL.

use std::ops::Range;

use super::find::{self, LONGEST};
use super::names;
use super::value::Place;

/// The value of a name that is itself a value: `{"name": "API_KEY", "value": "…"}`, and `- name: API_KEY` with
/// `value: …` on the next line.
pub(super) fn of_pair(after: &str) -> Option<&str> {
    let next = after.trim_start_matches(|sign: char| sign.is_whitespace() || sign == ',');
    let next = next.strip_prefix("\\n").map_or(next, str::trim_start);
    if next.len() == after.len() {
        return None;
    }
    let slashes = next.trim_start_matches('\\');
    let word = slashes.strip_prefix(['"', '\'']).unwrap_or(slashes);
    let (value, behind) = word.split_at_checked(5).filter(|(word, _)| word.eq_ignore_ascii_case("value"))?;
    let behind = behind.trim_start_matches('\\');
    let behind = behind.strip_prefix(['"', '\'']).unwrap_or(behind).trim_start();
    let sign = if value.is_empty() { None } else { behind.strip_prefix([':', '=']) };
    sign.map(|rest| rest.strip_prefix('>').unwrap_or(rest))
}

/// What Chinese says of a name before the sign of its value, and whether what follows may be words.
pub(super) fn said_before_sign(trimmed: &str) -> Option<(&str, bool)> {
    const SAID: [(&str, bool); 10] = [
        ("是", false),
        ("为", false),
        ("错误", true),
        ("不正确", true),
        ("有误", true),
        ("无效", true),
        ("已过期", true),
        ("已失效", true),
        ("不存在", true),
        ("校验失败", true),
    ];
    let (behind, is_weak) =
        SAID.iter().find_map(|(word, is_weak)| Some((trimmed.strip_prefix(word)?, *is_weak)))?;
    let value = ["：", ":", "＝", "="].iter().find_map(|sign| behind.trim_start().strip_prefix(sign))?;
    Some((value, is_weak))
}

/// A block of YAML: the value is on the next line.
pub(super) fn without_block(rest: &str) -> &str {
    let sign = rest.trim_start_matches(['-', '+', '|', '>']);
    let is_block = rest.starts_with(['|', '>']) && rest.len() - sign.len() <= 2;
    let line = ["\r\n", "\n", "\\n"].iter().find_map(|end| sign.strip_prefix(end));
    line.filter(|_| is_block).map_or(rest, str::trim_start)
}

/// An anchor or a tag of YAML stands before the value.
pub(super) fn without_tag(rest: &str) -> &str {
    let behind = rest.strip_prefix(['&', '!']).and_then(|tag| tag.split_once(' '));
    behind.map(|(_, value)| value).filter(|value| value.starts_with(['"', '\''])).unwrap_or(rest)
}

/// All of a map in which something looks drawn: `cookies={'session': '…'}`.
pub(super) fn of_map(text: &str, place: &Place) -> Option<Range<usize>> {
    let rest = find::near(text, place.from, LONGEST).strip_prefix('{')?;
    let inside = rest.get(..rest.find('}').unwrap_or(rest.len()))?;
    let mut words = inside.split(|sign: char| sign.is_whitespace() || "'\",:;=()<>".contains(sign));
    let from = place.from + 1;
    words.any(names::looks_secret).then_some(from..from + inside.len())
}

/// The second of two texts behind a name: `auth=('user', '…')`, `UserPassword("user", "…")`.
pub(super) fn second_argument(text: &str, end: usize) -> Option<Range<usize>> {
    let rest = find::near(text, end, 400);
    let call = rest.trim_start_matches([' ', '=', ':']).strip_prefix('(')?.trim_start();
    let quote = call.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (_, behind) = call.get(1..)?.split_once(quote)?;
    let second = behind.trim_start().strip_prefix(',')?.trim_start().strip_prefix(quote)?;
    let from = end + rest.len() - second.len();
    let length = second.find(quote).filter(|length| *length > 0)?;
    Some(from..from + length)
}

/// The content of an element whose name has attributes: `<Password Type="…">…`.
pub(super) fn behind_attributes(rest: &str) -> Option<&str> {
    let attributes = rest.strip_prefix(' ')?;
    let end = attributes.find(['<', '>', '\n'])?;
    let inside = attributes.get(end..)?.strip_prefix('>')?;
    (!attributes.get(..end)?.ends_with('/')).then_some(inside)
}

/// The value of a name that stands in brackets behind another: `密钥(AppSecret): …`.
pub(super) fn glossed(trimmed: &str) -> Option<&str> {
    let after = trimmed.strip_prefix([')', '）'])?.trim_start_matches([' ', '\t']);
    [":", "：", "="].iter().find_map(|sign| after.strip_prefix(sign))
}

/// `PASSWORD '…'`, `PASSWORD('…')` and `IDENTIFIED BY '…'`: in capitals a secret, else perhaps a word in quotes.
pub(super) fn in_sql<'t>(text: &str, from: usize, end: usize, trimmed: &'t str) -> Option<(&'t str, bool)> {
    let is_capital = !text.get(from..end)?.bytes().any(|byte| byte.is_ascii_lowercase());
    let by = ["BY ", "AS ", "USING "].iter().find_map(|word| trimmed.strip_prefix(word));
    let call = trimmed.strip_prefix('(').filter(|_| is_capital);
    let value = by.or(call).unwrap_or(trimmed);
    value.starts_with(['\'', '"']).then_some((value, by.is_none() && !is_capital))
}
