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

/// The actions, each with how it is stored: one list, so that none is missing from the filter of the trail.
macro_rules! actions {
    ($($(#[$about:meta])* $action:ident => $stored:literal,)*) => {
        /// What was done, as stored and as key of its words in the catalogue (`event-<action>`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$about])* $action,)*
        }

        impl Action {
            pub const ALL: &[Action] = &[$(Action::$action,)*];

            /// As stored.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Action::$action => $stored,)*
                }
            }
        }
    };
}

actions! {
    Create => "create",
    Import => "import",
    Edit => "edit",
    Handle => "handle",
    Reopen => "reopen",
    Delete => "delete",
    ShowSecret => "show_secret",
    /// A retry was asked for.
    Retry => "retry",
    WithdrawRetry => "withdraw_retry",
    /// Fields of a failed usage were corrected.
    Correct => "correct",
    /// The outcome of a retry, as the platform's tables prove it.
    RetryAccounted => "retry_accounted",
    RetrySuperseded => "retry_superseded",
    RetryFailed => "retry_failed",
    /// The usage was changed or went away while a retry waited for it.
    RetryEnded => "retry_ended",
    /// A newer failure of the usage took its place.
    Supersede => "supersede",
    /// Somebody had the proof noted that its usage is accounted.
    Settle => "settle",
    /// A new failure takes over the count of the one that was retried.
    CarryRetries => "carry_retries",
    /// A usage became `failed` because somebody said so.
    RecordFailure => "record_failure",
    /// A run of the archive was asked for.
    Archive => "archive",
    StopArchive => "stop_archive",
    /// An archived usage came back to the live ones.
    Restore => "restore",
    CreateUser => "create_user",
    ChangePassword => "change_password",
    ChangeRole => "change_role",
    DisableUser => "disable_user",
    EnableUser => "enable_user",
    EndSessions => "end_sessions",
    ChangeLanguage => "change_language",
    CreateToken => "create_token",
    RevokeToken => "revoke_token",
    SignIn => "sign_in",
    WrongPassword => "wrong_password",
    SignOut => "sign_out",
    /// What a batch had done to a record was taken back.
    UndoHandle => "undo_handle",
    UndoReopen => "undo_reopen",
    UndoSupersede => "undo_supersede",
    UndoCorrect => "undo_correct",
    RunBatch => "run_batch",
    AbortBatch => "abort_batch",
    UndoBatch => "undo_batch",
    CreateView => "create_view",
    ChangeView => "change_view",
    DeleteView => "delete_view",
    CreateAlert => "create_alert",
    ChangeAlert => "change_alert",
    EnableAlert => "enable_alert",
    DisableAlert => "disable_alert",
    DeleteAlert => "delete_alert",
    TestAlert => "test_alert",
    /// What stands in the trail so far was bound to its chain.
    SealTrail => "seal_trail",
    /// The trail was not what was written last.
    TrailBroken => "trail_broken",
    /// The database keeps its times in another zone.
    ChangeZone => "change_zone",
}

/// The kinds of record, each with its page: one list, so that no kind is without a decision where its event leads.
macro_rules! kinds {
    ($($kind:ident => $stored:literal, $page:expr;)*) => {
        $(pub const $kind: &str = $stored;)*

        /// The kinds of record that events are about, each with the path of a record's page where it has one.
        pub const KINDS: &[(&str, Option<&str>)] = &[$(($kind, $page)),*];
    };
}

kinds! {
    FAILED_ACCOUNTING => "failed_accounting", Some("/failed-accounting/{id}");
    USAGE => "usage", Some("/usages/{id}");
    CAUSE => "cause", Some("/failed-accounting/causes/{id}");
    BATCH => "batch", Some("/batches/{id}");
    USER => "user", Some("/users/{id}");
    ALERT_RULE => "alert_rule", Some("/alerts/{id}/edit");
    // These are lines of a list.
    ARCHIVE_RUN => "archive_run", None;
    TOKEN => "token", None;
    VIEW => "view", None;
    TRAIL => "trail", None;
    SETTING => "setting", None;
}

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
