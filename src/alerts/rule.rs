//! A rule: what is watched, from where on it fires, where it is told, and how it stands.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::base::money::{Money, MoneyError, MoneySum};
use crate::db::DbBackend;
use crate::db::schema::alert_rule;

/// What a rule watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The amount of all open failures.
    OpenAmount,
    /// The share of the last hour's money that could not be accounted.
    LeakageMoney,
    /// The share of the last hour's usages that could not be accounted.
    LeakageCount,
    /// Failures with a cause that was never seen before.
    NewCause,
    /// A run of the archive that failed.
    ArchiveFailed,
    /// Retries that the platform does not take.
    StuckRetries,
    /// The amount of open failures that would pass now.
    LikelyFixed,
}

/// In what a threshold is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Units of 10^-5.
    Money,
    /// Hundredths of a percent.
    Percent,
    /// Things.
    Count,
    /// The kind has no threshold.
    None,
}

/// The most that may be counted.
pub const MOST_COUNT: i64 = 10_000;

impl Kind {
    pub const ALL: [Kind; 7] = [
        Kind::OpenAmount,
        Kind::NewCause,
        Kind::LeakageMoney,
        Kind::LeakageCount,
        Kind::ArchiveFailed,
        Kind::StuckRetries,
        Kind::LikelyFixed,
    ];

    /// As stored and sent; its words are `alert-kind-<..>` in the catalogue, with dashes.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::OpenAmount => "open_amount",
            Kind::LeakageMoney => "leakage_money",
            Kind::LeakageCount => "leakage_count",
            Kind::NewCause => "new_cause",
            Kind::ArchiveFailed => "archive_failed",
            Kind::StuckRetries => "stuck_retries",
            Kind::LikelyFixed => "likely_fixed",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// In what its threshold is counted.
    pub fn unit(self) -> Unit {
        match self {
            Kind::OpenAmount | Kind::LikelyFixed => Unit::Money,
            Kind::LeakageMoney | Kind::LeakageCount => Unit::Percent,
            Kind::StuckRetries => Unit::Count,
            Kind::NewCause | Kind::ArchiveFailed => Unit::None,
        }
    }
}

impl Unit {
    /// A number of this unit as people and programs read it: `1000.00000`, `2.50`, `3`.
    pub fn text(self, number: i128) -> String {
        match self {
            Unit::Money => MoneySum::from_units(number).to_string(),
            Unit::Percent => format!("{}.{:02}", number / 100, number % 100),
            Unit::Count | Unit::None => number.to_string(),
        }
    }
}

/// Why a text is no percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPercentage;

/// Hundredths of a percent, from a text such as `2.5`.
///
/// # Errors
/// Anything but plain digits from 0 to 100 with at most two decimals.
pub fn parse_percent(text: &str) -> Result<i64, NotAPercentage> {
    let money: Result<Money, MoneyError> = text.parse();
    let units = money.map_err(|_| NotAPercentage)?.units();
    let is_fine = units % 1_000 == 0 && units <= 100 * 100_000;
    if is_fine { Ok(units / 1_000) } else { Err(NotAPercentage) }
}

/// A row of `alert_rule`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_rule, check_for_backend(DbBackend))]
pub struct Rule {
    pub id: String,
    pub kind: String,
    /// In the unit of the kind.
    pub threshold: Option<i64>,
    pub to_webhook: bool,
    /// None: the address of the settings.
    pub webhook_url: Option<String>,
    pub to_mail: bool,
    /// None: the addresses of the settings.
    pub mail_to: Option<String>,
    pub is_on: bool,
    pub on_since: NaiveDateTime,
    pub firing_since: Option<NaiveDateTime>,
    pub value_read: Option<String>,
    pub read_at: Option<NaiveDateTime>,
    /// Archive runs that were looked at, as a JSON list.
    pub seen: Option<String>,
    /// Milliseconds since 1970.
    pub tested_at: i64,
    pub created_at: NaiveDateTime,
    pub created_by: String,
    pub version: i32,
}

impl Rule {
    /// What it watches; none for a kind of a newer program.
    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    pub fn threshold_text(&self) -> Option<String> {
        threshold_text(self.kind()?, self.threshold)
    }

    /// What the audit trail keeps of it: no address of a webhook, which may hold a secret, but enough to see a change.
    pub fn for_the_trail(&self) -> Value {
        json!({
            "kind": self.kind,
            "threshold": self.threshold_text(),
            "to_webhook": self.to_webhook,
            "webhook_url": self.webhook_url.as_deref().map(masked_url),
            "to_mail": self.to_mail,
            "mail_to": self.mail_to,
            "is_on": self.is_on,
        })
    }
}

pub fn threshold_text(kind: Kind, threshold: Option<i64>) -> Option<String> {
    threshold.filter(|_| kind.unit() != Unit::None).map(|threshold| kind.unit().text(threshold.into()))
}

/// Where an address leads, without its path, and a mark by which two can be told apart.
pub fn masked_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let mark: String =
        Sha256::digest(url.as_bytes()).iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    match rest.len() == host.len() {
        true => format!("{scheme}://{host}"),
        false => format!("{scheme}://{host}/*** ({mark})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_has_two_decimals_and_lies_from_0_to_100() {
        for (text, expected) in [("0", 0), ("2.5", 250), ("0.01", 1), ("100", 10_000), ("99.90", 9_990)] {
            assert_eq!(parse_percent(text), Ok(expected), "{text}");
        }
        for text in ["", "x", "-1", "100.01", "2.555", "1e1", "5%", "2,5"] {
            assert_eq!(parse_percent(text), Err(NotAPercentage), "{text}");
        }
    }

    #[test]
    fn numbers_are_written_in_their_unit() {
        assert_eq!(Unit::Money.text(100_000_036), "1000.00036");
        assert_eq!(Unit::Percent.text(250), "2.50");
        assert_eq!(Unit::Count.text(3), "3");
    }

    #[test]
    fn an_address_shows_its_host_and_hides_its_path() {
        assert_eq!(masked_url("https://a.example:8443"), "https://a.example:8443");
        let one = masked_url("https://a.example/hook/T0K3N");
        assert!(one.starts_with("https://a.example/*** (") && !one.contains("T0K3N"), "{one}");
        assert_ne!(one, masked_url("https://a.example/hook/other"));
    }
}
