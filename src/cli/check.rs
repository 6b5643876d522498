//! `check`: looks for what must not be, one line for each class.

use super::{audit, clock, open, say};
use crate::audit::chain::{self, Mark};
use crate::check::class;
use crate::check::runner::{self, Order};
use crate::config::Config;
use crate::db::{Database, Engine, migrations};
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
    let is_new = Engine::of_url(&config.database_url)
        .is_some_and(|engine| engine.is_missing_file(&config.database_url));
    if is_new {
        return Ok(Vec::new());
    }
    let database = Database::open(&config.database_url, config.timezone)?;
    if database.engine() != Engine::Sqlite
        || migrations::status(&database)?.iter().any(|status| !status.applied)
    {
        return Ok(Vec::new());
    }
    database.run_here(chain::missing_triggers)
}

/// Prints each finding as it is known; fails when there is any.
pub(super) fn check(config: &Config, command: &CheckCommand) -> Result<()> {
    let missing = missing_triggers(config)?;
    let database = open(config, false)?;
    let order = Order { by: "command line", since: command.since.as_ref(), missing: &missing };
    let findings =
        runner::check(&database, &clock(config), &order, &mut |finding| say(&finding.to_string()))?;
    audit::say_how_sure();
    match findings.iter().filter(|finding| finding.count > 0 && !class::is_note(finding.class)).count() {
        0 => Ok(()),
        classes => Err(Error::Unavailable(format!("{classes} of {} classes have findings", findings.len()))),
    }
}
