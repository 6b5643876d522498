//! A run of letters, digits and signs: kept where it is wording, hidden where it is a value.
//!
//! More than 250 lines: the rules meet in their order, and their order is what has to be seen.

use super::HIDDEN;
use super::scanner::Scanner;
use super::{names, notation};

/// Where a word ends in a chunk.
fn is_between(next: char) -> bool {
    !(next.is_alphanumeric() || next == '_' || next == '-')
}

impl Scanner<'_> {
    /// Reads the chunk at the present place.
    pub(super) fn chunk(&mut self) {
        let rest = self.rest();
        let end = end_of_chunk(rest);
        let chunk = rest.get(..end).unwrap_or(rest);
        if let Some(scheme) = chunk.find("://").filter(|scheme| *scheme > 0) {
            return self.url(chunk, scheme);
        }
        let after = rest.get(end..).unwrap_or_default();
        // The end of what is written in base64 is no sign of equality.
        if after.starts_with('=') && chunk.len() >= 20 && names::is_random(chunk) {
            self.at += end + after.bytes().take_while(|byte| *byte == b'=').count();
            return self.hide();
        }
        let plain = chunk.trim_end_matches(['.', ':', '!', '?', '*', '&', '/', '#']);
        let plain = if plain.is_empty() || chunk == "*" { chunk } else { plain };
        // An address of the sixth version may end with its colons.
        let with_colons = chunk.get(..plain.len() + 2).filter(|longer| longer.ends_with("::"));
        let plain = with_colons.filter(|longer| notation::is_ip6(longer)).unwrap_or(plain);
        self.at += end;
        self.core(plain, chunk.len() - plain.len(), after);
        for sign in chunk.get(plain.len()..).unwrap_or_default().chars() {
            self.put(sign);
        }
    }

    fn url(&mut self, chunk: &str, scheme: usize) {
        let begin = chunk.get(..scheme).unwrap_or_default();
        let begin = begin.rfind(|next: char| !(next.is_ascii_alphanumeric() || "+-".contains(next)));
        let begin = begin.map_or(0, |sign| sign + 1);
        let before = chunk.get(..begin).unwrap_or_default().to_owned();
        self.parts(&before, "");
        let rest = self.rest().get(begin..).unwrap_or_default();
        let end = rest.find(|next: char| {
            next.is_whitespace()
                || "'\"`<>)]}|\\，。；、）】》”".contains(next)
                || notation::is_wide_letter(next)
        });
        let url = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let plain = url.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        self.hide();
        self.at += begin + plain.len();
    }

    /// A chunk without the signs that end its sentence.
    fn core(&mut self, core: &str, ended: usize, after: &str) {
        let is_ended = ended > 0;
        if let Some((word, number)) = core.split_once(':')
            && self.is_host_with_port(word, number)
        {
            return self.hide();
        }
        if self.money(core) {
            return;
        }
        let is_of_digits =
            core.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte)) && !core.contains("::");
        if notation::is_value(core) && !is_of_digits {
            if core.contains('?') {
                let query =
                    self.rest().find(|next: char| next.is_whitespace() || "'\"`<>)]},，。".contains(next));
                self.at += query.filter(|_| !is_ended).unwrap_or(0);
            }
            return self.hide();
        }
        if !notation::is_number_like(core) {
            return self.parts(core, if is_ended { ":" } else { after });
        }
        if self.is_code_here(core, is_ended, after) || matches!(core, "2xx" | "3xx" | "4xx" | "5xx") {
            return self.keep(core);
        }
        self.drop_date_words();
        let is_base = self.word == "base";
        self.hide();
        self.skip_rest_of_number(is_ended);
        self.skip_unit(is_ended);
        if is_base {
            // The number that could not be read is behind it.
            self.word.push_str("literal");
        }
    }

    fn is_host_with_port(&self, word: &str, number: &str) -> bool {
        (2..=5).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(
                self.word.as_str(),
                "host" | "to" | "at" | "server" | "address" | "from" | "endpoint" | "proxy"
            )
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    }

    /// Whether a number at the present place belongs to the cause: an error number.
    fn is_code_here(&self, core: &str, is_ended: bool, after: &str) -> bool {
        if !notation::is_short_number(core) {
            return false;
        }
        let before = self.out.chars().next_back();
        if before == Some('(') && !is_ended {
            let quoted = after.strip_prefix(',').map(str::trim_start);
            return quoted.is_some_and(|quoted| {
                quoted.starts_with(['\'', '"', 'b', 'u']) && !quoted.starts_with("b'\\")
            });
        }
        if names::is_before_code(&self.word) {
            return true;
        }
        let next = after.trim_start();
        if self.word == "error" || self.word == "错误" {
            let is_counted =
                next.starts_with(|next: char| next.is_ascii_lowercase()) && after.starts_with(' ');
            return !(is_counted && self.out.ends_with(": "));
        }
        let is_first = self.out.trim().is_empty() || matches!(before, Some('[' | '<'));
        let follows = |part: &str| next.starts_with(part);
        notation::is_http_error(core)
            && (notation::is_http_phrase(next)
                || follows(", message=")
                || (is_first
                    && (is_ended || next.is_empty() || follows(",") || follows("-") || follows("{"))))
    }

    /// Takes back the words of a date that were written already: `Fri, 22`, `May 22`.
    fn drop_date_words(&mut self) {
        loop {
            let end = self.out.trim_end_matches([' ', ',']).len();
            let begin =
                self.out.get(..end).and_then(|out| out.rfind(|next: char| !next.is_ascii_alphabetic()));
            let begin = begin.map_or(0, |sign| {
                sign + self.out.get(sign..).and_then(|out| out.chars().next()).map_or(1, char::len_utf8)
            });
            let word = self.out.get(begin..end).unwrap_or_default();
            if word.is_empty()
                || !notation::is_date_word(word)
                || !word.starts_with(|first: char| first.is_ascii_uppercase())
            {
                return;
            }
            self.out.truncate(begin);
        }
    }

    /// The words of a chunk one by one, with what is between them.
    fn parts(&mut self, core: &str, after: &str) {
        let mut rest = core;
        while let Some(first) = rest.chars().next() {
            if is_between(first) {
                self.put(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
                continue;
            }
            let end = rest.find(is_between).unwrap_or(rest.len());
            let (word, others) = rest.split_at(end);
            self.one_word(word, if others.is_empty() { after } else { others });
            rest = others;
        }
    }

    fn one_word(&mut self, word: &str, after: &str) {
        let has_digit = word.chars().any(char::is_numeric);
        if !word.chars().any(char::is_alphanumeric) {
            return word.chars().for_each(|sign| self.put(sign));
        }
        if names::is_nothing_or_truth(word) || names::is_technical(word) {
            return self.keep(word);
        }
        if !has_digit {
            return self.word_of_letters(word, after);
        }
        let is_module = after.starts_with('.')
            && word.len() > 3
            && word.trim_end_matches(|next: char| next.is_ascii_digit()).len() + 1 == word.len()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && after.get(1..).is_some_and(|next| next.starts_with(|next: char| next.is_ascii_alphabetic()));
        // charge_step1(): the name of a function is written, not drawn.
        let is_function = after.starts_with('(')
            && word.len() > 3
            && !names::is_random(word)
            && word.starts_with(|first: char| first.is_ascii_alphabetic())
            && word.len() - word.trim_end_matches(|next: char| next.is_ascii_digit()).len() <= 2;
        let is_number_code = notation::is_short_number(word) && names::is_before_code(&self.word);
        let is_name = is_name_with_version(word) && !names::is_before_value(&self.word);
        if is_module || is_function || is_name || is_number_code || self.is_lettered_code(word, after) {
            return self.keep(word);
        }
        self.hide();
    }

    /// `E11000`, `ORA-00001:`, `code A1001`.
    fn is_lettered_code(&self, word: &str, after: &str) -> bool {
        let digits = word.trim_start_matches(|next: char| next.is_ascii_uppercase());
        let letters = word.len() - digits.len();
        let number = digits.strip_prefix(['-', '_']).unwrap_or(digits);
        (1..=8).contains(&letters)
            && (2..=6).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (names::is_before_code(&self.word)
                || (self.out.trim_end_matches(['[', '(']).trim().is_empty()
                    && (after.starts_with([':', ']']) || number.len() == 5)))
    }

    fn word_of_letters(&mut self, word: &str, after: &str) {
        let is_drawn = word.len() >= 14 && names::is_random(word);
        let is_of_model = word.contains(['-', '_'])
            && word.len() > 2
            && (names::is_before_value_zh(&self.word)
                || matches!(
                    self.word.as_str(),
                    "model"
                        | "org"
                        | "tenant"
                        | "customer"
                        | "organization"
                        | "organisation"
                        | "orgid"
                        | "userid"
                        | "llmid"
                        | "deployment"
                ));
        let is_after_noun = notation::is_wide(&self.word)
            && names::is_before_value_zh(&self.word)
            && !matches!(
                word,
                "ID" | "id" | "Id" | "API" | "URL" | "Key" | "key" | "KEY" | "IP" | "Token" | "token"
            )
            && !after.starts_with('=');
        let is_mixed =
            word.chars().skip(1).any(|next| next.is_ascii_uppercase() || next == '-' || next == '_')
                && word.chars().any(|next| next.is_ascii_lowercase());
        let is_id = word.len() >= 8 && is_mixed && names::is_id_name(&self.word);
        if is_drawn || is_of_model || is_after_noun || is_id {
            return self.hide();
        }
        self.keep(word);
    }
}

