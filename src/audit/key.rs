//! The key of the audit trail: outside the database, so that who can write every table can compute no hash.
//!
//! One for the process, given once at its start: whoever records an event needs it, and nobody shall pass it on.

use std::sync::{PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

static KEY: RwLock<Option<SecretString>> = RwLock::new(None);

/// Gives the process its key, or none.
pub fn give(key: Option<SecretString>) {
    *KEY.write().unwrap_or_else(PoisonError::into_inner) = key;
}

/// Whether there is one.
pub fn is_given() -> bool {
    KEY.read().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// The code of these bytes under the key; none without a key.
pub(super) fn code(bytes: &[u8]) -> Option<Vec<u8>> {
    let key = KEY.read().unwrap_or_else(PoisonError::into_inner);
    // A key of any length will do.
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()?.expose_secret().as_bytes()).ok()?;
    mac.update(bytes);
    Some(mac.finalize().into_bytes().to_vec())
}

/// What tells this key from others, and nothing else of it.
pub(super) fn mark() -> Option<String> {
    Some(super::hash::digits(&code(b"llmage-admin: the mark of this key")?))
}
