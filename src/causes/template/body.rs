//! Bodies in braces, written by Python, JSON or Java, whole or cut: of an error's body the code, the type, the status
//! and the message stay; of any other nothing does. More than 250 lines: the reader and what it reads are one grammar.

use super::quotes::{requoted, unescaped};
use super::{HIDDEN, names, notation};
use crate::base::secrets::{self, wording};

/// How deep bodies are read; deeper ones are data.
const DEEP: u8 = 16;

/// The longest name of a value in a body, in bytes.
const LONGEST_NAME: usize = 80;

/// The longest code that is kept, in bytes.
const LONGEST_CODE: usize = 80;

#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    Text(&'a str),
    Bare(&'a str),
    Object(Vec<(&'a str, Node<'a>)>),
    List(Vec<Node<'a>>),
}

/// The body that begins at that place, and where it ends; none where what is there is no body. A body without end
/// ends with the text.
pub(super) fn parse(text: &str, at: usize) -> Option<(Node<'_>, usize)> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at };
    let is_body = reader.is_object_here() || (reader.byte() == Some(b'[') && reader.is_list_of_objects());
    if !is_body {
        return None;
    }
    let node = reader.node(0);
    Some((node, reader.at.min(text.len())))
}

pub(super) fn show(node: &Node<'_>, level: u8) -> String {
    match node {
        Node::Object(pairs) if pairs.is_empty() => "{}".to_owned(),
        Node::Object(_) | Node::List(_) => of_error(node, level).unwrap_or_else(|| format!("{{{HIDDEN}}}")),
        Node::Text(_) | Node::Bare(_) => HIDDEN.to_string(),
    }
}

fn of_error(node: &Node<'_>, level: u8) -> Option<String> {
    match node {
        Node::Object(pairs) => {
            let mut shown: Vec<(&str, Member)> = pairs
                .iter()
                .map(|(name, value)| (*name, member(name, value, level)))
                .filter(|(_, member)| !member.shown.is_empty())
                .collect();
            if !shown.iter().any(|(_, member)| member.is_of_error) {
                return None;
            }
            shown.sort();
            shown.dedup_by(|one, other| one.0 == other.0);
            let members: Vec<String> =
                shown.into_iter().map(|(name, member)| format!("'{name}': {}", member.shown)).collect();
            Some(format!("{{{}}}", members.join(", ")))
        }
        Node::List(nodes) => {
            let mut shown: Vec<String> = nodes.iter().filter_map(|node| of_error(node, level)).collect();
            shown.sort();
            shown.dedup();
            if shown.is_empty() { None } else { Some(format!("[{}]", shown.join(", "))) }
        }
        Node::Text(_) | Node::Bare(_) => None,
    }
}

/// What is shown of a member of a body, nothing where it says nothing; and whether it makes the body one of an error.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    shown: String,
    is_of_error: bool,
}

/// A value that is no part of the cause: nor is that it is there. A trailing id of the request splits nothing.
const NOTHING: Member = Member { shown: String::new(), is_of_error: false };

fn member(name: &str, value: &Node<'_>, level: u8) -> Member {
    let kept = |shown: String, is_of_error| Member { shown, is_of_error };
    match value {
        Node::Object(_) | Node::List(_) => match of_error(value, level) {
            Some(shown) if !names::is_data(name) => kept(shown, true),
            _ if matches!(value, Node::List(nodes) if nodes.is_empty()) => NOTHING,
            _ if matches!(value, Node::Object(pairs) if pairs.is_empty()) => NOTHING,
            _ if names::is_code(name) => kept(names_of(value), false),
            _ if names::is_wording(name) => {
                let texts = texts_of(value, level);
                let is_of_error = names::is_of_error(name) && texts.starts_with('[');
                kept(texts, is_of_error)
            }
            _ => NOTHING,
        },
        Node::Bare("None" | "null" | "NULL" | "nil" | "undefined") => NOTHING,
        Node::Bare(text @ ("true" | "True" | "false" | "False")) => {
            let is_true = text.eq_ignore_ascii_case("true");
            let is_of_error = !is_true && names::is_of_error(name);
            kept(if is_true { "True" } else { "False" }.to_owned(), is_of_error)
        }
        Node::Bare(text) if names::is_code(name) && is_code_number(text) => {
            kept((*text).to_owned(), names::is_of_error(name))
        }
        Node::Text(text) => text_member(name, &unescaped(text), level),
        Node::Bare(text) if names::is_wording(name) || names::is_code(name) => text_member(name, text, level),
        Node::Bare(_) => NOTHING,
    }
}

