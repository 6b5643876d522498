//! Reads a body in braces, written by Python, JSON or Java, whole or cut.

use super::Node;

/// How deep bodies are read; deeper ones are data.
const DEEP: u8 = 16;

/// The longest name of a value in a body, in bytes.
const LONGEST_NAME: usize = 80;

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn byte(&self) -> Option<u8> {
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
    pub(super) fn is_object_here(&self) -> bool {
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

    pub(super) fn is_list_of_objects(&self) -> bool {
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

    pub(super) fn node(&mut self, depth: u8) -> Node<'a> {
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
