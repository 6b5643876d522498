//! What is done to users, each with its event, in the transaction that the caller opened.

use diesel::prelude::*;
use serde_json::json;

use super::{User, lookup};
use crate::accounts::form::is_among;
use crate::accounts::role::Role;
use crate::accounts::throttle::{self, Subject};
use crate::audit::event::{Action, Author, Change, Source, USER};
use crate::audit::store::record;
use crate::base::form::Message;
use crate::db::schema::{admin_user, api_token};
use crate::db::{DbConnection, dialect, is_duplicate};
use crate::error::{Error, Result};

/// Stands for a name that no user has: what was typed there may be a password.
const UNKNOWN: &str = "(unknown)";

/// What is said of an account that is not as it was seen.
pub const CHANGED: &str = "conflict-user-changed";

/// A try to sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// As typed.
    pub name: String,
    pub address: Option<String>,
    pub subjects: Vec<Subject>,
}

/// Adds a user.
///
/// # Errors
/// [`Error::Invalid`] at `name` when it is taken, be it by a token: in the trail a name stands for one author.
pub fn insert(connection: &mut DbConnection, user: &User, author: &Author) -> Result<()> {
    let tokens: Vec<String> = api_token::table.select(api_token::name).load(connection)?;
    if is_among(&user.name, &tokens) {
        return Err(Error::invalid("name", Message::new("error-name-of-token")));
    }
    match diesel::insert_into(admin_user::table).values(user).execute(connection) {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::invalid("name", Message::new("error-name-taken")));
        }
        inserted => inserted?,
    };
    let after = json!({ "name": user.name, "role": user.role });
    record(connection, author, Change { after: Some(after), ..bare(Action::CreateUser, &user.name) })
}

/// Sets a password, where nobody set another one or ended the sessions since that epoch was seen, and ends all sessions of
/// the user; gives the new epoch.
///
/// # Errors
/// [`Error::Conflict`] where somebody did.
pub fn set_password(
    connection: &mut DbConnection,
    name: &str,
    hash: &str,
    seen: Option<i32>,
    author: &Author,
) -> Result<i32> {
    let (user, _) = find_locked(connection, name)?;
    if seen.is_some_and(|seen| seen != user.session_epoch) {
        return Err(Error::Conflict(Message::new(CHANGED)));
    }
    let epoch = user.session_epoch + 1;
    diesel::update(admin_user::table.find(name.to_owned()))
        .set((admin_user::password_hash.eq(hash.to_owned()), admin_user::session_epoch.eq(epoch)))
        .execute(connection)?;
    record(connection, author, bare(Action::ChangePassword, name))?;
    Ok(epoch)
}

/// Sets a role, where it is still the one that was seen; says whether it was another one before. The last admin who may sign
/// in keeps it, and on pages nobody raises their own.
///
/// # Errors
/// [`Error::Conflict`] where somebody gave another role meanwhile, or it may not be given.
pub fn set_role(
    connection: &mut DbConnection,
    name: &str,
    role: Role,
    seen: Option<Role>,
    author: &Author,
) -> Result<bool> {
    let (user, others) = find_locked(connection, name)?;
    if seen.is_some_and(|seen| seen != user.role() && role != user.role()) {
        return Err(Error::Conflict(Message::new(CHANGED)));
    }
    if role.as_str() == user.role {
        return Ok(false);
    }
    if role > user.role() && author.name == name && author.source != Source::Command {
        return Err(Error::Conflict(Message::new("conflict-own-role")));
    }
    if role != Role::Admin {
        keep_an_admin(&user, &others)?;
    }
    diesel::update(admin_user::table.find(name.to_owned()))
        .set(admin_user::role.eq(role.as_str()))
        .execute(connection)?;
    let change = Change {
        before: Some(json!({ "role": user.role })),
        after: Some(json!({ "role": role.as_str() })),
        ..bare(Action::ChangeRole, name)
    };
    record(connection, author, change)?;
    Ok(true)
}

/// Keeps a user from signing in and ends all sessions; says whether the user was not disabled before. The last admin stays.
pub fn disable(connection: &mut DbConnection, name: &str, author: &Author) -> Result<bool> {
    let (user, others) = find_locked(connection, name)?;
    if user.disabled {
        return Ok(false);
    }
    keep_an_admin(&user, &others)?;
    diesel::update(admin_user::table.find(name.to_owned()))
        .set((admin_user::disabled.eq(true), admin_user::session_epoch.eq(user.session_epoch + 1)))
        .execute(connection)?;
    record(connection, author, bare(Action::DisableUser, name))?;
    Ok(true)
}

