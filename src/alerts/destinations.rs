//! Where alerts go by the settings: the webhook with its secret, the mail server, the language and the address of this app.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::mail::Mailer;
use crate::base::form::Message;
use crate::base::outbound::{self, SHORTEST_SECRET};
use crate::error::{Error, Result};

/// The settings as given.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub webhook_url: Option<String>,
    pub webhook_secret: Option<SecretString>,
    pub webhook_private: bool,
    pub smtp_url: Option<SecretString>,
    pub mail_from: Option<String>,
    pub mail_to: Option<String>,
    /// Only where it is set: links to a derived one would lead nowhere.
    pub public_url: Option<String>,
}

/// Says a message in the language of the alerts.
pub type Say = Arc<dyn Fn(&Message) -> String + Send + Sync>;

/// Checked settings. Cheap to clone.
#[derive(Clone)]
pub struct Destinations {
    /// Where rules go that name no webhook of their own.
    pub webhook_url: Option<String>,
    /// Signs what is sent; without it nothing is.
    pub secret: Option<SecretString>,
    pub allows_private: bool,
    pub mailer: Option<Mailer>,
    pub public_url: Option<String>,
    pub say: Say,
}

impl fmt::Debug for Destinations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destinations").field("mailer", &self.mailer).finish_non_exhaustive()
    }
}

impl Destinations {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with one line that names the setting and what would be right.
    pub fn read(given: Given, say: Say) -> Result<Destinations> {
        let refuse = |why: &str| Err(Error::Unavailable(why.to_owned()));
        let length = given.webhook_secret.as_ref().map(|secret| secret.expose_secret().chars().count());
        if length.is_some_and(|length| length < SHORTEST_SECRET) {
            return refuse("--webhook-secret: must have at least 16 characters");
        }
        if let Some(url) = &given.webhook_url {
            if length.is_none() {
                return refuse("--webhook-secret: must be set with --webhook-url: it signs what is sent");
            }
            if let Err(message) = outbound::check_url(url, given.webhook_private) {
                return refuse(match message.key {
                    "error-webhook-private" => {
                        "--webhook-url: leads to a private address; --webhook-private true allows that"
                    }
                    "error-webhook-password" => "--webhook-url: must hold no user and no password",
                    _ => {
                        "--webhook-url: must be http:// or https:// and a host, such as https://hooks.example.com/llmage"
                    }
                });
            }
        }
        let mailer = match &given.smtp_url {
            Some(url) => Some(Mailer::read(url, given.mail_from.as_deref(), given.mail_to.as_deref())?),
            None if given.mail_from.is_some() || given.mail_to.is_some() => {
                return refuse(
                    "--smtp-url: must be set with --mail-from and --mail-to, such as smtp://localhost",
                );
            }
            None => None,
        };
        Ok(Destinations {
            webhook_url: given.webhook_url,
            secret: given.webhook_secret,
            allows_private: given.webhook_private,
            mailer,
            public_url: given.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            say,
        })
    }

    /// The page of this app at that path, where its address is known.
    pub fn link(&self, path: &str) -> Option<String> {
        self.public_url.as_ref().map(|url| format!("{url}{path}"))
    }
}
