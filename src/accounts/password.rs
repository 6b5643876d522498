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

/// The strength of the first characters only is estimated: these are enough to be sure, and fast.
const ESTIMATED: usize = 40;

/// The hash of a password that nobody knows: names that do not exist take as long as those that do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&random()).unwrap_or_default());

/// Hashes with a fresh salt, as a PHC string.
pub fn hash(password: &SecretString) -> Result<String> {
    let hashed = Argon2::default().hash_password(password.expose_secret().as_bytes());
    Ok(hashed.map_err(Error::internal)?.to_string())
}

/// Whether a hash was made with lower parameters than a new one would be.
pub fn is_outdated(hash: &str) -> bool {
    let wanted = Argon2::default();
    let parameters = PasswordHash::new(hash).ok().and_then(|hash| argon2::Params::try_from(&hash).ok());
    parameters.is_none_or(|present| {
        let wanted = wanted.params();
        present.m_cost() < wanted.m_cost()
            || present.t_cost() < wanted.t_cost()
            || present.p_cost() < wanted.p_cost()
    })
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
    let has_name = !user.is_empty() && text.to_lowercase().contains(&user.to_lowercase());
    if has_name && text.chars().count() < user.chars().count() + 8 {
        return Some(Message::new("error-password-user"));
    }
    let score = zxcvbn::zxcvbn(&text.chars().take(ESTIMATED).collect::<String>(), &[user, "llmage"]).score();
    (score < zxcvbn::Score::Two).then(|| Message::new("error-password-simple"))
}

/// A random password of 20 letters and digits, for the first sign-in.
pub fn random() -> SecretString {
    const ALPHABET: [char; 32] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
        'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9', '1',
    ];
    nanoid::nanoid!(20, &ALPHABET).into()
}
