//! All settings, from flags and environment, each checked before anything starts.

mod alerts;
mod log_format;
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveTime;
use chrono_tz::Tz;
use clap::Args;
use secrecy::SecretString;

pub use alerts::AlertSettings;
pub use log_format::LogFormat;
pub use tests::TestSettings;

use crate::base::durability::Durability;
use crate::base::money::Money;
use crate::error::{Error, Result};

/// The settings of the contract. A wrong value stops the start with one line that names it.
#[derive(Debug, Clone, Args)]
#[expect(rustdoc::bare_urls, reason = "the text is shown by --help, too")]
pub struct Config {
    /// Where the data is: sqlite:FILE, mysql://USER:PASSWORD@HOST/DATABASE or postgres://...
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:llmage-admin.db",
        global = true,
        hide_env_values = true
    )]
    pub database_url: String,

    /// Address and port to listen on.
    #[arg(long, env = "LLMAGE_LISTEN", default_value = "127.0.0.1:8080", global = true, value_parser = address)]
    pub listen: SocketAddr,

    /// The address people type, such as https://admin.example.com; derived from --listen when absent.
    #[arg(long, env = "LLMAGE_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,

    /// How many proxies of yours stand in front: the visitor's address is the one that the first of them put
    /// into X-Forwarded-For. With 0 that header is not believed.
    #[arg(long, env = "LLMAGE_PROXIES", default_value_t = 0, global = true)]
    pub proxies: usize,

    /// The business zone: the IANA time zone in which all dates and times are stored and shown. Kept in the database by
    /// the first serve (UTC in an empty one); from then on another one is refused.
    #[arg(long, env = "LLMAGE_TIMEZONE", global = true, value_parser = zone)]
    pub timezone: Option<Tz>,

    /// full: an answer goes out once its commit is on the disk and survives a power cut; normal: a power cut may take the
    /// last moments. SQLite and PostgreSQL; MariaDB and MySQL are set for the whole server.
    #[arg(long, env = "LLMAGE_DURABILITY", default_value = "full", global = true, value_name = "full|normal",
        value_parser = durability)]
    pub durability: Durability,

    /// File with settings, each NAME=value as in an EnvironmentFile of systemd; what the environment sets counts more.
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,

    /// Folder with templates/ and static/ that are used in place of those inside the binary, while they are changed.
    #[arg(long, env = "LLMAGE_ASSETS", global = true)]
    pub assets: Option<PathBuf>,

    /// At least 32 characters that sign the cookies; made and kept in the database when absent.
    #[arg(long, env = "LLMAGE_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<SecretString>,

    /// When accounted usages are moved to the history each day, such as 02:30 in the business zone; off for never.
    #[arg(long, env = "LLMAGE_ARCHIVE_AT", default_value = "02:30", global = true, value_parser = time_or_off)]
    pub archive_at: ArchiveAt,

    /// The schedule leaves usages of so many days before today live; 0: all before today are moved.
    #[arg(long, env = "LLMAGE_ARCHIVE_KEEP_DAYS", default_value_t = 0, global = true,
        value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub archive_keep_days: u32,

    /// Every so many seconds the outcome of retries is looked for; from 1 to 3600.
    #[arg(long, env = "LLMAGE_RETRY_WATCH_SECONDS", default_value_t = 5, global = true,
        value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub retry_watch_seconds: u32,

    /// A retry that the platform has not taken after so many minutes is shown as stuck; from 1 to 10080.
    #[arg(long, env = "LLMAGE_RETRY_STUCK_MINUTES", default_value_t = 15, global = true,
        value_parser = clap::value_parser!(u32).range(1..=10_080))]
    pub retry_stuck_minutes: u32,

    /// A batch of more money than this, or of more than 1,000 rows, asks for its number of rows to be typed.
    #[arg(long, env = "LLMAGE_BATCH_CONFIRM_AMOUNT", default_value = "1000", global = true, value_parser = amount)]
    pub batch_confirm_amount: Money,

    /// The fields of a failed usage that may be corrected, each with the least role, as field:role with commas; of llmid,
    /// userid, userorgid, usages.
    #[arg(
        long,
        env = "LLMAGE_CORRECTABLE",
        global = true,
        value_name = "FIELD:ROLE,...",
        default_value = "llmid:operator,usages:operator,userid:admin,userorgid:admin"
    )]
    pub correctable: String,

    /// The currency of all amounts, such as CNY or ¥, named once on each page; unset: none is named.
    #[arg(long, env = "LLMAGE_CURRENCY", global = true, value_parser = currency)]
    pub currency: Option<String>,

    #[command(flatten)]
    pub alerts: AlertSettings,

    /// What `/metrics` wants as a bearer token; without it only programs on this machine may read them.
    #[arg(long, env = "LLMAGE_METRICS_TOKEN", global = true, hide_env_values = true)]
    pub metrics_token: Option<SecretString>,

    /// At least 32 characters that key the hashes of the audit trail, kept outside the database: without it whoever can
    /// write every table can compute the trail anew. Once given, it is needed by every command.
    #[arg(long, env = "LLMAGE_AUDIT_KEY", global = true, hide_env_values = true)]
    pub audit_key: Option<SecretString>,

    /// Mask telephone numbers, addresses of e-mail and identity numbers in reasons, notes and logs, too; the same for every
    /// instance and command. Rows keep what they hold, and `export` on the command line masks nothing.
    #[arg(long, env = "LLMAGE_MASK_PERSONAL", global = true, default_value_t = false, num_args = 0..=1, default_missing_value = "true", require_equals = true,
        action = clap::ArgAction::Set, value_name = "true|false")]
    pub mask_personal: bool,

    /// How much to log: error, warn, info, debug, trace, or a tracing filter.
    #[arg(long, env = "LLMAGE_LOG", default_value = "info", global = true)]
    pub log: String,

    /// text: plain lines, and one block that says how to sign in; json: a line of JSON an event. Without it, text where
    /// standard output is a terminal. Colours only on a terminal, and never with NO_COLOR.
    #[arg(long, env = "LLMAGE_LOG_FORMAT", global = true, value_name = "text|json", value_parser = log_format)]
    pub log_format: Option<LogFormat>,

    /// SQL that gives `id, name` of the models; default: table llm where it exists.
    #[arg(long, env = "LLMAGE_MODELS_SQL", global = true)]
    pub models_sql: Option<String>,

    /// SQL that gives `id, name` of the users; default: table users where it exists.
    #[arg(long, env = "LLMAGE_USERS_SQL", global = true)]
    pub users_sql: Option<String>,

    /// SQL that gives `id, name` of the organisations; default: table organization where it exists.
    #[arg(long, env = "LLMAGE_ORGANISATIONS_SQL", global = true)]
    pub organisations_sql: Option<String>,

    /// SQL by which the ledger is asked whether a customer was charged already: gives `usage id, entry id, time, amount`, a
    /// row for each entry; it is only read. Without it a retry whose outcome is unknown wants a tick.
    #[arg(long, env = "LLMAGE_LEDGER_SQL", global = true)]
    pub ledger_sql: Option<String>,

    #[command(flatten)]
    pub tests: TestSettings,
}

