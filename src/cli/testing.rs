//! `test`: which failures a retry would get accounted now. It writes nothing, so that a user who may only read will do.

use clap::Args;

use super::desk::Desk;
use super::{say, transfer};
use crate::app;
use crate::base::form::Message;
use crate::base::money::MoneySum;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::failed_accounting::brief::Brief;
use crate::failed_accounting::forecast::{self, Told};
use crate::failed_accounting::tested::{Sum, Tested};
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
    let sources = app::test_sources(config)?;
    let mut platform = Platform::new(&sources, desk.clock.today());
    let filter = transfer::filter_of(command.filter.as_deref().unwrap_or_default())?;
    let is_filtered = command.ids.is_empty();
    let ids = match is_filtered {
        true => desk.database.run_here(|connection| forecast::ids_of(connection, &filter))?,
        false => command.ids.clone(),
    };
    let mut tell = |brief: &Brief, told: &Told| match command.summary {
        true => Ok(()),
        false => say(&line(brief, told)),
    };
    let mut tested = Tested::default();
    for some in ids.chunks(forecast::SOME) {
        let (halves, unknown) =
            desk.database.run_once_here(|connection| forecast::of_ids(connection, some, &mut platform))?;
        // What matched a moment ago may be deleted by now.
        if let Some(id) = unknown.first().filter(|_| !is_filtered) {
            return Err(Error::Unavailable(format!("there is no failure {id}")));
        }
        halves.end(&sources, &mut tested, &mut tell)?;
    }
    for (outcome, sum) in [
        ("would pass", tested.passes),
        ("would fail again", tested.fails),
        ("cannot be told", tested.untold),
        ("cannot be retried", tested.refused),
    ] {
        say(&format!("{outcome}: {}", sums(sum)))?;
    }
    if tested.priced.count > 0 {
        let (amount, cost) = (tested.priced.amount, tested.priced.cost);
        let more = tested.priced.amount - tested.passes.amount;
        say(&format!("priced now: amount {amount}, cost {cost}, difference of the amount {more}"))?;
    }
    for (_, key, sum) in tested.reasons() {
        say(&format!("  {}: {}", words(key), sums(sum)))?;
    }
    Ok(())
}

fn sums(sum: Sum) -> String {
    format!("{} failures, amount {}, cost {}", sum.count, sum.amount, sum.cost)
}

/// The id, what it comes to, the recorded amount, and what decides, or the price of now.
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
    let price = told.as_ref().ok().and_then(|told| told.price);
    let why = match price.filter(|_| why.is_empty()) {
        Some(price) => {
            let more = MoneySum::from(price.amount) - brief.amount.unwrap_or_default().into();
            format!("now {}, difference {more}", price.amount)
        }
        None => why,
    };
    let line = format!("{}\t{outlook}\t{amount}\t{why}", brief.id);
    // What rows hold stays on its line.
    line.replace(['\n', '\r'], " ").trim_end().to_owned()
}

fn words(key: &'static str) -> String {
    locale::words(Language::English, &Message::new(key))
}
