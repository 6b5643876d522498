//! Decisions that a file brings in: what it says was charged by hand is charged once, and what the app says with a proof is
//! taken only where the proof is. Failures whose usage is not there are taken as they are.

use std::collections::HashMap;

use diesel::prelude::*;

use super::rules::order;
use super::{View, locking};
use crate::base::csv::sheet::quoted;
use crate::base::form::Message;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::schema::llmusage_history as history;
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::imports::{Claim, Forbidden};
use crate::usages::usage::{Usage, Whereabouts, columns_in};

/// Usages in one question.
const IDS: usize = 500;

/// Those of the new closed failures that their usages, as they are, do not bear out; to be asked last in the transaction
/// that writes them. Keeps the usages as they are until it ends.
pub(in crate::failed_accounting) fn unproven(
    connection: &mut DbConnection,
    claims: &[Claim],
) -> Result<Forbidden> {
    let mut by_usage: HashMap<&str, Vec<&str>> = HashMap::new();
    for claim in claims {
        by_usage.entry(&claim.usage_id).or_default().push(&claim.id);
    }
    let mut ids: Vec<String> = by_usage.keys().map(|id| (*id).to_owned()).collect();
    ids.sort();
    locking::lock_usages(connection, &ids)?;
    let mut forbidden = Forbidden::new();
    for some in ids.chunks(IDS) {
        let usages = usages(connection, some)?;
        let mut failures = failures(connection, some)?;
        for (usage_id, usage) in &usages {
            let failures = failures.remove(usage_id).unwrap_or_default();
            let view = View { usage: Some(usage), failures: &failures };
            let new = by_usage.get(usage_id.as_str()).into_iter().flatten();
            forbidden.extend(new.filter_map(|id| Some(((*id).to_owned(), refused(view, usage_id, id)?))));
        }
    }
    Ok(forbidden)
}

fn refused(view: View<'_>, usage_id: &str, id: &str) -> Option<(&'static str, Message)> {
    let record = view.failures.iter().find(|record| record.id == id)?;
    let refusal = view.importing_obstacle(record)?;
    let message = Message::new(refusal.key).with("found", quoted(usage_id));
    let other = refusal.record.as_deref().map(quoted).unwrap_or_default();
    Some(("resolution", message.with("other", other)))
}

/// These usages, live or else archived.
fn usages(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, (Usage, Whereabouts)>> {
    let archived: Vec<Usage> = history::table
        .filter(dialect::among::<history::table>("id", ids))
        .select(columns_in!(history))
        .load(connection)?;
    let archived = archived.into_iter().map(|usage| (usage, Whereabouts::Archived { backup_time: None }));
    let live = locking::read_usages(connection, ids)?.into_iter().map(|usage| (usage, Whereabouts::Live));
    let found = archived.chain(live).map(|found| (found.0.id.clone(), found));
    Ok(found.filter(|(id, _)| ids.binary_search(id).is_ok()).collect())
}

/// All failures of these usages, the newest first.
fn failures(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, Vec<FailedRecord>>> {
    let rows = failed::table
        .filter(dialect::among::<failed::table>("llmusageid", ids))
        .select(FailedRecord::as_select());
    let mut rows: Vec<FailedRecord> = rows.load(connection)?;
    order::sort(&mut rows);
    let mut found: HashMap<String, Vec<FailedRecord>> = HashMap::new();
    for record in rows {
        if let Some(usage_id) = record.llmusageid.clone() {
            found.entry(usage_id).or_default().push(record);
        }
    }
    Ok(found)
}
