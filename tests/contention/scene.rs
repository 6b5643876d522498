//! How a usage and its two failures stand before two acts meet.

use llmage_admin::db::Database;
use llmage_admin::failed_accounting::failure::Resolution;

use crate::act::Act;
use crate::support::rows::run;

/// The failures are `a`, the older, and `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Usage failed, both open: as adopted.
    Open,
    /// Usage failed, `a` open, `b` written off.
    Waived,
    /// Usage failed, `a` charged by hand, `b` open.
    Charged,
    /// `b` is retried, `a` superseded by it; the usage waits for the platform.
    Retrying,
    /// As [`Scene::Retrying`], and the platform has accounted the usage.
    Accounted,
    /// The usage waits for the platform; both are written off.
    Awaited,
    /// Usage accounted; `b` was written off, and `a` superseded by it.
    Settled,
    /// As [`Scene::Settled`], in the history.
    Archived,
}

impl Scene {
    pub fn build(self, database: &Database, usage: &str) {
        let state = match self {
            Scene::Open | Scene::Waived | Scene::Charged => "failed",
            Scene::Retrying | Scene::Awaited => "created",
            Scene::Accounted | Scene::Settled | Scene::Archived => "accounted",
        };
        let failure = |name: &str, minute: u32, rest: &str| {
            format!(
                "INSERT INTO llmusage_accounting_failed (id, llmusageid, amount, cost, failed_reason, use_time, \
                 handled_time, failed_time, retry_count, handled, resolution, handled_by, handled_note, superseded_by, supersedes, retry_requested_at, \
                 retry_requested_by, retry_known) VALUES ('{usage}-{name}', '{usage}', 100, 70, 'usages is None', \
                 '2026-05-01 08:00:00', '2026-05-22 08:10:00', '2026-05-22 08:0{minute}:00', {minute}, {rest});"
            )
        };
        let open = "'0', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL";
        let closed = |how: &str| format!("'1', '{how}', 'before', 'as it was', NULL, NULL, NULL, NULL, NULL");
        let behind = format!("'1', 'superseded', 'before', NULL, '{usage}-b', NULL, NULL, NULL, NULL");
        let retried = format!(
            "'0', NULL, NULL, NULL, NULL, '{usage}-a', '2026-05-22 08:30:00', 'before', '[\"{usage}-a\"]'"
        );
        let (a, b) = match self {
            Scene::Open => (open.to_owned(), open.to_owned()),
            Scene::Waived => (open.to_owned(), closed("written_off")),
            Scene::Charged => (closed("charged_manually"), open.to_owned()),
            Scene::Retrying | Scene::Accounted => (behind, retried),
            Scene::Awaited => (closed("written_off"), closed("written_off")),
            Scene::Settled | Scene::Archived => (behind, closed("written_off")),
        };
        run(
            database,
            &format!(
                "INSERT INTO {} (id, status, use_date, use_time, amount, cost, accounting_status) \
                 VALUES ('{usage}', 'SUCCEEDED', '2026-05-01', '2026-05-01 08:00:00', 100, 70, '{state}'); {} {}",
                if self == Scene::Archived { "llmusage_history" } else { "llmusage" },
                failure("a", 1, &a),
                failure("b", 2, &b)
            ),
        );
    }

    /// The one act that this scene is about; the pairs without it are tried elsewhere.
    pub fn centre(self) -> Option<Act> {
        match self {
            Scene::Settled => Some(Act::Archive),
            Scene::Archived => Some(Act::Restore),
            _ => None,
        }
    }

    /// What people, programs, jobs and the platform do there.
    pub fn acts(self) -> Vec<Act> {
        use Act::*;
        let (charge, waive) = (Resolution::ChargedManually, Resolution::WrittenOff);
        match self {
            Scene::Open => vec![
                Handle("b", charge),
                Handle("a", charge),
                Handle("b", waive),
                Retry("b"),
                Retry("a"),
                Note("b"),
                Delete("b"),
                Delete("a"),
                Insert,
                EditUsage("frozen"),
                Batch("retry"),
                Batch("handle"),
                Correct("b"),
                CorrectAndRetry("b"),
                CorrectBatch { then_retry: false },
                CorrectBatch { then_retry: true },
            ],
            Scene::Waived => vec![
                Retry("a"),
                Reopen("b"),
                Handle("a", charge),
                Change("b", charge),
                Change("b", Resolution::Duplicate),
                Delete("b"),
                Delete("a"),
                Insert,
                Batch("reopen"),
            ],
            Scene::Charged => vec![
                Retry("b"),
                Reopen("a"),
                Change("a", waive),
                Handle("b", charge),
                Handle("b", Resolution::Duplicate),
                Delete("a"),
                Delete("b"),
                Batch("retry"),
            ],
            Scene::Retrying => vec![
                Withdraw("b"),
                Look,
                Account,
                Handle("b", charge),
                Note("b"),
                Delete("b"),
                Delete("a"),
                Record,
                Insert,
                EditUsage("failed"),
                Correct("b"),
                CorrectAndRetry("b"),
                CorrectBatch { then_retry: true },
            ],
            Scene::Accounted => vec![
                Withdraw("b"),
                Look,
                Settle("b"),
                Handle("b", Resolution::CustomerCredited),
                Note("b"),
                Delete("b"),
                Record,
                Archive,
                DeleteUsage,
                CorrectAndRetry("b"),
                CorrectBatch { then_retry: true },
            ],
            Scene::Settled => vec![
                Archive,
                Retry("b"),
                Reopen("b"),
                Handle("b", Resolution::CustomerCredited),
                Change("b", Resolution::CustomerCredited),
                Settle("b"),
                Note("b"),
                Delete("b"),
                Insert,
                Record,
                EditOwner,
                DeleteUsage,
            ],
            Scene::Archived => vec![
                Restore,
                Archive,
                Record,
                Retry("b"),
                Handle("b", Resolution::CustomerCredited),
                Change("b", Resolution::CustomerCredited),
                Settle("b"),
                Note("b"),
                Delete("b"),
                Insert,
                EditOwner,
                DeleteUsage,
            ],
            Scene::Awaited => vec![
                Record,
                Account,
                Reopen("b"),
                Change("b", charge),
                Settle("b"),
                Delete("b"),
                EditUsage("failed"),
                DeleteUsage,
            ],
        }
    }
}
