//! What people type about accounts: a user's name, a change of one's own password or language.

use secrecy::SecretString;

use super::password;
use super::role::Role;
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::language::Language;
use crate::error::{Error, Result};

/// A name for signing in: letters, digits, `.`, `_`, `-` and `@`, at most 64.
///
/// # Errors
/// [`Error::Invalid`] at `name`.
pub fn user_name(text: &str) -> Result<String> {
    match name_fault(text) {
        None => Ok(text.to_owned()),
        Some(fault) => Err(Error::invalid("name", fault)),
    }
}

/// The names under which the app itself stands in the audit trail.
const OF_THE_APP: [&str; 5] = ["llmage-admin", "system", "job", "schedule", "archive"];

/// Why a text cannot be the name of a user or a token, if so.
pub fn name_fault(text: &str) -> Option<Message> {
    if !plain_name(text) {
        return Some(Message::new("error-user-name"));
    }
    let folded = folded(text);
    OF_THE_APP.contains(&folded.as_str()).then(|| Message::new("error-name-of-the-app"))
}

fn plain_name(text: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "._-@".contains(letter);
    (1..=64).contains(&text.chars().count()) && text.chars().all(plain)
}

/// Whether a name is one of those, in capitals or of full width or not: nobody could tell the two apart.
pub fn is_among(name: &str, names: &[String]) -> bool {
    let name = folded(name);
    names.iter().any(|other| folded(other) == name)
}

/// In small letters, and letters of full width as the plain ones that they look like.
fn folded(name: &str) -> String {
    let narrow = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    name.chars().map(narrow).collect::<String>().to_lowercase()
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
        Some(text) if Language::of_tag(text).is_some() => Ok(Some(text.to_owned())),
        Some(_) => Err(Error::invalid("language", Message::new("error-language"))),
    }
}

/// A user that shall be added.
#[derive(Debug)]
pub struct NewUser {
    pub name: String,
    pub role: Role,
    pub password: SecretString,
}

/// Reads `name`, `role` and `password` of a new user.
pub fn new_user(fields: &Fields) -> Result<NewUser> {
    let mut errors = FieldErrors::new();
    let name = user_name(fields.text("name").unwrap_or_default());
    let role = role(fields);
    let password = password_of(fields, "password", name.as_deref().unwrap_or_default());
    match (name, role, password) {
        (Ok(name), Ok(role), Ok(password)) => Ok(NewUser { name, role, password }),
        (name, role, password) => {
            for error in [name.err(), role.err(), password.err()].into_iter().flatten() {
                let Error::Invalid(found) = error else { return Err(error) };
                errors.extend(found);
            }
            Err(Error::Invalid(errors))
        }
    }
}

/// Reads `role`.
pub fn role(fields: &Fields) -> Result<Role> {
    let known = fields.text("role").and_then(|text| text.parse().ok());
    known.ok_or_else(|| Error::invalid("role", Message::new("error-role")))
}

/// Reads `new_password` for that user.
pub fn new_password(fields: &Fields, user: &str) -> Result<SecretString> {
    password_of(fields, "new_password", user)
}

fn password_of(fields: &Fields, field: &str, user: &str) -> Result<SecretString> {
    let secret = SecretString::from(fields.raw(field).unwrap_or_default().to_owned());
    match password::weakness(&secret, user) {
        Some(weakness) => Err(Error::invalid(field, weakness)),
        None => Ok(secret),
    }
}
