//! Asking the ledger for who retries a failure, or closes it by an entry. First without any lock, so that a ledger that does not
//! answer keeps nobody waiting; then again with the case in hand, as late as can be.

use std::time::{Duration, Instant};

use super::case::{Evidence, Place};
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::ledger::{Ledger, Told};

/// What takes longer is not asked again where everybody who writes would wait for it.
const QUICK: Duration = Duration::from_millis(200);

/// Who asks the ledger about one usage.
#[derive(Debug, Clone, Default)]
pub struct Inquiry {
    ledger: Ledger,
    first: Told,
    took: Duration,
    is_checked: bool,
}

impl Inquiry {
    /// Asks for the first time. `is_checked`: somebody says that the customer was not charged.
    pub async fn begin(ledger: &Ledger, database: &Database, place: &Place, is_checked: bool) -> Inquiry {
        let begun = Instant::now();
        let first = ledger.look(database, place.usage_id.clone()).await;
        Inquiry { ledger: ledger.clone(), first, took: begun.elapsed(), is_checked }
    }

    /// Asks again, in the transaction that holds the case; not where the first question had no answer, nor where it took long
    /// and the database has one writer, whom it cannot stop.
    pub fn end(&self, connection: &mut DbConnection, place: &Place) -> Result<Evidence> {
        let is_slow = connection.engine().has_one_writer() && self.took > QUICK;
        let told = match &self.first {
            first if is_slow => first.clone(),
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
