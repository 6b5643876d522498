//! What the ledger tells of the usage of a record, on its page.

use serde::Serialize;

use super::context::record_link;
use super::details::DetailsPage;
use super::found::Found;
use crate::base::secrets;
use crate::failed_accounting::brief::Wordings;
use crate::failed_accounting::case::View;
use crate::failed_accounting::failure::Resolution;
use crate::failed_accounting::filter::Filter;
use crate::ledger::{Entry, Told};

/// What the ledger tells, as the page shows it.
#[derive(Serialize)]
pub(super) struct LedgerView {
    /// charged, no_entry or not_asked.
    told: &'static str,
    entries: Vec<EntryView>,
    /// Why it could not be asked.
    why: Option<String>,
    /// Where the record can be closed by it now.
    close: Option<CloseView>,
}

/// Where to close a record as charged, and by which entry.
#[derive(Serialize)]
struct CloseView {
    link: String,
    entry: String,
}

/// An entry; its amount is grouped where it is money.
#[derive(Serialize)]
pub(super) struct EntryView {
    id: String,
    time: Option<String>,
    amount: Option<String>,
    is_money: bool,
}

impl DetailsPage {
    /// Adds what the ledger tells, and what that allows.
    pub(super) fn tell(&mut self, told: &Told, found: &Found, filter: &Filter) {
        let record = &found.record;
        let view = View { usage: found.usage.as_ref(), failures: &found.attempts };
        let first = told.entries().first().filter(|_| {
            record.is_open() && view.closing_obstacle(record, Resolution::AccountedElsewhere).is_none()
        });
        let close = first.map(|entry| CloseView {
            link: record_link(&record.id, "/close-charged", filter),
            entry: entry.name().to_owned(),
        });
        self.ledger = LedgerView::new(told, close);
        let is_unknown = || view.is_outcome_unknown(record, &mut Wordings::default());
        self.needs_tick = record.is_open() && !told.is_free() && is_unknown();
        if !told.entries().is_empty() {
            // What was charged is not retried, so that nothing is left to correct.
            self.correct = None;
        }
    }
}

impl LedgerView {
    /// None where no ledger is set, or the record names no usage.
    fn new(told: &Told, close: Option<CloseView>) -> Option<LedgerView> {
        let is_shown = *told != Told::Unknown;
        is_shown.then(|| LedgerView {
            told: told.as_str(),
            entries: told.entries().iter().map(EntryView::new).collect(),
            why: told.why().map(str::to_owned),
            close,
        })
    }
}

impl EntryView {
    fn new(entry: &Entry) -> EntryView {
        EntryView {
            id: secrets::mask(entry.name()).into_owned(),
            time: entry.time.clone(),
            amount: entry.amount.clone(),
            is_money: entry.money().is_some(),
        }
    }
}
