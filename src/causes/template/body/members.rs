//! The members of a body: which are told, and which make the body one of an error.

use super::texts::{self, is_code_number};
use super::{Node, unescaped};
use crate::base::secrets::{self, wording};
use crate::causes::template::fields;

/// What is shown of a member of a body, nothing where it says nothing.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    shown: String,
    /// It makes the body one of an error.
    is_of_error: bool,
    /// It says what happened, in words.
    is_wording: bool,
}

/// A value that is no part of the cause: nor is that it is there. A trailing id of the request splits nothing.
const NOTHING: Member = Member { shown: String::new(), is_of_error: false, is_wording: false };

fn code(shown: String, is_of_error: bool) -> Member {
    Member { shown, is_of_error, is_wording: false }
}

fn words(shown: String, is_of_error: bool) -> Member {
    Member { shown, is_of_error, is_wording: true }
}

/// What a body tells that is one of an error; none where it is none.
pub(super) fn of_error(node: &Node<'_>, level: u8) -> Option<String> {
    match node {
        Node::Object(pairs) => {
            let mut told = members(pairs, level);
            if !told.iter().any(|(_, member)| member.is_of_error) {
                return None;
            }
            if !told.iter().any(|(_, member)| member.is_wording) {
                told.extend(notices(pairs, level));
            }
            Some(object(told))
        }
        Node::List(nodes) => list(nodes, |node| of_error(node, level)),
        Node::Text(_) | Node::Bare(_) => None,
    }
}

/// What a body tells in words whose names say nothing of an error; none where it has no words.
pub(super) fn of_words(node: &Node<'_>, level: u8) -> Option<String> {
    match node {
        Node::Object(pairs) => {
            let mut told = members(pairs, level);
            if !told.iter().any(|(_, member)| member.is_wording) {
                told.extend(notices(pairs, level));
            }
            told.iter().any(|(_, member)| member.is_wording).then(|| object(told))
        }
        Node::List(nodes) => list(nodes, |node| of_words(node, level)),
        Node::Text(_) | Node::Bare(_) => None,
    }
}

fn members<'a>(pairs: &[(&'a str, Node<'a>)], level: u8) -> Vec<(&'a str, Member)> {
    let all = pairs.iter().map(|(name, value)| (*name, member(name, value, level)));
    all.filter(|(_, member)| !member.shown.is_empty()).collect()
}

/// Wordings under names that nobody knows.
fn notices<'a>(pairs: &[(&'a str, Node<'a>)], level: u8) -> Vec<(&'a str, Member)> {
    let is_known = |name: &str| fields::is_data(name) || fields::is_value_name(name) || fields::is_code(name);
    let notice = |value: &Node<'a>| match value {
        Node::Text(text) => {
            let text = unescaped(text);
            let text = text.trim();
            texts::is_notice(text).then(|| texts::quoted(&texts::wording(text, level)))
        }
        Node::Object(_) | Node::List(_) => of_words(value, level),
        Node::Bare(_) => None,
    };
    let unknown = pairs.iter().filter(|(name, _)| !is_known(name));
    unknown.filter_map(|(name, value)| Some((*name, words(notice(value)?, false)))).collect()
}

fn object(mut told: Vec<(&str, Member)>) -> String {
    told.sort();
    told.dedup_by(|one, other| one.0 == other.0);
    let members: Vec<String> =
        told.into_iter().map(|(name, member)| format!("'{name}': {}", member.shown)).collect();
    format!("{{{}}}", members.join(", "))
}

fn list(nodes: &[Node<'_>], told: impl Fn(&Node<'_>) -> Option<String>) -> Option<String> {
    let mut shown: Vec<String> = nodes.iter().filter_map(told).collect();
    shown.sort();
    shown.dedup();
    (!shown.is_empty()).then(|| format!("[{}]", shown.join(", ")))
}

fn member(name: &str, value: &Node<'_>, level: u8) -> Member {
    match value {
        Node::Object(_) | Node::List(_) => structure(name, value, level),
        Node::Bare("None" | "null" | "NULL" | "nil" | "undefined") => NOTHING,
        Node::Bare(text @ ("true" | "True" | "false" | "False")) => {
            let is_true = text.eq_ignore_ascii_case("true");
            let is_of_error = !is_true && fields::is_of_error(name);
            code(if is_true { "True" } else { "False" }.to_owned(), is_of_error)
        }
        Node::Bare(text) if fields::is_code(name) && is_code_number(text) => {
            code((*text).to_owned(), fields::is_of_error(name))
        }
        Node::Text(text) => text_member(name, &unescaped(text), level),
        Node::Bare(text) if fields::is_wording(name) || fields::is_code(name) => {
            text_member(name, text, level)
        }
        Node::Bare(_) => NOTHING,
    }
}

/// A body within a body, or a list.
fn structure(name: &str, value: &Node<'_>, level: u8) -> Member {
    let is_empty = match value {
        Node::Object(pairs) => pairs.is_empty(),
        Node::List(nodes) => nodes.is_empty(),
        Node::Text(_) | Node::Bare(_) => true,
    };
    if is_empty {
        return NOTHING;
    }
    let of_texts =
        matches!(value, Node::List(nodes) if nodes.iter().all(|node| matches!(node, Node::Text(_))));
    // Whose texts are messages, those of a talk are not.
    if name == "messages" && of_texts {
        return words(texts::texts_of(value, level), true);
    }
    if !fields::is_data(name)
        && let Some(shown) = of_error(value, level)
    {
        return words(shown, true);
    }
    if fields::is_code(name) {
        return code(texts::names_of(value), false);
    }
    if !fields::is_wording(name) && !fields::is_of_error(name) {
        return NOTHING;
    }
    if let Some(shown) = of_words(value, level) {
        return words(shown, fields::is_of_error(name));
    }
    if !fields::is_wording(name) {
        return NOTHING;
    }
    let texts = texts::texts_of(value, level);
    let is_of_error = fields::is_of_error(name) && texts.starts_with('[');
    code(texts, is_of_error)
}

fn text_member(name: &str, text: &str, level: u8) -> Member {
    let is_of_error = fields::is_of_error(name);
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return NOTHING;
    }
    // A body within a text, whatever field carries it.
    if trimmed.starts_with(['{', '[']) && !fields::is_data(name) {
        let shown = texts::wording(trimmed, level);
        if shown.starts_with("{'") || shown.starts_with("[{'") {
            return words(texts::quoted(&shown), true);
        }
    }
    if fields::is_wording(name) {
        return words(texts::quoted(&texts::wording(text, level)), is_of_error);
    }
    if fields::is_code(name) {
        return code(texts::quoted(&texts::code(text, level)), is_of_error);
    }
    if secrets::is_name(name) && wording::is_wording(trimmed) {
        return code(texts::quoted(trimmed), is_of_error);
    }
    let is_unknown = !fields::is_data(name) && !fields::is_value_name(name);
    // What JSON-RPC says beside its message.
    let is_said = texts::is_sentence(trimmed) || (name == "data" && texts::is_notice(trimmed));
    if is_unknown && is_said {
        return words(texts::quoted(&texts::wording(text, level)), is_of_error);
    }
    NOTHING
}
