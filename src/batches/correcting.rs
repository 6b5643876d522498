//! What a batch of corrections will do, foreseen when it is shown: what the usages hold now, what each value becomes, which
//! of them cannot be corrected and why, with counts and money. The rules of a case judge again when a row is worked on.

use std::collections::{BTreeMap, HashMap};

use super::batch::{Action, Batch};
use super::counts::{Part, Tally};
use super::pace::MOST_WHOLE;
use super::planned::{Change, Foreseen, Planned, Sampled};
use super::testing::is_foreseen;
use super::trial::Trial;
use super::verdict::{self, Item};
use super::{split, stretch};
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::error::Result;
use crate::failed_accounting::correction::{self, Becomes, Correction, Field};
use crate::usages::many;
use crate::usages::usage::{FAILED, Usage};

/// Rows that are looked at together.
const SOME: i64 = 1_000;

/// The values of a field, and the changes, that are told one by one; those with the most money first.
const TOLD: usize = 50;

/// The rows of the sample.
const SAMPLE: usize = 5;

/// The longest value of a sample; more is cut, to be seen on the page of the usage.
const LONGEST: usize = 2_000;

/// Notes what the usages hold of the rows of a batch that nothing forbids to correct. To be called once, when they are frozen.
pub(super) fn begin(connection: &mut DbConnection, batch_id: &str) -> Result<Planned> {
    let (mut looked, mut after) = (Looked::default(), 0);
    while let Some(some) = Stretch::after(connection, batch_id, after, SOME, false)? {
        after = some.last;
        let mut seen = Vec::new();
        for item in &some.items {
            match some.failed_usage(item) {
                Some(usage) => {
                    seen.push((item.number, correction::digest(usage)));
                    looked.hold(item, usage);
                }
                None => looked.refuse(item, verdict::USAGE_CHANGED),
            }
        }
        note(connection, batch_id, &seen)?;
    }
    Ok(looked.planned(None))
}

/// Foresees what that correction makes of the rows of a batch, judged as the run will judge them: what changed since they
/// were frozen is left. What is corrected is tried as it will be.
pub(super) fn plan(
    connection: &mut DbConnection,
    batch: &Batch,
    correction: &Correction,
    trial: &mut Trial,
) -> Result<Planned> {
    let with_output = correction.of(Field::Usages) == Some(&Becomes::Recovered);
    let (mut looked, mut after) = (Looked::default(), 0);
    let many = if with_output { MOST_WHOLE } else { SOME };
    while let Some(some) = Stretch::after(connection, batch.id(), after, many, with_output)? {
        after = some.last;
        let meant: Vec<&Item> = some.items.iter().collect();
        let events = stretch::last_events(connection, Action::Correct, &meant, batch.stored.frozen_event)?;
        let mut corrected = Vec::new();
        for item in meant {
            let usage = some.failed_usage(item).filter(|_| !events.contains_key(&item.failed_id));
            match usage.filter(|usage| verdict::usage_unchanged(item, Some(usage)).is_ok()) {
                Some(usage) => {
                    looked.hold(item, usage);
                    corrected.extend(looked.correct(item, usage, correction).map(|usage| (item, usage)));
                }
                None => looked.refuse(item, verdict::USAGE_CHANGED),
            }
        }
        trial.corrected(connection, &corrected)?;
    }
    Ok(looked.planned(Some(correction)))
}

/// Rows that are looked at together, with their usages.
struct Stretch {
    items: Vec<Item>,
    usages: HashMap<String, Usage>,
    last: i64,
}

impl Stretch {
    /// The next rows after that number; none at the end.
    fn after(
        connection: &mut DbConnection,
        batch_id: &str,
        after: i64,
        rows: i64,
        with_output: bool,
    ) -> Result<Option<Stretch>> {
        let mut items = stretch::items(connection, batch_id, after, rows)?;
        let Some(last) = items.last().map(|item| item.number) else { return Ok(None) };
        items.retain(|item| item.obstacle.as_deref().is_none_or(is_foreseen));
        let ids: Vec<String> = items.iter().filter_map(|item| item.llmusageid.clone()).collect();
        let usages = many::find_correctable(connection, &ids, with_output)?;
        Ok(Some(Stretch { items, usages, last }))
    }

    /// The usage of a row, while it is failed.
    fn failed_usage(&self, item: &Item) -> Option<&Usage> {
        let usage = self.usages.get(item.llmusageid.as_ref()?)?;
        Some(usage).filter(|usage| usage.accounting_status.as_deref() == Some(FAILED))
    }
}

