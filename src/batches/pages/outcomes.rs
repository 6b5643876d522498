//! What became of the retries of a batch, on its page: four numbers with their money, each a link to exactly its records.

use serde::Serialize;

use super::context::{Card, records_link, rows_of};
use super::show::Builder;
use crate::batches::batch::{Batch, State};
use crate::batches::charged;
use crate::batches::counts::Tally;
use crate::causes::cause::UNSORTED;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::batched::BatchOutcome;
use crate::failed_accounting::causes::groups::{self, Group};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::{Filter, Handled};
use crate::web::locale;

/// The most new failures that are added up by cause.
const ADDED_UP: i64 = 10_000;

/// What is asked of the database beside the batch itself.
pub(super) struct Found {
    charged: Option<Tally>,
    /// The failures that followed by cause: those still open, and all.
    open: Vec<Group>,
    again: Vec<Group>,
}

impl Found {
    /// None for a batch that retries nothing, or was not run yet.
    pub fn read(connection: &mut DbConnection, batch: &Batch) -> Result<Option<Found>> {
        if !batch.retries() || batch.state == State::Preview {
            return Ok(None);
        }
        let mut found = Found { charged: charged::charged(connection, batch)?, open: vec![], again: vec![] };
        if (1..=ADDED_UP).contains(&batch.outcomes.failed_again.count) {
            let all = of(batch, BatchOutcome::New);
            let open = Filter { handled: Handled::Open, ..all.clone() };
            found.again = groups::by_cause(connection, &all, &Search::Nothing)?;
            found.open = groups::by_cause(connection, &open, &Search::Nothing)?;
        }
        Ok(Some(found))
    }

    /// The keys of its causes.
    pub fn causes(&self) -> impl Iterator<Item = String> {
        self.again.iter().map(|group| group.key.clone())
    }
}

fn of(batch: &Batch, outcome: BatchOutcome) -> Filter {
    Filter { batch_outcome: Some(outcome), ..rows_of(batch) }
}

#[derive(Serialize)]
pub(super) struct Outcomes {
    accounted: Linked,
    failed_again: Linked,
    waiting: Linked,
    ended: Linked,
    not_done: Linked,
    /// None where they are too many to add up for a page.
    charged: Option<Card>,
    causes: Vec<CauseView>,
    /// The failures that followed, and of these the open ones.
    new: String,
    open: Card,
    /// The filter of the open ones, as the form that retries them carries it.
    retry: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Linked {
    sum: Card,
    link: String,
}

#[derive(Serialize)]
struct CauseView {
    title: String,
    again: Card,
    open: Card,
    link: String,
}

impl Builder<'_> {
    pub(super) fn outcomes(&self, found: &Found) -> Outcomes {
        let batch = self.batch;
        let linked =
            |outcome, tally: Tally| Linked { sum: tally.into(), link: records_link(&of(batch, outcome)) };
        let new = of(batch, BatchOutcome::New);
        let open = Filter { handled: Handled::Open, ..new.clone() };
        let (count, amount, cost) = groups::sum(&found.open);
        Outcomes {
            accounted: linked(BatchOutcome::Accounted, batch.outcomes.accounted),
            failed_again: linked(BatchOutcome::FailedAgain, batch.outcomes.failed_again),
            waiting: linked(BatchOutcome::Waiting, batch.waiting()),
            ended: linked(BatchOutcome::Ended, batch.outcomes.ended),
            not_done: linked(BatchOutcome::NotDone, batch.progress.not_done),
            charged: found.charged.map(Card::from),
            causes: found.again.iter().map(|group| self.of_cause(group, found)).collect(),
            new: records_link(&new),
            open: Tally { count, amount, cost }.into(),
            retry: open.to_pairs(),
        }
    }

    fn of_cause(&self, group: &Group, found: &Found) -> CauseView {
        let word = locale::word(self.language);
        let tally = |group: &Group| Tally {
            count: group.totals.count,
            amount: group.totals.amount,
            cost: group.totals.cost,
        };
        let key = if group.key.is_empty() { UNSORTED } else { &group.key };
        let open = found.open.iter().find(|open| open.key == group.key).map(tally).unwrap_or_default();
        let filter = Filter { cause: Some(key.to_owned()), ..of(self.batch, BatchOutcome::New) };
        CauseView {
            title: self.causes.of(key, &word),
            again: tally(group).into(),
            open: open.into(),
            link: records_link(&filter),
        }
    }
}
