//! Asking the ledger for who retries a failure, or closes it by an entry. First without any lock, so that a ledger that does not
//! answer keeps nobody waiting; then again with the case in hand, as late as can be.

use super::case::{Evidence, Place};
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::ledger::{Ledger, Told};

/// Who asks the ledger about one usage.
#[derive(Debug, Clone, Default)]
pub struct Inquiry {
    ledger: Ledger,
    first: Told,
    is_checked: bool,
}

impl Inquiry {
    /// Asks for the first time. `is_checked`: somebody says that the customer was not charged.
    pub async fn begin(ledger: &Ledger, database: &Database, place: &Place, is_checked: bool) -> Inquiry {
        let first = ledger.look(database, place.usage_id.clone()).await;
        Inquiry { ledger: ledger.clone(), first, is_checked }
    }

    /// Asks again, in the transaction that holds the case; not where the first question had no answer.
    pub fn end(&self, connection: &mut DbConnection, place: &Place) -> Result<Evidence> {
        let told = match &self.first {
            Told::NoEntry => self.ledger.ask_of(connection, place.usage_id.as_deref())?,
            Told::Charged(_) => match self.ledger.ask_of(connection, place.usage_id.as_deref())? {
                // No answer takes no entry back that was there a moment ago.
                Told::Unasked(_) => self.first.clone(),
                told => told,
            },
            first => first.clone(),
        };
        Ok(Evidence { told, is_checked: self.is_checked })
    }
}
