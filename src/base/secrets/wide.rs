//! Letters of full width, as Chinese input methods write them: `ａｐｉ＿ｋｅｙ＝…` hides as little as `api_key=…`.

use std::ops::Range;

/// What a text with such a letter has at least, as a regular expression for the databases.
pub(super) const SIGN: &str = "[Ａ-Ｚａ-ｚ０-９＿－＝．]";

/// The text with these letters as ASCII has them, and where each byte of it stands in the text; none where it has no such
/// letter.
pub(super) fn folded(text: &str) -> Option<(String, Vec<usize>)> {
    // The two bytes with which all of them begin, before the letters are looked at.
    if !text.as_bytes().windows(2).any(|two| matches!(two, [0xEF, 0xBC | 0xBD])) {
        return None;
    }
    let (mut plain, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
    let mut has_wide = false;
    for (place, letter) in text.char_indices() {
        let narrow = narrow(letter);
        has_wide |= narrow != letter;
        plain.push(narrow);
        places.extend((place..).take(narrow.len_utf8()));
    }
    places.push(text.len());
    has_wide.then_some((plain, places))
}

/// Letters, digits and what parts names from values; the signs of Chinese sentences stay what they are.
fn narrow(letter: char) -> char {
    match letter {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' | '＿' | '－' | '＝' | '．' => {
            char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter)
        }
        letter => letter,
    }
}

/// A part of the folded text where it stands in the text itself.
pub(super) fn placed(part: &Range<usize>, places: &[usize]) -> Range<usize> {
    let at = |place: usize| places.get(place).or(places.last()).copied().unwrap_or_default();
    at(part.start)..at(part.end)
}
