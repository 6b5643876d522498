//! Paging by key: a cursor names the last row seen, so that pages neither repeat nor lose a row.
//!
//! A cursor holds the sort value exactly as the database stores it (text for times, all digits for
//! money), because a value rounded on the way would skip rows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The sort value of a row, as its column holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Key {
    /// The column is NULL: such rows come after all others when descending.
    #[serde(rename = "n")]
    Null,
    /// A time, in the text form of the database.
    #[serde(rename = "t")]
    Time(String),
    /// A double column.
    #[serde(rename = "f", with = "all_digits")]
    Number(f64),
}

/// Numbers as text: JSON has no infinity, but a foreign row may.
mod all_digits {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

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
        let plain = |text: &str, limit| text.chars().count() <= limit && !text.contains('\0');
        plain(&self.id, 32)
            && match &self.key {
                Key::Null => true,
                Key::Number(number) => !number.is_nan(),
                // SQLite keeps whatever text a foreign program wrote.
                Key::Time(time) => plain(time, 64),
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
