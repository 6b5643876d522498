//! `test`: which failures a retry would get accounted now. It writes nothing, so that a user who may only read will do.

use clap::Args;

use super::desk::Desk;
use super::{say, transfer};
use crate::app;
use crate::base::form::Message;
use crate::config::Config;
use crate::error::Result;
use crate::failed_accounting::brief::Brief;
use crate::failed_accounting::forecast::{self, Sum, Told};
use crate::forecast::platform::Platform;
use crate::web::locale::{self, Language};

#[derive(Debug, Args)]
pub(super) struct TestCommand {
    /// The failures, by their ids; without any, those of the filter.
    #[arg(conflicts_with = "filter")]
    ids: Vec<String>,
    /// The query of the list, such as 'llmid=m1'; without it, all open failures.
    #[arg(long)]
    filter: Option<String>,
    /// Only the sums, not a line for each failure.
    #[arg(long)]
    summary: bool,
}

/// Prints a line for each failure, then the sums.
pub(super) fn test(config: &Config, command: &TestCommand) -> Result<()> {
    let desk = Desk::open_to_read(config)?;
    let mut platform = Platform::new(&app::test_sources(config), desk.clock.today());
    let filter = transfer::filter_of(command.filter.as_deref().unwrap_or_default())?;
    let mut tell = |brief: &Brief, told: &Told| match command.summary {
        true => Ok(()),
        false => say(&line(brief, told)),
    };
    let tested = desk.database.run_here(|connection| match command.ids.is_empty() {
        true => forecast::of_filter(connection, &filter, &mut platform, &mut tell),
        false => forecast::of_ids(connection, &command.ids, &mut platform, &mut tell),
    })?;
    for (outcome, sum) in [
        ("would pass", tested.passes),
        ("would fail again", tested.fails),
        ("cannot be told", tested.untold),
        ("cannot be retried", tested.refused),
    ] {
        say(&format!("{outcome}: {}", sums(sum)))?;
    }
    for (_, key, sum) in tested.reasons() {
        say(&format!("  {}: {}", words(key), sums(sum)))?;
    }
    Ok(())
}

fn sums(sum: Sum) -> String {
    format!("{} failures, amount {}, cost {}", sum.count, sum.amount, sum.cost)
}

/// The id, what it comes to, the recorded amount, and what decides.
fn line(brief: &Brief, told: &Told) -> String {
    let (outlook, why) = match told {
        Err(key) => ("cannot_be_retried", words(key)),
        Ok(forecast) => {
            let why = forecast.why().map(|check| match &check.about {
                Some(about) => format!("{} {about}", words(check.key)),
                None => words(check.key),
            });
            (forecast.outlook.as_str(), why.collect::<Vec<_>>().join(" "))
        }
    };
    let amount = brief.amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string());
    let line = format!("{}\t{outlook}\t{amount}\t{why}", brief.id);
    // What rows hold stays on its line.
    line.replace(['\n', '\r'], " ").trim_end().to_owned()
}

fn words(key: &'static str) -> String {
    locale::words(Language::English, &Message::new(key))
}
