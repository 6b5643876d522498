//! Bodies in braces, written by Python, JSON or Java, whole or cut: of an error's body the code, the type, the status
//! and the message stay; of any other what it says in words, or nothing.

mod members;
mod reader;
mod texts;

use super::quotes::unescaped;
use super::{HIDDEN, fields};
use reader::Reader;

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
        Node::Object(_) | Node::List(_) => members::of_error(node, level)
            .or_else(|| members::of_words(node, level))
            .unwrap_or_else(|| format!("{{{HIDDEN}}}")),
        Node::Text(_) | Node::Bare(_) => HIDDEN.to_string(),
    }
}

/// The answer of the remote centre: what it says is the cause, not the word of its status nor how the field is called.
pub(super) fn of_centre(node: &Node<'_>, level: u8) -> Option<String> {
    let Node::Object(pairs) = node else { return None };
    let is_status = |name: &str| matches!(name, "status" | "code" | "success");
    let said = pairs.iter().find(|(name, value)| matches!(value, Node::Text(_)) && fields::is_wording(name));
    let said = said
        .or_else(|| pairs.iter().find(|(name, value)| matches!(value, Node::Text(_)) && !is_status(name)));
    let Some((_, Node::Text(text))) = said else { return None };
    let shown = texts::wording(&unescaped(text), level);
    Some(format!("{{'message': {}, 'status': {HIDDEN}}}", texts::quoted(&shown)))
}
