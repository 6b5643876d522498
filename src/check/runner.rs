//! Runs a check from the first class to the last, and keeps what it found.

use super::class::{self, ACCOUNTED_FOR_NOTHING, AUDIT_CHAIN, CLASSES, TRIGGERS_CHANGED};
use super::{store, tokens};
use crate::audit::chain::{self, Mark};
use crate::base::clock::Clock;
use crate::base::finding::Finding;
use crate::db::{Database, migrations};
use crate::error::Result;
use crate::kept_totals::counting::{self, TOTALS_DIFFER};

/// Who wants a check, and an end of the audit trail that was kept elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub by: &'a str,
    pub since: Option<&'a Mark>,
}

/// Checks on behalf of somebody; tells each finding as it is known.
pub fn check(
    database: &Database,
    clock: &Clock,
    order: &Order<'_>,
    tell: &mut dyn FnMut(&Finding) -> Result<()>,
) -> Result<Vec<Finding>> {
    let began = clock.now();
    let mut findings = Vec::new();
    for (name, _) in CLASSES {
        let finding = match name {
            AUDIT_CHAIN => database.run_here(|connection| chain::check_since(connection, order.since))?,
            ACCOUNTED_FOR_NOTHING => tokens::find(database)?,
            TOTALS_DIFFER => counting::check(database)?,
            TRIGGERS_CHANGED => {
                let mut finding = Finding::none(name);
                migrations::changed_triggers(database)?.iter().for_each(|trigger| finding.add(trigger));
                finding
            }
            _ => database
                .run_here(|connection| class::find(connection, name, began))?
                .unwrap_or_else(|| Finding::none(name)),
        };
        tell(&finding)?;
        findings.push(finding);
    }
    let ended = clock.now();
    database.transaction_here(|connection| store::keep(connection, order.by, began, ended, &findings))?;
    Ok(findings)
}

/// Whether somebody asked for a check on a page.
pub fn is_asked(database: &Database) -> Result<bool> {
    Ok(database.run_here(store::asked_by)?.is_some())
}

/// Makes the check that was asked for on a page.
pub fn answer(database: &Database, clock: &Clock) -> Result<()> {
    if let Some(by) = database.run_here(store::asked_by)? {
        check(database, clock, &Order { by: &by, since: None }, &mut |_| Ok(()))?;
    }
    Ok(())
}
