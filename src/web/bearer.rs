//! Which program asks: `Authorization: Bearer TOKEN` on everything below `/api`.
//!
//! Cookies mean nothing there, so that no other site can act for somebody who is signed in.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{HttpMessage, HttpRequest};
use secrecy::SecretString;

use super::state::AppState;
use crate::accounts::role::{Grant, Role};
use crate::accounts::tokens::store;
use crate::accounts::tokens::token::Token;
use crate::error::{Error, Result};

/// A program that calls the API, as the handlers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name of its token.
    pub name: String,
    pub grant: Grant,
}

impl Caller {
    /// Whether it may do what administrators may.
    pub fn administers(&self) -> bool {
        self.grant == Grant::Role(Role::Admin)
    }
}

/// Whether a path belongs to the API, where callers are programs and errors are JSON.
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The program that asks, where the route's guard has recognised one.
///
/// # Errors
/// [`Error::Unauthenticated`] when none was.
pub(super) fn caller_of(request: &HttpRequest) -> Result<Caller> {
    request.extensions().get::<Caller>().cloned().ok_or(Error::Unauthenticated)
}

/// The program whose token the request brings, if the token is known and holds.
pub async fn caller(headers: &HeaderMap, state: &AppState) -> Result<Option<Caller>> {
    let Some(secret) = secret_of(headers) else { return Ok(None) };
    let now = state.clock.now();
    if let Some(token) = state.tokens.lookup(&secret).filter(|token| token.holds_on(now.date())) {
        return Ok(Some(Caller { grant: token.grant(), name: token.name }));
    }
    let asked = secret.clone();
    let known = state.database.run(move |connection| store::recognise(connection, &asked, now)).await?;
    let Some(token) = known else { return Ok(None) };
    note_use(&token, state).await?;
    state.tokens.keep(&secret, &token);
    Ok(Some(Caller { grant: token.grant(), name: token.name }))
}

fn secret_of(headers: &HeaderMap) -> Option<SecretString> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned().into())
}

async fn note_use(token: &Token, state: &AppState) -> Result<()> {
    let now = state.clock.now();
    if !store::is_due(token, now) {
        return Ok(());
    }
    let name = token.name.clone();
    state.database.transaction(move |connection| store::note_use(connection, &name, now)).await
}
