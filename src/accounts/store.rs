//! Users in the database, and the secret that signs their cookies.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::role::Role;
use crate::audit::event::{Action, Author, Change, USER};
use crate::audit::store::record;
use crate::base::form::Message;
use crate::db::schema::{admin_user, app_setting};
use crate::db::{DbBackend, DbConnection, is_duplicate};
use crate::error::{Error, Result};

/// Name of the setting that keeps the cookie secret.
const SECRET_KEY: &str = "secret_key";

/// A person who may sign in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = admin_user, check_for_backend(DbBackend))]
pub struct User {
    pub name: String,
    pub password_hash: String,
    role: String,
    pub language: Option<String>,
    pub disabled: bool,
    /// Sessions begun under another epoch are over.
    pub session_epoch: i32,
    pub created_at: NaiveDateTime,
}

impl User {
    /// A new, enabled user.
    pub fn new(name: &str, password_hash: String, role: Role, now: NaiveDateTime) -> User {
        User {
            name: name.to_owned(),
            password_hash,
            role: role.as_str().to_owned(),
            language: None,
            disabled: false,
            session_epoch: 0,
            created_at: now,
        }
    }

    /// What the user may do; an unknown word in the table gives the least.
    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::Viewer)
    }
}

/// The user of that name, to the letter.
pub fn lookup(connection: &mut DbConnection, name: &str) -> Result<Option<User>> {
    let found: Option<User> = admin_user::table
        .filter(admin_user::name.eq(name.to_owned()))
        .select(User::as_select())
        .first(connection)
        .optional()?;
    Ok(found.filter(|user| user.name == name))
}

/// The user of that name.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(connection: &mut DbConnection, name: &str) -> Result<User> {
    lookup(connection, name)?.ok_or(Error::NotFound)
}

/// All users by name.
pub fn list(connection: &mut DbConnection) -> Result<Vec<User>> {
    Ok(admin_user::table.order(admin_user::name).select(User::as_select()).load(connection)?)
}

/// Whether anybody may sign in yet.
pub fn is_empty(connection: &mut DbConnection) -> Result<bool> {
    Ok(admin_user::table.count().get_result::<i64>(connection)? == 0)
}

/// Adds a user.
///
/// # Errors
/// [`Error::Invalid`] at `name` when it is taken.
pub fn insert(connection: &mut DbConnection, user: &User, author: &Author) -> Result<()> {
    match diesel::insert_into(admin_user::table).values(user).execute(connection) {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::invalid("name", Message::new("error-name-taken")));
        }
        inserted => inserted?,
    };
    let after = serde_json::json!({ "name": user.name, "role": user.role });
    let change = Change {
        action: Action::CreateUser,
        record_kind: USER,
        record_id: &user.name,
        before: None,
        after: Some(after),
    };
    record(connection, author, change)
}

/// Sets a password and ends all sessions of the user; gives the new epoch.
pub fn set_password(connection: &mut DbConnection, name: &str, hash: &str, author: &Author) -> Result<i32> {
    let epoch = find(connection, name)?.session_epoch + 1;
    diesel::update(admin_user::table.filter(admin_user::name.eq(name.to_owned())))
        .set((admin_user::password_hash.eq(hash.to_owned()), admin_user::session_epoch.eq(epoch)))
        .execute(connection)?;
    record(connection, author, bare_change(Action::ChangePassword, name))?;
    Ok(epoch)
}

/// Sets a role. The last admin who may sign in keeps it.
pub fn set_role(connection: &mut DbConnection, name: &str, role: Role, author: &Author) -> Result<()> {
    let user = find(connection, name)?;
    if role != Role::Admin {
        keep_an_admin(connection, &user)?;
    }
    diesel::update(admin_user::table.filter(admin_user::name.eq(name.to_owned())))
        .set(admin_user::role.eq(role.as_str()))
        .execute(connection)?;
    let change = Change {
        before: Some(serde_json::json!({ "role": user.role })),
        after: Some(serde_json::json!({ "role": role.as_str() })),
        ..bare_change(Action::ChangeRole, name)
    };
    record(connection, author, change)
}

/// Keeps a user from signing in and ends all sessions. The last admin stays.
pub fn disable(connection: &mut DbConnection, name: &str, author: &Author) -> Result<()> {
    let user = find(connection, name)?;
    keep_an_admin(connection, &user)?;
    diesel::update(admin_user::table.filter(admin_user::name.eq(name.to_owned())))
        .set((admin_user::disabled.eq(true), admin_user::session_epoch.eq(user.session_epoch + 1)))
        .execute(connection)?;
    record(connection, author, bare_change(Action::DisableUser, name))
}

/// Sets the language in which a user sees the pages.
pub fn set_language(
    connection: &mut DbConnection,
    name: &str,
    language: &str,
    author: &Author,
) -> Result<()> {
    diesel::update(admin_user::table.filter(admin_user::name.eq(name.to_owned())))
        .set(admin_user::language.eq(language.to_owned()))
        .execute(connection)?;
    let after = serde_json::json!({ "language": language });
    record(connection, author, Change { after: Some(after), ..bare_change(Action::ChangeLanguage, name) })
}

/// Notes a sign-in or sign-out.
pub fn note_session(
    connection: &mut DbConnection,
    action: Action,
    name: &str,
    author: &Author,
) -> Result<()> {
    record(connection, author, bare_change(action, name))
}

fn bare_change(action: Action, name: &str) -> Change<'_> {
    Change { action, record_kind: USER, record_id: name, before: None, after: None }
}

fn keep_an_admin(connection: &mut DbConnection, user: &User) -> Result<()> {
    let others: i64 = admin_user::table
        .filter(admin_user::role.eq(Role::Admin.as_str()))
        .filter(admin_user::disabled.eq(false))
        .filter(admin_user::name.ne(user.name.clone()))
        .count()
        .get_result(connection)?;
    if others == 0 && user.role() == Role::Admin {
        return Err(Error::Conflict(Message::new("conflict-last-admin")));
    }
    Ok(())
}

/// The secret that signs the cookies, made at the first call and kept.
pub fn secret_key(connection: &mut DbConnection) -> Result<String> {
    let kept = |connection: &mut DbConnection| -> Result<Option<String>> {
        let found = app_setting::table.filter(app_setting::name.eq(SECRET_KEY)).select(app_setting::value);
        Ok(found.first(connection).optional()?)
    };
    if let Some(secret) = kept(connection)? {
        return Ok(secret);
    }
    let secret = nanoid::nanoid!(64);
    let row = (app_setting::name.eq(SECRET_KEY), app_setting::value.eq(secret.clone()));
    diesel::insert_into(app_setting::table).values(row).execute(connection)?;
    Ok(secret)
}