/// Lets a user sign in again; says whether the user was disabled before.
pub fn enable(connection: &mut DbConnection, name: &str, author: &Author) -> Result<bool> {
    let (user, _) = find_locked(connection, name)?;
    if !user.disabled {
        return Ok(false);
    }
    diesel::update(admin_user::table.find(name.to_owned()))
        .set(admin_user::disabled.eq(false))
        .execute(connection)?;
    record(connection, author, bare(Action::EnableUser, name))?;
    Ok(true)
}

/// Ends all sessions of a user.
pub fn end_sessions(connection: &mut DbConnection, name: &str, author: &Author) -> Result<()> {
    let (user, _) = find_locked(connection, name)?;
    diesel::update(admin_user::table.find(name.to_owned()))
        .set(admin_user::session_epoch.eq(user.session_epoch + 1))
        .execute(connection)?;
    record(connection, author, bare(Action::EndSessions, name))
}

/// Sets the language in which a user sees the pages.
pub fn set_language(
    connection: &mut DbConnection,
    name: &str,
    language: &str,
    author: &Author,
) -> Result<()> {
    diesel::update(admin_user::table.find(name.to_owned()))
        .set(admin_user::language.eq(language.to_owned()))
        .execute(connection)?;
    let after = json!({ "language": language });
    record(connection, author, Change { after: Some(after), ..bare(Action::ChangeLanguage, name) })
}

/// Notes a sign-in, forgets the wrong passwords before it, and keeps the newer hash where there is one.
pub fn sign_in(
    connection: &mut DbConnection,
    user: &User,
    tried: &SignIn,
    newer_hash: Option<&str>,
    author: &Author,
) -> Result<()> {
    throttle::store::release(connection, &tried.subjects, author.at)?;
    if let Some(hash) = newer_hash {
        let same = admin_user::password_hash.eq(user.password_hash.clone());
        diesel::update(admin_user::table.find(user.name.clone()).filter(same))
            .set(admin_user::password_hash.eq(hash.to_owned()))
            .execute(connection)?;
    }
    let after = json!({ "address": tried.address });
    record(connection, author, Change { after: Some(after), ..bare(Action::SignIn, &user.name) })
}

/// Notes a wrong password. A name that no user has is not kept.
pub fn note_wrong_password(connection: &mut DbConnection, tried: &SignIn, author: &Author) -> Result<()> {
    let is_name = tried.name.chars().count() <= 64 && !tried.name.contains('\0');
    let user = if is_name { lookup(connection, &tried.name)? } else { None };
    let name = user.map_or_else(|| UNKNOWN.to_owned(), |user| user.name);
    let after = json!({ "address": tried.address });
    record(connection, author, Change { after: Some(after), ..bare(Action::WrongPassword, &name) })
}

/// Notes a sign-out.
pub fn note_session(
    connection: &mut DbConnection,
    action: Action,
    name: &str,
    author: &Author,
) -> Result<()> {
    record(connection, author, bare(action, name))
}

fn bare(action: Action, name: &str) -> Change<'_> {
    Change { action, record_kind: USER, record_id: name, before: None, after: None }
}

/// A user and all others. Nobody changes any of them until the transaction ends, so that two admins who
/// disable each other at once come one after the other.
fn find_locked(connection: &mut DbConnection, name: &str) -> Result<(User, Vec<User>)> {
    let lock = dialect::for_update(connection.engine());
    if !lock.is_empty() {
        diesel::dsl::sql::<diesel::sql_types::Text>("SELECT name FROM admin_user ORDER BY name")
            .sql(lock)
            .load::<String>(connection)?;
    }
    let (mut this, others): (Vec<User>, Vec<User>) =
        super::list(connection)?.into_iter().partition(|user| user.name == name);
    Ok((this.pop().ok_or(Error::NotFound)?, others))
}

fn keep_an_admin(user: &User, others: &[User]) -> Result<()> {
    let is_admin = |user: &User| user.role() == Role::Admin && !user.disabled;
    if is_admin(user) && !others.iter().any(is_admin) {
        return Err(Error::Conflict(Message::new("conflict-last-admin")));
    }
    Ok(())
}
