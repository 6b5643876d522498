//! Users in the database, and the secret that signs their cookies.

mod changes;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::role::Role;
use crate::db::schema::{admin_user, app_setting};
use crate::db::{DbBackend, DbConnection, is_duplicate};
use crate::error::{Error, Result};

pub use changes::{
    CHANGED, SignIn, disable, enable, end_sessions, insert, note_session, note_wrong_password, set_language,
    set_password, set_role, sign_in,
};

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
    /// The saved view that the navigation opens.
    pub default_view: Option<String>,
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
            default_view: None,
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
    match diesel::insert_into(app_setting::table).values(row).execute(connection) {
        // Another instance was first; the next try finds what it kept.
        Err(error) if is_duplicate(&error) => Err(Error::Transient(error.to_string())),
        inserted => Ok(inserted.map(|_| secret)?),
    }
}

/// Chooses what the navigation opens for that person.
pub fn set_default_view(connection: &mut DbConnection, person: &str, view: Option<&str>) -> Result<()> {
    let row = admin_user::table.filter(admin_user::name.eq(person.to_owned()));
    diesel::update(row).set(admin_user::default_view.eq(view.map(str::to_owned))).execute(connection)?;
    Ok(())
}