fn text_member(name: &str, text: &str, level: u8) -> Member {
    let is_of_error = names::is_of_error(name);
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return NOTHING;
    }
    // A body within a text, whatever field carries it.
    if trimmed.starts_with(['{', '[']) && !names::is_data(name) {
        let shown = super::tidy(&deeper(trimmed, level));
        if shown.starts_with("{'") || shown.starts_with("[{'") {
            return Member { shown: quoted(&shown), is_of_error: true };
        }
    }
    let shown = if names::is_wording(name) {
        super::tidy(&deeper(text, level))
    } else if names::is_code(name) {
        code(text, level)
    } else if secrets::is_name(name) && wording::is_wording(trimmed) {
        trimmed.to_owned()
    } else if !names::is_data(name) && !names::is_value_name(name) && is_sentence(trimmed) {
        super::tidy(&deeper(text, level))
    } else {
        return NOTHING;
    };
    Member { shown: quoted(&shown), is_of_error }
}

fn quoted(shown: &str) -> String {
    requoted(shown, if shown.contains('\'') { '"' } else { '\'' })
}

/// Whether a text under a name that nobody knows says that something went wrong.
fn is_sentence(text: &str) -> bool {
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
    text.len() <= 2_000 && is_long_enough && SIGNS.iter().any(|sign| small.contains(sign))
}

/// The answer of the remote centre: what it says is the cause, not the word of its status nor how the field is called.
pub(super) fn of_centre(node: &Node<'_>, level: u8) -> Option<String> {
    let Node::Object(pairs) = node else { return None };
    let is_status = |name: &str| matches!(name, "status" | "code" | "success");
    let said = pairs.iter().find(|(name, value)| matches!(value, Node::Text(_)) && names::is_wording(name));
    let said = said
        .or_else(|| pairs.iter().find(|(name, value)| matches!(value, Node::Text(_)) && !is_status(name)));
    let Some((_, Node::Text(text))) = said else { return None };
    let shown = super::tidy(&deeper(&unescaped(text), level));
    Some(format!("{{'message': {}, 'status': {HIDDEN}}}", quoted(&shown)))
}

fn deeper(text: &str, level: u8) -> String {
    if level + 1 < super::LEVELS { super::of_part(text, level + 1) } else { HIDDEN.to_string() }
}

fn is_code_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A code as it is, unless it is drawn; a code of several words is wording.
fn code(text: &str, level: u8) -> String {
    let is_plain = text.len() <= LONGEST_CODE
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte));
    if is_code_number(text)
        || (is_plain && !text.split(['.', ':', '/']).any(names::is_random) && !notation::is_value(text))
    {
        return text.to_owned();
    }
    super::tidy(&deeper(text, level))
}

/// The names in a list such as `['body', 'messages', 0]`.
fn names_of(value: &Node<'_>) -> String {
    let Node::List(nodes) = value else { return HIDDEN.to_string() };
    let name = |node: &Node<'_>| match node {
        Node::Text(text) if names::is_name(text) => format!("'{text}'"),
        _ => HIDDEN.to_string(),
    };
    let names: Vec<String> = nodes.iter().take(16).map(name).collect();
    format!("[{}]", names.join(", "))
}