/// The time of day at which the archive runs by itself; none: never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveAt(pub Option<NaiveTime>);

fn time_or_off(text: &str) -> std::result::Result<ArchiveAt, String> {
    let time = || NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5);
    match text {
        "off" => Ok(ArchiveAt(None)),
        _ => time()
            .map(|time| ArchiveAt(Some(time)))
            .ok_or_else(|| "must be a time, such as 02:30, or off".to_owned()),
    }
}

pub(crate) fn zone(text: &str) -> std::result::Result<Tz, String> {
    text.parse().map_err(|_| "must be an IANA time zone, such as Asia/Shanghai".to_owned())
}

fn durability(text: &str) -> std::result::Result<Durability, String> {
    text.parse()
}

fn log_format(text: &str) -> std::result::Result<LogFormat, String> {
    text.parse()
}

fn amount(text: &str) -> std::result::Result<Money, String> {
    text.parse().map_err(|_| "must be an amount of at most 5 decimals, such as 1000".to_owned())
}

fn currency(text: &str) -> std::result::Result<String, String> {
    let is_short = (1..=16).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_short.then(|| text.to_owned()).ok_or_else(|| "must be of 1 to 16 characters, such as CNY".to_owned())
}

fn address(text: &str) -> std::result::Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080".to_owned())
}

impl Config {
    /// The origin that forms must come from, such as `https://admin.example.com`.
    pub fn origin(&self) -> String {
        let derived = format!("http://{}", self.listen);
        self.public_url.as_deref().map_or(derived, |url| url.trim_end_matches('/').to_owned())
    }

    /// How the log is written.
    pub fn log_format(&self) -> LogFormat {
        self.log_format.unwrap_or_else(LogFormat::of_output)
    }

    /// Whether people come by https, so that cookies must not travel otherwise.
    pub fn is_https(&self) -> bool {
        self.origin().starts_with("https://")
    }

    /// What the types above cannot check.
    pub fn check(&self) -> Result<()> {
        use secrecy::ExposeSecret;
        let refuse = |why: &str| Err(Error::Unavailable(why.to_owned()));
        if let Some(url) = &self.public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if !rest.is_some_and(|rest| !rest.is_empty() && !rest.trim_end_matches('/').contains('/')) {
                return refuse(
                    "--public-url: must be http:// or https:// and a host, such as https://admin.example.com",
                );
            }
        }
        if self.secret_key.as_ref().is_some_and(|key| key.expose_secret().chars().count() < 32) {
            return refuse("--secret-key: must have at least 32 characters");
        }
        if self.audit_key.as_ref().is_some_and(|key| key.expose_secret().chars().count() < 32) {
            return refuse("--audit-key: must have at least 32 characters");
        }
        Ok(())
    }
}
