//! A batch as programs see it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::clock::TIME_FORMAT;
use crate::base::money::{MoneySum, Number};
use crate::base::secrets;
use crate::batches::batch::{Batch, State};
use crate::batches::counts::{Part, Tally};
use crate::batches::seen;
use crate::batches::testing::{Differs, Tested};
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

fn groups(parts: &[Part]) -> Vec<Group> {
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

/// Whether retries would pass, told in the preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchTested)]
pub struct TestedBody {
    would_pass: Sums,
    /// What would fail again, by why; left out unless the run says `with_failing`.
    would_fail: Vec<Group>,
    /// Of what it cannot be told, by what is missing.
    cannot_be_told: Vec<Group>,
    with_failing: bool,
    /// What the platform would charge now for what would pass; null where nobody was asked.
    priced: Option<Sums>,
    /// Those of which nobody knows whether the customer was charged already; they are in the other sums, too.
    outcome_unknown: Sums,
    /// What the platform says of those that it cannot price, in its own words.
    refusals: Vec<Group>,
    /// Some of those whose price is another than the recorded amount, the largest difference first.
    differing: Vec<DiffersBody>,
}

/// A failure whose price is another by now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchDiffering)]
pub struct DiffersBody {
    id: String,
    #[schema(value_type = Option<f64>)]
    recorded: Option<Number<MoneySum>>,
    #[schema(value_type = f64)]
    now: Number<MoneySum>,
    #[schema(value_type = f64)]
    difference: Number<MoneySum>,
}

impl TestedBody {
    fn new(tested: &Tested) -> TestedBody {
        TestedBody {
            would_pass: tested.passes.into(),
            would_fail: groups(&tested.fails),
            cannot_be_told: groups(&tested.untold),
            with_failing: tested.includes_failing,
            priced: (tested.priced.count > 0).then(|| tested.priced.into()),
            outcome_unknown: tested.unknown.into(),
            refusals: groups(&tested.refusals),
            differing: tested.differing.iter().map(DiffersBody::from).collect(),
        }
    }
}

impl From<&Differs> for DiffersBody {
    fn from(differs: &Differs) -> DiffersBody {
        DiffersBody {
            id: differs.failed_id.clone(),
            recorded: differs.recorded.map(Number),
            now: Number(differs.now),
            difference: Number(differs.difference()),
        }
    }
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
        let is_preview = batch.state == State::Preview;
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
            tested: batch.summary.tested.as_ref().map(TestedBody::new),
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
