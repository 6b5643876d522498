//! What the other failures of a usage forbid, told when the rows of a batch are frozen: by the same rules that judge when
//! they are worked on.

use std::collections::{HashMap, HashSet};

use diesel::QueryableByName;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use super::batch::Action;
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::schema::batch_item as item;
use crate::db::values::{TolerantText, TolerantWords};
use crate::error::Result;
use crate::failed_accounting::case::sketch::{self, Sketch};
use crate::failed_accounting::case::{Refusal, View};
use crate::failed_accounting::failure::{FailedRecord, Resolution};

/// Usages that are looked at together, and rows that are written together.
const SOME: usize = 500;

/// "Nothing forbids it yet, or what forbids it is said better by the other failures": that a retry of one of them is under
/// way, or which one is newer.
const IS_ASKED: &str = "(obstacle IS NULL OR obstacle IN \
                        ('batch-no-newer', 'retry-created', 'retry-accounted', 'case-reopen-accounted'))";

/// Why a row will be skipped, and why it can be closed in some ways only.
type Foreseen = (Option<&'static str>, Option<&'static str>);

/// Notes at the frozen rows of a batch what the other failures of their usages forbid.
pub(super) fn foresee(connection: &mut DbConnection, batch_id: &str, action: Action) -> Result<()> {
    for usage_ids in shared(connection, batch_id)?.chunks(SOME) {
        let rows = wanted(connection, batch_id, usage_ids)?;
        let mut foreseen: HashMap<Foreseen, Vec<i64>> = HashMap::new();
        for sketch in sketch::of(connection, usage_ids)? {
            for (number, told) in judged(&sketch, &rows, action) {
                foreseen.entry(told).or_default().push(number);
            }
        }
        for (told, numbers) in foreseen {
            note(connection, batch_id, told, &numbers)?;
        }
    }
    Ok(())
}

/// The usages of these rows that have several failures.
fn shared(connection: &mut DbConnection, batch_id: &str) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Usage {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        usage_id: String,
    }
    let engine = connection.engine();
    let (select, group) = dialect::letter_by_letter(engine, "f.llmusageid");
    let start = format!(
        "SELECT {select} AS usage_id FROM (SELECT DISTINCT llmusageid FROM batch_item WHERE {IS_ASKED} \
         AND llmusageid IS NOT NULL AND batch_id = "
    );
    let rest = format!(
        ") i JOIN llmusage_accounting_failed f ON f.llmusageid = i.llmusageid GROUP BY {group} HAVING COUNT(*) > 1"
    );
    let usages: Vec<Usage> = Statement::new(engine, &start).text(batch_id).sql(&rest).load(connection)?;
    let ids: HashSet<String> = usages.into_iter().map(|usage| usage.usage_id).collect();
    let mut ids: Vec<String> = ids.into_iter().filter(|id| !id.trim().is_empty()).collect();
    ids.sort();
    Ok(ids)
}

/// The rows of the batch that are of these usages and not skipped yet: their numbers by the id of the failure.
fn wanted(
    connection: &mut DbConnection,
    batch_id: &str,
    usage_ids: &[String],
) -> Result<HashMap<String, i64>> {
    let rows = item::table
        .filter(item::batch_id.eq(batch_id.to_owned()))
        .filter(sql::<Nullable<Bool>>(IS_ASKED))
        .filter(dialect::among::<item::table>("llmusageid", usage_ids))
        .select((item::failed_id, item::llmusageid, item::number));
    let rows: Vec<(TolerantText, TolerantWords, i64)> = rows.load(connection)?;
    Ok(rows.into_iter().map(|(id, _, number)| (id.into(), number)).collect())
}

fn judged(sketch: &Sketch, rows: &HashMap<String, i64>, action: Action) -> Vec<(i64, Foreseen)> {
    let mut judged = Vec::new();
    for (id, record) in sketch.failures() {
        let Some(number) = rows.get(id) else { continue };
        let told = sketch.look(record, |view| told(action, view, record));
        if told != (None, None) || matches!(action, Action::Supersede | Action::Reopen) {
            judged.push((*number, told));
        }
    }
    judged
}

fn told(action: Action, view: View<'_>, record: &FailedRecord) -> Foreseen {
    let key = |refusal: Option<Refusal>| refusal.map(|refusal| refusal.key);
    match action {
        Action::Retry | Action::Correct => (key(view.retry_obstacle(record)), None),
        Action::Reopen => (key(view.reopening_obstacle(record)), None),
        Action::Settle => (key(view.settling_obstacle(record)), None),
        Action::Supersede => (key(view.superseding_obstacle(record)), None),
        Action::Delete => (key(view.deleting_obstacle(record)), None),
        // The outcome of its retry is not its siblings' business.
        Action::Withdraw => (None, None),
        // Duplicate is what most cases allow, charging what fewest do.
        Action::Handle => match key(view.closing_obstacle(record, Resolution::Duplicate)) {
            Some(obstacle) => (Some(obstacle), None),
            None => (None, key(view.closing_obstacle(record, Resolution::ChargedManually))),
        },
    }
}

fn note(
    connection: &mut DbConnection,
    batch_id: &str,
    (obstacle, restriction): Foreseen,
    numbers: &[i64],
) -> Result<()> {
    for some in numbers.chunks(SOME) {
        let rows = item::table
            .filter(item::batch_id.eq(batch_id.to_owned()))
            .filter(item::number.eq_any(some.to_vec()));
        diesel::update(rows)
            .set((item::obstacle.eq(obstacle), item::restriction.eq(restriction)))
            .execute(connection)?;
    }
    Ok(())
}
