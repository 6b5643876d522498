//! Paging by key: a cursor names the last row seen, so that pages neither repeat nor lose a row.
//!
//! A cursor holds the sort value exactly as the database stores it (text for times, all digits for
//! money), because a value rounded on the way would skip rows.

mod odd;

use std::cmp::Ordering;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

pub use odd::{MARK, OddCell};

/// The sort value of a row, as its column holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Key {
    /// The column is NULL: such rows come after all others when descending.
    #[serde(rename = "n")]
    Null,
    /// A time, in the text form of the database.
    #[serde(rename = "t")]
    Time(String),
    /// A number, in the digits of the database: a NUMERIC has more of them than a double.
    #[serde(rename = "f")]
    Number(Digits),
    /// In SQLite, what is none of the column's kind.
    #[serde(rename = "o")]
    Odd(OddCell),
}

/// A number in the digits in which a database wrote it, and the double nearest to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digits {
    text: String,
    double: f64,
}

impl Digits {
    /// The digits, such as `-12.5` or `1e-7`: nothing else, so that they may stand in SQL.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn double(&self) -> &f64 {
        &self.double
    }
}

impl From<f64> for Digits {
    fn from(double: f64) -> Digits {
        Digits { text: format!("{double:?}"), double }
    }
}

impl TryFrom<String> for Digits {
    type Error = BadCursor;

    fn try_from(text: String) -> Result<Digits, BadCursor> {
        let is_digit =
            |letter: u8| letter.is_ascii_digit() || matches!(letter, b'.' | b'-' | b'+' | b'e' | b'E');
        let double = text.parse::<f64>().ok().filter(|double| double.is_finite());
        match double.filter(|_| text.len() <= MAX_ID && text.bytes().all(is_digit)) {
            Some(double) => Ok(Digits { text, double }),
            None => Err(BadCursor),
        }
    }
}

impl From<Digits> for String {
    fn from(digits: Digits) -> String {
        digits.text
    }
}

/// The order of two numbers in digits, as a database has it.
pub fn order_of_numbers(left: &Digits, right: &Digits) -> Ordering {
    let rough = left.double.partial_cmp(&right.double).unwrap_or(Ordering::Equal);
    let is_negative = left.double < 0.0;
    let (left, right) = (left.text(), right.text());
    let is_plain =
        |text: &str| text.bytes().all(|letter| letter.is_ascii_digit() || matches!(letter, b'.' | b'-'));
    if rough != Ordering::Equal || !is_plain(left) || !is_plain(right) {
        return rough;
    }
    let parts = |text: &str| {
        let (whole, fraction) =
            text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
        (whole.trim_start_matches('0').to_owned(), fraction.trim_end_matches('0').to_owned())
    };
    let ((whole, fraction), (other_whole, other_fraction)) = (parts(left), parts(right));
    let size =
        whole.len().cmp(&other_whole.len()).then(whole.cmp(&other_whole)).then(fraction.cmp(&other_fraction));
    if is_negative { size.reverse() } else { size }
}

/// The most bytes of an id or a sort value in a cursor: an address has no room for more.
const MAX_ID: usize = 30_000;

/// The place of one row in a sorted list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "k")]
    pub key: Key,
    #[serde(rename = "i")]
    pub id: String,
    /// The sort it belongs to, as in the query string; a cursor of another sort is refused.
    #[serde(rename = "s")]
    pub sort: String,
}

/// A cursor that cannot be read, or belongs to another sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadCursor;

impl std::fmt::Display for BadCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a place in this list")
    }
}

impl Cursor {
    /// The opaque text that links carry.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Cursor::encode`] wrote for that sort.
    pub fn decode(text: &str, sort: &str) -> Result<Cursor, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| BadCursor)?;
        if cursor.sort != sort || !cursor.is_plausible() {
            return Err(BadCursor);
        }
        Ok(cursor)
    }

    /// Whether that is a cursor of any list.
    pub fn is_any(text: &str) -> bool {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        bytes.and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok()).is_some()
    }

    /// Whether the parts could have come from a row; anybody can make up a cursor.
    fn is_plausible(&self) -> bool {
        let plain = |text: &str, limit| text.len() <= limit && !text.contains('\0');
        plain(&self.id, MAX_ID)
            && match &self.key {
                Key::Null | Key::Number(_) | Key::Odd(_) => true,
                // SQLite keeps whatever text a foreign program wrote.
                Key::Time(time) => plain(time, MAX_ID),
            }
    }
}

/// Which stretch of the list to show.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Position {
    #[default]
    Start,
    /// The rows after that one, in the order of the list.
    After(Cursor),
    /// The rows before that one, in the order of the list.
    Before(Cursor),
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Whether rows come before the first one shown.
    pub has_previous: bool,
    /// Whether rows come after the last one shown.
    pub has_next: bool,
}
