//! How numbers, addresses, paths and dates are written: what a run of letters, digits and signs is.

use super::names;

/// Whether a character is part of a chunk: a run without blanks, quotes, brackets and commas.
pub(super) fn is_chunk(next: char) -> bool {
    next.is_ascii_alphanumeric()
        || matches!(
            next,
            '_' | '-'
                | '.'
                | '/'
                | ':'
                | '+'
                | '@'
                | '%'
                | '~'
                | '#'
                | '&'
                | '?'
                | '*'
                | '\\'
                | '$'
                | '!'
                | '^'
        )
        || is_currency_sign(next)
        || next.is_numeric()
        || (next.is_alphabetic() && !is_wide_letter(next))
}

/// Letters that need no blanks between words.
pub(super) fn is_wide_letter(next: char) -> bool {
    matches!(u32::from(next), 0x2E80..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
        && next.is_alphabetic()
}

pub(super) fn is_wide(text: &str) -> bool {
    text.chars().any(is_wide_letter)
}

/// Whether a chunk is one value as a whole: an address, a path, a file, a date, a key.
pub(super) fn is_value(chunk: &str) -> bool {
    is_address(chunk)
        || is_path(chunk)
        || names::is_file(chunk)
        || is_file_and_line(chunk)
        || is_long_key(chunk)
}

fn is_address(chunk: &str) -> bool {
    let (host, port) = match chunk.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, true)
        }
        _ => (chunk, false),
    };
    let is_mail = chunk.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let is_ip = host.split('.').count() == 4
        && host
            .split('.')
            .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_mail || is_ip || is_ip6(chunk) || names::is_host(host) || (port && host == "localhost")
}

/// An address of the sixth version, maybe with the name of its net card.
pub(super) fn is_ip6(chunk: &str) -> bool {
    let address = chunk.split('%').next().unwrap_or(chunk);
    address.matches(':').count() >= 2
        && (!address.contains("::") || address.bytes().any(|byte| byte.is_ascii_digit()))
        && address.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
}

/// Signs of currencies.
pub(super) fn is_currency_sign(next: char) -> bool {
    matches!(next, '$' | '¥' | '￥' | '€' | '£' | '¢' | '＄' | '￡' | '฿' | '₠'..='⃏')
}

/// Codes and names of currencies that stand before or behind an amount.
pub(super) fn is_currency(word: &str) -> bool {
    const CODES: [&str; 38] = [
        "USD", "CNY", "RMB", "EUR", "GBP", "JPY", "HKD", "TWD", "NTD", "KRW", "INR", "SGD", "AUD", "CAD",
        "CHF", "RUB", "BRL", "MXN", "THB", "VND", "IDR", "MYR", "PHP", "TRY", "ZAR", "AED", "SAR", "SEK",
        "NOK", "DKK", "PLN", "CZK", "HUF", "ILS", "NZD", "USDT", "USDC", "CNH",
    ];
    const WORDS: [&str; 8] = ["dollar", "dollars", "euro", "euros", "cents", "yuan", "Rs", "rupees"];
    let is_small = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    CODES.contains(&word)
        || WORDS.contains(&word)
        || (is_small && !matches!(word, "try" | "php") && CODES.contains(&word.to_ascii_uppercase().as_str()))
}

/// The run of Chinese without the name of a currency at its end, whose amount follows.
pub(super) fn without_currency_in_chinese(run: &str) -> &str {
    ["人民币", "美元", "港币", "欧元"].iter().find_map(|name| run.strip_suffix(name)).unwrap_or(run)
}

/// The Chinese name of a currency at the beginning of a text, and how long it is.
pub(super) fn currency_in_chinese(text: &str) -> usize {
    const NAMES: [&str; 13] = [
        "元人民币",
        "人民币",
        "元整",
        "美元",
        "美金",
        "港元",
        "港币",
        "欧元",
        "英镑",
        "日元",
        "万元",
        "元",
        "块钱",
    ];
    NAMES.iter().find(|name| text.starts_with(**name)).map_or(0, |name| name.len())
}

