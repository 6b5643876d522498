//! The log of the running server: JSON for programs, plain lines for whoever sits at the terminal.

use std::fmt;
use std::io::{IsTerminal, Write};

use chrono::DateTime;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::base::clock::Clock;
use crate::base::secrets;
use crate::config::LogFormat;
use crate::error::{Error, Result};

/// Starts the log to standard error.
///
/// # Errors
/// [`Error::Unavailable`] when the filter cannot be read.
pub fn start(filter: &str, format: LogFormat) -> Result<()> {
    let filter = EnvFilter::try_new(match format {
        // What it says of its workers comes below the block that people read.
        LogFormat::Text => format!("actix_server=warn,{filter}"),
        LogFormat::Json => filter.to_owned(),
    });
    let filter = filter.map_err(|error| Error::Unavailable(format!("--log: {error} (such as info)")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Masked);
    // A second start in one process, as in tests, keeps the first log.
    let _ = match format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.event_format(Plain { is_coloured: is_coloured() }).try_init(),
    };
    Ok(())
}

/// Whether colours are wanted: on a terminal, unless `NO_COLOR` holds anything (<https://no-color.org>).
fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// One line an event: time in UTC, level, what is said, its values.
struct Plain {
    is_coloured: bool,
}

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Colours inside the values would hide from the mask what it knows secrets by.
        let mut said = String::new();
        context.format_fields(Writer::new(&mut said), event)?;
        let at = DateTime::from_timestamp_millis(Clock::epoch_milliseconds()).unwrap_or_default();
        let level = *event.metadata().level();
        let (colour, end) = if self.is_coloured { (colour(level), "\u{1b}[0m") } else { ("", "") };
        writeln!(out, "{} {colour}{level:>5}{end} {}", at.format("%Y-%m-%dT%H:%M:%SZ"), secrets::mask(&said))
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\u{1b}[31m",
        Level::WARN => "\u{1b}[33m",
        Level::INFO => "\u{1b}[32m",
        _ => "\u{1b}[2m",
    }
}

/// Standard error, with the secrets in each line masked: errors of databases quote what they could not do.
struct Masked;

impl Write for Masked {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        // The log writes whole lines.
        std::io::stderr().write_all(secrets::mask(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}
