//! Passwords: argon2id, slow on purpose, so never on an async thread.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};

use crate::base::form::Message;
use crate::error::{Error, Result};

/// Least and most characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// The hash of a password that nobody knows: names that do not exist take as long as those that do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&random()).unwrap_or_default());

/// Hashes with a fresh salt, as a PHC string.
pub fn hash(password: &SecretString) -> Result<String> {
    let hashed = Argon2::default().hash_password(password.expose_secret().as_bytes());
    Ok(hashed.map_err(Error::internal)?.to_string())
}

/// Whether the password belongs to the hash; without a hash never, after the same time.
pub fn verify(password: &SecretString, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&NOBODY)) else { return false };
    let matches = Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
    matches && hash.is_some()
}

/// What is wrong with a new password for that user, if anything.
pub fn weakness(password: &SecretString, user: &str) -> Option<Message> {
    let text = password.expose_secret();
    if !LENGTH.contains(&text.chars().count()) {
        let message = Message::new("error-password-length");
        return Some(message.with("least", LENGTH.start()).with("most", LENGTH.end()));
    }
    if text.to_lowercase().contains(&user.to_lowercase()) && text.chars().count() < user.chars().count() + 8 {
        return Some(Message::new("error-password-user"));
    }
    let mut distinct: Vec<char> = text.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() < 5).then(|| Message::new("error-password-simple"))
}

/// A random password of 20 letters and digits, for the first sign-in.
pub fn random() -> SecretString {
    const ALPHABET: [char; 32] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
        'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9', '1',
    ];
    nanoid::nanoid!(20, &ALPHABET).into()
}
