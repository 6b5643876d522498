//! What people type about accounts: a user's name, a change of one's own password or language.

use secrecy::SecretString;

use super::password;
use crate::base::form::{Fields, Message, Reader};
use crate::error::{Error, Result};

/// Languages that the pages speak.
pub const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// A name for signing in: letters, digits, `.`, `_`, `-` and `@`, at most 64.
///
/// # Errors
/// [`Error::Invalid`] at `name`.
pub fn user_name(text: &str) -> Result<String> {
    let plain = |letter: char| letter.is_alphanumeric() || "._-@".contains(letter);
    let length = text.chars().count();
    if length == 0 || length > 64 || !text.chars().all(plain) {
        return Err(Error::invalid("name", Message::new("error-user-name")));
    }
    Ok(text.to_owned())
}

/// A change of one's own password.
#[derive(Debug)]
pub struct PasswordChange {
    pub current: SecretString,
    pub new: SecretString,
}

impl PasswordChange {
    /// Reads `current_password` and `new_password`; whether the current one is right, the store tells.
    pub fn parse(fields: &Fields, user: &str) -> Result<PasswordChange> {
        let mut read = Reader::new(fields);
        let secret = |name: &str| SecretString::from(fields.raw(name).unwrap_or_default().to_owned());
        for name in ["current_password", "new_password"] {
            if fields.raw(name).unwrap_or_default().is_empty() {
                read.refuse(name, Message::new("error-required"));
            }
        }
        let change = PasswordChange { current: secret("current_password"), new: secret("new_password") };
        if let Some(weakness) = password::weakness(&change.new, user) {
            read.refuse("new_password", weakness);
        }
        if read.errors.is_empty() { Ok(change) } else { Err(Error::Invalid(read.errors)) }
    }
}

/// A choice of language.
pub fn language(fields: &Fields) -> Result<Option<String>> {
    match fields.text("language") {
        None => Ok(None),
        Some(text) if LANGUAGES.contains(&text) => Ok(Some(text.to_owned())),
        Some(_) => Err(Error::invalid("language", Message::new("error-language"))),
    }
}
