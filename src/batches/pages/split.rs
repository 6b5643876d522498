//! What a batch holds, on its page: what is skipped and why, by cause, by organisation, each with its list.

use serde::Serialize;

use super::context::{Card, reason_in_words, records_link, rows_of};
use super::show::Builder;
use crate::base::form::{NONE, key_of};
use crate::batches::counts::Part;
use crate::batches::testing::{Charged, Differs, Tested};
use crate::causes::cause::UNSORTED;
use crate::failed_accounting::batched::BatchOutcome;
use crate::failed_accounting::filter::Filter;
use crate::web::view::Named;
use crate::web::{links, locale};

#[derive(Serialize)]
pub(super) struct SkippedView {
    why: String,
    sum: Card,
}

/// What tests said, and why, the most money first.
#[derive(Serialize)]
pub(super) struct TestedView {
    passes: Card,
    failing: Card,
    unclear: Card,
    fails: Vec<SkippedView>,
    untold: Vec<SkippedView>,
    /// What the platform would charge now for what would pass, where it was asked, and how much more that is.
    priced: Option<(Card, String)>,
    /// Those of which nobody knows whether the customer was charged already.
    unknown: Card,
    /// Those that were charged, and the entries of some.
    charged: Card,
    entries: Vec<ChargedView>,
    not_asked: Option<String>,
    /// What the platform says of those that it cannot price, in its own words.
    refusals: Vec<SkippedView>,
    differing: Vec<DiffersView>,
}

/// A failure whose usage was charged, and the entry that proves it.
#[derive(Serialize)]
struct ChargedView {
    id: String,
    link: String,
    entry: String,
    time: Option<String>,
    amount: Option<String>,
    is_money: bool,
}

impl From<&Charged> for ChargedView {
    fn from(charged: &Charged) -> ChargedView {
        ChargedView {
            id: charged.failed_id.clone(),
            link: format!("/failed-accounting/{}", links::segment(&charged.failed_id)),
            entry: charged.entry.name().to_owned(),
            time: charged.entry.time.clone(),
            amount: charged.entry.amount.clone(),
            is_money: charged.entry.money().is_some(),
        }
    }
}

/// A failure whose price is another by now.
#[derive(Serialize)]
struct DiffersView {
    id: String,
    link: String,
    recorded: Option<String>,
    now: String,
    difference: String,
}

impl From<&Differs> for DiffersView {
    fn from(differs: &Differs) -> DiffersView {
        DiffersView {
            id: differs.failed_id.clone(),
            link: format!("/failed-accounting/{}", links::segment(&differs.failed_id)),
            recorded: differs.recorded.map(|amount| amount.to_string()),
            now: differs.now.to_string(),
            difference: locale::signed(differs.difference()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct PartView {
    of: Option<Named>,
    sum: Card,
    link: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CauseView {
    title: String,
    sum: Card,
    link: String,
}

/// A reason as the platform told it.
fn said(part: &Part) -> SkippedView {
    SkippedView { why: part.key.clone().unwrap_or_default(), sum: part.tally.into() }
}

impl Builder<'_> {
    pub(super) fn skipped(&self, part: &Part) -> SkippedView {
        let why = part.key.as_deref().unwrap_or_default();
        SkippedView { why: reason_in_words(self.language, why, None), sum: part.tally.into() }
    }

    pub(super) fn tested(&self, tested: &Tested) -> TestedView {
        TestedView {
            passes: tested.passes.into(),
            failing: tested.failing().into(),
            unclear: tested.unclear().into(),
            fails: tested.fails.iter().map(|part| self.skipped(part)).collect(),
            untold: tested.untold.iter().map(|part| self.skipped(part)).collect(),
            priced: (tested.priced.count > 0).then(|| {
                let more = tested.priced.amount - tested.passes.amount;
                (tested.priced.into(), locale::signed(more))
            }),
            unknown: tested.unknown.into(),
            charged: tested.charged.into(),
            entries: tested.entries.iter().map(ChargedView::from).collect(),
            not_asked: tested.not_asked.clone(),
            refusals: tested.refusals.iter().map(said).collect(),
            differing: tested.differing.iter().map(DiffersView::from).collect(),
        }
    }

    /// What can be closed in some ways only.
    pub(super) fn restricted(&self, part: &Part) -> SkippedView {
        let key = match part.key.as_deref() {
            Some("case-accounted") => "batch-only-accounted",
            Some("case-awaited") => "batch-only-awaited",
            _ => "batch-only-decided",
        };
        SkippedView { why: reason_in_words(self.language, key, None), sum: part.tally.into() }
    }

    pub(super) fn part(&self, part: &Part) -> PartView {
        PartView {
            of: self.organisation(part.key.as_ref()),
            sum: part.tally.into(),
            link: {
                let id = part.key.as_deref().filter(|id| !id.is_empty());
                let id = id.map_or_else(|| NONE.to_owned(), |id| key_of(id).into_owned());
                Some(records_link(&Filter { userorgid: Some(id), ..rows_of(self.batch) }))
            },
        }
    }

    pub(super) fn cause(&self, part: &Part) -> CauseView {
        let key = part.key.as_deref().unwrap_or(UNSORTED);
        let word = locale::word(self.language);
        CauseView {
            title: self.causes.of(key, &word),
            sum: part.tally.into(),
            link: records_link(&match part.key.as_ref().filter(|key| !key.is_empty()) {
                // What was frozen before it was sorted is found when it is sorted, too.
                None => Filter { batch_outcome: Some(BatchOutcome::Unsorted), ..rows_of(self.batch) },
                // Whatever its cause is by now.
                Some(key) => Filter { batch_cause: Some(key.clone()), ..rows_of(self.batch) },
            }),
        }
    }
}