/// Notes at each row what its usage holds.
fn note(connection: &mut DbConnection, batch_id: &str, seen: &[(i64, String)]) -> Result<()> {
    let engine = connection.engine();
    for some in seen.chunks(dialect::totals_at_once(engine)) {
        let mut statement = Statement::new(engine, "UPDATE batch_item SET seen = CASE number");
        for (number, seen) in some {
            statement = statement.sql(" WHEN ").number(*number).sql(" THEN ").words(&**seen);
        }
        statement = statement.sql(" END WHERE batch_id = ").words(batch_id).sql(" AND number IN (");
        for (place, (number, _)) in some.iter().enumerate() {
            statement = statement.sql(if place == 0 { "" } else { ", " }).number(*number);
        }
        statement.sql(")").execute(connection)?;
    }
    Ok(())
}

type Changed = (Field, String, Option<String>);

#[derive(Default)]
struct Looked {
    present: HashMap<(Field, String), Tally>,
    changes: HashMap<Changed, Tally>,
    refused: HashMap<&'static str, Tally>,
    corrected: Tally,
    sample: Vec<Sampled>,
}

impl Looked {
    fn refuse(&mut self, item: &Item, why: &'static str) {
        self.refused.entry(why).or_default().add(item.amount, item.cost);
    }

    fn hold(&mut self, item: &Item, usage: &Usage) {
        for field in Field::ALL {
            let present = (field, kind_or_value(field, usage));
            self.present.entry(present).or_default().add(item.amount, item.cost);
        }
    }

    /// Notes what a correction makes of a usage, and gives it as it will be; none where it cannot be corrected.
    fn correct(&mut self, item: &Item, usage: &Usage, correction: &Correction) -> Option<Usage> {
        let corrected = match correction.apply(usage) {
            Ok(corrected) => corrected,
            Err(why) => {
                self.refuse(item, why);
                return None;
            }
        };
        self.corrected.add(item.amount, item.cost);
        let changed: Vec<Field> =
            correction.fields().filter(|field| field.of(usage) != field.of(&corrected)).collect();
        for field in &changed {
            let is_own = correction.of(*field) == Some(&Becomes::Recovered);
            let to = (!is_own).then(|| correction::shown(field.of(&corrected)).into_owned());
            let change = (*field, kind_or_value(*field, usage), to);
            self.changes.entry(change).or_default().add(item.amount, item.cost);
        }
        if self.sample.len() < SAMPLE {
            let cut = |field: Field, usage: &Usage| {
                correction::shown(field.of(usage)).chars().take(LONGEST).collect::<String>()
            };
            let change = |field: &Field| (*field, cut(*field, usage), cut(*field, &corrected));
            let changes = changed.iter().map(change).collect();
            self.sample.push(Sampled { failed_id: item.failed_id.clone(), changes });
        }
        Some(corrected)
    }

    fn planned(self, correction: Option<&Correction>) -> Planned {
        let mut present: BTreeMap<Field, Vec<Part>> = BTreeMap::new();
        for ((field, value), tally) in self.present {
            present.entry(field).or_default().push(Part { key: Some(value), tally });
        }
        for parts in present.values_mut() {
            split::by_money(parts);
            parts.truncate(TOLD);
        }
        let change = |((field, from, to), tally)| Change { field, from, to, tally };
        let mut changes: Vec<Change> = self.changes.into_iter().map(change).collect();
        changes.sort_by(|one, other| {
            let weight = |change: &Change| (change.tally.amount, change.tally.count);
            weight(other)
                .cmp(&weight(one))
                .then_with(|| (one.field, &one.from).cmp(&(other.field, &other.from)))
        });
        let more = changes.len().saturating_sub(TOLD);
        changes.truncate(TOLD);
        let part = |(why, tally): (&str, Tally)| Part { key: Some(why.to_owned()), tally };
        let mut refused: Vec<Part> = self.refused.into_iter().map(part).collect();
        split::by_money(&mut refused);
        let foreseen = Foreseen { corrected: self.corrected, changes, more, refused, sample: self.sample };
        Planned {
            present,
            foreseen: correction.is_some().then_some(foreseen),
            correction: correction.cloned(),
            then_retry: false,
        }
    }
}

/// What a usage holds; of its `usages` what kind of text that is, for each is another.
fn kind_or_value(field: Field, usage: &Usage) -> String {
    let text = field.of(usage);
    if field != Field::Usages {
        return correction::shown(text).into_owned();
    }
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return "none".to_owned() };
    let kind = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Null) => "null",
        Ok(serde_json::Value::Object(counts)) if counts.is_empty() => "empty",
        Ok(serde_json::Value::Object(_)) => "counts",
        Ok(_) => "other",
        Err(_) => "cut",
    };
    kind.to_owned()
}