/// The wordings in a list such as `['Field required', 'Not a number']`.
fn texts_of(value: &Node<'_>, level: u8) -> String {
    let Node::List(nodes) = value else { return HIDDEN.to_string() };
    let text = |node: &Node<'_>| match node {
        Node::Text(text) => requoted(&super::tidy(&deeper(&unescaped(text), level)), '"'),
        _ => HIDDEN.to_string(),
    };
    let texts: Vec<String> = nodes.iter().take(16).map(text).collect();
    format!("[{}]", texts.join(", "))
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Whether an object begins here: a brace, then nothing or a name with its sign. Looks no further than a name.
    fn is_object_here(&self) -> bool {
        if self.byte() != Some(b'{') {
            return false;
        }
        let mut ahead = Reader { at: self.at + 1, ..*self };
        ahead.skip_blanks_near();
        match ahead.byte() {
            Some(b'}') => true,
            Some(b'\'' | b'"' | b'_') | Some(b'a'..=b'z' | b'A'..=b'Z') => {
                ahead.name().is_some() || ahead.is_cut_name()
            }
            _ => false,
        }
    }

    fn skip_blanks_near(&mut self) {
        let end = self.at + LONGEST_NAME;
        while self.at < end && self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Whether the text ends within a quoted name.
    fn is_cut_name(&self) -> bool {
        self.bytes.len() - self.at <= LONGEST_NAME
            && self.byte().is_some_and(|quote| {
                b"'\"".contains(&quote)
                    && !self.bytes.get(self.at + 1..).is_some_and(|rest| rest.contains(&quote))
            })
    }

    fn is_list_of_objects(&self) -> bool {
        let mut ahead = Reader { at: self.at + 1, ..*self };
        ahead.skip_blanks_near();
        ahead.is_object_here()
    }

    /// The name that stands here, and its sign.
    fn name(&mut self) -> Option<&'a str> {
        let begin = self.at;
        let quote = self.byte().filter(|byte| b"'\"".contains(byte));
        let from = begin + usize::from(quote.is_some());
        let mut to = from;
        let is_inside = |byte: u8| match quote {
            Some(quote) => byte != quote,
            None => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
        };
        while to - from <= LONGEST_NAME && self.bytes.get(to).is_some_and(|byte| is_inside(*byte)) {
            to += 1;
        }
        let name = self.slice(from, to);
        self.at = to + usize::from(quote.is_some());
        if quote.is_some() && self.bytes.get(to).copied() != quote {
            self.at = begin;
            return None;
        }
        self.skip_blanks_near();
        let sign = self.byte();
        let is_sign = sign == Some(b':')
            || (quote.is_none() && sign == Some(b'=') && self.bytes.get(self.at + 1) != Some(&b'='));
        if name.is_empty() || !is_sign {
            self.at = begin;
            return None;
        }
        self.at += 1;
        Some(name)
    }

    fn node(&mut self, depth: u8) -> Node<'a> {
        self.skip_blanks();
        match self.byte() {
            Some(b'{' | b'[') if depth >= DEEP => {
                self.skip();
                Node::Bare("")
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(quote @ (b'\'' | b'"')) => self.string(quote),
            _ => self.bare(),
        }
    }

    fn object(&mut self, depth: u8) -> Node<'a> {
        self.at += 1;
        let mut pairs = Vec::new();
        loop {
            self.skip_blanks();
            match self.byte() {
                None => break,
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(b',' | b']' | b')' | b';') => self.at += 1,
                Some(_) => match self.name() {
                    Some(name) => {
                        let value = self.node(depth + 1);
                        pairs.push((name, value));
                    }
                    None => {
                        self.node(depth + 1);
                    }
                },
            }
        }
        Node::Object(pairs)
    }

    fn list(&mut self, depth: u8) -> Node<'a> {
        self.at += 1;
        let mut nodes = Vec::new();
        loop {
            self.skip_blanks();
            match self.byte() {
                None => break,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(b'}') => break,
                Some(b',' | b')' | b';') => self.at += 1,
                Some(_) => {
                    let node = self.node(depth + 1);
                    nodes.push(node);
                }
            }
        }
        Node::List(nodes)
    }

    /// A string; its end is a quote before a comma, a colon, a bracket or the end of the text.
    fn string(&mut self, quote: u8) -> Node<'a> {
        let from = self.at + 1;
        let mut to = from;
        while let Some(byte) = self.bytes.get(to) {
            if *byte == b'\\' {
                to += 1;
            } else if *byte == quote && self.is_end_of_string(to + 1) {
                break;
            }
            to += 1;
        }
        let to = to.min(self.bytes.len());
        self.at = (to + 1).min(self.bytes.len());
        Node::Text(self.slice(from, to))
    }

    fn is_end_of_string(&self, mut at: usize) -> bool {
        let near = at + 8;
        while at < near && self.bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
            at += 1;
        }
        self.bytes.get(at).is_none_or(|byte| b",:}])\"'".contains(byte))
    }

    /// A number, a word, a call: up to the next comma or closing bracket.
    fn bare(&mut self) -> Node<'a> {
        let from = self.at;
        let mut open = 0_u32;
        while let Some(byte) = self.byte() {
            match byte {
                b'(' => open += 1,
                b')' if open > 0 => open -= 1,
                b',' | b'}' | b']' | b')' if open == 0 => break,
                b'{' | b'[' if self.at > from && open == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        if self.at == from {
            self.at += 1;
        }
        Node::Bare(self.slice(from, self.at).trim())
    }

    /// Passes over what is too deep.
    fn skip(&mut self) {
        let mut open = 0_u32;
        while let Some(byte) = self.byte() {
            match byte {
                b'{' | b'[' => open += 1,
                b'}' | b']' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        self.at += 1;
                        return;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }
}
