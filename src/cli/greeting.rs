//! What a server says once of where it is and how to sign in: lines for programs, one block for people.

use std::cell::RefCell;

use secrecy::{ExposeSecret, SecretString};

use super::serve::ADMIN_PASSWORD;
use super::{desk, say};
use crate::config::LogFormat;
use crate::error::Result;

/// How the first user comes in.
#[derive(Debug)]
pub(super) enum FirstSignIn {
    /// With the password that the settings gave.
    Given,
    /// With one that nobody knows yet.
    Made(SecretString),
}

/// Tells at once where programs read, at the end where people do.
#[derive(Debug)]
pub(super) struct Greeting {
    format: LogFormat,
    sign_in: RefCell<Option<FirstSignIn>>,
}

impl Greeting {
    pub(super) fn of(format: LogFormat) -> Greeting {
        Greeting { format, sign_in: RefCell::default() }
    }

    /// Takes how the first user comes in, where one was made just now.
    pub(super) fn tell_sign_in(&self, made: Option<FirstSignIn>) -> Result<()> {
        if self.format == LogFormat::Text {
            self.sign_in.replace(made);
            return Ok(());
        }
        match made {
            None => {}
            Some(FirstSignIn::Given) => {
                say(&format!("first sign-in: user admin, the password from {ADMIN_PASSWORD}"))?
            }
            Some(FirstSignIn::Made(secret)) => {
                let secret = secret.expose_secret();
                say(&format!("first sign-in: user admin, password {secret} (shown once)"))?;
            }
        }
        desk::used().map_or(Ok(()), |used| say(&format!("database: {used}")))
    }

    /// The server serves at that address.
    pub(super) fn tell_address(&self, address: &str) {
        if self.format == LogFormat::Json {
            return;
        }
        let mut lines = vec![("open", address.to_owned())];
        if let Some(made) = &*self.sign_in.borrow() {
            let password = match made {
                FirstSignIn::Given => format!("the one from {ADMIN_PASSWORD}"),
                FirstSignIn::Made(secret) => format!("{}  (shown this once)", secret.expose_secret()),
            };
            lines.extend([("user", "admin".to_owned()), ("password", password)]);
        }
        lines.extend(desk::used().map(|used| ("database", used.to_owned())));
        lines.push(("stop", "Ctrl+C".to_owned()));
        // Whoever closed the output does not read it; the server goes on.
        let _ = say(&framed(&lines));
    }
}

/// Names and values within a frame.
fn framed(lines: &[(&str, String)]) -> String {
    let lines: Vec<String> = lines.iter().map(|(name, value)| format!("{name:<10} {value}")).collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let bar = "─".repeat(width + 2);
    let rows: String = lines.iter().map(|line| format!("│ {line:<width$} │\n")).collect();
    format!("\n┌{bar}┐\n{rows}└{bar}┘")
}
