//! The rows of a preview that are tried one after another, as a test of one failure tries it.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::charges::{Charges, Row};
use super::counts::{Part, Tally};
use super::split;
use super::testing::{Differs, Tested, UNCHECKED, UNCHECKED_FAILING};
use super::verdict::Item;
use crate::base::money::MoneySum;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::brief::{Brief, Wordings};
use crate::failed_accounting::case::CHARGED;
use crate::failed_accounting::forecast::{self, Half, Told};
use crate::forecast::judged::{self, Judged};
use crate::forecast::platform::Platform;
use crate::forecast::price::Price;
use crate::forecast::price::service::PATIENCE;
use crate::forecast::subject::Subject;
use crate::forecast::{Outlook, Sources};
use crate::ledger::{self, Ledger};
use crate::usages::usage::Usage;

/// The key of the words for a failure that is not there any more.
const GONE: &str = "batch-gone";

/// The most rows of which a price is asked: more than can be answered while somebody waits.
const ASKED: usize = 20_000;

/// The rows whose price differs most from what is recorded that are told one by one.
const DIFFERING: usize = 5;

/// The reasons of the platform that are told one by one.
const REFUSALS: usize = 10;

/// What is known while the rows of a preview are tried.
pub(super) struct Trial {
    platform: Platform,
    wordings: Wordings,
    charges: Charges,
    passes: Tally,
    fails: BTreeMap<&'static str, Tally>,
    untold: BTreeMap<&'static str, Tally>,
    refused: BTreeMap<&'static str, Tally>,
    /// The rows that are left out, by why.
    left: BTreeMap<&'static str, Vec<i64>>,
    /// The rows that wait for their price.
    open: Vec<(Row, Judged)>,
    priced: Tally,
    differing: Vec<Differs>,
    /// What the platform says of what it cannot price.
    refusals: HashMap<String, Tally>,
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
    pub fn new(platform: Platform, ledger: Ledger) -> Trial {
        Trial {
            platform,
            wordings: Wordings::default(),
            charges: Charges::new(ledger),
            passes: Tally::default(),
            fails: BTreeMap::new(),
            untold: BTreeMap::new(),
            refused: BTreeMap::new(),
            left: BTreeMap::new(),
            open: Vec::new(),
            priced: Tally::default(),
            differing: Vec::new(),
            refusals: HashMap::new(),
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
                None => self.note(&Row::from(item), &Err(GONE)),
            }
        }
        let told = forecast::of_many(connection, &briefs, &mut self.platform)?;
        let open = briefs.iter().zip(&told).filter(|(_, half)| half.is_ok()).map(|(brief, _)| brief);
        let answers = self.charges.ask(connection, open)?;
        for ((item, brief), half) in there.iter().zip(&briefs).zip(told) {
            self.take(item, brief, half, &answers.of(brief.usage_id.as_deref()));
        }
        Ok(())
    }

    /// Tries these rows with their usages as they will be.
    pub fn corrected(&mut self, connection: &mut DbConnection, rows: &[(&Item, Usage)]) -> Result<()> {
        let briefs = self.briefs(connection, rows.iter().map(|(item, _)| *item))?;
        let subjects: Vec<Subject> = rows.iter().map(|(_, usage)| Subject::from(usage)).collect();
        self.platform.learn(connection, &subjects)?;
        let answers = self.charges.ask(connection, briefs.values())?;
        for ((item, _), subject) in rows.iter().zip(&subjects) {
            match briefs.get(&item.failed_id) {
                Some(brief) => {
                    let judged = Judged::new(subject, &brief.needs, &self.platform);
                    self.take(item, brief, Ok(judged), &answers.of(brief.usage_id.as_deref()));
                }
                None => self.note(&Row::from(*item), &Err(GONE)),
            }
        }
        Ok(())
    }

    fn briefs<'a>(
        &mut self,
        connection: &mut DbConnection,
        items: impl Iterator<Item = &'a Item>,
    ) -> Result<HashMap<String, Brief>> {
        let ids: Vec<String> = items.map(|item| item.failed_id.clone()).collect();
        let mut briefs = self.wordings.find(connection, &ids)?;
        self.wordings.look_at_earlier(connection, &mut briefs)?;
        Ok(briefs)
    }

    fn take(&mut self, item: &Item, brief: &Brief, half: Half, told: &ledger::Told) {
        let mut row = Row::from(item);
        if half.is_ok() {
            if let [entry, ..] = told.entries() {
                // Left whatever a test would say.
                self.charges.add_charged(&row, entry);
                return self.left.entry(CHARGED).or_default().push(row.number);
            }
            row.is_unknown = self.charges.is_unknown(brief, told);
        }
        match half {
            Ok(judged) if judged.forecast.wants_price() && self.open.len() < ASKED => {
                self.open.push((row, judged));
            }
            half => self.note(&row, &half.map(|judged| judged.forecast)),
        }
    }

    fn note(&mut self, row: &Row, told: &Told) {
        let (tallies, key) = match told {
            Err(key) => (&mut self.refused, *key),
            Ok(told) => match (told.outlook, told.key()) {
                (Outlook::Fails, Some(key)) => (&mut self.fails, key),
                (Outlook::Untold, Some(key)) => (&mut self.untold, key),
                _ => return self.pass(row, told.price),
            },
        };
        tallies.entry(key).or_default().add(row.amount, row.cost);
        let left = match told.as_ref().map(|told| told.outlook) {
            Ok(Outlook::Untold) if row.is_unknown => UNCHECKED,
            Ok(Outlook::Untold) => return,
            _ if row.is_unknown => {
                self.charges.add_failing(row);
                UNCHECKED_FAILING
            }
            _ => key,
        };
        self.left.entry(left).or_default().push(row.number);
    }

    fn pass(&mut self, row: &Row, price: Option<Price>) {
        self.passes.add(row.amount, row.cost);
        if row.is_unknown {
            self.left.entry(UNCHECKED).or_default().push(row.number);
        }
        let Some(price) = price else { return };
        self.priced.add(Some(price.amount), Some(price.cost));
        let (failed_id, recorded) = (row.failed_id.clone(), row.amount.map(MoneySum::from));
        let differs = Differs { failed_id, recorded, now: price.amount.into() };
        // The customer is charged the amount: what differs in cost alone is told by the sums.
        if differs.difference() == MoneySum::default() {
            return;
        }
        self.differing.push(differs);
        self.differing.sort_by_key(|differs| std::cmp::Reverse(differs.difference().units().abs()));
        self.differing.truncate(DIFFERING);
    }

    /// Asks for the prices that are wanted, where the settings say whom. It blocks: never inside a transaction.
    pub fn ask_prices(&mut self, sources: &Sources) {
        let mut open = std::mem::take(&mut self.open);
        // Where time is over before all are asked, the most money is told.
        open.sort_by_key(|(row, _)| std::cmp::Reverse(row.amount));
        judged::ask_prices(open.iter_mut().map(|(_, judged)| judged), sources, PATIENCE);
        for (row, judged) in open {
            if let Some(reason) = judged.forecast.refusal() {
                self.refusals.entry(reason.to_owned()).or_default().add(row.amount, row.cost);
            }
            self.note(&row, &Ok(judged.forecast));
        }
        // As they stand in the batch, whichever were asked for a price.
        self.left.values_mut().for_each(|numbers| numbers.sort_unstable());
    }

    pub fn end(self) -> Tried {
        let part = |(reason, tally)| Part { key: Some(reason), tally };
        let mut refusals: Vec<Part> = self.refusals.into_iter().map(part).collect();
        split::by_money(&mut refusals);
        refusals.truncate(REFUSALS);
        let rows = serde_json::json!(self.left).to_string();
        let rows = Sha256::digest(rows).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let tested = Tested {
            passes: self.passes,
            fails: parts(self.fails),
            untold: parts(self.untold),
            includes_failing: false,
            rows,
            priced: self.priced,
            refusals,
            differing: self.differing,
            ..Tested::default()
        };
        let tested = self.charges.told_with(tested);
        Tried { tested, refused: parts(self.refused), left: self.left }
    }
}

fn parts(tallies: BTreeMap<&'static str, Tally>) -> Vec<Part> {
    let part = |(key, tally): (&str, Tally)| Part { key: Some(key.to_owned()), tally };
    let mut parts: Vec<Part> = tallies.into_iter().map(part).collect();
    split::by_money(&mut parts);
    parts
}
