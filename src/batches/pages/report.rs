//! The report on the page of a batch: done, not done and why, undone, and how far it has come.

use serde::Serialize;

use super::context::{Card, batch_link, reason_in_words};
use super::show::{Builder, REFUSED};
use crate::batches::report::Refused;
use crate::web::links;
use crate::web::locale;
use crate::web::view::{Named, TimeView};

#[derive(Serialize)]
pub(super) struct Report {
    done: Card,
    not_done: Card,
    undone: Card,
    kept: Card,
    /// Rows that nobody has looked at, because it was ended before.
    left: i64,
    left_count: String,
    /// Rows worked on, of all, while it runs.
    position: i64,
    position_count: String,
    is_under_way: bool,
    /// Whether its numbers may still change by themselves.
    is_awaited: bool,
    refused: Vec<RefusedView>,
    more: Option<String>,
    kept_rows: Vec<RefusedView>,
}

#[derive(Serialize)]
struct RefusedView {
    id: String,
    link: String,
    organisation: Option<Named>,
    amount: Option<String>,
    why: String,
    at: Option<TimeView>,
}

impl Builder<'_> {
    pub(super) fn report(&self, mut refused: Vec<Refused>, kept: Vec<Refused>) -> Report {
        let progress = self.batch.progress;
        let more = refused.len() > REFUSED;
        refused.truncate(REFUSED);
        let last = refused.last().map(|row| row.number.to_string()).filter(|_| more);
        let this = batch_link(self.batch.id(), "");
        let left = self.batch.untouched();
        Report {
            done: progress.done.into(),
            not_done: Card {
                number: self.batch.not_done(),
                count: locale::count(self.batch.not_done()),
                ..progress.not_done.into()
            },
            undone: progress.undone.into(),
            kept: progress.kept.into(),
            left,
            left_count: locale::count(left),
            position: self.batch.stored.position,
            position_count: locale::count(self.batch.stored.position),
            is_under_way: self.batch.state.is_under_way(),
            is_awaited: self.batch.state.is_under_way() || self.batch.waiting().count > 0,
            refused: refused.into_iter().map(|row| self.refused(row)).collect(),
            more: last.map(|last| links::with_query(&this, &links::query(&[("after", last)]))),
            kept_rows: kept.into_iter().map(|row| self.refused(row)).collect(),
        }
    }

    fn refused(&self, row: Refused) -> RefusedView {
        let why = row.why.as_deref().unwrap_or_default();
        RefusedView {
            link: format!("/failed-accounting/{}", links::segment(&row.failed_id)),
            organisation: self.organisation(row.userorgid.as_ref()),
            amount: row.amount.map(|money| money.to_string()),
            why: reason_in_words(self.language, why, row.changed_by.as_deref()),
            at: row.changed_at.map(|at| TimeView::new(&self.state.clock, at)),
            id: row.failed_id,
        }
    }
}
