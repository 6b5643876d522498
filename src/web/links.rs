//! Addresses of this app: path segments, query strings, and the places one may be sent back to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode};

use crate::base::foreign;

/// Everything but the unreserved characters of RFC 3986 is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One path segment, such as an id with a slash in it: the bytes of its cell.
pub fn segment(text: &str) -> String {
    percent_encode(&foreign::bytes_of(text), SEGMENT).to_string()
}

/// A value of a query string, which is text: an id that is none keeps its marks.
fn value(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A query string without its question mark.
pub fn query<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> String {
    let pair =
        |(key, value): &(K, V)| format!("{}={}", self::value(key.as_ref()), self::value(value.as_ref()));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

pub fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Decodes a query string or form body into pairs; none when it is not UTF-8.
pub fn pairs(encoded: &str) -> Option<Vec<(String, String)>> {
    let decode = |text: &str| -> Option<String> {
        percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(|decoded| decoded.into_owned())
    };
    let pair = |part: &str| -> Option<(String, String)> {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decode(key)?, decode(value)?))
    };
    encoded.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// A place of this app to go to: a path that cannot lead to another host. Anything else is the front page.
pub fn own_path(text: &str) -> &str {
    let second = text.chars().nth(1);
    let is_own = text.starts_with('/')
        && !matches!(second, Some('/' | '\\'))
        && text.chars().all(|letter| !letter.is_control() && letter != '\\');
    if is_own { text } else { "/" }
}
