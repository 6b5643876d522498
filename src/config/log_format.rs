//! How the log of the server is written.

use std::io::IsTerminal;
use std::str::FromStr;

/// For whom the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Plain lines, for people.
    Text,
    /// A line of JSON an event, for programs.
    Json,
}

impl LogFormat {
    /// Where none is set: people sit at a terminal, whatever else standard output is goes to a program.
    pub fn of_output() -> LogFormat {
        if std::io::stdout().is_terminal() { LogFormat::Text } else { LogFormat::Json }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        }
    }
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<LogFormat, String> {
        let known = [LogFormat::Text, LogFormat::Json].into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| "must be text or json".to_owned())
    }
}
