//! Functions that SQLite calls while it reads rows. Our connections alone have them, so nothing in the file's schema
//! may use them: other programs could not write it any more.

use diesel::sql_types::{Binary, Nullable, Text};
use diesel::{QueryResult, SqliteConnection};

use crate::base::{caseless, cells, secrets};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Whether a text, as bytes, holds a word that is folded already.
    fn holds_word(text: Nullable<Binary>, folded: Text) -> Nullable<Bool>;
    /// The same of a text as it is shown: with its secrets masked.
    fn shows_word(text: Nullable<Binary>, folded: Text) -> Nullable<Bool>;
    /// Whether a text of a time column, as bytes, says a time.
    fn is_time(text: Nullable<Binary>) -> Nullable<Bool>;
}

/// Makes them known to a connection.
pub(in crate::db) fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    holds_word_utils::register_impl(connection, |text: Option<Vec<u8>>, folded: String| {
        text.map(|text| caseless::holds(&String::from_utf8_lossy(&text), &folded))
    })?;
    shows_word_utils::register_impl(connection, |text: Option<Vec<u8>>, folded: String| {
        text.map(|text| shows(&String::from_utf8_lossy(&text), &folded))
    })?;
    is_time_utils::register_impl(connection, |text: Option<Vec<u8>>| {
        text.map(|text| std::str::from_utf8(&text).is_ok_and(|text| cells::time_of(text).is_some()))
    })
}

/// Masking is dear, and most texts that are looked at do not hold the word at all.
fn shows(text: &str, folded: &str) -> bool {
    let may_be_mask = folded.contains(|sign| secrets::MASK.contains(sign));
    (may_be_mask || caseless::holds(text, folded)) && caseless::holds(&secrets::mask(text), folded)
}
