//! `audit head`: the end of the audit trail, to be kept where nobody who writes the database can change it.

use std::io::Write;

use super::desk::Desk;
use super::say;
use crate::audit::{chain, key};
use crate::config::Config;
use crate::error::Result;

#[derive(Debug, clap::Subcommand)]
pub(super) enum AuditCommand {
    /// Print the last event of the trail as ID:HASH; `check --since ID:HASH` tells later whether it still stands.
    Head,
}

pub(super) fn audit(config: &Config, command: &AuditCommand) -> Result<()> {
    let AuditCommand::Head = command;
    let desk = Desk::open(config)?;
    let head = desk.database.run_here(chain::head)?;
    say(&head.mark().to_string())?;
    say_how_sure();
    Ok(())
}

/// Says, beside the output, where the trail can be computed anew.
pub(super) fn say_how_sure() {
    if !key::is_given() {
        let _ = writeln!(std::io::stderr(), "{NO_KEY}");
    }
}

/// Said where there is no key.
pub(super) const NO_KEY: &str = "the audit trail has no key: whoever can write every table can compute it anew, which \
                                 shows only against an end that was kept elsewhere (LLMAGE_AUDIT_KEY, audit head)";
