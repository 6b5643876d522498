//! What an audit event says: who, from where, what, to which record, before and after.

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

/// Where a change came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A form on a page.
    Page,
    /// The command line.
    Command,
    /// The JSON API.
    Api,
    /// A job of the app itself.
    Job,
    /// A batch that somebody ran.
    Batch,
}

impl Source {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Page => "page",
            Source::Command => "command",
            Source::Api => "api",
            Source::Job => "job",
            Source::Batch => "batch",
        }
    }
}

/// Who changes something, from where, at what time.
#[derive(Debug, Clone)]
pub struct Author {
    pub name: String,
    pub source: Source,
    pub request_id: Option<String>,
    /// In the business zone.
    pub at: NaiveDateTime,
}

/// What was done, as stored and as key of its words in the catalogue (`event-<action>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Create,
    Import,
    Edit,
    Handle,
    Reopen,
    Delete,
    ShowSecret,
    /// A retry was asked for.
    Retry,
    WithdrawRetry,
    /// The outcome of a retry, as the platform's tables prove it.
    RetryAccounted,
    RetrySuperseded,
    RetryFailed,
    /// The usage was changed or went away while a retry waited for it.
    RetryEnded,
    /// A new failure takes over the count of the one that was retried.
    CarryRetries,
    /// A usage became `failed` because somebody said so.
    RecordFailure,
    /// A run of the archive was asked for.
    Archive,
    StopArchive,
    /// An archived usage came back to the live ones.
    Restore,
    CreateUser,
    ChangePassword,
    ChangeRole,
    DisableUser,
    EnableUser,
    EndSessions,
    ChangeLanguage,
    CreateToken,
    RevokeToken,
    SignIn,
    WrongPassword,
    SignOut,
    /// What a batch had done to a record was taken back.
    UndoHandle,
    UndoReopen,
    RunBatch,
    AbortBatch,
    UndoBatch,
    CreateView,
    ChangeView,
    DeleteView,
    CreateAlert,
    ChangeAlert,
    EnableAlert,
    DisableAlert,
    DeleteAlert,
    TestAlert,
}

impl Action {
    pub const ALL: [Action; 43] = [
        Action::Create,
        Action::Import,
        Action::Edit,
        Action::Handle,
        Action::Reopen,
        Action::Delete,
        Action::ShowSecret,
        Action::Retry,
        Action::WithdrawRetry,
        Action::RetryAccounted,
        Action::RetrySuperseded,
        Action::RetryFailed,
        Action::RetryEnded,
        Action::CarryRetries,
        Action::Archive,
        Action::StopArchive,
        Action::Restore,
        Action::CreateUser,
        Action::ChangePassword,
        Action::ChangeRole,
        Action::DisableUser,
        Action::EnableUser,
        Action::EndSessions,
        Action::ChangeLanguage,
        Action::CreateToken,
        Action::RevokeToken,
        Action::SignIn,
        Action::WrongPassword,
        Action::SignOut,
        Action::UndoHandle,
        Action::UndoReopen,
        Action::RunBatch,
        Action::AbortBatch,
        Action::UndoBatch,
        Action::CreateView,
        Action::ChangeView,
        Action::DeleteView,
        Action::CreateAlert,
        Action::ChangeAlert,
        Action::EnableAlert,
        Action::DisableAlert,
        Action::DeleteAlert,
        Action::TestAlert,
    ];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Import => "import",
            Action::Edit => "edit",
            Action::Handle => "handle",
            Action::Reopen => "reopen",
            Action::Delete => "delete",
            Action::ShowSecret => "show_secret",
            Action::Retry => "retry",
            Action::WithdrawRetry => "withdraw_retry",
            Action::RetryAccounted => "retry_accounted",
            Action::RetrySuperseded => "retry_superseded",
            Action::RetryFailed => "retry_failed",
            Action::RetryEnded => "retry_ended",
            Action::CarryRetries => "carry_retries",
            Action::RecordFailure => "record_failure",
            Action::Archive => "archive",
            Action::StopArchive => "stop_archive",
            Action::Restore => "restore",
            Action::CreateUser => "create_user",
            Action::ChangePassword => "change_password",
            Action::ChangeRole => "change_role",
            Action::DisableUser => "disable_user",
            Action::EnableUser => "enable_user",
            Action::EndSessions => "end_sessions",
            Action::ChangeLanguage => "change_language",
            Action::CreateToken => "create_token",
            Action::RevokeToken => "revoke_token",
            Action::SignIn => "sign_in",
            Action::WrongPassword => "wrong_password",
            Action::SignOut => "sign_out",
            Action::UndoHandle => "undo_handle",
            Action::UndoReopen => "undo_reopen",
            Action::RunBatch => "run_batch",
            Action::AbortBatch => "abort_batch",
            Action::UndoBatch => "undo_batch",
            Action::CreateView => "create_view",
            Action::ChangeView => "change_view",
            Action::DeleteView => "delete_view",
            Action::CreateAlert => "create_alert",
            Action::ChangeAlert => "change_alert",
            Action::EnableAlert => "enable_alert",
            Action::DisableAlert => "disable_alert",
            Action::DeleteAlert => "delete_alert",
            Action::TestAlert => "test_alert",
        }
    }
}

/// The kinds of record that events are about.
pub const FAILED_ACCOUNTING: &str = "failed_accounting";
pub const USAGE: &str = "usage";
pub const ARCHIVE_RUN: &str = "archive_run";
pub const USER: &str = "user";
pub const TOKEN: &str = "token";
pub const BATCH: &str = "batch";
pub const VIEW: &str = "view";
pub const ALERT_RULE: &str = "alert_rule";

/// One change of one record.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    pub action: Action,
    pub record_kind: &'static str,
    pub record_id: &'a str,
    /// The fields before, as a JSON object; none for a new record.
    pub before: Option<Value>,
    /// The fields after, as a JSON object; none for a deleted record.
    pub after: Option<Value>,
}

/// What differs between two JSON objects, each reduced to the fields that differ.
pub fn difference(before: &Value, after: &Value) -> (Value, Value) {
    let empty = Map::new();
    let (old, new) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let differs = |key: &String| old.get(key) != new.get(key);
    let only = |fields: &Map<String, Value>| {
        fields
            .iter()
            .filter(|(key, _)| differs(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    (Value::Object(only(old)), Value::Object(only(new)))
}
