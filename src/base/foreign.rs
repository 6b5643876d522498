//! Texts of foreign rows that are no UTF-8, or no texts at all: SQLite keeps whatever bytes a program gave it.
//!
//! Such a text is read as U+FFFD for each byte that is none, and each carries an invisible mark from which the bytes
//! are had back; a BLOB carries one at its end. So an id names its row to the byte wherever it goes (forms, batches,
//! the trail). The one rule: what leaves the app for people or programs goes through [`shown`].

use std::borrow::Cow;
use std::cmp::Ordering;

/// Marks are variation selectors, which show nothing: one for each of the bytes from 0x80 on, one for a zero byte,
/// one for "these bytes are a BLOB".
const FIRST: u32 = 0xE0100;
const ZERO: char = '\u{E0180}';
const BLOB: char = '\u{E01EF}';

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
        match chunk.valid().contains('\0') {
            true => chunk.valid().chars().for_each(|letter| match letter {
                '\0' => text.extend(['\u{FFFD}', ZERO]),
                letter => text.push(letter),
            }),
            false => text.push_str(chunk.valid()),
        }
        for byte in chunk.invalid() {
            text.extend(['\u{FFFD}', mark_of(*byte)]);
        }
    }
    text
}

/// The text of a BLOB.
pub fn text_of_blob(bytes: &[u8]) -> String {
    let mut text = text_of(bytes);
    text.push(BLOB);
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
    let mut bytes = Vec::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut is_blob = false;
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (letter, next) {
            ('\u{FFFD}', Some(ZERO)) => {
                bytes.push(0);
                letters.next();
            }
            ('\u{FFFD}', Some(mark)) if byte_of(mark).is_some() => {
                bytes.extend(byte_of(mark));
                letters.next();
            }
            (BLOB, None) => is_blob = true,
            _ => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
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

/// The order of two texts as SQLite has it: by their bytes, and BLOBs after all texts.
pub fn order(left: &str, right: &str) -> Ordering {
    let is_blob = |text: &str| text.ends_with(BLOB);
    is_blob(left).cmp(&is_blob(right)).then_with(|| bytes_of(left).cmp(&bytes_of(right)))
}

/// The text as people see it: without marks.
pub fn shown(text: &str) -> Cow<'_, str> {
    if is_marked(text) {
        Cow::Owned(text.chars().filter(|letter| !is_mark(*letter)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The text content of a page as people see it. Within tags the marks stay: forms and addresses give them back.
pub fn shown_page(html: String) -> String {
    if !is_marked(&html) {
        return html;
    }
    let mut is_tag = false;
    let keeps = |letter: char| {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ => {}
        }
        is_tag || !is_mark(letter)
    };
    html.chars()
        .filter({
            let mut keeps = keeps;
            move |letter| keeps(*letter)
        })
        .collect()
}

fn is_marked(text: &str) -> bool {
    // All marks begin with these two bytes in UTF-8.
    text.as_bytes().windows(2).any(|pair| pair == [0xF3, 0xA0]) && text.chars().any(is_mark)
}

fn is_mark(letter: char) -> bool {
    byte_of(letter).is_some() || matches!(letter, ZERO | BLOB)
}

fn mark_of(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte & 0x7F)).unwrap_or(BLOB)
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
        assert_eq!(cell_of("plain"), None);
        assert_eq!(hex_of(&text_of(b"a\xe9")).as_deref(), Some("61e9"));
    }
}
