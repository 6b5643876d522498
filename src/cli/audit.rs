//! `audit head`: the end of the audit trail, to be kept where nobody who writes the database can change it.

use std::io::Write;

use super::desk::Desk;
use super::say;
use crate::audit::{chain, key, sealing};
use crate::config::Config;
use crate::error::{Error, Result};

#[derive(Debug, clap::Subcommand)]
pub(super) enum AuditCommand {
    /// Print the last event of the trail as ID:HASH; `check --since ID:HASH` tells later whether it still stands.
    Head,
    /// Bind what was written so far without a key to the key of LLMAGE_AUDIT_KEY; once, before the first start with it.
    Bind,
}

pub(super) fn audit(config: &Config, command: &AuditCommand) -> Result<()> {
    let desk = Desk::open(config)?;
    match command {
        AuditCommand::Head => {
            let head = desk.database.run_here(chain::head)?;
            say(&head.mark().to_string())?;
            say_how_sure();
            Ok(())
        }
        AuditCommand::Bind => bind(&desk),
    }
}

fn bind(desk: &Desk) -> Result<()> {
    if !key::is_given() {
        return Err(Error::Unavailable("LLMAGE_AUDIT_KEY: give the key that is to be bound".to_owned()));
    }
    let author = desk.author();
    match desk.database.transaction_here(|connection| sealing::bind_key(connection, &author))? {
        true => say(
            "the audit trail is bound to the key from here on; keep its end elsewhere: llmage-admin audit head",
        ),
        false => say("nothing to bind: no event was written without a key, or they are bound"),
    }
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
