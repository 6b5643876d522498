//! Cases to look at and not to act on: nothing is locked, and of each failure only what the rules ask is read.

use std::collections::HashMap;

use super::outline;
use super::rules::{View, order};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::many;
use crate::usages::usage::{Usage, Whereabouts};

/// A usage, where there is one, and its failures in outline, the newest first.
#[derive(Debug)]
pub struct Sketch {
    usage: Option<(Usage, Whereabouts)>,
    outlines: Vec<FailedRecord>,
    /// The newest of each standing: the others of a failure that the rules ask for.
    newest: Vec<FailedRecord>,
}

/// The cases of these usages.
pub fn of(connection: &mut DbConnection, usage_ids: &[String]) -> Result<Vec<Sketch>> {
    let mut usages = many::find(connection, usage_ids)?;
    let mut outlines: HashMap<String, Vec<FailedRecord>> = HashMap::new();
    for outline in outline::read(connection, usage_ids)? {
        outlines.entry(outline.llmusageid.clone().unwrap_or_default()).or_default().push(outline);
    }
    let sketch = |(usage_id, outlines): (String, Vec<FailedRecord>)| {
        let newest = outline::newest(&outlines).cloned().collect();
        Sketch { usage: usages.remove(&usage_id), outlines, newest }
    };
    Ok(outlines.into_iter().map(sketch).collect())
}

impl Sketch {
    /// The usage, live or archived, without its stored output.
    pub fn usage(&self) -> Option<&(Usage, Whereabouts)> {
        self.usage.as_ref()
    }

    /// The failures in outline, by id.
    pub fn failures(&self) -> impl Iterator<Item = (&String, &FailedRecord)> {
        self.outlines.iter().map(|record| (&record.id, record))
    }

    /// What the rules say of one of the failures.
    pub fn look<T>(&self, record: &FailedRecord, ask: impl FnOnce(View<'_>) -> T) -> T {
        let mut failures = self.newest.clone();
        if failures.iter().all(|known| known.id != record.id) {
            failures.push(record.clone());
            order::sort(&mut failures);
        }
        ask(View { usage: self.usage.as_ref(), failures: &failures })
    }
}
