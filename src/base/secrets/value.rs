//! Where the value of a named field stands, and where it ends. More than 250 lines: notations are best seen side by side.

use std::ops::Range;

use super::find::{self, LONGEST};
use super::notation;

/// Where a value begins, and what it stands in.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) from: usize,
    /// The quote with which it opens, whole: `"`, `\"`, `&quot;`, `“`; empty where there is none.
    pub(super) quote: String,
    /// It stands behind `is` or a blank: the name may only be spoken of.
    pub(super) is_weak: bool,
    /// Where it is the content of an element of XML, the sign with which that begins and its end begins, too.
    element: Option<&'static str>,
}

/// Quotes, and what closes them.
const QUOTES: [(&str, &str); 17] = [
    ("%2522", "%2522"),
    ("&quot;", "&quot;"),
    ("&#34;", "&#34;"),
    ("&#39;", "&#39;"),
    ("&apos;", "&apos;"),
    ("%22", "%22"),
    ("%27", "%27"),
    ("\\u0022", "\\u0022"),
    ("\\u0027", "\\u0027"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("“", "”"),
    ("‘", "’"),
    ("「", "」"),
    ("『", "』"),
    ("【", "】"),
];

/// What stands between a name and its value.
const SIGNS: [&str; 18] = [
    "%253D", "%253A", "=>", ":=", "==", "->", "::", "=", ":", "：", "＝", "%3D", "%3d", "%3A", "%3a",
    "&#61;", "\\u003d", "\\u003a",
];

/// The place of the value whose name stands from `from` to `end`; none where there is no value.
pub(super) fn place(text: &str, from: usize, end: usize) -> Option<Place> {
    let rest = find::near(text, end, 200);
    let (is_closed, after) = without_closing(rest);
    let is_in_brackets = after.len() < rest.len()
        && rest.get(..rest.len() - after.len()).is_some_and(|gone| gone.ends_with(']'));
    let trimmed = after.trim_start_matches([' ', '\t', '\u{a0}']);
    let at = |rest: &str, whole: &str| end + (whole.len() - rest.len());
    // <password>…</password>
    let inside = ELEMENT_SIGNS.iter().find_map(|(begin, end)| Some((*begin, rest.strip_prefix(end)?)));
    let inside = inside.or_else(|| Some(("<", notation::behind_attributes(rest)?)));
    if let Some((begin, inside)) = inside.filter(|(begin, _)| is_element(text, from, begin)) {
        let from = at(inside, rest);
        return Some(Place { from, quote: String::new(), is_weak: false, element: Some(begin) });
    }
    if let Some(sign) = SIGNS.iter().find(|sign| trimmed.starts_with(**sign)) {
        let value = trimmed.get(sign.len()..)?;
        return Some(opened(text, at(value, rest), false));
    }
    let is_line = after.trim_start_matches([' ', '\t', '\r', ',']).starts_with(['\n', '\\']);
    if let Some(value) = notation::of_pair(after).filter(|_| is_closed || is_line) {
        return Some(opened(text, at(value, rest), false));
    }
    // ('password', '…'), ["password", "…"] and name="password" value="…"
    if is_closed {
        let value = trimmed.strip_prefix(',').map(str::trim_start).filter(|_| !is_in_brackets);
        if let Some(value) = value.filter(|value| is_quote(value)) {
            return Some(opened(text, at(value, rest), false));
        }
        let value = ["value=", "Value=", "VALUE="].iter().find_map(|word| trimmed.strip_prefix(word));
        // A part of a form: Content-Disposition: form-data; name="password", an empty line, the value.
        let value = value.or_else(|| EMPTY_LINES.iter().find_map(|line| after.strip_prefix(line)));
        return value.map(|value| opened(text, at(value, rest), false));
    }
    // --password …
    if is_option(text, from) && after.len() > trimmed.len() && !trimmed.starts_with('-') {
        return Some(opened(text, at(trimmed, rest), false));
    }
    // 验证码是：123456, 密钥错误：…
    if let Some((value, is_weak)) = notation::said_before_sign(trimmed) {
        return Some(opened(text, at(value, rest), is_weak));
    }
    // Password 'x', password is x, 密码为x
    for word in ["is ", "was ", "为", "是", "is: ", "was: "] {
        if let Some(value) = trimmed.strip_prefix(word) {
            // What Chinese says of a password is Chinese; letters of English are the password.
            let is_weak = word.is_ascii() || !value.trim_start().starts_with(|next: char| next.is_ascii());
            return Some(opened(text, at(value, rest), is_weak));
        }
    }
    // 密码abc123: Chinese needs no sign in between.
    if text.get(from..end).is_some_and(|name| !name.is_ascii())
        && rest.starts_with(|next: char| next.is_ascii_alphanumeric())
    {
        return Some(opened(text, end, true));
    }
    notation::glossed(trimmed).map(|value| opened(text, at(value, rest), true)).or_else(|| {
        let (value, is_weak) = notation::in_sql(text, from, end, trimmed)?;
        (after.len() > trimmed.len() || value.len() < trimmed.len())
            .then(|| opened(text, at(value, rest), is_weak))
    })
}

/// What opens and closes the beginning of an element.
const ELEMENT_SIGNS: [(&str, &str); 4] =
    [("<", ">"), ("&lt;", "&gt;"), ("\\u003c", "\\u003e"), ("%3C", "%3E")];

/// What parts the head of a part of a form from its content.
const EMPTY_LINES: [&str; 4] = ["\r\n\r\n", "\n\n", "\\r\\n\\r\\n", "\\n\\n"];

/// What follows the quote and bracket that close the name.
fn without_closing(rest: &str) -> (bool, &str) {
    let mut after = rest.trim_start_matches('\\');
    let mut is_closed = false;
    for (_, quote) in QUOTES {
        if let Some(next) = after.strip_prefix(quote) {
            (after, is_closed) = (next, true);
            break;
        }
    }
    if !is_closed {
        after = rest;
    }
    (is_closed, after.strip_prefix(']').unwrap_or(after))
}

fn is_element(text: &str, from: usize, begin: &str) -> bool {
    let before = find::just_before(text, from, 64);
    let name = before.rfind(begin).and_then(|at| before.get(at + begin.len()..));
    name.is_some_and(|name| name.chars().all(|next| next.is_alphanumeric() || "_-.:".contains(next)))
}

fn is_option(text: &str, from: usize) -> bool {
    let before = find::just_before(text, from, 64);
    let name =
        before.trim_end_matches(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '-');
    before.get(name.len()..).is_some_and(|name| name.starts_with("--"))
}

fn is_quote(value: &str) -> bool {
    let value = value.strip_prefix(['b', 'u', 'r']).unwrap_or(value).trim_start_matches('\\');
    QUOTES.iter().any(|(open, _)| value.starts_with(open))
}

/// The place of a value that begins about there: behind blanks, brackets of a list, and its quote.
fn opened(text: &str, at: usize, is_weak: bool) -> Place {
    let mut rest = text.get(at..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\u{a0}']).len();
    rest = rest.get(blanks..).unwrap_or_default();
    rest = notation::without_tag(rest);
    rest = notation::without_block(rest);
    // A value on the next line is one where it is quoted.
    let line = rest.trim_start();
    if line.len() < rest.len() && line.starts_with(['"', '\'']) {
        rest = line;
    }
    if let Some(inside) =
        rest.strip_prefix(['[', '(', '{']).map(str::trim_start).filter(|inside| is_quote(inside))
    {
        let is_object = rest.starts_with('{');
        rest = if is_object { rest } else { inside };
    }
    // A value made by a call: SecretStr('…').
    let word =
        rest.find(|next: char| !(next.is_ascii_alphanumeric() || next == '_' || next == '.')).unwrap_or(0);
    if let Some(inside) =
        rest.get(word..).and_then(|after| after.strip_prefix('(')).filter(|inside| is_quote(inside))
    {
        rest = inside;
    }
    if let Some(prefixed) =
        rest.strip_prefix(['b', 'u', 'r', 'f', 'B']).filter(|rest| rest.starts_with(['"', '\'']))
    {
        rest = prefixed;
    }
    let slashes = rest.len() - rest.trim_start_matches('\\').len();
    let bare = rest.get(slashes..).unwrap_or_default();
    for (open, _) in QUOTES {
        let whole = rest.get(..slashes + open.len()).unwrap_or_default();
        if bare.starts_with(open) || (open.starts_with('\\') && rest.starts_with(open)) {
            let quote = if open.starts_with('\\') { open } else { whole };
            let from = text.len() - rest.len() + quote.len();
            return Place { from, quote: quote.to_owned(), is_weak, element: None };
        }
    }
    Place { from: text.len() - rest.len(), quote: String::new(), is_weak, element: None }
}

/// From the beginning of the value to its end.
pub(super) fn extent(text: &str, place: &Place, longest: usize) -> Option<Range<usize>> {
    let rest = find::near(text, place.from, longest);
    if let Some(begin) = place.element {
        // What another notation writes so belongs to the value: `<password>a&lt;b</password>`.
        let data = rest.strip_prefix(begin).and_then(|rest| rest.strip_prefix("![CDATA["));
        let (inside, end) = data.map_or((rest, begin), |data| (data, "]]"));
        let from = place.from + rest.len() - inside.len();
        return Some(from..from + inside.find(end).unwrap_or(inside.len()));
    }
    let length = if place.quote.is_empty() { bare(rest) } else { quoted(rest, &place.quote) };
    Some(place.from..place.from + length)
}

/// The whole rest of the line, or of the quotation.
pub(super) fn to_line_end(text: &str, place: &Place) -> Option<Range<usize>> {
    let rest = find::near(text, place.from, LONGEST);
    let length = if place.quote.is_empty() {
        let end = rest
            .find(['\n', '\r', '"', '\''])
            .into_iter()
            .chain(rest.find("\\n"))
            .chain(rest.find("\\r"))
            .min();
        end.unwrap_or(rest.len())
    } else {
        quoted(rest, &place.quote)
    };
    let content = rest.get(..length)?;
    let is_value = content.contains('=') || super::names::looks_secret(content.trim());
    is_value.then_some(place.from..place.from + length)
}

/// The content of a quotation, to the quote that closes it: not one inside a word, nor one with more backslashes.
fn quoted(rest: &str, quote: &str) -> usize {
    let slashes = quote.bytes().take_while(|byte| *byte == b'\\').count();
    let bare = quote.get(slashes..).unwrap_or_default();
    let is_coded = bare.starts_with('u') && slashes == 1;
    let close = QUOTES
        .iter()
        .find(|(open, _)| *open == if is_coded { quote } else { bare })
        .map_or(bare, |(_, close)| close);
    let mut first = None;
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|rest| rest.find(close)) {
        let place = at + found;
        let before = rest.get(..place).unwrap_or_default();
        let escapes = before.len() - before.trim_end_matches('\\').len();
        let after = rest.get(place + close.len()..).unwrap_or_default();
        if is_coded || escapes == slashes || (escapes < slashes) || (slashes == 0 && escapes % 2 == 0) {
            let end = place - if is_coded { 0 } else { escapes.min(slashes) };
            let is_in_word = close.len() == 1 && after.starts_with(|next: char| next.is_ascii_alphanumeric());
            if !is_in_word {
                return end;
            }
            first = first.or(Some(end));
        }
        at = place + close.len();
    }
    // Cut off: to the end of what is there. An apostrophe alone may have opened it: to the end of the line.
    first.unwrap_or_else(|| rest.find('\n').filter(|_| close != "\"").unwrap_or(rest.len()))
}

/// A value without quotes: to a blank, or to a sign behind which something else begins.
fn bare(rest: &str) -> usize {
    for (at, next) in rest.char_indices() {
        let after = rest.get(at + next.len_utf8()..).unwrap_or_default();
        let is_end = match next {
            next if next.is_whitespace() => true,
            '"' | '`' | '<' | '，' | '。' | '；' | '、' | '）' | '”' | '」' | '】' => true,
            '\'' => {
                !after.starts_with(|next: char| next.is_ascii_alphanumeric())
                    || rest.get(..at).is_some_and(|before| before.contains('('))
            }
            '\\' => after.starts_with(['n', 'r', 't', '"', '\'', '\\']),
            '%' => ["2522", "2526", "252C", "22", "26", "27", "20", "0A", "0a", "3B", "3b", "2C", "2c"]
                .iter()
                .any(|code| after.starts_with(code)),
            '&' | ',' | ';' | '|' => is_end_of_pair(after),
            ')' | ']' | '}' | '>' | '{' => !after.starts_with(|next: char| next.is_ascii_alphanumeric()),
            _ => false,
        };
        if is_end {
            return trimmed(rest.get(..at).unwrap_or_default());
        }
    }
    trimmed(rest)
}

/// A sentence may end behind the value.
fn trimmed(value: &str) -> usize {
    value.trim_end_matches(['.', ':', '!', '?', ',', ';']).len()
}

/// Whether a name and its sign, a blank or nothing follows.
fn is_end_of_pair(after: &str) -> bool {
    let after = find::near(after.strip_prefix("amp;").unwrap_or(after), 0, 64);
    let name = after
        .find(|next: char| !(next.is_ascii_alphanumeric() || "_-.[]\"'\\".contains(next)))
        .unwrap_or(after.len());
    let rest = after.get(name..).unwrap_or_default();
    rest.is_empty() && name == 0
        || rest.starts_with([':', '=', '：'])
        || (name == 0 && rest.starts_with(|next: char| next.is_whitespace() || !next.is_ascii()))
}
