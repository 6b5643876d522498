//! Texts of foreign rows that are no UTF-8, or no texts at all: SQLite keeps whatever bytes a program gave it.
//!
//! Such a text is read as U+FFFD for each byte that is none, and each carries an invisible mark from which the bytes
//! are had back; a BLOB carries one at its end. So an id names its row to the byte wherever it goes (forms, batches,
//! the trail). The one rule: what leaves the app for people or programs goes through [`shown`].

use std::borrow::Cow;
use std::cmp::Ordering;

/// Marks are variation selectors, which show nothing: one for each of the bytes from 0x80 on, one for a zero byte,
/// one for "these bytes are a BLOB". A selector is a mark only behind U+FFFD: names are written with selectors, too
/// (`葛` with U+E0100 is a family name), and those are text like any other.
const FIRST: u32 = 0xE0100;
const ZERO: char = '\u{E0180}';
const BLOB: &str = "\u{FFFD}\u{E01EF}";
/// In place of an id that is NULL, which SQLite permits in a key of text: such a row is shown, counted and exported, but has
/// no address, and is not changed.
pub const NOTHING: &str = "\u{FFFD}\u{E01EE}";

/// The place of a row without an id among the others: the number that SQLite keeps it under.
pub fn nameless(number: i64) -> String {
    format!("{NOTHING}{number}")
}

/// The number of [`nameless`], where the text is such a place.
pub fn number_of(text: &str) -> Option<i64> {
    text.strip_prefix(NOTHING)?.parse().ok()
}

/// Whether the text stands for a row without an id.
pub fn is_nameless(text: &str) -> bool {
    text.starts_with(NOTHING)
}

/// How a cell holds a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub bytes: Vec<u8>,
    pub is_blob: bool,
}

/// The text of a cell that SQLite calls text.
pub fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        match chunk.valid().contains('\0') || is_marked(chunk.valid()) {
            true => push_marked(&mut text, chunk.valid()),
            false => text.push_str(chunk.valid()),
        }
        push_bytes(&mut text, chunk.invalid());
    }
    text
}

/// A text that holds what would be read as a mark, or a zero byte, which no page and no CSV may hold.
fn push_marked(text: &mut String, valid: &str) {
    let mut letters = valid.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\0' => text.extend(['\u{FFFD}', ZERO]),
            '\u{FFFD}' if letters.peek().is_some_and(|next| is_mark(*next)) => {
                push_bytes(text, "\u{FFFD}".as_bytes());
            }
            letter => text.push(letter),
        }
    }
}

fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.extend(['\u{FFFD}', mark_of(*byte)]);
    }
}

pub fn text_of_blob(bytes: &[u8]) -> String {
    let mut text = text_of(bytes);
    text.push_str(BLOB);
    text
}

/// The same id as a BLOB, where it is not marked as one already.
pub fn as_blob(text: &str) -> Option<String> {
    (!text.ends_with(BLOB)).then(|| format!("{text}{BLOB}"))
}

/// What the cell holds of which that text was read, where it is more than the text itself.
pub fn cell_of(text: &str) -> Option<Cell> {
    if !is_marked(text) {
        return None;
    }
    let (is_blob, text) = match text.strip_suffix(BLOB) {
        Some(text) => (true, text),
        None => (false, text),
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.next_if(|next| letter == '\u{FFFD}' && is_mark(*next)) {
            Some(ZERO) => bytes.push(0),
            Some(mark) => bytes.extend(byte_of(mark)),
            None => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some(Cell { bytes, is_blob })
}

/// The bytes of a text as its cell holds them.
pub fn bytes_of(text: &str) -> Cow<'_, [u8]> {
    cell_of(text).map_or(Cow::Borrowed(text.as_bytes()), |cell| Cow::Owned(cell.bytes))
}

/// The bytes as hexadecimal digits, where the text does not say them by itself.
pub fn hex_of(text: &str) -> Option<String> {
    let digits = |byte: &u8| format!("{byte:02x}");
    cell_of(text).map(|cell| cell.bytes.iter().map(digits).collect())
}

/// The order of two texts as SQLite has it: by their bytes, BLOBs after all texts, and what is NULL before them.
pub fn order(left: &str, right: &str) -> Ordering {
    let is_blob = |text: &str| text.ends_with(BLOB);
    if is_nameless(left) || is_nameless(right) {
        let named = (!is_nameless(left)).cmp(&!is_nameless(right));
        return named.then_with(|| number_of(left).cmp(&number_of(right)));
    }
    is_blob(left).cmp(&is_blob(right)).then_with(|| bytes_of(left).cmp(&bytes_of(right)))
}

/// The text as people see it: without marks.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text == NOTHING {
        return Cow::Borrowed("");
    }
    if is_marked(text) { Cow::Owned(without_marks(text, |_| true)) } else { Cow::Borrowed(text) }
}

