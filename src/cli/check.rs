//! `check`: looks for what must not be, one line for each class; `recount`: counts the kept totals anew.

use super::desk::Desk;
use super::{audit, say};
use crate::audit::chain::Mark;
use crate::base::finding::Finding;
use crate::check::class;
use crate::check::runner::{self, Order};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::kept_totals::counting;

#[derive(Debug, clap::Args)]
pub(super) struct CheckCommand {
    /// An end of the audit trail that was kept elsewhere, as `audit head` prints it and the log and the webhook tell it
    /// each hour: whether it still stands.
    #[arg(long, value_name = "ID:HASH")]
    since: Option<Mark>,
}

/// Prints each finding as it is known; fails when there is any.
pub(super) fn check(config: &Config, command: &CheckCommand) -> Result<()> {
    let desk = Desk::open(config)?;
    let (by, tell) = (desk.author().name, &mut |finding: &Finding| say(&finding.to_string()));
    let order = Order { by: &by, since: command.since.as_ref() };
    let findings = runner::check(&desk.database, &desk.clock, &order, tell)?;
    audit::say_how_sure();
    match findings.iter().filter(|finding| finding.count > 0 && !class::is_note(finding.class)).count() {
        0 => Ok(()),
        classes => Err(Error::Unavailable(format!("{classes} of {} classes have findings", findings.len()))),
    }
}

/// Counts the kept totals from the rows, whatever they say.
pub(super) fn recount(config: &Config) -> Result<()> {
    let desk = Desk::open(config)?;
    let totals = counting::count(&desk.database)?;
    say(&format!("counted {totals} totals of failures; pages read them from now on"))
}
