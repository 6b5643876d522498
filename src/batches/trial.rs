//! The rows of a preview that are tried one after another, as a test of one failure tries it.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::counts::{Part, Tally};
use super::split;
use super::testing::Tested;
use super::verdict::Item;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::brief::{Brief, Wordings};
use crate::failed_accounting::forecast::{self, Told};
use crate::forecast::Outlook;
use crate::forecast::checks::judge;
use crate::forecast::platform::Platform;
use crate::forecast::subject::Subject;
use crate::usages::usage::Usage;

/// The key of the words for a failure that is not there any more.
const GONE: &str = "batch-gone";

/// What is known while the rows of a preview are tried.
pub(super) struct Trial {
    platform: Platform,
    wordings: Wordings,
    passes: Tally,
    fails: BTreeMap<&'static str, Tally>,
    untold: BTreeMap<&'static str, Tally>,
    refused: BTreeMap<&'static str, Tally>,
    /// The rows that are left out, by why.
    left: BTreeMap<&'static str, Vec<i64>>,
}

/// What the trial came to.
pub(super) struct Tried {
    pub tested: Tested,
    /// What cannot be retried any more, by why.
    pub refused: Vec<Part>,
    /// The numbers of the rows that are left out, by why.
    pub left: BTreeMap<&'static str, Vec<i64>>,
}

impl Trial {
    pub fn new(platform: Platform) -> Trial {
        Trial {
            platform,
            wordings: Wordings::default(),
            passes: Tally::default(),
            fails: BTreeMap::new(),
            untold: BTreeMap::new(),
            refused: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    /// Tries these rows as they are.
    pub fn retries(&mut self, connection: &mut DbConnection, items: &[Item]) -> Result<()> {
        let mut known = self.briefs(connection, items.iter())?;
        let (mut briefs, mut there): (Vec<Brief>, Vec<&Item>) = (Vec::new(), Vec::new());
        for item in items {
            match known.remove(&item.failed_id) {
                Some(brief) => {
                    briefs.push(brief);
                    there.push(item);
                }
                None => self.note(item, &Err(GONE)),
            }
        }
        let told = forecast::of_many(connection, &briefs, &mut self.platform)?;
        there.iter().zip(&told).for_each(|(item, told)| self.note(item, told));
        Ok(())
    }

    /// Tries these rows with their usages as they will be.
    pub fn corrected(&mut self, connection: &mut DbConnection, rows: &[(&Item, Usage)]) -> Result<()> {
        let briefs = self.briefs(connection, rows.iter().map(|(item, _)| *item))?;
        let subjects: Vec<Subject> = rows.iter().map(|(_, usage)| Subject::from(usage)).collect();
        self.platform.learn(connection, &subjects)?;
        for ((item, _), subject) in rows.iter().zip(&subjects) {
            let told = match briefs.get(&item.failed_id) {
                Some(brief) => Ok(judge(subject, &brief.needs, &self.platform)),
                None => Err(GONE),
            };
            self.note(item, &told);
        }
        Ok(())
    }

    fn briefs<'a>(
        &mut self,
        connection: &mut DbConnection,
        items: impl Iterator<Item = &'a Item>,
    ) -> Result<HashMap<String, Brief>> {
        let ids: Vec<String> = items.map(|item| item.failed_id.clone()).collect();
        self.wordings.find(connection, &ids)
    }

    fn note(&mut self, item: &Item, told: &Told) {
        let (tallies, key) = match told {
            Err(key) => (&mut self.refused, *key),
            Ok(told) => match (told.outlook, told.key()) {
                (Outlook::Fails, Some(key)) => (&mut self.fails, key),
                (Outlook::Untold, Some(key)) => (&mut self.untold, key),
                _ => return self.passes.add(item.amount, item.cost),
            },
        };
        tallies.entry(key).or_default().add(item.amount, item.cost);
        if !told.as_ref().is_ok_and(|told| told.outlook == Outlook::Untold) {
            self.left.entry(key).or_default().push(item.number);
        }
    }

    pub fn end(self) -> Tried {
        let rows = serde_json::json!(self.left).to_string();
        let rows = Sha256::digest(rows).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let tested = Tested {
            passes: self.passes,
            fails: parts(self.fails),
            untold: parts(self.untold),
            includes_failing: false,
            rows,
        };
        Tried { tested, refused: parts(self.refused), left: self.left }
    }
}

fn parts(tallies: BTreeMap<&'static str, Tally>) -> Vec<Part> {
    let part = |(key, tally): (&str, Tally)| Part { key: Some(key.to_owned()), tally };
    let mut parts: Vec<Part> = tallies.into_iter().map(part).collect();
    split::by_money(&mut parts);
    parts
}
