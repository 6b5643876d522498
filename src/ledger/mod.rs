//! What the platform's ledger tells of usages: whether somebody was charged. Asked by the one query of the settings, for some
//! usages at once, and only read.
//!
//! A query that fails is an answer, too: then nothing is known, and above all not that nobody was charged.

mod answers;
mod entry;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::secrets;
use crate::db::{self, Database, DbConnection, dialect};
use crate::error::{Error, Result};

pub use answers::{Answers, Told};
pub use entry::Entry;

/// Usages in one question.
const IDS: usize = 500;

/// One question lasts at most this long, where the engine can end it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The questions of a preview together.
pub const PATIENCE_FOR_MANY: Duration = Duration::from_secs(8);

/// So many entries of one usage are told; who charges so often charges wrongly.
const MOST_ENTRIES: usize = 20;

/// The most rows that a question about so many usages may give before it is asked in two.
fn most_rows(usages: usize) -> usize {
    usages * 2 + MOST_ENTRIES
}

/// The ledger, where the settings say how it is asked. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    query: Option<Arc<str>>,
}

impl Ledger {
    /// By that query: it gives usage, entry, time and amount, a row for each entry.
    pub fn new(query: Option<&str>) -> Ledger {
        Ledger { query: query.map(|query| query.trim().trim_end_matches(';').into()) }
    }

    /// Whether there is one to ask.
    pub fn is_known(&self) -> bool {
        self.query.is_some()
    }

    /// Refuses a query that does not give such rows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the setting.
    pub fn check(&self, connection: &mut DbConnection) -> Result<()> {
        let Some(query) = self.query.as_deref() else { return Ok(()) };
        let begun = Instant::now();
        let checked = match dialect::begins_reading(query) {
            true => {
                db::question(connection, PATIENCE, |connection| dialect::check_ledger(connection, query))?
            }
            false => Err(Error::internal("it begins with another word")),
        };
        match checked {
            // One that takes long is none that is wrong.
            Err(Error::Fault(why) | Error::Internal(why)) if begun.elapsed() < PATIENCE => {
                let remedy =
                    "it must be a SELECT of usage id, entry id, time and amount that this user may run";
                Err(Error::Unavailable(format!("LLMAGE_LEDGER_SQL: {why}; {remedy}")))
            }
            // Away or busy at the moment: a page that asks will say so.
            _ => Ok(()),
        }
    }

    /// Asks what the ledger holds of these usages, some hundred at once, for so long at most. In a transaction: what is
    /// there at that moment, and nothing of the transaction is spoilt by a query that fails.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub fn ask(
        &self,
        connection: &mut DbConnection,
        usage_ids: &[String],
        patience: Duration,
    ) -> Result<Answers> {
        let Some(query) = self.query.as_deref() else { return Ok(Answers::default()) };
        let (mut answers, until) = (Answers::of_ledger(), Instant::now() + patience);
        let mut ids: Vec<String> = usage_ids.iter().filter(|id| !id.trim().is_empty()).cloned().collect();
        ids.sort();
        ids.dedup();
        let mut waiting: Vec<&[String]> = ids.chunks(IDS).rev().collect();
        while let Some(some) = waiting.pop() {
            let left = until.saturating_duration_since(Instant::now()).min(PATIENCE);
            if left.is_zero() {
                answers.give_up("the time for all questions together was over");
                break;
            }
            let most = most_rows(some.len());
            let ask = |connection: &mut DbConnection| dialect::ledger_rows(connection, query, some, most + 1);
            match db::question(connection, left, ask)? {
                Ok(rows) if rows.len() > most && some.len() > 1 => {
                    let (first, second) = some.split_at(some.len() / 2);
                    waiting.extend([second, first]);
                }
                Ok(rows) => {
                    let is_whole = rows.len() <= most;
                    answers.add(some, rows, is_whole);
                }
                Err(error) => {
                    answers.give_up(&secrets::told_line(&error.to_string()));
                    break;
                }
            }
        }
        Ok(answers)
    }

    /// Asks of one usage.
    ///
    /// # Errors
    /// As [`Ledger::ask`].
    pub fn ask_of(&self, connection: &mut DbConnection, usage_id: Option<&str>) -> Result<Told> {
        let ids: Vec<String> = usage_id.map(str::to_owned).into_iter().collect();
        Ok(self.ask(connection, &ids, PATIENCE)?.of(usage_id))
    }

    /// Asks of one usage for a page, which waits a few seconds for it and says so if it gets no answer.
    pub async fn look(&self, database: &Database, usage_id: Option<String>) -> Told {
        if !self.is_known() || usage_id.is_none() {
            return Told::Unknown;
        }
        let ledger = self.clone();
        let asked = database.run(move |connection| ledger.ask_of(connection, usage_id.as_deref()));
        match tokio::time::timeout(PATIENCE + Duration::from_secs(1), asked).await {
            Ok(Ok(told)) => told,
            Ok(Err(error)) => Told::Unasked(secrets::told_line(&error.to_string())),
            Err(_) => Told::Unasked(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }
}
