//! What is at stake although it should not be, as the last check saw it, and the batch that puts it right: what stood there
//! before this app, or was imported, is not changed by itself.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::class::REPEATS_EARLIER;
use super::store;
use crate::base::finding::Finding;
use crate::db::DbConnection;
use crate::db::schema::batch;
use crate::error::Result;

/// The classes, each with the action of the batch that puts it right.
const CLASSES: [(&str, &str); 2] = [(REPEATS_EARLIER, "supersede"), ("open_failure_of_accounted", "settle")];

/// Records that a batch with that action puts right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    pub finding: Finding,
    pub action: &'static str,
    /// When the check saw them.
    pub at: NaiveDateTime,
}

/// What the last check found of it. Where such a batch was run since, its figures are not those of now, and none are given.
pub fn last(connection: &mut DbConnection) -> Result<Vec<Adopted>> {
    let Some(check) = store::last(connection)? else { return Ok(Vec::new()) };
    let mut adopted = Vec::new();
    for (class, action) in CLASSES {
        let found = check.findings.iter().find(|finding| finding.class == class && finding.count > 0);
        let Some(finding) = found else { continue };
        if !was_run(connection, action, check.began)? {
            adopted.push(Adopted { finding: finding.clone(), action, at: check.ended });
        }
    }
    Ok(adopted)
}

fn was_run(connection: &mut DbConnection, action: &str, since: NaiveDateTime) -> Result<bool> {
    let run = batch::table.filter(batch::action.eq(action.to_owned())).filter(batch::run_at.ge(since));
    Ok(diesel::select(exists(run)).get_result(connection)?)
}
