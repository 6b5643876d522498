//! Who is signed in: a private cookie that names the user and the epoch it was made in.
//!
//! The user is looked up at every request, so a role change, a disabled account or a raised epoch
//! counts at once.

use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::{Key, SameSite, time::Duration};
use chrono::{NaiveDateTime, TimeDelta};
use sha2::{Digest, Sha512};

use crate::accounts::role::Role;
use crate::accounts::session as ended;
use crate::accounts::store::{self, User};
use crate::error::{Error, Result};
use crate::web::state::AppState;

/// A session ends this long after sign-in, whatever happens.
const ABSOLUTE_HOURS: i64 = 12;

/// A session ends this long after its last request.
const IDLE_MINUTES: i64 = 120;

/// The clocks of two instances may differ by this much.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

const USER: &str = "user";
const EPOCH: &str = "epoch";
const SINCE: &str = "since";
const SEEN: &str = "seen";
const ID: &str = "id";

/// Who was signed in before the session was ended here: what is typed in another tab is kept for them.
const LAST: &str = "last";

/// Somebody signed in, as the handlers see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub name: String,
    pub role: Role,
    pub language: Option<String>,
    /// The saved view that the navigation opens.
    pub default_view: Option<String>,
}

impl Visitor {
    /// Whether the visitor may change records.
    pub fn operates(&self) -> bool {
        self.role >= Role::Operator
    }

    /// Whether the visitor is an administrator.
    pub fn administers(&self) -> bool {
        self.role >= Role::Admin
    }
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

/// Begins a session of a new id; whatever was in the cookie before is gone.
pub fn begin(session: &Session, user: &str, epoch: i32, now: NaiveDateTime) -> Result<()> {
    session.clear();
    session.renew();
    session.insert(USER, user).map_err(Error::internal)?;
    session.insert(EPOCH, epoch).map_err(Error::internal)?;
    session.insert(ID, nanoid::nanoid!()).map_err(Error::internal)?;
    session.insert(SEEN, now).map_err(Error::internal)?;
    session.insert(SINCE, now).map_err(Error::internal)
}

/// Ends the session, and any copy of its cookie.
pub async fn end(session: &Session, state: &AppState) -> Result<()> {
    let id = session.get::<String>(ID).ok().flatten();
    let since = session.get::<NaiveDateTime>(SINCE).ok().flatten();
    let user = last_user(session);
    session.clear();
    session.renew();
    if let Some(user) = user {
        session.insert(LAST, user).map_err(Error::internal)?;
    }
    let (Some(id), Some(since)) = (id, since) else { return Ok(()) };
    let (until, now) = (since + TimeDelta::hours(ABSOLUTE_HOURS), state.clock.now());
    state.database.transaction(move |connection| ended::insert(connection, &id, until, now)).await
}

/// Who is signed in by this cookie, or was before the session ended.
pub(super) fn last_user(session: &Session) -> Option<String> {
    let name = |key| session.get::<String>(key).ok().flatten();
    name(USER).or_else(|| name(LAST))
}

/// Who is signed in, if the session still holds.
pub async fn visitor(session: &Session, state: &AppState) -> Result<Option<Visitor>> {
    let Ok(Some(name)) = session.get::<String>(USER) else { return Ok(None) };
    let epoch = session.get::<i32>(EPOCH).ok().flatten();
    let Some(id) = session.get::<String>(ID).ok().flatten() else { return Ok(None) };
    if !is_fresh(session, state.clock.now()) {
        return Ok(None);
    }
    let user: Option<User> = state
        .database
        .run(move |connection| {
            let has_ended = ended::contains(connection, &id)?;
            Ok(if has_ended { None } else { store::lookup(connection, &name)? })
        })
        .await?;
    let holds = |user: &User| !user.disabled && Some(user.session_epoch) == epoch;
    Ok(user.filter(holds).map(|user| Visitor {
        role: user.role(),
        name: user.name,
        language: user.language,
        default_view: user.default_view,
    }))
}

/// Whether neither of the two ends has come; notes in the cookie, once a minute, that somebody is there.
fn is_fresh(session: &Session, now: NaiveDateTime) -> bool {
    let time = |name| session.get::<NaiveDateTime>(name).ok().flatten();
    let (Some(since), Some(seen)) = (time(SINCE), time(SEEN)) else { return false };
    // One from the future would hold for longer than a session may: a clock was wrong, or a key is known.
    if since - now > CLOCKS_DIFFER || seen - now > CLOCKS_DIFFER {
        return false;
    }
    if now - since >= TimeDelta::hours(ABSOLUTE_HOURS) || now - seen >= TimeDelta::minutes(IDLE_MINUTES) {
        return false;
    }
    if now - seen >= TimeDelta::minutes(1) {
        // A cookie that cannot be written keeps the earlier time, and the session ends earlier.
        let _ = session.insert(SEEN, now);
    }
    true
}
