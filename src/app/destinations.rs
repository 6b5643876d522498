//! Where alerts go, from the settings, in the language of the settings.

use std::sync::Arc;

use crate::alerts::destinations::{Destinations, Given};
use crate::config::Config;
use crate::error::Result;
use crate::web::locale;

/// Checks the settings of the alerts.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] with one line that names the setting.
pub fn destinations(config: &Config) -> Result<Destinations> {
    let alerts = config.alerts.clone();
    let language = alerts.alert_language;
    let given = Given {
        webhook_url: alerts.webhook_url,
        webhook_secret: alerts.webhook_secret,
        webhook_private: alerts.webhook_private,
        smtp_url: alerts.smtp_url,
        mail_from: alerts.mail_from,
        mail_to: alerts.mail_to,
        public_url: config.public_url.clone(),
    };
    Destinations::read(given, Arc::new(move |message| locale::words(language, message)))
}
