//! What happened to a rule, with what was found then: it is the history, and every delivery tells it in the same words.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::rule::{self, Kind};
use crate::db::DbBackend;
use crate::db::schema::alert_event;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The threshold was crossed, or something that the rule waits for happened.
    Fired,
    /// It is over.
    Recovered,
    /// Somebody pressed the button.
    Test,
}

impl What {
    /// As stored and sent; its words are `alert-what-<..>` in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            What::Fired => "fired",
            What::Recovered => "recovered",
            What::Test => "test",
        }
    }
}

/// What was found; what a kind does not know is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The value that was compared, in the unit of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Open failures, failed usages, new causes, failures that would pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// All usages of the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<i64>,
    /// Since when it fired, of a recovery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDateTime>,
    /// The first of the new causes, or of those that are likely fixed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CauseFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunFact>,
}

/// A cause that something is said of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseFact {
    pub key: String,
    /// Empty for failures without a reason.
    pub title: String,
}

/// A run of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFact {
    pub id: String,
    pub cutoff: NaiveDate,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A row of `alert_event`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_event, check_for_backend(DbBackend))]
pub struct Event {
    pub id: String,
    pub rule_id: String,
    pub kind: String,
    pub what: String,
    pub threshold: Option<i64>,
    /// [`Facts`] as JSON.
    pub facts: String,
    pub happened_at: NaiveDateTime,
    pub asked_by: Option<String>,
}

impl Event {
    /// Something that happened to a rule now.
    pub fn new(rule: &rule::Rule, what: What, facts: &Facts, now: NaiveDateTime) -> Event {
        Event {
            id: nanoid::nanoid!(),
            rule_id: rule.id.clone(),
            kind: rule.kind.clone(),
            what: what.as_str().to_owned(),
            threshold: rule.threshold,
            facts: serde_json::to_string(facts).unwrap_or_default(),
            happened_at: now,
            asked_by: None,
        }
    }

    /// What its rule watched.
    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    /// What was found.
    pub fn facts(&self) -> Facts {
        serde_json::from_str(&self.facts).unwrap_or_default()
    }

    /// The threshold as text, where the kind has one.
    pub fn threshold_text(&self) -> Option<String> {
        rule::threshold_text(self.kind()?, self.threshold)
    }

    /// Whether it is a test.
    pub fn is_test(&self) -> bool {
        self.what == What::Test.as_str()
    }
}
