//! A batch as programs see it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::tested::TestedBody;
use crate::base::clock::TIME_FORMAT;
use crate::base::money::{MoneySum, Number};
use crate::base::secrets;
use crate::batches::batch::{Batch, State};
use crate::batches::counts::{Part, Tally};
use crate::batches::seen;
use crate::error::{Error, Result};

/// Rows and their money.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchSums)]
pub struct Sums {
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
}

impl From<Tally> for Sums {
    fn from(tally: Tally) -> Sums {
        Sums { count: tally.count, sum_amount: Number(tally.amount), sum_cost: Number(tally.cost) }
    }
}

/// Rows that have something in common.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchPart)]
pub struct Group {
    /// Why, as a key that stays the same in all languages.
    key: Option<String>,
    #[serde(flatten)]
    sums: Sums,
}

pub(super) fn groups(parts: &[Part]) -> Vec<Group> {
    parts.iter().map(|part| Group { key: part.key.clone(), sums: part.tally.into() }).collect()
}

/// What became of the retries of a batch, with the money that was frozen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchOutcomes)]
pub struct OutcomeSums {
    accounted: Sums,
    failed_again: Sums,
    waiting: Sums,
    ended: Sums,
}

/// The members of a batch, as `expect` may name them.
pub const OF_BATCH: [&str; 24] = [
    "id",
    "action",
    "state",
    "created_at",
    "created_by",
    "run_at",
    "run_by",
    "ended_at",
    "resolution",
    "note",
    "all",
    "wanted",
    "retried",
    "skipped",
    "tested",
    "restricted",
    "correction",
    "digest",
    "confirm_count",
    "done",
    "not_done",
    "undone",
    "kept",
    "outcomes",
];

/// A batch: its preview, and how far it has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub struct BatchBody {
    id: String,
    action: &'static str,
    /// preview, running, waiting, stopped, aborted, done, undoing or undone.
    state: &'static str,
    created_at: String,
    created_by: String,
    run_at: Option<String>,
    run_by: Option<String>,
    ended_at: Option<String>,
    resolution: Option<String>,
    note: Option<String>,
    /// All rows that were frozen.
    all: Sums,
    /// Those that the action is meant for.
    wanted: Sums,
    /// Those that are retried, without what would fail again; of corrections where the run says `then`. Null for the other actions.
    retried: Option<Sums>,
    /// Those that will be skipped, by why.
    skipped: Vec<Group>,
    /// What tests said of those that can be retried; null for the other actions.
    tested: Option<TestedBody>,
    /// Those that can be closed in some ways only, by why.
    restricted: Vec<Group>,
    /// What is to be corrected and what that comes to; null for the other actions.
    #[schema(value_type = Option<Object>)]
    correction: Option<Value>,
    /// What a run would do, in few letters: for `expect`.
    digest: String,
    /// What `confirm_count` has to be, where the batch asks for it; null where it does not.
    confirm_count: Option<i64>,
    done: Sums,
    not_done: i64,
    undone: Sums,
    /// Done, and not undone, because they moved on.
    kept: Sums,
    /// Null where no retry was asked for.
    outcomes: Option<OutcomeSums>,
}

impl BatchBody {
    /// The batch; `asks` says whether its run wants the number of rows.
    pub fn new(batch: &Batch, asks: bool) -> Result<BatchBody> {
        let stored = &batch.stored;
        let time = |at: chrono::NaiveDateTime| at.format(TIME_FORMAT).to_string();
        let outcomes = OutcomeSums {
            accounted: batch.outcomes.accounted.into(),
            failed_again: batch.outcomes.failed_again.into(),
            waiting: batch.waiting().into(),
            ended: batch.outcomes.ended.into(),
        };
        let correction = batch.planned.as_ref().map(serde_json::to_value).transpose();
        let mut correction = correction.map_err(Error::internal)?;
        correction.iter_mut().for_each(secrets::mask_texts);
        let (summary, is_preview) = (&batch.summary, batch.state == State::Preview);
        Ok(BatchBody {
            id: batch.id().to_owned(),
            action: batch.action.as_str(),
            state: batch.state.as_str(),
            created_at: time(stored.created_at),
            created_by: stored.created_by.clone(),
            run_at: stored.run_at.map(time),
            run_by: stored.run_by.clone(),
            ended_at: stored.ended_at.map(time),
            resolution: stored.resolution.clone(),
            note: stored.note.as_deref().map(|note| secrets::mask(note).into_owned()),
            all: batch.summary.all.into(),
            wanted: batch.wanted().into(),
            retried: batch.may_retry().then(|| batch.then_retry(true).wanted().into()),
            skipped: groups(&batch.summary.skipped),
            tested: summary.tested.as_ref().map(|tested| TestedBody::new(tested, summary.with_unknown)),
            restricted: groups(&batch.summary.restricted),
            correction,
            digest: seen::digest(batch),
            confirm_count: (is_preview && asks).then_some(batch.summary.all.count),
            done: batch.progress.done.into(),
            not_done: batch.not_done(),
            undone: batch.progress.undone.into(),
            kept: batch.progress.kept.into(),
            outcomes: (batch.retries() && !is_preview).then_some(outcomes),
        })
    }
}
