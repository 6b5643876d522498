//! Telephone numbers, addresses of e-mail and identity numbers, where the setting asks for them to be masked, too.
//!
//! They are told by how they are written, and numbers by their check digits where they have one: an id of an order stays.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

static IS_MASKED: AtomicBool = AtomicBool::new(false);

/// How such numbers are written: `d` is a digit, `A` a capital, `X` a check digit that may be an X, `C` one that may be an A; all else stands for itself.
/// The first column says who tells whether it is one.
const FORMS: [(Test, &str); 18] = [
    (Test::Chinese, "dddddddddddddddddX"),
    (Test::Mobile, "ddddddddddd"),
    (Test::Mobile, "ddd dddd dddd"),
    (Test::Mobile, "ddd-dddd-dddd"),
    (Test::Landline, "ddd-dddddddd"),
    (Test::Landline, "dddd-ddddddd"),
    (Test::Landline, "dddd-dddddddd"),
    (Test::Service, "d00-ddd-dddd"),
    // North America, and its numbers of social security.
    (Test::Written, "ddd-ddd-dddd"),
    (Test::Written, "ddd.ddd.dddd"),
    (Test::Written, "ddd-dd-dddd"),
    // Brazil.
    (Test::Written, "ddd.ddd.ddd-dd"),
    // Korea.
    (Test::Written, "dddddd-ddddddd"),
    // Hong Kong, with one letter and with two.
    (Test::Written, "Adddddd(C)"),
    (Test::Written, "AAdddddd(C)"),
    (Test::Taiwanese, "Addddddddd"),
    (Test::Singaporean, "AdddddddA"),
    (Test::Spanish, "ddddddddA"),
];

/// What tells that a number is one, beside how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Written,
    Chinese,
    Mobile,
    Landline,
    Service,
    Taiwanese,
    Singaporean,
    Spanish,
}

/// Masks them from now on, or shows them: for the whole process, which has one setting.
pub fn mask_personal(is_masked: bool) {
    IS_MASKED.store(is_masked, Ordering::Relaxed);
}

/// Whether they are masked.
pub fn is_personal_masked() -> bool {
    IS_MASKED.load(Ordering::Relaxed)
}

/// What may hold one, as a regular expression that PostgreSQL and MariaDB read.
pub(super) const SIGN: &str = "@|%40|[0-9][0-9. -]{6}|[A-Z][0-9]{6}";

/// Where they stand in a text.
pub(super) fn all(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for (at, next) in text.char_indices() {
        let is_begin =
            next.is_ascii_digit() || next.is_ascii_uppercase() || matches!(next, '+' | '(' | '@' | '%');
        let is_hidden = found.last().is_some_and(|part| at < part.end);
        let is_inside = last.is_some_and(|last: char| last.is_ascii_alphanumeric() || last == '_');
        last = Some(next);
        if !is_begin || is_hidden {
            continue;
        }
        if matches!(next, '@' | '%') {
            found.extend(mail(text, at));
        } else if !is_inside {
            let rest = text.get(at..).unwrap_or_default();
            let length = international(rest)
                .or_else(|| FORMS.iter().find_map(|(test, form)| number(rest, form, *test)));
            found.extend(length.map(|length| at..at + length));
        }
    }
    found
}

/// An address of e-mail around its sign.
fn mail(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let sign = ["@", "%40"].iter().find(|sign| rest.starts_with(**sign))?;
    let is_name = |next: char| next.is_ascii_alphanumeric() || "._+-".contains(next);
    let before = text.get(..at)?;
    let name = before.get(before.trim_end_matches(is_name).len()..)?;
    let host = rest.get(sign.len()..)?;
    let end = host.find(|next: char| !(next.is_ascii_alphanumeric() || matches!(next, '.' | '-')));
    let host = host.get(..end.unwrap_or(host.len()))?.trim_end_matches(['.', '-']);
    let top = host.rsplit('.').next()?;
    let is_host = host.contains('.') && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_mail = is_host && name.bytes().any(|byte| byte.is_ascii_alphanumeric());
    is_mail.then(|| at - name.len()..at + sign.len() + host.len())
}

/// `+86 138 1234 5678`, `+1 (415) 555-2671`: a plus, and 8 to 15 digits.
fn international(rest: &str) -> Option<usize> {
    let behind = rest
        .strip_prefix('+')
        .or_else(|| rest.strip_prefix("00").filter(|behind| behind.starts_with("86")))?;
    let begin = rest.len() - behind.len();
    behind.starts_with(|next: char| matches!(next, '1'..='9')).then_some(())?;
    let (mut digits, mut end, mut gap) = (0, 0, 0);
    for (at, next) in behind.char_indices() {
        match next {
            next if next.is_ascii_digit() => (digits, end, gap) = (digits + 1, at + 1, 0),
            ' ' | '-' | '.' | '(' | ')' if gap < 2 => gap += 1,
            _ => break,
        }
    }
    let is_whole = !behind.get(end..)?.starts_with(|next: char| next.is_ascii_alphanumeric());
    ((8..=15).contains(&digits) && is_whole).then_some(begin + end)
}