fn is_path(chunk: &str) -> bool {
    let letters = chunk.bytes().filter(u8::is_ascii_alphanumeric).count();
    let slashes = chunk.matches('/').count();
    let is_plain =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    let begins = ["/", "./", "../", "~/"].iter().any(|begin| chunk.starts_with(begin));
    if letters == 0 || chunk.to_ascii_uppercase().starts_with("HTTP/") {
        return false;
    }
    (begins && slashes > 0)
        || slashes >= 2
        || (slashes == 1 && !chunk.split('/').all(is_plain) && !is_status_or_word(chunk))
        || chunk.as_bytes().get(1..3) == Some(b":\\")
}

/// `4xx/5xx`, `+/-`, `tokens/`.
fn is_status_or_word(chunk: &str) -> bool {
    chunk.split('/').all(|part| {
        part.is_empty()
            || names::is_technical(part)
            || part.bytes().all(|byte| !byte.is_ascii_digit() && byte != b'.')
    })
}

fn is_file_and_line(chunk: &str) -> bool {
    chunk.split_once(':').is_some_and(|(file, line)| {
        names::is_file(file) && line.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
    })
}

/// Base64 and the like.
fn is_long_key(chunk: &str) -> bool {
    chunk.len() >= 28
        && chunk.bytes().any(|byte| byte.is_ascii_digit())
        && chunk.bytes().any(|byte| byte.is_ascii_uppercase())
        && chunk.bytes().any(|byte| byte.is_ascii_lowercase())
        && chunk.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-'))
        && chunk.bytes().filter(|byte| matches!(byte, b'_' | b'-')).count() * 8 < chunk.len()
}

/// Whether a chunk begins as a number does: a sign or a currency, then a digit.
pub(super) fn is_number_like(chunk: &str) -> bool {
    let digits = chunk.trim_start_matches(|next| "+-#~<>.*".contains(next) || is_currency_sign(next));
    digits.starts_with(char::is_numeric) && chunk.chars().count() - digits.chars().count() <= 2
}

/// A whole number of at most six digits, maybe with a sign.
pub(super) fn is_short_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The phrases that HTTP gives to its error numbers.
pub(super) fn is_http_phrase(text: &str) -> bool {
    const PHRASES: [&str; 26] = [
        "bad request",
        "unauthorized",
        "payment required",
        "forbidden",
        "not found",
        "method not allowed",
        "not acceptable",
        "request timeout",
        "request time-out",
        "conflict",
        "gone",
        "payload too large",
        "request entity too large",
        "unsupported media type",
        "unprocessable",
        "locked",
        "too many requests",
        "internal server error",
        "not implemented",
        "bad gateway",
        "service unavailable",
        "service temporarily unavailable",
        "gateway timeout",
        "gateway time-out",
        "client error",
        "server error",
    ];
    let start: String = text.chars().take(36).collect::<String>().to_lowercase();
    PHRASES.iter().any(|phrase| start.starts_with(phrase))
}

pub(super) fn is_http_error(text: &str) -> bool {
    text.len() == 3 && text.starts_with(['4', '5']) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words of dates, beside a number.
pub(super) fn is_date_word(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue",
        "wed", "thu", "fri", "sat", "sun", "gmt", "utc", "cst",
    ];
    WORDS.contains(&word.to_ascii_lowercase().as_str())
}

/// Units of time, which go with their number.
pub(super) fn is_time_unit(word: &str) -> bool {
    const UNITS: [&str; 26] = [
        "s",
        "sec",
        "secs",
        "second",
        "seconds",
        "ms",
        "millisecond",
        "milliseconds",
        "us",
        "microseconds",
        "min",
        "mins",
        "minute",
        "minutes",
        "m",
        "h",
        "hr",
        "hour",
        "hours",
        "d",
        "day",
        "days",
        "week",
        "weeks",
        "am",
        "pm",
    ];
    UNITS.contains(&word.to_ascii_lowercase().as_str())
}
