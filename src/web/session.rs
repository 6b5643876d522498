//! Who is signed in: a private cookie that names the user and the epoch it was made in.
//!
//! The user is looked up at every request, so a role change, a disabled account or a raised epoch
//! counts at once.

use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::{Key, SameSite, time::Duration};
use chrono::NaiveDateTime;
use sha2::{Digest, Sha512};

use crate::accounts::role::Role;
use crate::accounts::store::{self, User};
use crate::error::{Error, Result};
use crate::web::state::AppState;

/// A session ends this long after sign-in, whatever happens.
const ABSOLUTE_HOURS: i64 = 12;

const USER: &str = "user";
const EPOCH: &str = "epoch";
const SINCE: &str = "since";

/// Somebody signed in, as the handlers see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub name: String,
    pub role: Role,
    pub language: Option<String>,
}

/// The middleware that keeps the cookie.
pub fn middleware(secret: &str, is_https: bool) -> SessionMiddleware<CookieSessionStore> {
    let key = Key::from(&Sha512::digest(secret));
    // Browsers accept the __Host- prefix only with https, path / and no domain.
    let name = if is_https { "__Host-llmage-admin" } else { "llmage-admin" };
    SessionMiddleware::builder(CookieSessionStore::default(), key)
        .cookie_name(name.to_owned())
        .cookie_secure(is_https)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Private)
        .session_lifecycle(PersistentSession::default().session_ttl(Duration::hours(ABSOLUTE_HOURS)))
        .build()
}

/// Begins a session; whatever was in the cookie before is gone.
pub fn begin(session: &Session, user: &str, epoch: i32, now: NaiveDateTime) -> Result<()> {
    session.clear();
    session.renew();
    session.insert(USER, user).map_err(Error::internal)?;
    session.insert(EPOCH, epoch).map_err(Error::internal)?;
    session.insert(SINCE, now).map_err(Error::internal)
}

/// Ends the session.
pub fn end(session: &Session) {
    session.purge();
}

/// Who is signed in, if the session still holds.
pub async fn visitor(session: &Session, state: &AppState) -> Result<Option<Visitor>> {
    let Ok(Some(name)) = session.get::<String>(USER) else { return Ok(None) };
    let epoch = session.get::<i32>(EPOCH).ok().flatten();
    let since = session.get::<NaiveDateTime>(SINCE).ok().flatten();
    let is_fresh = since.is_some_and(|since| (state.clock.now() - since).num_hours() < ABSOLUTE_HOURS);
    if !is_fresh {
        return Ok(None);
    }
    let user: Option<User> = state.database.run(move |connection| store::lookup(connection, &name)).await?;
    let holds = |user: &User| !user.disabled && Some(user.session_epoch) == epoch;
    Ok(user.filter(holds).map(|user| Visitor { role: user.role(), name: user.name, language: user.language }))
}
