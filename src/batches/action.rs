//! What a batch does to each of its rows.

use crate::audit::event;

/// What a batch does to each of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Handle,
    Retry,
    Reopen,
    Delete,
    /// Take a retry back.
    Withdraw,
    /// Let the newest open failure of each usage take the place of this older one.
    Supersede,
    /// Close with the proof that the usage is accounted.
    Settle,
    /// Change fields of the usages, and have them accounted again where that is asked for.
    Correct,
}

impl Action {
    pub const ALL: [Action; 8] = [
        Action::Handle,
        Action::Retry,
        Action::Withdraw,
        Action::Reopen,
        Action::Supersede,
        Action::Settle,
        Action::Correct,
        Action::Delete,
    ];

    /// As stored and as forms send it.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Handle => "handle",
            Action::Retry => "retry",
            Action::Reopen => "reopen",
            Action::Delete => "delete",
            Action::Withdraw => "withdraw",
            Action::Supersede => "supersede",
            Action::Settle => "settle",
            Action::Correct => "correct",
        }
    }

    /// The action of that name.
    pub fn parse(text: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// What the trail calls it for one row.
    pub(super) fn event(self) -> event::Action {
        match self {
            Action::Handle => event::Action::Handle,
            Action::Retry => event::Action::Retry,
            Action::Reopen => event::Action::Reopen,
            Action::Delete => event::Action::Delete,
            Action::Withdraw => event::Action::WithdrawRetry,
            Action::Supersede => event::Action::Supersede,
            Action::Settle => event::Action::Settle,
            Action::Correct => event::Action::Correct,
        }
    }

    /// What the trail calls taking it back for one row.
    pub(super) fn undo_event(self) -> event::Action {
        match self {
            Action::Handle => event::Action::UndoHandle,
            Action::Withdraw => event::Action::Retry,
            Action::Supersede => event::Action::UndoSupersede,
            Action::Correct => event::Action::UndoCorrect,
            Action::Reopen | Action::Retry | Action::Delete | Action::Settle => event::Action::UndoReopen,
        }
    }

    /// Whether what it did can be taken back.
    pub fn is_undoable(self) -> bool {
        matches!(
            self,
            Action::Handle | Action::Reopen | Action::Withdraw | Action::Supersede | Action::Correct
        )
    }
}
