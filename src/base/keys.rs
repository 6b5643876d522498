//! The keys of a list's filter, each a row that says all that is told of it anywhere: how it is read and written, its chip,
//! its word in the name of the file, what the API's document says, where its input is.

use super::form::{Message, Reader};
use super::query::Value;

/// A key of the filter `F`.
pub struct Key<F> {
    /// As in the query string.
    pub name: &'static str,
    /// Sets the key in a filter; what is wrong is named and left out.
    pub read: fn(&mut F, &mut Reader<'_>, &'static str),
    /// The value in the query string; none where the filter says the default.
    pub write: fn(&F) -> Option<String>,
    /// What values the document of the API allows, and what it says of them.
    pub value: Value,
    pub meaning: &'static str,
    /// The words of the chip. Without one, the key chooses the tab, the order or the size of the page, and narrows
    /// nothing.
    pub chip: Option<&'static str>,
    /// What the chip shows in place of the value.
    pub shown: Shown,
    /// The word before the value in the name of the CSV file.
    pub in_file_name: Option<&'static str>,
    pub input: Input,
}

/// What a chip shows of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    AsItIs,
    /// A time, without the `T` between day and time of day.
    Time,
    Organisation,
    Model,
    User,
    /// Somebody who works with this app.
    Person,
    /// The title of the cause.
    Cause,
    /// The word of the catalogue whose key begins so.
    Word(&'static str),
}

/// Where the form of the list has the input of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    Open,
    /// Behind the fold, which stays open while the key is set.
    Folded,
    /// Nowhere: links alone set it.
    None,
}

impl<F> Key<F> {
    /// A key of that name, which is read and written so.
    pub const fn new(
        name: &'static str,
        read: fn(&mut F, &mut Reader<'_>, &'static str),
        write: fn(&F) -> Option<String>,
    ) -> Key<F> {
        Key {
            name,
            read,
            write,
            value: Value::Line(32),
            meaning: "",
            chip: None,
            shown: Shown::AsItIs,
            in_file_name: None,
            input: Input::None,
        }
    }

    /// What values it takes, and what they mean.
    pub const fn means(self, value: Value, meaning: &'static str) -> Key<F> {
        Key { value, meaning, ..self }
    }

    /// It narrows the list: the words of its chip, and what stands in them.
    pub const fn chip(self, words: &'static str, shown: Shown) -> Key<F> {
        Key { chip: Some(words), shown, ..self }
    }

    /// Its word in the name of the file.
    pub const fn file(self, word: &'static str) -> Key<F> {
        Key { in_file_name: Some(word), ..self }
    }

    /// Where its input is.
    pub const fn input(self, input: Input) -> Key<F> {
        Key { input, ..self }
    }

    /// Whether it narrows a list; the others choose the tab, the order and the size of the page.
    pub fn is_narrowing(&self) -> bool {
        self.chip.is_some()
    }
}

impl<F> std::fmt::Debug for Key<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The names of so many keys from the first on.
pub const fn names<F, const N: usize>(rows: &[Key<F>]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = rows[at].name;
        at += 1;
    }
    names
}

/// The pairs of a query string that say a filter; what is default is left out.
pub fn to_pairs<F>(rows: &[Key<F>], filter: &F) -> Vec<(&'static str, String)> {
    rows.iter().filter_map(|key| Some((key.name, (key.write)(filter)?))).collect()
}

/// What the form of a list carries unseen of a filter: the keys in force that have no input.
pub fn unseen<F>(rows: &[Key<F>], filter: &F) -> Vec<(&'static str, String)> {
    let unseen = rows.iter().filter(|key| key.input == Input::None);
    unseen.filter_map(|key| Some((key.name, (key.write)(filter)?))).collect()
}

/// Reads a number of rows for a page.
pub fn read_page_size(read: &mut Reader<'_>, name: &str, most: u32) -> Option<u32> {
    let size = read.fields.text(name)?.parse::<u32>().ok().filter(|size| (1..=most).contains(size));
    if size.is_none() {
        read.refuse(name, Message::new("error-page-size").with("limit", most));
    }
    size
}
