//! Words that were drawn by a machine, such as keys and ids, told from words that somebody wrote.
//!
//! Written words keep to few of the 676 pairs of letters, and change between letters, digits and cases rarely.

/// For each letter those that follow it often: 96 of 100 pairs in English, in names of code and in pinyin are among
/// them; of drawn pairs fewer than every second one.
const FOLLOWERS: [&str; 26] = [
    "bcdfgiklmnoprstuvwxy",
    "aceijlorsuy",
    "acdehiklmoprstuy",
    "abcdefilnorstu",
    "abcdefghilmnopqrstuvwxy",
    "acdefilorstu",
    "aeghilnorsu",
    "aeilorstu",
    "abcdefglmnoprstvxz",
    "aeiou",
    "aeils",
    "acdeilmnopstuy",
    "abdeilmopstu",
    "acdefgiklnopstuv",
    "abcdfgiklmnoprstuvw",
    "acdehiloprstuy",
    "iu",
    "abcdefgiklmnoprstuvy",
    "acdefhiklmnopqrstuwy",
    "acdefhilmoprstuwy",
    "abcdefgilmnoprst",
    "aeio",
    "aehinors",
    "aceipt",
    "aeilmnopstu",
    "aehiou",
];

/// The most bytes of a word that are looked at; longer words are judged by their beginning.
const MAX_WORD: usize = 128;

/// Whether a word, or a part of it between signs, looks drawn.
pub fn looks_drawn(word: &str) -> bool {
    let word = word.get(..MAX_WORD).unwrap_or(word);
    word.split(|letter: char| !letter.is_ascii_alphanumeric()).any(is_part_drawn)
        || (word.len() >= 16 && is_mixed(word))
}

/// Whether capitals stand among small letters as in no name: many, and between them one or two letters again and again.
pub fn has_strewn_capitals(word: &str) -> bool {
    let (mut upper, mut lower, mut run, mut short_runs) = (0, 0, 0, 0);
    for letter in word.bytes() {
        if letter.is_ascii_lowercase() {
            lower += 1;
            run += 1;
        } else {
            upper += usize::from(letter.is_ascii_uppercase());
            short_runs += usize::from((1..=2).contains(&run));
            run = 0;
        }
    }
    word.len() >= 18 && lower > 0 && upper * 10 >= (upper + lower) * 3 && short_runs >= 3
}

/// Whether letters alone look drawn: an id may have no digit.
pub fn are_letters_drawn(word: &str) -> bool {
    let letters: Vec<u8> = word.bytes().filter(u8::is_ascii_alphabetic).collect();
    let pairs = letters.len().saturating_sub(1);
    if letters.len() < 10 {
        return false;
    }
    let usual = letters.windows(2).filter(|pair| is_usual(pair)).count();
    let changes = letters
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase())
        .count();
    // Of a hundred pairs so many are usual at most.
    let mut most = match letters.len() {
        10..=11 => 45,
        12..=15 => 58,
        _ => 70,
    };
    if changes * 100 >= pairs * 36 {
        most += if letters.len() >= 16 { 18 } else { 10 };
    }
    usual * 100 <= pairs * most
}

/// Whether a word of six letters or more, and of nothing else, is none that anybody would say: too few of its pairs are
/// usual.
pub fn are_letters_odd(word: &str) -> bool {
    let letters = word.as_bytes();
    let most = match letters.len() {
        ..6 => return false,
        6 => 50,
        7..9 => 60,
        _ => 66,
    };
    let usual = letters.windows(2).filter(|pair| is_usual(pair)).count();
    letters.iter().all(u8::is_ascii_alphabetic) && usual * 100 < (letters.len() - 1) * most
}

fn is_usual(pair: &[u8]) -> bool {
    let place = |letter: u8| usize::from(letter.to_ascii_lowercase() - b'a');
    FOLLOWERS.get(place(pair[0])).is_some_and(|all| all.as_bytes().contains(&pair[1].to_ascii_lowercase()))
}

fn is_part_drawn(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let letters = part.len() - digits;
    if digits == 0 {
        return are_letters_drawn(part);
    }
    let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let changes = changes(part);
    (part.len() >= 16 && is_hex)
        || (letters > 0
            && ((part.len() >= 8 && changes >= 4)
                || (part.len() >= 10 && changes >= 3)
                || (part.len() >= 14 && changes >= 2 && are_letters_drawn(part))))
}

/// Whether a word with signs in it, such as a nanoid, looks drawn as a whole.
fn is_mixed(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        && (changes(word) >= 5 || (has_short_parts(word) && are_letters_drawn(word)))
}

/// How often letters and digits take turns.
fn changes(text: &str) -> usize {
    let kinds: Vec<bool> =
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.is_ascii_digit()).collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// Words of a name that are parted by signs are seldom shorter than three letters, and small.
fn has_short_parts(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_uppercase()) && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_words_are_not_drawn() {
        for word in [
            "llmusage_pkey",
            "context_length_exceeded",
            "insufficient_quota",
            "ThrottlingException",
            "DataInspectionFailed",
            "gpt-4o-mini-2024-07-18",
            "qwen3-235b-a22b",
            "claude-3-5-sonnet-20241022",
            "authentication",
            "risk-management-department",
            "zhongguo-zhangsan",
            "HTTPSConnectionPool",
            "idx_user_2024_v2",
            "CERTIFICATE_VERIFY_FAILED",
        ] {
            assert!(!looks_drawn(word), "{word}");
        }
    }

    #[test]
    fn keys_and_ids_are_drawn() {
        for word in [
            "V1StGXR8_Z5jdHi6B-myT",
            "a1b2c3d4e5f6a7b8c9d0",
            "QzKvBtrMwXplHgTqZrNcD",
            "qhzkvbtrmwxplfgjdks",
            "aB3dE6gH9jK2",
            "7f1e6a8011114c2b9a6e5d2f3b4c5d6e",
        ] {
            assert!(looks_drawn(word), "{word}");
        }
    }
}
