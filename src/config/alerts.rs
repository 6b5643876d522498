//! The settings of the alerts; what they mean together is checked where alerts are sent.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use secrecy::SecretString;

use crate::base::language::Language;

/// Where alerts go.
#[derive(Debug, Clone, Args)]
#[expect(rustdoc::bare_urls, reason = "the text is shown by --help, too")]
pub struct AlertSettings {
    /// The webhook of alert rules that name none, such as https://hooks.example.com/llmage.
    #[arg(long, env = "LLMAGE_WEBHOOK_URL", global = true, hide_env_values = true)]
    pub webhook_url: Option<String>,

    /// At least 16 characters that sign what is sent to webhooks; without it none is called.
    #[arg(long, env = "LLMAGE_WEBHOOK_SECRET", global = true, hide_env_values = true)]
    pub webhook_secret: Option<SecretString>,

    /// Whether webhooks may lead to private addresses: this machine, the local network.
    #[arg(long, env = "LLMAGE_WEBHOOK_PRIVATE", default_value_t = false, global = true,
        action = clap::ArgAction::Set, value_name = "true|false")]
    pub webhook_private: bool,

    /// The server that takes e-mail: smtps://USER:PASSWORD@HOST, or smtp:// (STARTTLS).
    #[arg(long, env = "LLMAGE_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<SecretString>,

    /// Who sends the e-mail of alerts, such as alerts@example.com.
    #[arg(long, env = "LLMAGE_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,

    /// Who gets the e-mail of alert rules that name nobody; commas between several.
    #[arg(long, env = "LLMAGE_MAIL_TO", global = true)]
    pub mail_to: Option<String>,

    /// The language of alerts: en or zh-CN.
    #[arg(long, env = "LLMAGE_ALERT_LANGUAGE", default_value = "en", global = true, value_parser = language())]
    pub alert_language: Language,
}

/// Takes the tag of a language that the app speaks.
fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::tag))
        .map(|tag| Language::of_tag(&tag).unwrap_or(Language::English))
}
