//! The commands about people and programs that may come in: users and API tokens.

use std::io::{BufRead, IsTerminal};

use chrono::NaiveDate;
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use super::desk::Desk;
use super::say;
use crate::accounts::role::{Grant, Role};
use crate::accounts::store::{self, User};
use crate::accounts::tokens::token::{self, Token};
use crate::accounts::tokens::{form as token_form, store as tokens};
use crate::accounts::{form, password};
use crate::base::form::Fields;
use crate::config::Config;
use crate::error::{Error, Result};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a user; the password is one line of standard input.
    Add {
        name: String,
        #[arg(long)]
        role: Role,
    },
    /// Set a user's password and end all sessions; the password is one line of standard input.
    Password { name: String },
    /// Give a user another role: viewer, operator or admin.
    Role { name: String, role: Role },
    /// Keep a user from signing in and end all sessions.
    Disable { name: String },
    /// Let a disabled user sign in again.
    Enable { name: String },
    /// End all sessions of a user.
    SignOut { name: String },
    /// List all users: name, role, and whether disabled.
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token; it stands alone on the last line of the output, once.
    Add {
        name: String,
        #[arg(long)]
        role: Grant,
        /// The last day on which it holds, YYYY-MM-DD; without it, until it is revoked.
        #[arg(long)]
        until: Option<NaiveDate>,
    },
    /// List all tokens: name, role, last day, last use.
    List,
    /// Make a token unknown from now on.
    Revoke { name: String },
}

/// Runs a command about users.
pub(super) fn user(config: &Config, command: UserCommand) -> Result<()> {
    let desk = Desk::open(config)?;
    let (database, by) = (&desk.database, desk.author());
    match command {
        UserCommand::Add { name, role } => {
            let name = form::user_name(&name)?;
            let hash = password::hash(&read_password(&name)?)?;
            let user = User::new(&name, hash, role, by.at);
            database.transaction_here(|connection| store::insert(connection, &user, &by))?;
            say(&format!("added {name}, {role}"))
        }
        UserCommand::Password { name } => {
            database.run_here(|connection| store::find(connection, &name))?;
            let hash = password::hash(&read_password(&name)?)?;
            database
                .transaction_here(|connection| store::set_password(connection, &name, &hash, None, &by))?;
            say(&format!("changed the password of {name}; all sessions of {name} are over"))
        }
        UserCommand::Role { name, role } => {
            database.transaction_here(|connection| store::set_role(connection, &name, role, None, &by))?;
            say(&format!("{name} is {role} now"))
        }
        UserCommand::Disable { name } => {
            database.transaction_here(|connection| store::disable(connection, &name, &by))?;
            say(&format!("disabled {name}; all sessions of {name} are over"))
        }
        UserCommand::Enable { name } => {
            database.transaction_here(|connection| store::enable(connection, &name, &by))?;
            say(&format!("{name} may sign in again"))
        }
        UserCommand::SignOut { name } => {
            database.transaction_here(|connection| store::end_sessions(connection, &name, &by))?;
            say(&format!("all sessions of {name} are over"))
        }
        UserCommand::List => {
            for user in database.run_here(store::list)? {
                say(&format!(
                    "{} {}{}",
                    user.name,
                    user.role(),
                    if user.disabled { " disabled" } else { "" }
                ))?;
            }
            Ok(())
        }
    }
}

/// A new password: asked twice on a terminal, else one line of standard input.
fn read_password(user: &str) -> Result<SecretString> {
    let secret = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("password: ").map_err(Error::internal)?;
        if first != rpassword::prompt_password("again: ").map_err(Error::internal)? {
            return Err(Error::Unavailable("the two passwords differ; nothing was changed".to_owned()));
        }
        first
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let secret = SecretString::from(secret);
    match password::weakness(&secret, user) {
        Some(weakness) => Err(Error::invalid("password", weakness)),
        None => Ok(secret),
    }
}

/// Runs a command about tokens.
pub(super) fn token(config: &Config, command: TokenCommand) -> Result<()> {
    let desk = Desk::open(config)?;
    let (database, by) = (&desk.database, desk.author());
    match command {
        TokenCommand::Add { name, role, until } => {
            let pair = |key: &str, value: String| (key.to_owned(), value);
            let until = until.map(|date| pair("ends_on", date.to_string()));
            let fields = [pair("name", name), pair("role", role.as_str().to_owned())];
            let new =
                token_form::new_token(&Fields::new(fields.into_iter().chain(until).collect()), by.at.date())?;
            let secret = token::fresh();
            let token = Token::new(new, &secret, &by);
            database.transaction_here(|connection| tokens::insert(connection, &token, &by))?;
            say(&format!("added token {}, {}; it is shown this once:", token.name, token.grant().as_str()))?;
            say(secret.expose_secret())
        }
        TokenCommand::List => {
            for token in database.run_here(tokens::list)? {
                let end = token.ends_on.map_or_else(|| "no end".to_owned(), |end| format!("until {end}"));
                let used = token.last_used_at.map_or_else(
                    || "never used".to_owned(),
                    |time| format!("last used {}", time.format("%Y-%m-%d %H:%M")),
                );
                say(&format!("{} {} {end} {used}", token.name, token.grant().as_str()))?;
            }
            Ok(())
        }
        TokenCommand::Revoke { name } => {
            database.transaction_here(|connection| tokens::revoke(connection, &name, &by))?;
            say(&format!("revoked {name}"))
        }
    }
}
