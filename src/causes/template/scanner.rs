//! Goes through a text from its beginning to its end, once, and writes its template. More than 250 lines: one pass needs all of its readers beside each other.
//!
//! `word` is the last word before the present place, in small letters, while nothing but a colon, a bracket and the
//! like stands between: by it the rules tell names, numbers that belong to the cause, and values.

use super::{HIDDEN, LEVELS, body, chinese, fields, html, names, notation, platform};
use crate::base::secrets::{self, wording};

/// The most letters that the word before is told by.
const WORD: usize = 40;

/// The longest call that stands for a value, in bytes.
const CALL: usize = 300;

/// The most letters of Chinese that names are looked for in at once.
const CHINESE: usize = 200;

pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    /// The place of the next character.
    pub(super) at: usize,
    pub(super) out: String,
    pub(super) word: String,
    pub(super) level: u8,
    /// Quotes that are never closed from here on: `'`, `"` and the backtick.
    pub(super) unclosed: [bool; 3],
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, level: u8) -> Scanner<'a> {
        Scanner {
            text,
            at: 0,
            out: String::with_capacity(text.len().min(4096)),
            word: String::new(),
            level,
            unclosed: [false; 3],
        }
    }

    pub(super) fn scan(mut self) -> String {
        while let Some(next) = self.next() {
            if chinese::is_label_sign(next) && self.labelled_name(next) {
                continue;
            }
            if self.is_word_start(next) {
                if !platform::read(&mut self) {
                    self.chunk();
                }
                continue;
            }
            let is_read = match next {
                '{' => self.object(),
                '[' => self.list(),
                '(' => self.bracketed(),
                '\'' | '"' | '`' => self.quoted(None),
                '“' | '‘' | '「' | '『' | '《' | '【' | '〈' => self.quoted_in_chinese(next),
                '=' if self.at > 0 => self.equals(),
                '<' => html::page(&mut self),
                _ if notation::is_wide_letter(next) => self.chinese(),
                _ => false,
            };
            if !is_read {
                self.put(next);
                self.at += next.len_utf8();
            }
        }
        self.out
    }

    pub(super) fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn before(&self) -> Option<char> {
        self.text.get(..self.at).and_then(|before| before.chars().next_back())
    }

    /// A text one level deeper, where that is not too deep.
    pub(super) fn inner(&self, text: &str) -> String {
        if self.level + 1 < LEVELS { super::of_part(text, self.level + 1) } else { HIDDEN.to_string() }
    }

    pub(super) fn hide(&mut self) {
        self.out.push(HIDDEN);
        self.word.clear();
    }

    /// Writes a character that is no word.
    pub(super) fn put(&mut self, next: char) {
        self.out.push(next);
        if notation::is_wide_letter(next) {
            if self.word.is_ascii() || self.word.len() > WORD {
                self.word.clear();
            }
            self.word.push(next);
        } else if !matches!(next, ' ' | '\t' | ':' | '=' | '#' | '(' | '[' | '：' | '-' | '（' | '<') {
            self.word.clear();
        }
    }

    /// Writes a word as it is.
    pub(super) fn keep(&mut self, word: &str) {
        self.out.push_str(word);
        let is_server = self.word == "server" && word == "on";
        self.word.clear();
        if is_server {
            self.word.push_str("server");
        } else if word.len() <= WORD {
            self.word.push_str(&word.to_lowercase());
        }
    }

    fn is_word_start(&self, next: char) -> bool {
        notation::is_chunk(next)
    }

    /// `{…}`: a body, of which only an error's words are kept.
    pub(super) fn object(&mut self) -> bool {
        self.parsed()
    }

    /// Chinese up to the next other letter, without the names of customers.
    fn chinese(&mut self) -> bool {
        let rest = self.rest();
        let letters =
            rest.char_indices().take(CHINESE).take_while(|(_, next)| notation::is_wide_letter(*next));
        let end = letters.last().map_or(0, |(at, last)| at + last.len_utf8());
        let run = rest.get(..end).unwrap_or_default();
        let after = rest.get(end..).unwrap_or_default().trim_start_matches([' ', '¥', '￥']);
        let is_before_amount = after.starts_with(|next: char| next.is_ascii_digit());
        let run = if is_before_amount { notation::without_currency_in_chinese(run) } else { run };
        for (part, is_name) in chinese::parts(run) {
            if is_name {
                self.hide();
            } else {
                part.chars().for_each(|next| self.put(next));
            }
        }
        self.at += end;
        true
    }

    /// `账户名称：…`, `客户【…】`: what stands behind the word for a customer and a sign.
    fn labelled_name(&mut self, sign: char) -> bool {
        if !chinese::is_label(&self.word) {
            return false;
        }
        let rest = self.rest().get(sign.len_utf8()..).unwrap_or_default();
        let Some((from, to)) = chinese::labelled(sign, rest) else { return false };
        self.out.push(sign);
        self.out.push_str(rest.get(..from).unwrap_or_default());
        self.hide();
        self.at += sign.len_utf8() + to;
        true
    }

    /// `[2001:db8::1]:443`
    fn bracketed_address(&mut self) -> bool {
        let rest = self.rest();
        let near = rest.get(1..rest.len().min(60)).or_else(|| rest.get(1..)).unwrap_or_default();
        let Some(close) = near.find(']') else { return false };
        let inside = near.get(..close).unwrap_or_default();
        if inside.matches(':').count() < 2 || !notation::is_ip6(inside) {
            return false;
        }
        let after = rest.get(close + 2..).unwrap_or_default();
        let port =
            after.strip_prefix(':').map_or(0, |port| port.bytes().take_while(u8::is_ascii_digit).count());
        self.hide();
        self.at += close + 2 + if port > 0 { port + 1 } else { 0 };
        true
    }

    fn list(&mut self) -> bool {
        if self.bracketed_address() {
            return true;
        }
        if self.rest().starts_with("[parameters:") {
            self.out.push_str("[parameters: ");
            self.hide();
            self.out.push(']');
            let end = self
                .rest()
                .find("]\n")
                .or_else(|| self.rest().rfind(']').filter(|_| !self.rest().contains('\n')));
            self.at = end.map_or(self.text.len(), |end| self.at + end + 1);
            return true;
        }
        let inside = self.rest().get(1..).unwrap_or_default().trim_start();
        inside.starts_with('{') && self.parsed()
    }

    fn parsed(&mut self) -> bool {
        let Some((node, end)) = body::parse(self.text, self.at) else { return false };
        let is_of_centre = self.text.get(end..).is_some_and(|after| after.trim_start().starts_with("tpac "));
        let of_centre = if is_of_centre { body::of_centre(&node, self.level) } else { None };
        self.out.push_str(&of_centre.unwrap_or_else(|| body::show(&node, self.level)));
        self.at = end;
        self.word.clear();
        true
    }

    /// `found(…)` and the like: one word in brackets after a word that values follow.
    fn bracketed(&mut self) -> bool {
        if !names::is_before_value(&self.word) {
            return false;
        }
        let rest = self.rest();
        let Some(end) = rest.get(1..).and_then(|inside| inside.find([')', '(', ' ', '\n', '\''])) else {
            return false;
        };
        let inside = rest.get(1..=end).unwrap_or_default();
        if !rest.get(end + 1..).is_some_and(|after| after.starts_with(')')) || inside.len() < 2 {
            return false;
        }
        if names::is_nothing_or_truth(inside) || notation::is_wide(inside) {
            return false;
        }
        self.out.push('(');
        self.hide();
        self.out.push(')');
        self.at += end + 2;
        true
    }

    /// `name=value`, at the sign.
    fn equals(&mut self) -> bool {
        let is_after_name =
            self.before().is_some_and(|before| before.is_alphanumeric() || "_-])'\"".contains(before));
        let after = self.rest().get(1..).unwrap_or_default();
        if !is_after_name || after.starts_with(['=', '>', '~']) || self.word.is_empty() {
            return false;
        }
        let name = std::mem::take(&mut self.word);
        self.out.push('=');
        self.at += 1;
        self.value(&name);
        true
    }

    /// The value of a name, after the sign.
    pub(super) fn value(&mut self, name: &str) {
        if secrets::is_name(name) && self.is_wording_here() {
            return self.word.clear();
        }
        let is_told = fields::is_wording(name) || fields::is_code(name);
        match self.next() {
            Some('{' | '[') if fields::is_data(name) => match body::parse(self.text, self.at) {
                Some((_, end)) => {
                    self.hide();
                    self.at = end;
                }
                None => self.bare_value(),
            },
            Some('{' | '[') => self.word.clear(),
            Some('\'' | '"' | '`') if is_told => {
                self.word.clear();
                self.word.push_str(if fields::is_code(name) { "code" } else { "" });
                if !self.quoted(Some(false)) {
                    self.word.clear();
                }
            }
            Some('\'' | '"' | '`') if self.quoted(Some(true)) => {}
            Some('\'' | '"' | '`') => {
                self.at += 1;
                self.bare_value();
            }
            Some(next) if next.is_whitespace() => self.word.push_str(name),
            Some(_) if is_told => self.word.push_str(name.rsplit('.').next().unwrap_or(name)),
            Some(_) => self.bare_value(),
            None => {}
        }
    }

    /// Whether the value that stands here tells how a secret is: `token='expired'`.
    fn is_wording_here(&self) -> bool {
        let rest = self.rest();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'));
        let inside = rest.get(usize::from(quote.is_some())..).unwrap_or_default();
        let is_end =
            |next: char| quote.map_or(next.is_whitespace() || ",;&)]}".contains(next), |quote| next == quote);
        let end = inside.char_indices().take(WORD * 2).find(|(_, next)| is_end(*next)).map(|(at, _)| at);
        let end = end.or_else(|| (inside.len() <= WORD).then_some(inside.len()));
        end.and_then(|end| inside.get(..end))
            .is_some_and(|value| !value.is_empty() && wording::is_wording(value))
    }

    /// A value without quotes, to the next comma, bracket or blank.
    fn bare_value(&mut self) {
        let rest = self.rest();
        let end = rest.find(|next: char| next.is_whitespace() || ",;&)]}'\"`>，；。、）(".contains(next));
        let end = end.unwrap_or(rest.len());
        let value = rest.get(..end).unwrap_or_default();
        if value.is_empty() {
            return;
        }
        self.at += end;
        let plain = value.trim_end_matches(['.', ':', '!']);
        if names::is_nothing_or_truth(plain) {
            self.keep(value);
            return;
        }
        self.hide();
        self.out.push_str(value.get(plain.len()..).unwrap_or_default());
        // A value that is made by a call, such as URL('…').
        if self.next() == Some('(') {
            let near = self.rest().bytes().take(CALL).position(|byte| byte == b')');
            self.at += near.map_or(0, |close| close + 1);
        }
    }
}
