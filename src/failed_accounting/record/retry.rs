//! What a failed record knows of a retry. It stays open, "retrying", until `settlement` sees in the platform's tables what
//! became of it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::failure::{FailedRecord, Resolution};
use crate::db::DbBackend;
use crate::db::schema::llmusage_accounting_failed;
use crate::db::values::{TolerantTime, TolerantWords};

/// What a record knows of a retry under way, and of the failures before and after it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = llmusage_accounting_failed, check_for_backend(DbBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct Retry {
    #[diesel(deserialize_as = TolerantTime)]
    pub retry_requested_at: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantWords)]
    pub retry_requested_by: Option<String>,
    /// The other failures of the usage when the retry was asked for, as a JSON array of ids: what is none of them
    /// is new.
    #[diesel(deserialize_as = TolerantWords)]
    pub retry_known: Option<String>,
    /// The failure whose retry failed with this one.
    #[diesel(deserialize_as = TolerantWords)]
    pub supersedes: Option<String>,
    /// The failure that a retry of this one ended in.
    #[diesel(deserialize_as = TolerantWords)]
    pub superseded_by: Option<String>,
}

impl Retry {
    /// The links to other failures alone: nothing is under way any more.
    pub fn ended(&self) -> Retry {
        Retry {
            supersedes: self.supersedes.clone(),
            superseded_by: self.superseded_by.clone(),
            ..Retry::default()
        }
    }

    /// The failures that were there when the retry was asked for.
    pub fn known(&self) -> Vec<String> {
        self.retry_known.as_deref().and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default()
    }
}

impl FailedRecord {
    /// Open, a retry asked for, the outcome not known yet.
    pub fn is_retrying(&self) -> bool {
        self.is_open() && self.retry.retry_requested_at.is_some()
    }

    /// Whether a retry has been waiting since before that time: the platform does not seem to take it.
    pub fn is_stuck(&self, since: NaiveDateTime) -> bool {
        self.is_retrying() && self.retry.retry_requested_at.is_some_and(|asked| asked < since)
    }

    /// The word for its state, on every page: `open`, `retrying`, `stuck`, `handled`, `accounted` or `superseded`.
    pub fn state(&self, stuck_since: NaiveDateTime) -> &'static str {
        match self.closed_as() {
            _ if self.is_stuck(stuck_since) => "stuck",
            _ if self.is_retrying() => "retrying",
            _ if self.is_open() => "open",
            Some(Resolution::Accounted) => "accounted",
            Some(Resolution::Superseded) => "superseded",
            _ => "handled",
        }
    }
}
