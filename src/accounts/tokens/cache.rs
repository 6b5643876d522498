//! Tokens that were recognised a moment ago, so that a storm of requests asks the database once a second for each.
//!
//! A token that this process revokes is forgotten at once; one that another process revokes opens nothing after a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::token::{self, Token};

/// How long a token is known without asking again.
const FRESH: Duration = Duration::from_secs(1);

/// The most tokens that are known at once.
const MAX_TOKENS: usize = 1_000;

type Known = HashMap<String, (Instant, Token)>;

/// Tokens by their hashes; unknown ones are never kept. Cheap to clone.
#[derive(Clone, Default)]
pub struct TokenCache(Arc<Mutex<Known>>);

impl std::fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenCache").field("count", &self.known().len()).finish()
    }
}

impl TokenCache {
    /// The token of that secret, where it was recognised a moment ago; whether it holds today is not asked here.
    pub fn lookup(&self, secret: &SecretString) -> Option<Token> {
        let known = self.known();
        let (since, token) = known.get(&token::hash(secret))?;
        (since.elapsed() < FRESH).then(|| token.clone())
    }

    /// Keeps a token that was recognised just now.
    pub fn keep(&self, secret: &SecretString, token: &Token) {
        let mut known = self.known();
        if known.len() >= MAX_TOKENS {
            known.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if known.len() < MAX_TOKENS {
            known.insert(token::hash(secret), (Instant::now(), token.clone()));
        }
    }

    /// Forgets a token that is revoked.
    pub fn forget(&self, name: &str) {
        self.known().retain(|_, (_, token)| token.name != name);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
