//! The CSV of a batch: every row with its money and what became of it.

use super::batch::Batch;
use super::charged;
use super::report::{self, Line, Standing};
use crate::base::csv::{Sink, Writer};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::batched::BatchOutcome;
use crate::names::Names;

/// The columns in their order.
pub const COLUMNS: [&str; 16] = [
    "number",
    "id",
    "llmusageid",
    "userorgid",
    "org_name",
    "amount",
    "cost",
    "result",
    "outcome",
    "new_failure_id",
    "charged_amount",
    "charged_cost",
    "why",
    "changed_by",
    "changed_at",
    "audit_event",
];

/// Rows that are read at once.
const CHUNK: i64 = 2_000;

/// Why the rows of an ended batch were left, which has no outcome of its own.
const LEFT: &str = "batch-left";

/// Writes the rows of a batch; `words` says a reason in the reader's language. To be called within one read.
pub fn write(
    connection: &mut DbConnection,
    batch: &Batch,
    names: &Names,
    words: &dyn Fn(&str) -> String,
    bom: bool,
    sink: Sink<'_>,
) -> Result<()> {
    let mut writer = Writer::new(sink, bom, &COLUMNS)?;
    let mut after = 0;
    loop {
        let lines = report::lines(connection, batch, after, CHUNK)?;
        let Some(last) = lines.last() else { break };
        after = last.item.number;
        // What was charged, as the usages are now.
        let accounted = |line: &&Line| line.outcome(batch) == Some(BatchOutcome::Accounted.as_str());
        let usage_ids: Vec<String> =
            lines.iter().filter(accounted).filter_map(|line| line.item.llmusageid.clone()).collect();
        let usages = charged::of_usages(connection, &usage_ids)?;
        for line in &lines {
            let run = line.run.as_ref();
            let charged = line.item.llmusageid.as_ref().filter(|_| accounted(&line));
            let charged = charged.and_then(|id| usages.get(id));
            let standing = line.standing(batch);
            let kept = line.last();
            let left = (standing == Standing::NotDone && kept.is_none()).then_some(LEFT);
            let ended_why = run.and_then(|run| run.ended_why.as_deref());
            let why = kept.and_then(|kept| kept.why.as_deref()).or(ended_why).or(left);
            writer.number(Some(line.item.number))?;
            writer.text(Some(&line.item.failed_id))?;
            writer.text(line.item.llmusageid.as_deref())?;
            writer.text(line.item.userorgid.as_deref())?;
            writer.text(names.organisation(line.item.userorgid.as_deref()))?;
            writer.money(line.item.amount)?;
            writer.money(line.item.cost)?;
            writer.text(Some(standing.as_str()))?;
            writer.text(line.outcome(batch))?;
            writer.text(run.and_then(|run| run.new_failure_id.as_deref()))?;
            writer.money(charged.and_then(|charged| charged.0))?;
            writer.money(charged.and_then(|charged| charged.1))?;
            writer.text(why.map(words).as_deref())?;
            writer.text(kept.and_then(|kept| kept.changed_by.as_deref()))?;
            writer.time(kept.and_then(|kept| kept.changed_at))?;
            writer.number(kept.and_then(|kept| kept.event_id))?;
            writer.end_row()?;
        }
    }
    writer.finish()
}
