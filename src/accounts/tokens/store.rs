//! Tokens in the database.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use secrecy::SecretString;
use serde_json::json;

use super::token::{self, Token};
use crate::accounts::form::is_among;
use crate::audit::event::{Action, Author, Change, TOKEN};
use crate::audit::store::record;
use crate::base::form::Message;
use crate::db::schema::{admin_user, api_token};
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};

/// The use of a token is noted this often at most, so that reading through the API hardly ever writes.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// All tokens by name.
pub fn list(connection: &mut DbConnection) -> Result<Vec<Token>> {
    Ok(api_token::table.order(api_token::name).select(Token::as_select()).load(connection)?)
}

/// The token of that name.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(connection: &mut DbConnection, name: &str) -> Result<Token> {
    let found = api_token::table.find(name.to_owned()).select(Token::as_select());
    let found: Option<Token> = found.first(connection).optional()?;
    found.filter(|token| token.name == name).ok_or(Error::NotFound)
}

/// The token that a request brought, if it is known and holds.
pub fn recognise(
    connection: &mut DbConnection,
    secret: &SecretString,
    now: NaiveDateTime,
) -> Result<Option<Token>> {
    let found: Option<Token> = api_token::table
        .filter(api_token::token_hash.eq(token::hash(secret)))
        .select(Token::as_select())
        .first(connection)
        .optional()?;
    Ok(found.filter(|token| token.is_of(secret) && token.holds_on(now.date())))
}

/// Adds a token.
///
/// # Errors
/// [`Error::Invalid`] at `name` when it is taken, be it by a user: in the trail a name stands for one author.
pub fn insert(connection: &mut DbConnection, token: &Token, author: &Author) -> Result<()> {
    let users: Vec<String> = admin_user::table.select(admin_user::name).load(connection)?;
    if is_among(&token.name, &users) {
        return Err(Error::invalid("name", Message::new("error-token-name-of-user")));
    }
    match diesel::insert_into(api_token::table).values(token).execute(connection) {
        Err(error) if is_duplicate(&error) => {
            return Err(Error::invalid("name", Message::new("error-token-name-taken")));
        }
        inserted => inserted?,
    };
    let after = json!({ "name": token.name, "role": token.grant().as_str(), "ends_on": token.ends_on });
    record(
        connection,
        author,
        Change {
            action: Action::CreateToken,
            record_kind: TOKEN,
            record_id: &token.name,
            before: None,
            after: Some(after),
        },
    )
}

/// Removes a token; from now on it is unknown.
///
/// # Errors
/// [`Error::NotFound`] when there is none of that name.
pub fn revoke(connection: &mut DbConnection, name: &str, author: &Author) -> Result<()> {
    let token = find(connection, name)?;
    let removed = diesel::delete(api_token::table.find(name.to_owned())).execute(connection)?;
    if removed == 0 {
        return Err(Error::NotFound);
    }
    let before = json!({ "name": name, "role": token.grant().as_str(), "ends_on": token.ends_on });
    record(
        connection,
        author,
        Change {
            action: Action::RevokeToken,
            record_kind: TOKEN,
            record_id: name,
            before: Some(before),
            after: None,
        },
    )
}

/// Whether the use of a token now is worth noting.
pub fn is_due(token: &Token, now: NaiveDateTime) -> bool {
    token.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY)
}

/// Notes that a token was used.
pub fn note_use(connection: &mut DbConnection, name: &str, now: NaiveDateTime) -> Result<()> {
    diesel::update(api_token::table.find(name.to_owned()))
        .set(api_token::last_used_at.eq(now))
        .execute(connection)?;
    Ok(())
}
