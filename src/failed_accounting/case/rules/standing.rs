//! What is true of a case, apart from what its closed failures say: the rows of the table.

use super::View;
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::usage::{CREATED, FAILED, SUCCEEDED, Usage, Whereabouts};

/// What is true of a case, apart from what its closed failures say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing<'a> {
    /// A retry of that failure is under way.
    Retrying(&'a FailedRecord),
    /// The usage is `failed`.
    Failed,
    /// The platform will account the usage by itself.
    Awaited,
    /// The usage is to be accounted, but has a status that the platform never takes.
    NeverBilled,
    /// The customer was charged.
    Accounted,
    NoUsage,
    Gone,
    /// In the history without being accounted.
    Archived,
    /// In a state that nobody knows.
    Foreign,
}

impl Standing<'_> {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Retrying(_) => "retrying",
            Standing::Failed => "failed",
            Standing::Awaited => "awaited",
            Standing::NeverBilled => "never_billed",
            Standing::Accounted => "accounted",
            Standing::NoUsage => "no_usage",
            Standing::Gone => "gone",
            Standing::Archived => "archived",
            Standing::Foreign => "foreign",
        }
    }
}

impl<'a> View<'a> {
    /// What is true of the case of that failure.
    pub fn standing(self, record: &'a FailedRecord) -> Standing<'a> {
        if record.is_retrying() {
            return Standing::Retrying(record);
        }
        if record.llmusageid.as_deref().is_none_or(|id| id.trim().is_empty()) {
            return Standing::NoUsage;
        }
        let Some((usage, whereabouts)) = self.usage else { return Standing::Gone };
        if let Some(retrying) = self.failures.iter().find(|record| record.is_retrying()) {
            return Standing::Retrying(retrying);
        }
        match usage.accounting_status.as_deref() {
            _ if usage.is_accounted() => Standing::Accounted,
            _ if *whereabouts != Whereabouts::Live => Standing::Archived,
            Some(FAILED) => Standing::Failed,
            Some(CREATED) if is_awaited(usage) => Standing::Awaited,
            Some(CREATED) => Standing::NeverBilled,
            _ => Standing::Foreign,
        }
    }
}

/// Whether the platform will take the usage by itself.
pub fn is_awaited(usage: &Usage) -> bool {
    usage.accounting_status.as_deref() == Some(CREATED) && usage.status.as_deref() == Some(SUCCEEDED)
}
