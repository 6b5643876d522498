//! Signing in and out.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use secrecy::SecretString;
use serde::Serialize;

use super::store::{self, SignIn, User};
use super::throttle::Subject;
use super::throttle::store as throttle;
use super::{password, sign_in};
use crate::audit::event::{Action, Author, Source};
use crate::base::form::Fields;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::state::AppState;
use crate::web::{links, page, request, session};

/// Stands in the audit trail for who is not known yet; no user can have this name.
const NOBODY: &str = "(nobody)";

#[derive(Default, Serialize)]
struct LoginPage {
    username: String,
    next: String,
    wrong: bool,
    /// Seconds until the next try, where there were too many.
    wait: Option<u64>,
}

/// `GET /login`.
pub async fn show(request: HttpRequest) -> Answer {
    let fields = request::query_fields(&request)?;
    let next = links::own_path(fields.raw("next").unwrap_or("/")).to_owned();
    if request::visitor_of(&request).is_some() {
        return Ok(page::see_other(&next));
    }
    page::ok(&request, "accounts/login.html", &LoginPage { next, ..LoginPage::default() })
}

/// `POST /login`: begins a session, or shows the form again without saying which part was wrong.
pub async fn create(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let username = fields.text("username").unwrap_or_default().to_owned();
    let next = links::own_path(fields.raw("next").unwrap_or("/")).to_owned();
    let again = LoginPage { username, next: next.clone(), ..LoginPage::default() };
    match try_once(&request, state, &fields).await {
        Ok(Some(user)) => {
            session::begin(
                &request::session_of(&request),
                &user.name,
                user.session_epoch,
                state.clock.now(),
            )?;
            Ok(page::see_other(&next))
        }
        Ok(None) => {
            let page = LoginPage { wrong: true, ..again };
            page::render(&request, StatusCode::UNAUTHORIZED, "accounts/login.html", &page)
        }
        Err(Error::TooManyRequests(seconds)) => {
            throttled(&request, LoginPage { wait: Some(seconds), ..again })
        }
        Err(error) => Err(error.into()),
    }
}

fn throttled(request: &HttpRequest, page: LoginPage) -> Answer {
    let seconds = page.wait.unwrap_or_default();
    let mut response = page::render(request, StatusCode::TOO_MANY_REQUESTS, "accounts/login.html", &page)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(response)
}

/// One try, with its event in the audit trail unless it was throttled.
async fn try_once(request: &HttpRequest, state: &AppState, fields: &Fields) -> Result<Option<User>> {
    let name = fields.text("username").unwrap_or_default().to_owned();
    let typed = SecretString::from(fields.raw("password").unwrap_or_default().to_owned());
    let address = request::address_of(request, state);
    let subjects = [Subject::address(address), Subject::account(&name)];
    let now = state.clock.now();
    let verified = state.door.verify(&subjects, (&name, typed.clone()), now).await?;
    let newer = match &verified {
        Some(user) if password::is_outdated(&user.password_hash) => Some(sign_in::hash(typed).await?),
        _ => None,
    };
    let author = Author {
        name: verified.as_ref().map_or(NOBODY, |user| &user.name).to_owned(),
        source: Source::Page,
        request_id: Some(request::id_of(request)),
        at: now,
    };
    let tried =
        SignIn { name, address: address.map(|address| address.to_string()), subjects: subjects.to_vec() };
    let user = verified.clone();
    let note = move |connection: &mut crate::db::DbConnection| match user {
        Some(user) => store::sign_in(connection, &user, (&tried, newer.as_deref()), &author),
        None => store::note_wrong_password(connection, &tried, &author),
    };
    state.database.transaction(note).await?;
    if verified.is_some() {
        state.door.forget(&subjects);
        tidy(state).await;
    }
    Ok(verified)
}

/// Forgets old tries, in a transaction of its own: nobody's sign-in fails because of it.
async fn tidy(state: &AppState) {
    let now = state.clock.now();
    if let Err(error) = state.database.transaction(move |connection| throttle::tidy(connection, now)).await {
        tracing::warn!(%error, "old sign-in tries were not forgotten");
    }
}

/// `POST /logout`: ends the session.
pub async fn destroy(request: HttpRequest) -> Answer {
    let state = page::state_of(&request)?;
    if request::visitor_of(&request).is_some() {
        let author = request::author_of(&request, state)?;
        let note = move |connection: &mut crate::db::DbConnection| {
            store::note_session(connection, Action::SignOut, &author.name, &author)
        };
        state.database.transaction(note).await?;
    }
    session::end(&request::session_of(&request), state).await?;
    Ok(page::see_other("/login"))
}
