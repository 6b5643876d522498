//! Texts without case, for all letters alike: search finds ÜBERLAST where überlast stands, on every database.

use std::borrow::Cow;

/// The text in lower case, letter by letter; the sigma at the end of a word is a sigma like any other.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let sigma = |letter: char| if letter == 'ς' { 'σ' } else { letter };
    Cow::Owned(text.chars().flat_map(char::to_lowercase).map(sigma).collect())
}

/// Whether the text holds a word that is folded already.
pub fn holds(text: &str, folded: &str) -> bool {
    fold(text).contains(folded)
}

/// The ways in which a letter can be written, itself first: lower and upper case, and what folds to the same.
pub fn variants(letter: char) -> Vec<char> {
    let mut all = vec![letter];
    let mut add = |other: &[char]| {
        if let [other] = other
            && !all.contains(other)
        {
            all.push(*other);
        }
    };
    add(&letter.to_uppercase().collect::<Vec<char>>());
    add(&letter.to_lowercase().collect::<Vec<char>>());
    if matches!(letter, 'σ' | 'Σ' | 'ς') {
        ['σ', 'Σ', 'ς'].iter().for_each(|sigma| add(&[*sigma]));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_fold() {
        for (text, word) in [
            ("ÜBERLAST", "überlast"),
            ("Сервер ПЕРЕГРУЖЕН", "перегружен"),
            ("ΣΦΆΛΜΑ λογισμός", "σφάλμα"),
            ("λογισμός", "ΛΟΓΙΣΜΌΣ"),
            ("Deadlock", "DEADLOCK"),
            ("余额不足", "余额"),
        ] {
            assert!(holds(text, &fold(word)), "{text} {word}");
        }
        assert!(!holds("uberlast", &fold("ÜBERLAST")));
    }

    #[test]
    fn a_letter_knows_its_variants() {
        assert_eq!(variants('ü'), ['ü', 'Ü']);
        assert_eq!(variants('σ'), ['σ', 'Σ', 'ς']);
        assert_eq!(variants('余'), ['余']);
        assert_eq!(variants('ß'), ['ß']);
    }
}