/// `calc_price_v1`, `CalcPriceV2`: a name in code, of written words and a version.
fn is_name_with_version(word: &str) -> bool {
    let name = word.trim_end_matches(|next: char| next.is_ascii_digit());
    let Some(words) = name.strip_suffix(['v', 'V']).filter(|_| word.len() - name.len() <= 2) else {
        return false;
    };
    let is_snake = words.strip_suffix('_').is_some_and(|words| {
        words.contains('_') && words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    });
    let capitals = words.bytes().filter(u8::is_ascii_uppercase).count();
    let is_camel = words.bytes().all(|byte| byte.is_ascii_alphabetic())
        && capitals >= 2
        && words.len() >= capitals * 4
        && name.ends_with('V');
    word.len() > name.len() && (is_snake || is_camel) && !names::is_random(words)
}

/// The end of the chunk with which a text begins; an apostrophe inside a word is part of it.
fn end_of_chunk(text: &str) -> usize {
    const SHORTENED: [&str; 7] = ["t", "s", "re", "ll", "ve", "d", "m"];
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        end += rest.find(|next: char| !notation::is_chunk(next) || next == HIDDEN).unwrap_or(rest.len());
        let Some(after) = text.get(end..).and_then(|rest| rest.strip_prefix('\'')) else { return end };
        let is_in_word =
            text.get(..end).is_some_and(|before| before.ends_with(|last: char| last.is_ascii_alphabetic()));
        let letters: &str = after
            .get(..after.bytes().take(4).take_while(u8::is_ascii_alphabetic).count())
            .unwrap_or_default();
        if !is_in_word
            || !SHORTENED.contains(&letters)
            || after.get(letters.len()..).is_some_and(|next| next.starts_with('\''))
        {
            return end;
        }
        end += 1 + letters.len();
    }
}
