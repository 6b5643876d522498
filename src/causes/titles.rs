//! How causes are called: by their titles, or in words where they have none.

use std::collections::HashMap;

use super::cause::{NO_REASON, UNSORTED};
use super::store;
use crate::db::DbConnection;
use crate::error::Result;

/// Looks a key of the catalogue up.
pub type Word<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The titles of causes, by their keys.
#[derive(Debug, Default)]
pub struct Titles(HashMap<String, String>);

impl Titles {
    /// Reads the titles of these causes.
    pub fn read(connection: &mut DbConnection, keys: Vec<String>) -> Result<Titles> {
        let causes = store::of_keys(connection, keys)?.into_iter();
        Ok(Titles(causes.map(|cause| (cause.cause_key, cause.title)).collect()))
    }

    /// How the cause of that key is called.
    pub fn of(&self, key: &str, word: Word<'_>) -> String {
        in_words(key, self.0.get(key).map(String::as_str), word)
    }
}

/// How the cause of that key is called, with its title where it has one; one that nobody knows is called by its key.
pub fn in_words(key: &str, title: Option<&str>, word: Word<'_>) -> String {
    let in_place = match key {
        NO_REASON => word("cause-no-reason"),
        UNSORTED => word("cause-unsorted"),
        _ => title.map(str::to_owned),
    };
    in_place.unwrap_or_else(|| key.to_owned())
}
