//! `check`: looks for what must not be, one line for each class.

use super::desk::Desk;
use super::{audit, say};
use crate::audit::chain::{self, Mark};
use crate::base::finding::Finding;
use crate::check::class;
use crate::check::runner::{self, Order};
use crate::config::Config;
use crate::db::{Database, Engine};
use crate::error::{Error, Result};

#[derive(Debug, clap::Args)]
pub(super) struct CheckCommand {
    /// An end of the audit trail that was kept elsewhere, as `audit head` prints it and the log and the webhook tell it
    /// each hour: whether it still stands.
    #[arg(long, value_name = "ID:HASH")]
    since: Option<Mark>,
}

/// The triggers of the trail that are not there: on SQLite they are made again when a database is opened.
fn missing_triggers(config: &Config) -> Result<Vec<String>> {
    Database::check_exists(&config.database_url)?;
    match Engine::of_url(&config.database_url) {
        Some(Engine::Sqlite) => Database::look(&config.database_url, chain::missing_triggers),
        _ => Ok(Vec::new()),
    }
}

/// Prints each finding as it is known; fails when there is any.
pub(super) fn check(config: &Config, command: &CheckCommand) -> Result<()> {
    let missing = missing_triggers(config)?;
    let desk = Desk::open(config)?;
    let (by, tell) = (desk.author().name, &mut |finding: &Finding| say(&finding.to_string()));
    let order = Order { by: &by, since: command.since.as_ref(), missing: &missing };
    let findings = runner::check(&desk.database, &desk.clock, &order, tell)?;
    audit::say_how_sure();
    match findings.iter().filter(|finding| finding.count > 0 && !class::is_note(finding.class)).count() {
        0 => Ok(()),
        classes => Err(Error::Unavailable(format!("{classes} of {} classes have findings", findings.len()))),
    }
}
