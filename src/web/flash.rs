//! A message for the next page: what was done, told once.

use actix_session::Session;
use serde::{Deserialize, Serialize};

use super::locale::{self, Language};
use crate::base::form::Message;

const FLASH: &str = "flash";

/// A message that is shown once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flash {
    pub text: String,
}

/// Leaves a message for the next page. Without a session that could be kept there is none, and no harm.
pub fn leave(session: &Session, language: Language, message: &Message) {
    let flash = Flash { text: locale::words(language, message) };
    if let Err(error) = session.insert(FLASH, flash) {
        tracing::warn!(%error, "cannot keep a flash message");
    }
}

/// Takes the message that was left, if any.
pub fn take(session: &Session) -> Option<Flash> {
    session.remove_as::<Flash>(FLASH).and_then(|flash| flash.ok())
}
