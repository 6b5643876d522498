//! What the ledger tells of the usage of a record, on its page.

use serde::Serialize;

use crate::base::secrets;
use crate::ledger::{Entry, Told};

/// What the ledger tells, as the page shows it.
#[derive(Serialize)]
pub(super) struct LedgerView {
    /// charged, no_entry or not_asked.
    told: &'static str,
    entries: Vec<EntryView>,
    /// Why it could not be asked.
    why: Option<String>,
}

/// An entry; its amount is grouped where it is money.
#[derive(Serialize)]
pub(super) struct EntryView {
    id: String,
    time: Option<String>,
    amount: Option<String>,
    is_money: bool,
}

impl LedgerView {
    /// None where no ledger is set, or the record names no usage.
    pub(super) fn new(told: &Told) -> Option<LedgerView> {
        let is_shown = *told != Told::Unknown;
        is_shown.then(|| LedgerView {
            told: told.as_str(),
            entries: told.entries().iter().map(EntryView::new).collect(),
            why: told.why().map(str::to_owned),
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
