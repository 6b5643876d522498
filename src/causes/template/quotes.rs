//! What stands in quotes: the name of a field or a type, wording, or a value.

use super::scanner::Scanner;
use super::{names, notation};

/// The longest quotation in Chinese marks, in bytes.
const WIDE_QUOTATION: usize = 300;

impl<'a> Scanner<'a> {
    /// Reads a quotation; `is_value` where its place already tells what it is. False: it is none.
    pub(super) fn quoted(&mut self, is_value: Option<bool>) -> bool {
        let Some(quote) = self.next() else { return false };
        if quote == '\'' && is_value.is_none() && !self.opens() {
            return false;
        }
        let Some(content) = self.quotation(quote) else { return false };
        let after = self.rest().get(content.len() + 2..).unwrap_or_default();
        let text = unescaped(content);
        let is_beside_host = self.before() == Some('@');
        let is_value = is_value.unwrap_or_else(|| {
            names::is_before_value(&self.word) || is_beside_host || names::is_after_value(after)
        });
        let word = std::mem::take(&mut self.word);
        let shown = match text.trim() {
            "" => text.clone(),
            plain if names::is_nothing_or_truth(plain) && !is_value => text.clone(),
            _ if is_value => super::HIDDEN.to_string(),
            plain if word == "table" => without_database(plain, self),
            plain if notation::is_short_number(plain) && names::is_before_code(&word) => text.clone(),
            plain if names::is_name(plain) => plain.to_owned(),
            plain => self.inner(plain),
        };
        self.out.push_str(&requoted(&shown, plain_quote(&shown, quote)));
        self.at += content.len() + 2;
        true
    }

    /// Whether an apostrophe here opens a quotation: not inside or after a word.
    fn opens(&self) -> bool {
        match self.before() {
            None => true,
            Some('b' | 'u' | 'r' | 'f') => {
                let before = self.text.get(..self.at.saturating_sub(1)).unwrap_or_default();
                !before.ends_with(|last: char| last.is_alphanumeric() || last == '_')
            }
            Some(before) => !before.is_alphanumeric() || notation::is_wide_letter(before),
        }
    }

    /// The content of the quotation that opens here. Where none closes one kind, none is looked for again.
    fn quotation(&mut self, quote: char) -> Option<&'a str> {
        let kind = match quote {
            '\'' => 0,
            '"' => 1,
            _ => 2,
        };
        if self.unclosed[kind] {
            return None;
        }
        let content = self.rest().get(1..)?;
        let bytes = content.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let is_in_word = quote == '\''
                && bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_');
            match byte {
                b'\\' => at += 1,
                byte if char::from(*byte) == quote && !is_in_word => return content.get(..at),
                _ => {}
            }
            at += 1;
        }
        self.unclosed[kind] = true;
        None
    }

    /// Chinese marks: their content is a value after a noun of things, else wording.
    pub(super) fn quoted_in_chinese(&mut self, open: char) -> bool {
        let close = match open {
            '“' => '”',
            '‘' => '’',
            '「' => '」',
            '『' => '』',
            '《' => '》',
            '【' => '】',
            _ => '〉',
        };
        if !names::is_before_value(&self.word) {
            return false;
        }
        let begin = self.at + open.len_utf8();
        let mut end = self.text.len().min(begin + WIDE_QUOTATION);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let Some(length) = self.text.get(begin..end).and_then(|near| near.find(close)) else { return false };
        self.out.push(open);
        self.hide();
        self.out.push(close);
        self.at = begin + length + close.len_utf8();
        true
    }
}

/// Which of the two quotes a program chose depends on what it quoted: here it depends on what is shown.
fn plain_quote(shown: &str, quote: char) -> char {
    match quote {
        '`' => '`',
        _ if shown.contains('\'') && !shown.contains('"') => '"',
        _ => '\'',
    }
}

/// `'db.table'`: the database is no part of the cause.
fn without_database(text: &str, scanner: &Scanner<'_>) -> String {
    match text.rsplit_once('.') {
        Some((_, table)) if names::is_name(table) => format!("{}.{table}", super::HIDDEN),
        _ if names::is_name(text) => text.to_owned(),
        _ => scanner.inner(text),
    }
}

/// The text as it was before it was quoted.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        if next != '\\' {
            plain.push(next);
            continue;
        }
        match rest.next() {
            Some('n' | 'r') => plain.push('\n'),
            Some('t') => plain.push(' '),
            Some('u') => {
                let digits: String = rest.clone().take(4).collect();
                match u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4) {
                    Some(code) => {
                        rest.nth(3);
                        plain.extend(char::from_u32(code));
                    }
                    None => plain.push_str("\\u"),
                }
            }
            Some(quoted @ ('\\' | '\'' | '"' | '/' | '`')) => plain.push(quoted),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

/// A text in the quotes that it was in, such that it is read again as the same text.
pub(super) fn requoted(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for next in text.chars() {
        match next {
            '\\' => quoted.push_str("\\\\"),
            next if next == quote => quoted.extend(['\\', next]),
            next => quoted.push(next),
        }
    }
    quoted.push(quote);
    quoted
}
