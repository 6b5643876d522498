//! Amounts, in whatever way a supplier writes them: what is before a number and behind it goes with it.

use super::notation;
use super::scanner::Scanner;

/// Blanks between an amount and its currency.
const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];

/// Names of currencies that stand behind an amount and have letters of their own, or no code.
const NAMES: [&str; 12] = ["zł", "Kč", "kr.", "kr", "руб.", "руб", "рублей", "грн", "лв", "Ft", "lei", "円"];

impl Scanner<'_> {
    /// An amount with its currency before it: `USD 12`, `HK$8`, `CNY3.50`, `€ 12,00`.
    pub(super) fn money(&mut self, core: &str) -> bool {
        let letters = core.bytes().take_while(u8::is_ascii_uppercase).count();
        let (code, amount) = core.split_at(letters);
        let is_dollar = letters <= 3 && amount.starts_with(notation::is_currency_sign);
        let is_sign = is_dollar && amount.chars().all(notation::is_currency_sign);
        if is_sign || notation::is_currency(core) {
            let is_money = self.is_before_amount();
            if is_money {
                // The amount follows, and the two become one.
                self.hide();
            }
            return is_money;
        }
        let is_money = letters > 0
            && !amount.is_empty()
            && (is_dollar || notation::is_currency(code))
            && notation::is_number_like(amount);
        if is_money {
            self.hide();
            self.skip_rest_of_number(false);
        }
        is_money
    }

    fn is_before_amount(&self) -> bool {
        let rest = self.rest();
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let next = rest.trim_start_matches(BLANKS);
        next.len() < rest.len()
            && rest.len() - next.len() <= 2
            && next.trim_start_matches(['-', '+']).starts_with(|next: char| next.is_ascii_digit())
    }

    /// What belongs to a number behind a sign that no chunk holds: `12,00`, `1'234.50`.
    pub(super) fn skip_rest_of_number(&mut self, is_ended: bool) {
        if is_ended {
            return;
        }
        loop {
            let rest = self.rest();
            let Some(after) = rest.strip_prefix([',', '\'', '’']) else { return };
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let tail = after.get(digits..).unwrap_or_default();
            let fraction = tail.strip_prefix('.').map_or(0, |tail| {
                let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
                if digits > 0 { digits + 1 } else { 0 }
            });
            let is_group = (2..=3).contains(&digits)
                && !tail.starts_with(|next: char| next.is_ascii_alphabetic() || next == '_');
            if !is_group {
                return;
            }
            self.at += rest.len() - after.len() + digits + fraction;
        }
    }

    /// A currency behind an amount; whether there was one.
    fn skip_currency(&mut self) -> bool {
        let rest = self.rest();
        let bare = rest.trim_start_matches(BLANKS);
        let blanks = rest.len() - bare.len();
        let signs = bare.len() - bare.trim_start_matches(notation::is_currency_sign).len();
        let is_before_next =
            bare.get(signs..).is_some_and(|after| after.starts_with(|next: char| next.is_ascii_digit()));
        let name = NAMES.iter().find(|name| {
            let after = bare.strip_prefix(**name);
            after.is_some_and(|after| !after.starts_with(char::is_alphanumeric))
        });
        let length = match name {
            _ if signs > 0 && !is_before_next => signs,
            Some(name) => name.len(),
            None => notation::currency_in_chinese(bare),
        };
        if length > 0 && rest.chars().take_while(|next| BLANKS.contains(next)).count() <= 1 {
            self.at += blanks + length;
            return true;
        }
        false
    }

    /// A unit of time or a month after a number goes with it.
    pub(super) fn skip_unit(&mut self, is_ended: bool) {
        if !is_ended && self.skip_currency() {
            return;
        }
        let rest = self.rest();
        if is_ended || !rest.starts_with(' ') {
            return;
        }
        let rest = rest.get(1..).unwrap_or_default();
        let end = rest.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        let is_whole = !rest.get(end..).is_some_and(|after| {
            after.starts_with(|next: char| next.is_alphanumeric() || "_='/".contains(next))
        });
        let is_date =
            notation::is_date_word(word) && word.starts_with(|first: char| first.is_ascii_uppercase());
        if is_whole
            && (is_date
                || notation::is_currency(word)
                || (notation::is_time_unit(word) && (word.len() > 1 || word == "s")))
        {
            self.at += 1 + end;
        } else if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && is_whole {
            // One row, two rows.
            self.out.push(' ');
            let single = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
            self.keep(single.as_deref().or(word.strip_suffix('s')).unwrap_or(word));
            self.at += 1 + end;
        }
    }
}
