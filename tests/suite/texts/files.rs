//! The files of `cases/`: rows of cells parted by tabs, and a source of chance that is the same in each run.

pub const SECRETS: &str = include_str!("cases/secrets.tsv");
pub const MORE_SECRETS: &str = include_str!("cases/secrets_more.tsv");
pub const CAUSES: &str = include_str!("cases/causes.tsv");
pub const MORE_CAUSES: &str = include_str!("cases/causes_more.tsv");
pub const NO_SECRETS: &str = include_str!("cases/no_secrets.txt");

/// The rows of a file, without those that say what it holds.
pub fn rows(file: &'static str) -> Vec<Vec<&'static str>> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect()).collect()
}

/// A cell as it was before `\n`, `\t`, `\r` and `\\` were written in it.
pub fn unescaped(cell: &str) -> String {
    let mut text = String::new();
    let mut letters = cell.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('\\') => text.push('\\'),
                other => {
                    text.push('\\');
                    text.extend(other);
                }
            },
            _ => text.push(letter),
        }
    }
    text
}

/// Xorshift: enough for texts, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    pub fn word(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }
}
