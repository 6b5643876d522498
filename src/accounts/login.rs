//! Signing in and out, and one's own account: password and language.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use secrecy::SecretString;
use serde::Serialize;

use super::form::{self, PasswordChange};
use super::store::User;
use super::{password, store};
use crate::audit::event::{Action, Author, Source};
use crate::base::form::{FieldErrors, Fields, Message};
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::locale::Language;
use crate::web::state::AppState;
use crate::web::{flash, links, locale, page, request, session};

#[derive(Serialize)]
struct LoginPage {
    username: String,
    next: String,
    wrong: bool,
}

#[derive(Serialize)]
struct AccountPage {
    errors: std::collections::BTreeMap<String, String>,
    languages: Vec<LanguageChoice>,
}

#[derive(Serialize)]
struct LanguageChoice {
    tag: &'static str,
    selected: bool,
}

/// `GET /login`.
pub async fn show(request: HttpRequest) -> Answer {
    let fields = request::query_fields(&request)?;
    let next = links::own_path(fields.raw("next").unwrap_or("/")).to_owned();
    if request::visitor_of(&request).is_some() {
        return Ok(page::see_other(&next));
    }
    page::ok(&request, "accounts/login.html", &LoginPage { username: String::new(), next, wrong: false })
}

/// `POST /login`: begins a session, or shows the form again without saying which part was wrong.
pub async fn create(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let state = page::state_of(&request)?;
    let username = fields.text("username").unwrap_or_default().to_owned();
    let next = links::own_path(fields.raw("next").unwrap_or("/")).to_owned();
    let typed = SecretString::from(fields.raw("password").unwrap_or_default().to_owned());
    let Some(user) = check(state, &username, typed).await? else {
        let page = LoginPage { username, next, wrong: true };
        return page::render(&request, StatusCode::UNAUTHORIZED, "accounts/login.html", &page);
    };
    session::begin(&request::session_of(&request), &user.name, user.session_epoch, state.clock.now())?;
    note(&request, state, Action::SignIn, user.name).await?;
    Ok(page::see_other(&next))
}

/// The user of that name and password, after the same time whether the name exists or not.
async fn check(state: &AppState, username: &str, typed: SecretString) -> Result<Option<User>> {
    let name = username.to_owned();
    let readable = name.chars().count() <= 64 && !name.contains('\0');
    let found = match readable {
        true => state.database.run(move |connection| store::lookup(connection, &name)).await?,
        false => None,
    };
    let user = found.filter(|user| !user.disabled);
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let verified = web::block(move || password::verify(&typed, hash.as_deref())).await;
    Ok(user.filter(|_| verified.unwrap_or(false)))
}

async fn note(request: &HttpRequest, state: &AppState, action: Action, name: String) -> Result<()> {
    let author = Author {
        name: name.clone(),
        source: Source::Page,
        request_id: Some(request::id_of(request)),
        at: state.clock.now(),
    };
    state
        .database
        .transaction(move |connection| store::note_session(connection, action, &name, &author))
        .await
}

/// `POST /logout`: ends the session.
pub async fn destroy(request: HttpRequest) -> Answer {
    let state = page::state_of(&request)?;
    if let Some(visitor) = request::visitor_of(&request) {
        note(&request, state, Action::SignOut, visitor.name).await?;
    }
    session::end(&request::session_of(&request));
    Ok(page::see_other("/login"))
}

/// `GET /account`.
pub async fn account(request: HttpRequest) -> Answer {
    account_page(&request, StatusCode::OK, &FieldErrors::new())
}

fn account_page(request: &HttpRequest, status: StatusCode, errors: &FieldErrors) -> Answer {
    let present = request::language_of(request);
    let choice = |tag: &&'static str| LanguageChoice { tag, selected: *tag == present.tag() };
    let context = AccountPage {
        errors: locale::errors_in_words(present, errors),
        languages: form::LANGUAGES.iter().map(choice).collect(),
    };
    page::render(request, status, "accounts/account.html", &context)
}

/// `POST /account`: a new password, or another language.
pub async fn update(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let changed = match fields.raw("new_password").or(fields.raw("current_password")) {
        Some(_) => change_password(&request, &fields).await,
        None => change_language(&request, &fields).await,
    };
    match changed {
        Ok((message, language)) => {
            flash::leave(&request::session_of(&request), language, &message);
            Ok(page::see_other(links::own_path(fields.raw("next").unwrap_or("/account"))))
        }
        Err(Error::Invalid(errors)) => account_page(&request, StatusCode::UNPROCESSABLE_ENTITY, &errors),
        Err(error) => Err(error.into()),
    }
}

/// Gives what to say, in the language that was chosen.
async fn change_language(request: &HttpRequest, fields: &Fields) -> Result<(Message, Language)> {
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    let chosen = form::language(fields)?;
    let language = chosen.ok_or_else(|| Error::invalid("language", Message::new("error-required")))?;
    let spoken = Language::of_tag(&language).unwrap_or(Language::English);
    let save = move |connection: &mut crate::db::DbConnection| {
        store::set_language(connection, &author.name, &language, &author)
    };
    state.database.transaction(save).await?;
    Ok((Message::new("flash-language"), spoken))
}

/// Other sessions of this user end; this one goes on under the new epoch.
async fn change_password(request: &HttpRequest, fields: &Fields) -> Result<(Message, Language)> {
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    let change = PasswordChange::parse(fields, &author.name)?;
    if check(state, &author.name, change.current).await?.is_none() {
        return Err(Error::invalid("current_password", Message::new("error-password-wrong")));
    }
    let hashed = web::block(move || password::hash(&change.new)).await.map_err(Error::internal)??;
    let name = author.name.clone();
    let save = move |connection: &mut crate::db::DbConnection| {
        store::set_password(connection, &author.name, &hashed, &author)
    };
    let epoch = state.database.transaction(save).await?;
    session::begin(&request::session_of(request), &name, epoch, state.clock.now())?;
    Ok((Message::new("flash-password"), request::language_of(request)))
}