/// How long the number is that stands there in that form.
fn number(rest: &str, form: &str, test: Test) -> Option<usize> {
    let bytes = rest.as_bytes().get(..form.len())?;
    let is_written = bytes.iter().zip(form.bytes()).all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'X' => byte.is_ascii_digit() || matches!(byte, b'X' | b'x'),
        b'C' => byte.is_ascii_digit() || *byte == b'A',
        form => *byte == form,
    });
    let after = rest.get(form.len()..)?;
    let goes_on = after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        || after
            .strip_prefix(['-', '.'])
            .is_some_and(|after| after.starts_with(|next: char| next.is_ascii_digit()));
    if !is_written || goes_on {
        return None;
    }
    let digits: Vec<u32> = bytes.iter().filter_map(|byte| char::from(*byte).to_digit(10)).collect();
    is_one(bytes, &digits, test).then_some(form.len())
}

fn is_one(bytes: &[u8], digits: &[u32], test: Test) -> bool {
    let digit = |at: usize| digits.get(at).copied().unwrap_or_default();
    let sum = |weights: &[u32]| digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>();
    match test {
        Test::Written => true,
        Test::Mobile => digit(0) == 1 && digit(1) >= 3,
        Test::Landline => digit(0) == 0 && digit(1) > 0,
        Test::Service => matches!(digit(0), 4 | 8),
        Test::Chinese => {
            const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
            let place = usize::try_from(sum(&WEIGHTS) % 11).unwrap_or_default();
            let last = bytes.last().map(u8::to_ascii_uppercase);
            last == b"10X98765432".get(place).copied()
        }
        Test::Taiwanese => {
            const LETTERS: [u32; 26] = [
                10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32,
                30, 31, 33,
            ];
            let first = bytes.first().map_or(0, |first| usize::from(first.saturating_sub(b'A')));
            let letter = LETTERS.get(first).copied().unwrap_or_default();
            let total = letter / 10 + letter % 10 * 9 + sum(&[8, 7, 6, 5, 4, 3, 2, 1, 1]);
            matches!(digit(0), 1 | 2 | 8 | 9) && total % 10 == 0
        }
        Test::Singaporean => bytes.first().is_some_and(|first| b"STFGM".contains(first)),
        Test::Spanish => {
            const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
            let number = digits.iter().fold(0_usize, |number, digit| number * 10 + *digit as usize);
            bytes.last() == LETTERS.get(number % 23)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut shown = String::new();
        let mut at = 0;
        for part in all(text) {
            shown.push_str(&text[at..part.start]);
            shown.push_str(crate::base::secrets::MASK);
            at = part.end;
        }
        shown + &text[at..]
    }

    #[test]
    fn numbers_and_addresses_of_people_are_masked() {
        for (text, expected) in [
            ("用户13812345678余额不足", "用户***余额不足"),
            ("call +86 138-1234-5678 now", "call *** now"),
            ("call +1 (415) 555-2671.", "call ***."),
            ("电话010-62345678，0571-8123456", "电话***，***"),
            ("客服400-123-4567", "客服***"),
            ("mail wang.wei+1@mail.example.com, please", "mail ***, please"),
            ("?mail=a.b%40example.com&x=1", "?mail=***&x=1"),
            ("身份证11010519491231002X", "身份证***"),
            ("身份证 440524188001010014。", "身份证 ***。"),
            ("SSN 078-05-1120", "SSN ***"),
            ("HKID A123456(3), B1", "HKID ***, B1"),
            ("台湾 A123456789", "台湾 ***"),
            ("NRIC S1234567D", "NRIC ***"),
            ("DNI 12345678Z", "DNI ***"),
            ("CPF 123.456.789-09", "CPF ***"),
            ("주민 900101-1234567", "주민 ***"),
            ("(415) 555-2671 or 415-555-2671", "(415) 555-2671 or ***"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn ids_amounts_times_and_addresses_of_machines_are_shown() {
        for text in [
            "order 202605011234567890 was not charged",
            "id 110105194912310021, wrong check digit",
            "12345678901 tokens",
            "V1StGXR8_Z5jdHi6B-myT",
            "2026-05-01 12:00:00,123",
            "10.0.0.1:3306 and 192.168.100.200",
            "cost 1234567.89 CNY",
            "trace 3f2a1b0c-1111-4222-8333-444455556666",
            "A123456788 and 12345678A",
            "git@example and @property",
            "1700000000 1700000000123",
            "root@10.0.0.1",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
