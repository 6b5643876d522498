//! Where a batch stands: from its preview to its end, and to its undoing.

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Frozen, looked at, not run.
    Preview,
    Running,
    /// The first rows were retried; the rest waits for what becomes of them.
    Waiting,
    /// Too many of the first rows failed again; the rest was left.
    Stopped,
    Aborted,
    Done,
    Undoing,
    Undone,
}

impl State {
    const ALL: [State; 8] = [
        State::Preview,
        State::Running,
        State::Waiting,
        State::Stopped,
        State::Aborted,
        State::Done,
        State::Undoing,
        State::Undone,
    ];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Preview => "preview",
            State::Running => "running",
            State::Waiting => "waiting",
            State::Stopped => "stopped",
            State::Aborted => "aborted",
            State::Done => "done",
            State::Undoing => "undoing",
            State::Undone => "undone",
        }
    }

    pub(super) fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the job has work to do on it.
    pub fn is_under_way(self) -> bool {
        matches!(self, State::Running | State::Waiting | State::Undoing)
    }

    /// Whether running is over, however it ended.
    pub fn has_ended(self) -> bool {
        matches!(self, State::Stopped | State::Aborted | State::Done | State::Undone)
    }
}
