//! Addresses of this app: path segments, query strings, and the places one may be sent back to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode};

use crate::base::foreign;

/// Everything but the unreserved characters of RFC 3986 is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One path segment, such as an id with a slash in it: the bytes of its cell.
pub fn segment(text: &str) -> String {
    let bytes = foreign::bytes_of(text);
    let encoded = percent_encode(&bytes, SEGMENT).to_string();
    // By its bytes: a BLOB of none has the address of an empty text.
    if std::str::from_utf8(&bytes).is_ok_and(is_no_segment) { format!("~{encoded}") } else { encoded }
}

/// The text of which [`segment`] made one, decoded.
pub(super) fn of_segment(text: String) -> String {
    match text.strip_prefix('~').filter(|rest| is_no_segment(rest)) {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Pages beside those of records: a record of that id would not be reached.
const PAGES: [&str; 5] = ["new", "causes", "import", "find", "restore"];

/// No path has a segment of nothing, and browsers take dots for steps in it, however they are written: behind a tilde
/// they are one, and so are the names of pages. What is one already gets another tilde.
fn is_no_segment(text: &str) -> bool {
    let text = text.trim_start_matches('~');
    matches!(text, "" | "." | "..") || PAGES.contains(&text)
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

/// Names of ids, of which SQLite may hold some that are no text.
const IDS: [&str; 6] = ["id", "llmid", "userid", "userorgid", "ownerid", "llmusageid"];

/// Decodes a query string or form body into pairs; none when it is not UTF-8.
pub fn pairs(encoded: &str) -> Option<Vec<(String, String)>> {
    decoded(encoded, &[])
}

/// As [`pairs`], of an address, in which an id may stand as the bytes that it is: they are taken as [`foreign`] carries them.
pub fn pairs_of_address(encoded: &str) -> Option<Vec<(String, String)>> {
    decoded(encoded, &IDS)
}

fn decoded(encoded: &str, of_bytes: &[&str]) -> Option<Vec<(String, String)>> {
    let pair = |part: &str| -> Option<(String, String)> {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = (key.replace('+', " "), value.replace('+', " "));
        let key = percent_decode_str(&key).decode_utf8().ok()?.into_owned();
        let bytes: Vec<u8> = percent_decode_str(&value).collect();
        let value = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if of_bytes.contains(&&*key) => foreign::text_of(error.as_bytes()),
            Err(_) => return None,
        };
        Some((key, value))
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
