//! Signing in and out.

use actix_web::http::{StatusCode, header};
use secrecy::SecretString;

use super::store::{self, SignIn, User};
use super::throttle::Subject;
use super::throttle::store as throttle;
use super::{password, sign_in};
use crate::audit::event::{Action, Author, Source};
use crate::base::form::Fields;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Query, Visit};
use crate::web::state::AppState;
use crate::web::typed::{self, SignInPage};
use crate::web::{links, page, session};

/// Stands in the audit trail for who is not known yet; no user can have this name.
const NOBODY: &str = "(nobody)";

/// `GET /login`.
pub async fn show(visit: Visit, Query(fields): Query) -> Answer {
    let next = links::own_path(fields.raw("next").unwrap_or("/")).to_owned();
    if visit.visitor().is_some() {
        return Ok(page::see_other(&next));
    }
    visit.ok("accounts/login.html", &SignInPage { next, ..SignInPage::default() })
}

/// `POST /login`: begins a session, or shows the form again without saying which part was wrong.
pub async fn create(visit: Visit, Form(fields): Form) -> Answer {
    let state = &visit.state;
    let username = fields.text("username").unwrap_or_default().to_owned();
    let next = links::own_path(fields.raw("next").unwrap_or("/")).to_owned();
    let sealed = fields.text(typed::FIELD).map(str::to_owned);
    let again = SignInPage { username, next: next.clone(), typed: sealed.clone(), ..SignInPage::default() };
    match try_once(&visit, state, &fields).await {
        Ok(Some(user)) => {
            let now = state.clock.now();
            session::begin(&visit.session(), &user.name, user.session_epoch, now)?;
            match sealed.and_then(|sealed| state.seal.open(&sealed, &user.name, now)) {
                Some(kept) => typed::show(&visit, kept, next).await,
                None => Ok(page::see_other(&next)),
            }
        }
        Ok(None) => {
            let page = SignInPage { wrong: true, ..again };
            visit.render(StatusCode::UNAUTHORIZED, "accounts/login.html", &page)
        }
        Err(Error::TooManyRequests(seconds)) => {
            throttled(&visit, SignInPage { wait: Some(seconds), ..again })
        }
        Err(error) => Err(error.into()),
    }
}

fn throttled(visit: &Visit, page: SignInPage) -> Answer {
    let seconds = page.wait.unwrap_or_default();
    let mut response = visit.render(StatusCode::TOO_MANY_REQUESTS, "accounts/login.html", &page)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(response)
}

/// One try, with its event in the audit trail unless it was throttled.
async fn try_once(visit: &Visit, state: &AppState, fields: &Fields) -> Result<Option<User>> {
    let name = fields.text("username").unwrap_or_default().to_owned();
    let typed = SecretString::from(fields.raw("password").unwrap_or_default().to_owned());
    let address = visit.address();
    let subjects = [Subject::address(address), Subject::account(&name)];
    let now = state.clock.now();
    let verified = state.sign_in_gate.verify(&subjects, &name, typed.clone(), now).await?;
    let newer = match &verified {
        Some(user) if password::is_outdated(&user.password_hash) => Some(sign_in::hash(typed).await?),
        _ => None,
    };
    let author = Author {
        name: verified.as_ref().map_or(NOBODY, |user| &user.name).to_owned(),
        source: Source::Page,
        request_id: Some(visit.request_id()),
        at: now,
    };
    let tried =
        SignIn { name, address: address.map(|address| address.to_string()), subjects: subjects.to_vec() };
    let user = verified.clone();
    let note = move |connection: &mut crate::db::DbConnection| match user {
        Some(user) => store::sign_in(connection, &user, &tried, newer.as_deref(), &author),
        None => store::note_wrong_password(connection, &tried, &author),
    };
    state.database.transaction(note).await?;
    if verified.is_some() {
        state.sign_in_gate.forget(&subjects);
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
pub async fn destroy(visit: Visit) -> Answer {
    let state = &visit.state;
    if visit.visitor().is_some() {
        let author = visit.author()?;
        let note = move |connection: &mut crate::db::DbConnection| {
            store::note_session(connection, Action::SignOut, &author.name, &author)
        };
        state.database.transaction(note).await?;
    }
    session::end(&visit.session(), state).await?;
    Ok(page::see_other("/login"))
}