/// The text content of a page as people see it. Within tags the marks stay: forms and addresses give them back.
pub fn shown_page(html: String) -> String {
    if !is_marked(&html) {
        return html;
    }
    let mut is_tag = false;
    without_marks(&html, |letter| {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ => {}
        }
        !is_tag
    })
}

/// The text without the marks that stand where `is_shown` says so of the letter before; it sees each letter once.
fn without_marks(text: &str, mut is_shown: impl FnMut(char) -> bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if !is_shown(letter) || letter != '\u{FFFD}' {
            kept.push(letter);
            continue;
        }
        let is_end_of_blob = letters.peek().is_some_and(|next| BLOB.ends_with(*next));
        if !is_end_of_blob {
            kept.push(letter);
        }
        letters.next_if(|next| is_mark(*next));
    }
    kept
}

fn is_marked(text: &str) -> bool {
    // U+FFFD and the two bytes with which every selector begins in UTF-8.
    let mut rest = text.as_bytes();
    while let Some(place) = rest.windows(5).position(|five| five == [0xEF, 0xBF, 0xBD, 0xF3, 0xA0]) {
        let behind = text.get(text.len() - rest.len() + place + 3..);
        if behind.and_then(|behind| behind.chars().next()).is_some_and(is_mark) {
            return true;
        }
        rest = rest.get(place + 5..).unwrap_or_default();
    }
    false
}

fn is_mark(letter: char) -> bool {
    byte_of(letter).is_some() || letter == ZERO || BLOB.ends_with(letter)
}

fn mark_of(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte & 0x7F)).unwrap_or(ZERO)
}

fn byte_of(mark: char) -> Option<u8> {
    let number = u32::from(mark).checked_sub(FIRST)?;
    u8::try_from(number).ok().filter(|number| *number < 0x80).map(|number| number | 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_had_back_from_the_text_that_was_read_of_them() {
        for bytes in
            [b"caf\xe9".as_slice(), b"\xff\xfe\x00a", "é\u{FFFD}".as_bytes(), b"\x80\x80", b"\xf0\x9f\x98"]
        {
            let text = text_of(bytes);
            assert_eq!(bytes_of(&text), bytes, "{text:?}");
            let blob = text_of_blob(bytes);
            assert_eq!(cell_of(&blob), Some(Cell { bytes: bytes.to_vec(), is_blob: true }), "{blob:?}");
            assert_eq!(shown(&blob), shown(&text));
        }
        assert_eq!(shown(&text_of(b"caf\xe9")), "caf\u{FFFD}");
        assert_eq!(shown(&text_of_blob(b"a")), "a");
        let page = format!("<a id=\"{0}\">{0}</a>", text_of_blob(b"a\xe9"));
        assert_eq!(shown_page(page), format!("<a id=\"{}\">a\u{FFFD}</a>", text_of_blob(b"a\xe9")));
        assert_eq!(cell_of("plain"), None);
        assert_eq!(hex_of(&text_of(b"a\xe9")).as_deref(), Some("61e9"));
    }

    /// A family name is told from another by a selector behind its first letter.
    #[test]
    fn selectors_of_names_are_text() {
        for name in ["葛\u{E0100}城", "\u{E0100}", "a\u{E0180}", "é\u{E01EF}", "\u{E01EF}"] {
            assert_eq!(text_of(name.as_bytes()), name);
            assert_eq!((shown(name), shown_page(name.to_owned())), (name.into(), name.to_owned()));
            assert_eq!(cell_of(name), None, "{name:?}");
        }
        for odd in ["\u{FFFD}\u{E0100}", "a\u{FFFD}\u{E01EF}"] {
            assert_eq!(bytes_of(&text_of(odd.as_bytes())), odd.as_bytes());
            assert!(!text_of(odd.as_bytes()).ends_with(BLOB));
        }
    }
}
