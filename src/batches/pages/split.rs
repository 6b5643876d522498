//! What a batch holds, on its page: what is skipped and why, by cause, by organisation, each with its list.

use serde::Serialize;

use super::context::{Card, reason_in_words, records_link, rows_of};
use super::show::Builder;
use crate::base::form::{NONE, key_of};
use crate::batches::counts::Part;
use crate::batches::testing::Tested;
use crate::causes::cause::UNSORTED;
use crate::failed_accounting::batched::BatchOutcome;
use crate::failed_accounting::filter::Filter;
use crate::web::locale;
use crate::web::view::Named;

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
