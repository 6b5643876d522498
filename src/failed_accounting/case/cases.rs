//! Many cases in one transaction, as batches work on them: locked by set statements, acted on one by one, written together.

use std::collections::HashMap;

use serde_json::Value;

use super::{Case, Held, Members, Place, Saved, changes, set_locking};
use crate::audit::event::Author;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;

/// Cases that are locked together. Failures of one usage share theirs.
#[derive(Debug)]
pub struct Cases {
    cases: Vec<Case>,
    of_failure: HashMap<String, usize>,
}

impl Cases {
    /// Takes the cases of these failures; one that is gone, or names another usage by now, is in none of them.
    pub fn take(connection: &mut DbConnection, places: &[Place]) -> Result<Cases> {
        let mut usage_ids: Vec<String> =
            places.iter().filter_map(|place| place.shared_usage().map(str::to_owned)).collect();
        usage_ids.sort();
        usage_ids.dedup();
        let found = set_locking::many(connection, &usage_ids, places)?;
        Ok(Cases::among(found, usage_ids))
    }

    /// Takes the cases of these usages; there need not be any.
    pub fn of_usages(connection: &mut DbConnection, usage_ids: &[String]) -> Result<Cases> {
        let mut usage_ids = usage_ids.to_vec();
        usage_ids.sort();
        usage_ids.dedup();
        let found = set_locking::many(connection, &usage_ids, &[])?;
        Ok(Cases::among(found, usage_ids))
    }

    /// The cases of these usages, and those of failures without one.
    fn among(mut found: set_locking::Many, usage_ids: Vec<String>) -> Cases {
        let mut shared: HashMap<String, Vec<FailedRecord>> = HashMap::new();
        let mut taken = Cases { cases: Vec::new(), of_failure: HashMap::new() };
        for record in found.failures {
            let usage_id = record.llmusageid.clone().filter(|id| usage_ids.binary_search(id).is_ok());
            match usage_id {
                Some(usage_id) => shared.entry(usage_id).or_default().push(record),
                None if record.llmusageid.as_deref().is_none_or(|id| id.trim().is_empty()) => {
                    taken.add(Case::new(None, Members::all(vec![record])));
                }
                // It names another usage by now.
                None => {}
            }
        }
        for usage_id in usage_ids {
            let failures = shared.remove(&usage_id).unwrap_or_default();
            let rest = found.rests.remove(&usage_id).unwrap_or_default();
            taken.add(Case::new(found.usages.remove(&usage_id), Members { failures, rest }));
        }
        taken
    }

    fn add(&mut self, case: Case) {
        for record in case.failures() {
            self.of_failure.insert(record.id.clone(), self.cases.len());
        }
        self.cases.push(case);
    }

    pub fn of(&self, failure_id: &str) -> Option<&Case> {
        self.of_failure.get(failure_id).and_then(|place| self.cases.get(*place))
    }

    /// The case of that usage, where there is one.
    pub fn of_usage(&self, usage_id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.usage().is_some_and(|(usage, _)| usage.id == usage_id))
    }

    /// For who moves their rows as they are.
    pub fn held(&self) -> Held {
        Held::of(self.cases.first().map_or(0, |case| case.transaction))
    }

    /// As [`Cases::of`], to act on it.
    pub fn of_mut(&mut self, failure_id: &str) -> Option<&mut Case> {
        self.of_failure.get(failure_id).and_then(|place| self.cases.get_mut(*place))
    }

    /// Writes what the acts changed, and tells the trail; the facts are added to what each event says.
    pub fn save(
        &mut self,
        connection: &mut DbConnection,
        author: &Author,
        facts: &Value,
    ) -> Result<Vec<Saved>> {
        changes::save_all(connection, self.cases.iter_mut(), author, facts)
    }
}
