//! What a preview tells of its retries, as programs see it: whether they would pass, and what was or may have been charged.

use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Group, Sums, groups};
use crate::base::money::{MoneySum, Number};
use crate::batches::testing::{Charged, Differs, Tested};
use crate::ledger::Entry;

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
    /// Those of which nobody knows whether the customer was charged already, and no ledger tells it; they are in the other sums,
    /// too, and left out unless the run says `with_unknown`.
    outcome_unknown: Sums,
    with_unknown: bool,
    /// Those that the ledger says were charged: left out, and in none of the other sums.
    charged: Sums,
    /// Some of these with their entry, the most money first.
    entries: Vec<ChargedBody>,
    /// Why the ledger could not be asked of all of them; null where it could, or there is none.
    not_asked: Option<String>,
    /// What the platform says of those that it cannot price, in its own words.
    refusals: Vec<Group>,
    /// Some of those whose price is another than the recorded amount, the largest difference first.
    differing: Vec<DiffersBody>,
}

/// A failure whose usage was charged, and the first entry of the ledger that proves it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchCharged)]
pub struct ChargedBody {
    id: String,
    entry: Option<String>,
    time: Option<String>,
    /// With all decimals; null where the ledger holds no number.
    #[serde(serialize_with = "Entry::number")]
    #[schema(value_type = Option<f64>)]
    amount: Option<String>,
}

impl From<&Charged> for ChargedBody {
    fn from(charged: &Charged) -> ChargedBody {
        let Entry { id, time, amount } = charged.entry.clone();
        ChargedBody { id: charged.failed_id.clone(), entry: id, time, amount }
    }
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
    pub(super) fn new(tested: &Tested, with_unknown: bool) -> TestedBody {
        TestedBody {
            would_pass: tested.passes.into(),
            would_fail: groups(&tested.fails),
            cannot_be_told: groups(&tested.untold),
            with_failing: tested.includes_failing,
            priced: (tested.priced.count > 0).then(|| tested.priced.into()),
            outcome_unknown: tested.unknown.into(),
            with_unknown,
            charged: tested.charged.into(),
            entries: tested.entries.iter().map(ChargedBody::from).collect(),
            not_asked: tested.not_asked.clone(),
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
