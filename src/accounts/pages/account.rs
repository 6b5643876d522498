//! `/account`: one's own password, language and sessions, and what one may do.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::accounts::form::{self, PasswordChange};
use crate::accounts::role::{Grant, Role};
use crate::accounts::throttle::Subject;
use crate::accounts::throttle::store as throttle;
use crate::accounts::{sign_in, store};
use crate::audit::event::Author;
use crate::base::form::{FieldErrors, Fields, Message};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::web::access::{Access, Permission};
use crate::web::bearer::is_api;
use crate::web::error::Answer;
use crate::web::extract::{Form, Visit};
use crate::web::locale::{self, Language};
use crate::web::{flash, links, page, session};

#[derive(Serialize)]
struct AccountPage {
    errors: BTreeMap<String, String>,
    languages: Vec<LanguageChoice>,
    may: Vec<May>,
}

#[derive(Serialize)]
struct LanguageChoice {
    tag: &'static str,
    selected: bool,
}

/// What one may do in one part of the app from one role on.
#[derive(Serialize)]
struct May {
    what: String,
    role: &'static str,
    yes: bool,
}

/// `GET /account`.
pub async fn show(visit: Visit) -> Answer {
    account_page(&visit, StatusCode::OK, &FieldErrors::new())
}

fn account_page(visit: &Visit, status: StatusCode, errors: &FieldErrors) -> Answer {
    let present = visit.language;
    let role = visit.visitor().map_or(Role::Viewer, |visitor| visitor.role);
    let choice = |language: Language| LanguageChoice { tag: language.tag(), selected: language == present };
    let context = AccountPage {
        errors: locale::errors_in_words(present, errors),
        languages: Language::ALL.into_iter().map(choice).collect(),
        may: may(&visit.state.permissions, role, present),
    };
    visit.render(status, "accounts/account.html", &context)
}

/// The routes for people, by the part of the app and the least role: the table that guards them.
fn may(permissions: &[Permission], role: Role, language: Language) -> Vec<May> {
    let mut seen: Vec<(&str, Role)> = Vec::new();
    for permission in permissions.iter().filter(|permission| !is_api(permission.path)) {
        let (Access::Role(least) | Access::RoleOrReporter(least)) = permission.access else { continue };
        let part = permission.path.split(['/', '.']).nth(1).unwrap_or_default();
        if !part.is_empty() && !seen.contains(&(part, least)) {
            seen.push((part, least));
        }
    }
    seen.sort_by_key(|(_, least)| *least);
    let line = |(part, least): (&str, Role)| May {
        what: in_words(language, part, least),
        role: least.as_str(),
        yes: Access::Role(least).admits(Grant::Role(role)),
    };
    seen.into_iter().map(line).collect()
}

/// A part without words of its own shows its address, until somebody writes them.
fn in_words(language: Language, part: &str, least: Role) -> String {
    let key = format!("may-{part}-{least}");
    locale::lookup(language, &key, &Default::default()).unwrap_or_else(|| format!("/{part}"))
}

/// `POST /account`: a new password, another language, or the end of all sessions.
pub async fn update(visit: Visit, Form(fields): Form) -> Answer {
    let changed = match fields.raw("new_password").or(fields.raw("current_password")) {
        Some(_) => change_password(&visit, &fields).await,
        None => change_language(&visit, &fields).await,
    };
    match changed {
        Ok((message, language)) => {
            flash::leave(&visit.session(), language, &message);
            Ok(page::see_other(links::own_path(fields.raw("next").unwrap_or("/account"))))
        }
        Err(Error::Invalid(errors)) => account_page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &errors),
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/sessions`: signs out everywhere, here too.
pub async fn end_sessions(visit: Visit, author: Author) -> Answer {
    let state = &visit.state;
    let end = move |connection: &mut DbConnection| store::end_sessions(connection, &author.name, &author);
    state.database.transaction(end).await?;
    session::end(&visit.session(), state).await?;
    Ok(page::see_other("/login"))
}

/// Gives what to say, in the language that was chosen.
async fn change_language(visit: &Visit, fields: &Fields) -> Result<(Message, Language)> {
    let author = visit.author()?;
    let chosen = form::language(fields)?;
    let language = chosen.ok_or_else(|| Error::invalid("language", Message::new("error-required")))?;
    let spoken = Language::of_tag(&language).unwrap_or(Language::English);
    let save = move |connection: &mut DbConnection| {
        store::set_language(connection, &author.name, &language, &author)
    };
    visit.state.database.transaction(save).await?;
    Ok((Message::new("flash-language"), spoken))
}

/// Other sessions of this user end; this one goes on under the new epoch.
async fn change_password(visit: &Visit, fields: &Fields) -> Result<(Message, Language)> {
    let state = &visit.state;
    let author = visit.author()?;
    let change = PasswordChange::parse(fields, &author.name)?;
    let subjects = [Subject::change(&author.name)];
    let verified = state.sign_in_gate.verify(&subjects, &author.name, change.current, author.at);
    if verified.await?.is_none() {
        return Err(Error::invalid("current_password", Message::new("error-password-wrong")));
    }
    let hashed = sign_in::hash(change.new).await?;
    let name = author.name.clone();
    let released = subjects.clone();
    let save = move |connection: &mut DbConnection| {
        throttle::release(connection, &subjects, author.at)?;
        store::set_password(connection, &author.name, &hashed, None, &author)
    };
    let epoch = state.database.transaction(save).await?;
    state.sign_in_gate.forget(&released);
    session::begin(&visit.session(), &name, epoch, state.clock.now())?;
    Ok((Message::new("flash-password"), visit.language))
}
